"""What becomes normal for a user, and what ceases to be: the lesson of a sign-in, and feedback on an attempt.

Feedback on a refresh ends the session, too, where it says that this was somebody else.
"""

import msgspec
from sqlalchemy import Connection

from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent, EventFeedback
from doorward.protection import queries
from doorward.protection.profiles import read_profile
from doorward.risk.circumstance import Circumstance
from doorward.risk.encoding import encode
from doorward.risk.model import Model
from doorward.risk.profile import distrust, learn, trust
from doorward.tokens.queries import revoke_of_sign_in

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
    bring it back.
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
            began = event.refresh_of or event.event_id
            revoke_of_sign_in(tx, event.pool_id, event.sub, began, feedback.at)
        queries.keep_profile(tx, event.pool_id, event.sub, encode(profile))
    events.change(tx, judged)
    return judged
