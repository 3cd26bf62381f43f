"""Two weeks of everyday sign-ins, through the same operation as any other, at the instants they are meant for."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final

from doorward.call import Services
from doorward.clock import Instant
from doorward.demo.calls import call_at
from doorward.demo.setting_up import DemoPool
from doorward.demo.traffic import PlannedSignIn
from doorward.history import queries as events
from doorward.operations.sign_in import initiate_auth
from doorward.wire.contract import InitiateAuthRequest, UserContextDataType
from doorward.wire.errors import NotAuthorizedException

WORKERS: Final = 2
"""Argon2 lets go of the interpreter, so that two sign-ins keep two cores busy."""


def live_through(
    services: Services,
    pool: DemoPool,
    planned: Iterable[PlannedSignIn],
    done: Callable[[PlannedSignIn], None],
) -> None:
    """Let the sign-ins happen in their order, as many at a time as there are workers; `done` hears of each."""
    workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="everyday")
    try:
        for sign_in in workers.map(lambda one: _happen(services, pool, one), planned):
            done(sign_in)
    finally:
        workers.shutdown(cancel_futures=True)


def what_happened(services: Services, pool: DemoPool, since: Instant) -> Counter[str]:
    """Count the sign-ins since an instant: how each ended, and the level of those that were scored."""
    counted: Counter[str] = Counter()
    with services.store.reading() as tx:
        for event in events.of_pool_since(tx, pool.id, since, limit=1_000_000):
            if event.risk.response == "block":
                counted["blocked"] += 1
            else:
                counted["allowed" if event.response == "Pass" else "mistyped"] += 1
            if event.risk.score is not None:
                counted[event.risk.level or "no risk"] += 1
    return counted


def _happen(services: Services, pool: DemoPool, sign_in: PlannedSignIn) -> PlannedSignIn:
    name, origin = sign_in.person.username, sign_in.origin
    password = sign_in.person.password + ("#" if sign_in.mistyped else "")
    request = InitiateAuthRequest(
        auth_flow="USER_PASSWORD_AUTH",
        client_id=pool.web,
        auth_parameters={"USERNAME": name, "PASSWORD": password},
        user_context_data=UserContextDataType(
            encoded_data=origin.encoded_data(pool.web, pool.id, name, sign_in.at)
        ),
    )
    # Mistyped, or blocked: `what_happened` reads from the events which.
    with suppress(NotAuthorizedException):
        initiate_auth(call_at(services, "InitiateAuth", sign_in.at, origin), request)
    return sign_in
