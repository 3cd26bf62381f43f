"""An auth event: what happened on one attempt, with its reasons, frozen when it happened."""

from typing import Literal

import msgspec

from doorward.clock import Instant

EventType = Literal["SignIn", "SignUp", "ForgotPassword", "PasswordChange", "ResendCode"]
EventResponse = Literal["Pass", "Fail", "InProgress"]
SecurityMode = Literal["OFF", "AUDIT", "ENFORCED"]
RiskDecision = Literal["NoRisk", "AccountTakeover", "Block"]
RiskLevel = Literal["Low", "Medium", "High"]


class ChallengeResponse(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one challenge of the attempt was answered; `by` says with what, where the API has no name for it."""

    challenge_name: Literal["Password", "Mfa"]
    challenge_response: Literal["Success", "Failure"]
    by: Literal["passkey"] | None = None


class EventReason(msgspec.Struct, frozen=True):
    """One signal's part in the score: what it saw, what that weighed, and the sentence that says so."""

    signal: str
    value: str
    weight: float
    sentence: str


class EventRisk(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine thought and what the policy made of it.

    `response` is what was done, `would_have` what ENFORCED would have done, `because` why. `score` and
    `level` are None where the attempt was not scored (a wrong password, an always-blocked address).
    `earlier_sign_ins` is how many the user's profile knew of, `afar` that it knew none from this country.
    `compromised` is None where no corpus was asked or could answer; `seen` is how often the corpus of
    `corpus_version` has the password.
    """

    mode: SecurityMode
    decision: RiskDecision
    level: RiskLevel | None = None
    score: float | None = None
    response: str = "allow"
    would_have: str = "allow"
    because: str = ""
    model_version: str | None = None
    compromised: bool | None = None
    seen: int = 0
    corpus_version: str | None = None
    earlier_sign_ins: int = 0
    afar: bool = False
    reasons: list[EventReason] = []


class EventContext(msgspec.Struct, frozen=True, kw_only=True):
    """From where and with what the attempt was made. `address_source` says how the address is known."""

    address: str | None = None
    address_source: str = "none"
    device_name: str = "Other, Other"
    user_agent: str | None = None
    timezone: str | None = None
    city: str | None = None
    country: str | None = None
    context_signature: str = "absent"
    context_problem: str | None = None


class EventFeedback(msgspec.Struct, frozen=True):
    """What was said about the event afterwards, and by whom: `provider` as the API tells it, `by` which access key."""

    value: Literal["Valid", "Invalid"]
    provider: str
    at: Instant
    by: str | None = None


class AuthEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt. `sub` is None where the name leads to no user.

    `circumstance` is the engine's own view of the attempt (`doorward.risk.circumstance`), kept so that
    feedback can teach and history can be replayed. `learned` says that it has become part of the profile,
    `token_used` that the user has given feedback by the token from his mail. `concluded` and `judged` number,
    in one sequence for each pool, when the attempt came to its end and when feedback was last given; `prompted`,
    from the same sequence, when a second factor was asked for. `open_until` is until when an attempt in
    progress can be answered.

    `refresh_of` is set where a session was refreshed: the event of the sign-in that began it, empty where there is
    none. It is no sign-in, and teaches nothing of itself. `by` is who acted in the user's stead: the name of an
    access key, or the command line.
    """

    event_id: str
    pool_id: str
    client_id: str | None
    sub: str | None
    username: str
    event_type: EventType
    operation: str
    request_id: str
    created_at: Instant
    response: EventResponse
    challenges: list[ChallengeResponse]
    risk: EventRisk
    context: EventContext
    circumstance: msgspec.Raw
    learned: bool = False
    feedback: EventFeedback | None = None
    token_used: bool = False
    concluded: int | None = None
    judged: int | None = None
    prompted: int | None = None
    open_until: Instant | None = None
    refresh_of: str | None = None
    by: str | None = None

    @property
    def is_sign_in(self) -> bool:
        """Whether the user signed in, or tried to; a refresh bears the same type on the wire."""
        return self.event_type == "SignIn" and self.refresh_of is None

    @property
    def is_reported(self) -> bool:
        """Whether the last word on it is that it was somebody else."""
        return self.feedback is not None and self.feedback.value == "Invalid"
