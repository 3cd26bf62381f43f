"""One sign-in on its way, and the answers it can come to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import Connection

from doorward.breach.check import NOT_ASKED, CompromisedCheck
from doorward.call import Call
from doorward.directory.app_client import AppClient
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.history.auth_event import AuthEvent, ChallengeResponse
from doorward.protection.screening import Screening, Verdict
from doorward.signin.proofs import Pending, Proof
from doorward.signin.sessions import CustomRounds, OpenSession
from doorward.signin.stand_in import user_id
from doorward.wire.contract import AuthenticationResultType
from doorward.wire.errors import CognitoError

ChallengeName = Literal[
    "PASSWORD_VERIFIER",
    "NEW_PASSWORD_REQUIRED",
    "SMS_MFA",
    "EMAIL_OTP",
    "SOFTWARE_TOKEN_MFA",
    "SELECT_MFA_TYPE",
    "MFA_SETUP",
    "DEVICE_SRP_AUTH",
    "DEVICE_PASSWORD_VERIFIER",
    "SELECT_CHALLENGE",
    "PASSWORD",
    "PASSWORD_SRP",
    "SMS_OTP",
    "WEB_AUTHN",
    "CUSTOM_CHALLENGE",
]
"""The challenges that a sign-in can be waiting for."""


@dataclass(frozen=True)
class Refusal:
    """The sign-in ends here. What was written on the way (a failure counted, an event) stays written."""

    error: CognitoError


@dataclass(frozen=True)
class Challenge:
    """The sign-in goes on when the client answers this; `session` is the handle of what was so far.

    `available` are the first factors among which SELECT_CHALLENGE lets the user choose.
    """

    name: ChallengeName
    session: str
    parameters: dict[str, str]
    available: tuple[ChallengeName, ...] = ()


@dataclass(frozen=True)
class Granted:
    """The sign-in has fully succeeded."""

    tokens: AuthenticationResultType


Answer = Refusal | Challenge | Granted


@dataclass(kw_only=True)
class SignIn:
    """One sign-in. The steps read it and write into it what they find.

    `name` is the user name as it was given and `user` whom it leads to, None where to nobody. `proven` says
    whether the credentials were right; `password_digest` is the stored digest they were proven against, so
    that a password changed meanwhile proves nothing. `compromised` is what the corpus says of the password.
    `checked`: it was asked with the plain password in hand; `waited`: a sweep had left something for that moment.
    `replacement_digest` is a better Argon2id digest of the same password, where the stored one is weak.

    `answered` is how challenges were answered in this request, `proofs` what the user has shown in this sign-in
    so far, `pending` what was decided at its risk and has yet to be fulfilled, and `let_in` that a block was lifted
    for it. `answers` is the session that the request answers, None once it has ended. `passkey_id` is the passkey that
    was shown, `device_key` the user's device that the client says it is, which may owe the proof of it; `judged_anew`
    says that the verdict is one after that proof, or of a later request. `custom` is what a custom sign-in has come to.
    `event` is what is to be counted after the commit, `event_id` the sign-in's own event, whenever it began.
    """

    call: Call
    pool: UserPool
    client: AppClient
    name: str
    user: User | None
    screening: Screening
    lockout_subject: str
    proven: bool = False
    password_digest: str | None = None
    replacement_digest: str | None = None
    compromised: CompromisedCheck = field(default=NOT_ASKED)
    checked: bool = False
    waited: bool = False
    verdict: Verdict | None = None
    answered: list[ChallengeResponse] = field(default_factory=list)
    proofs: tuple[Proof, ...] = ()
    pending: Pending = "allow"
    let_in: bool = False
    passkey_id: str | None = None
    device_key: str | None = None
    owes_device_proof: bool = False
    judged_anew: bool = False
    answers: OpenSession | None = None
    custom: CustomRounds | None = None
    event: AuthEvent | None = None
    event_id: str | None = None

    @property
    def known_user(self) -> User:
        """The user, in the steps behind the one that refuses unknown names."""
        if self.user is None:
            raise LookupError("no step behind the credential check runs without a user")
        return self.user

    @property
    def user_id(self) -> str:
        """The user name that the client is told to answer with, also where the name leads to nobody."""
        return self.user.username if self.user else user_id(self.call.services.keyring, self.pool, self.name)


Step = Callable[[Connection, SignIn], Answer | None]


def take(tx: Connection, sign_in: SignIn, steps: Iterable[Step]) -> Answer | None:
    """Take the steps in their order until one gives an answer; None where none does."""
    for step in steps:
        answer = step(tx, sign_in)
        if answer is not None:
            return answer
    return None


def walk(tx: Connection, sign_in: SignIn, steps: Iterable[Step]) -> Answer:
    """Take the steps of a flow to its end, whose last one gives an answer where none before has given one."""
    answer = take(tx, sign_in, steps)
    if answer is None:
        raise LookupError("the last step of a flow gives an answer")
    return answer


def settle(sign_in: SignIn, answer: Answer) -> Challenge | Granted:
    """After the commit: count the attempt in the pool's view, and raise what a step refused with."""
    if sign_in.event is not None:
        sign_in.call.services.guard.observe(sign_in.event)
    if isinstance(answer, Refusal):
        raise answer.error
    return answer
