"""An attempt that protection watches without putting a challenge: sign-up, codes, new passwords.

The order is the same everywhere: `begin` reads, `look_up` asks the corpus outside of any transaction, `record`
belongs to the writing one, `settle` comes after the commit. What refuses the attempt is kept in `refusal`
until then, so that the event stays although the operation fails.
"""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from doorward.breach.check import NOT_ASKED, CompromisedCheck, EventKind
from doorward.call import Call
from doorward.directory.app_client import AppClient
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.history.auth_event import AuthEvent, ChallengeResponse, EventType
from doorward.protection.attempt import Attempt
from doorward.protection.client_context import ClientContext, public_context
from doorward.protection.screening import Screening, Verdict
from doorward.signin import stand_in
from doorward.signin.attempts import BY_RISK
from doorward.signin.passwords import COMPROMISED, UNCHECKED
from doorward.signin.refusals import BLOCKED
from doorward.wire.context_data import ContextData
from doorward.wire.contract import UserContextDataType
from doorward.wire.errors import CognitoError, InvalidPasswordException, NotAuthorizedException


@dataclass(kw_only=True)
class Assessed:
    """An attempt on its way through an operation; `refusal` is what it will be answered with, if anything.

    `verdict` is None for an administrator's call, which no engine judges. `attempts_by_risk` is how many
    attempts the level leaves within an hour; None where the operation's own number counts. `note` is what the event
    tells beside.
    """

    call: Call
    screening: Screening
    verdict: Verdict | None = None
    attempts_by_risk: int | None = None
    refusal: CognitoError | None = None
    compromised: CompromisedCheck = NOT_ASKED
    note: str = ""
    event: AuthEvent | None = None


def begin(  # noqa: PLR0917 - each is a fact of its own
    tx: Connection,
    call: Call,
    pool: UserPool,
    client: AppClient,
    event_type: EventType,
    name: str,
    user: User | None,
    data: UserContextDataType | None,
) -> Assessed:
    """Look at who tries from where, and ask the engine what it thinks.

    A level is written down; here it blocks nobody. An address that the pool always blocks is refused at once.

    Raises InvalidParameterException where the client passes on an address that does not parse.
    """
    context = public_context(
        client,
        name,
        user,
        data,
        address=call.address,
        address_source=call.address_source,
        user_agent=call.user_agent,
        now=call.now,
    )
    attempt = Attempt(
        pool=pool,
        client_id=client.id,
        event_type=event_type,
        operation=call.operation,
        request_id=call.request_id,
        now=call.now,
        username=stand_in.known_as(call.services.keyring, pool, user, name),
        user=user,
        context=context,
    )
    guard = call.services.guard
    screening = guard.screen(tx, attempt)
    if screening.blocked:
        blocked = NotAuthorizedException(BLOCKED)
        return Assessed(call=call, screening=screening, verdict=guard.block(screening), refusal=blocked)
    verdict = guard.assess(tx, screening)
    limit = None
    if screening.mode.value == "ENFORCED" and verdict.assessment is not None:
        level = verdict.assessment.level
        if client.hides_who_exists and user is not None:
            # A limit that followed from what the user usually does would tell him from a name of nobody.
            level = guard.level_of_stranger(tx, screening)
        limit = BY_RISK.get(level.wire_name or "")
    return Assessed(call=call, screening=screening, verdict=verdict, attempts_by_risk=limit)


def begin_by_administrator(
    tx: Connection, call: Call, pool: UserPool, event_type: EventType, name: str, user: User | None
) -> Assessed:
    """Find the configuration under which a password is checked that an administrator chooses for a user.

    It is the pool's own: the call names no app client. Of the user's whereabouts it says nothing, so that
    nothing is scored and no address is refused.
    """
    attempt = Attempt(
        pool=pool,
        client_id=None,
        event_type=event_type,
        operation=call.operation,
        request_id=call.request_id,
        now=call.now,
        username=stand_in.known_as(call.services.keyring, pool, user, name),
        user=user,
        by=by_whom(call),
        context=ClientContext(
            address=None, address_source="none", user_agent=None, device=ContextData(signature="absent")
        ),
    )
    return Assessed(call=call, screening=call.services.guard.screen(tx, attempt))


def by_whom(call: Call) -> str | None:
    """Return who acts in a user's stead: the name of the access key, or its id where it has none."""
    key = call.access_key
    return (key.name or key.id) if key else None


def look_up(assessed: Assessed, password: str, event: EventKind) -> None:
    """Ask whether a new password is known from breaches, and refuse it where the pool acts on that."""
    found = assessed.call.services.known_passwords.check(assessed.screening, password, event)
    assessed.compromised = found
    if found.block:
        assessed.refusal = InvalidPasswordException(COMPROMISED)
    elif found.refuse:
        assessed.refusal = NotAuthorizedException(UNCHECKED)


def record(
    tx: Connection,
    assessed: Assessed,
    challenges: list[ChallengeResponse] | None = None,
    *,
    user: User | None = None,
) -> None:
    """Write the event down. `user` is one whom the attempt has just made."""
    screening = assessed.screening
    if user is not None:
        attempt = replace(screening.attempt, user=user, username=user.username)
        screening = replace(screening, attempt=attempt)
    assessed.event = assessed.call.services.guard.record(
        tx,
        screening,
        response="Fail" if assessed.refusal else "Pass",
        challenges=challenges or [],
        verdict=assessed.verdict,
        compromised=assessed.compromised,
        note=assessed.note,
    )


def record_find(tx: Connection, assessed: Assessed, *, user: User | None = None) -> None:
    """Write an administrator's call down where the password is known from breaches, or could not be checked.

    Otherwise it is no event: it is not the user's own doing, and says nothing of his habits.
    """
    if assessed.compromised.because:
        record(tx, assessed, user=user)


def settle(assessed: Assessed) -> None:
    """After the commit: count the attempt, and raise what refused it."""
    services, attempt = assessed.call.services, assessed.screening.attempt
    if attempt.event_type == "SignUp" and attempt.user is None:
        services.counts.sign_up(attempt.pool.id, attempt.client_id, success=assessed.refusal is None)
    if assessed.event is not None:
        services.guard.observe(assessed.event)
    if assessed.refusal is not None:
        raise assessed.refusal
