"""What becomes normal for a user, and what ceases to be: the lesson of a sign-in, and feedback on an attempt.

Where feedback says that this was somebody else it ends the session besides, or the sign-in that would begin one.
"""

import msgspec
from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.directory.queries import devices
from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent, EventFeedback
from doorward.protection import queries
from doorward.protection.profiles import read_profile
from doorward.protection.unblocking import close_there
from doorward.risk.circumstance import Circumstance
from doorward.risk.encoding import encode
from doorward.risk.model import Model
from doorward.risk.profile import distrust, learn, trust
from doorward.tokens.forgotten_device import forget
from doorward.tokens.queries import device_of_sign_in, revoke_of_sign_in

_circumstance = msgspec.json.Decoder(Circumstance)


def learn_from(tx: Connection, event: AuthEvent, model: Model) -> AuthEvent:
    """Let the circumstance of a full success become part of what is normal; return the event, which says so."""
    if event.sub is None:
        return event
    profile = read_profile(tx, event.pool_id, event.sub)
    lesson = learn(profile, _circumstance.decode(event.circumstance), model)
    queries.keep_profile(tx, event.pool_id, event.sub, encode(lesson))
    return msgspec.structs.replace(event, learned=True)


def take_feedback(tx: Connection, event: AuthEvent, feedback: EventFeedback, model: Model) -> AuthEvent:
    """Take feedback on an event, and return it as it is kept: it acts on the user's very next attempt.

    Valid: the circumstance is trusted from now on. Invalid: it is distrusted, its lesson is taken back, and it weighs
    on the pool's view of that network and device once `Guard.observe_feedback` has counted it. The session that a
    sign-in began or a refresh went on with is in somebody else's hands: it ends, in every mode, and Valid does not
    bring it back. So does a way out of a block that is open there, and the device of the sign-in is forgotten. A
    sign-in that still waits for an answer gets none (`is_reported`).
    """
    judged = msgspec.structs.replace(
        event,
        feedback=feedback,
        learned=feedback.value == "Valid",
        judged=events.next_number(tx, event.pool_id),
    )
    circumstance = _circumstance.decode(event.circumstance)
    if event.sub is not None:
        profile = read_profile(tx, event.pool_id, event.sub)
        if feedback.value == "Valid":
            profile = trust(profile, circumstance, feedback.at, model)
        else:
            profile = distrust(profile, circumstance, feedback.at, model, learned=event.learned)
            close_there(tx, event.pool_id, event.sub, circumstance)
            _end_session(tx, event, event.sub, circumstance, feedback.at)
        queries.keep_profile(tx, event.pool_id, event.sub, encode(profile))
    events.change(tx, judged)
    return judged


def is_reported(tx: Connection, pool_id: str, event_id: str | None) -> bool:
    """Say whether the last word on a sign-in is that it was somebody else; of what has no event nothing was said."""
    event = events.find(tx, pool_id, event_id) if event_id else None
    return event is not None and event.is_reported


def _end_session(
    tx: Connection, event: AuthEvent, sub: str, circumstance: Circumstance, now: Instant
) -> None:
    """End the session that an event is of. A device that it brought, or that has proven its secret, is somebody else's.

    One that the user had before, and whose key alone was named, stays his: whoever has the password could name it.
    """
    revoke_of_sign_in(tx, event.pool_id, sub, event.refresh_of or event.event_id, now)
    key = device_of_sign_in(tx, event.pool_id, sub, event.event_id) if event.is_sign_in else None
    device = devices.find(tx, event.pool_id, sub, key) if key else None
    if device is not None and (circumstance.remembered_device or device.created_at >= event.created_at):
        forget(tx, device, now)
