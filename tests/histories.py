"""Event histories put straight into a database: months of sign-ins that no test could wait for."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection

from doorward.history import queries
from doorward.history.auth_event import AuthEvent, EventContext, EventRisk
from doorward.risk.past_attempt import PastAttempt


def put(
    tx: Connection, pool_id: str, history: Iterable[PastAttempt], subs: dict[str, str] | None = None
) -> int:
    """Write successful sign-ins down as events; return how many. `subs` tells whose a history's users are."""
    known, count = subs or {}, 0
    for count, past in enumerate(history, 1):
        queries.add(
            tx,
            AuthEvent(
                event_id=f"event-{count:08d}",
                pool_id=pool_id,
                client_id=None,
                sub=known.get(past.user, past.user),
                username=past.user,
                event_type="SignIn",
                operation="InitiateAuth",
                request_id="",
                created_at=past.circumstance.at,
                response="Pass",
                challenges=[],
                risk=EventRisk(mode="AUDIT", decision="NoRisk", earlier_sign_ins=past.earlier),
                context=EventContext(address=past.circumstance.address),
                circumstance=msgspec.Raw(msgspec.json.encode(past.circumstance)),
                learned=True,
                concluded=queries.next_number(tx, pool_id),
            ),
        )
    return count
