"""The three triggers of a custom sign-in: which challenge comes next, what it is, and whether it was answered.

The events are Cognito's (developer guide, Custom authentication challenge Lambda triggers): a function written for
it is called with the same members. Each of the three calls the pool's function, so none belongs inside a transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

import msgspec

from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.triggers.functions import Functions
from doorward.wire.errors import InvalidLambdaResponseException, InvalidParameterException

Trigger = Literal["DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse"]

NOT_CONFIGURED: Final = "Custom auth lambda trigger is not configured for the user pool."
LONGEST_PARAMETERS: Final = 65_536
"""Bytes that the parameters of one challenge may have as JSON, public and private ones together."""
LONGEST_METADATA: Final = 2048
"""Characters of a challenge's own name."""

_Response = TypeVar("_Response", bound=msgspec.Struct)
_Value = str | int | float | bool | None


class ChallengeResult(msgspec.Struct, frozen=True, rename="camel"):
    """One challenge that was answered in this sign-in, as the functions see it in `session`."""

    challenge_name: str
    challenge_result: bool
    challenge_metadata: str | None = None


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Who signs in: what every event tells. `user` is None for a name that leads to nobody.

    `username` is the user's own, or what stands for it. `hides_who_exists`: the app client does not tell its users
    who exists, and so the functions are told. `client_metadata` is the application's word to them.
    """

    functions: Functions
    pool: UserPool
    client_id: str
    username: str
    user: User | None
    hides_who_exists: bool
    client_metadata: Mapping[str, str] | None


class Next(msgspec.Struct, frozen=True, rename="camel"):
    """What DefineAuthChallenge decides: tokens, the end, or the challenge of a name."""

    challenge_name: str | None = None
    issue_tokens: bool | None = None
    fail_authentication: bool | None = None


@dataclass(frozen=True, kw_only=True)
class CustomChallenge:
    """A challenge: what the client is shown, what the function needs to judge the answer, and the challenge's name."""

    public: dict[str, str]
    private: dict[str, str]
    metadata: str | None


class _Created(msgspec.Struct, frozen=True, rename="camel"):
    public_challenge_parameters: dict[str, _Value] | None = None
    private_challenge_parameters: dict[str, _Value] | None = None
    challenge_metadata: str | None = None


class _Verified(msgspec.Struct, frozen=True, rename="camel"):
    answer_correct: bool | None = None


class _Answered(msgspec.Struct, Generic[_Response], frozen=True):
    """The event, as the function sends it back: what it was asked is not read again."""

    response: _Response


_next = msgspec.json.Decoder(_Answered[Next])
_created = msgspec.json.Decoder(_Answered[_Created])
_verified = msgspec.json.Decoder(_Answered[_Verified])


def check_configured(pool: UserPool) -> None:
    """See that a pool has all three functions. Raises InvalidParameterException."""
    triggers = pool.configuration.lambda_config
    if triggers is None or not (
        triggers.define_auth_challenge
        and triggers.create_auth_challenge
        and triggers.verify_auth_challenge_response
    ):
        raise InvalidParameterException(NOT_CONFIGURED)


def define(subject: Subject, session: tuple[ChallengeResult, ...]) -> Next:
    """Ask which challenge comes next, after those that were answered.

    Raises as `Functions.call` does, InvalidLambdaResponseException for what is no decision, and
    InvalidParameterException where the pool has no such function.
    """
    asked = {"session": session}
    decided = _call(subject, "DefineAuthChallenge", asked, Next(), _next)
    if not (decided.fail_authentication or decided.issue_tokens or decided.challenge_name):
        raise InvalidLambdaResponseException(
            "DefineAuthChallenge neither names a challenge nor issues tokens nor fails the authentication."
        )
    return decided


def create(subject: Subject, name: str, session: tuple[ChallengeResult, ...]) -> CustomChallenge:
    """Ask for the challenge of a name. Raises as `define` does."""
    asked = {"challengeName": name, "session": session}
    made = _call(subject, "CreateAuthChallenge", asked, _Created(), _created)
    public = _texts(made.public_challenge_parameters)
    private = _texts(made.private_challenge_parameters)
    if len(msgspec.json.encode((public, private))) > LONGEST_PARAMETERS:
        raise InvalidLambdaResponseException(
            f"The parameters of CreateAuthChallenge have more than {LONGEST_PARAMETERS} bytes."
        )
    if len(made.challenge_metadata or "") > LONGEST_METADATA:
        raise InvalidLambdaResponseException(
            f"The challengeMetadata of CreateAuthChallenge has more than {LONGEST_METADATA} characters."
        )
    return CustomChallenge(public=public, private=private, metadata=made.challenge_metadata)


def verify(subject: Subject, private: Mapping[str, str], answer: str) -> bool:
    """Ask whether a challenge was answered rightly: nothing but a plain yes is one. Raises as `define` does."""
    asked = {"privateChallengeParameters": private, "challengeAnswer": answer}
    judged = _call(subject, "VerifyAuthChallengeResponse", asked, _Verified(), _verified)
    return judged.answer_correct is True


def _call(
    subject: Subject,
    trigger: Trigger,
    asked: Mapping[str, object],
    unanswered: _Response,
    decoder: "msgspec.json.Decoder[_Answered[_Response]]",
) -> _Response:
    event = msgspec.json.encode(_event(subject, trigger, asked, unanswered))
    body = subject.functions.call(trigger, _function(subject.pool, trigger), event)
    try:
        return decoder.decode(body).response
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidLambdaResponseException(f"Unrecognizable lambda output of {trigger}.") from None


def _event(
    subject: Subject, trigger: Trigger, asked: Mapping[str, object], unanswered: msgspec.Struct
) -> dict[str, object]:
    request: dict[str, object] = {"userAttributes": _attributes(subject.user), **asked}
    if subject.client_metadata is not None:
        request["clientMetadata"] = subject.client_metadata
    if subject.hides_who_exists:
        request["userNotFound"] = subject.user is None
    return {
        "version": "1",
        "triggerSource": f"{trigger}_Authentication",
        "region": subject.pool.id.partition("_")[0],
        "userPoolId": subject.pool.id,
        "userName": subject.username,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": subject.client_id},
        "request": request,
        "response": unanswered,
    }


def _attributes(user: User | None) -> dict[str, str]:
    if user is None:
        return {}
    return {**user.attributes, "sub": user.sub, "cognito:user_status": user.status}


def _function(pool: UserPool, trigger: Trigger) -> str:
    triggers = pool.configuration.lambda_config
    arn = (
        triggers
        and {
            "DefineAuthChallenge": triggers.define_auth_challenge,
            "CreateAuthChallenge": triggers.create_auth_challenge,
            "VerifyAuthChallengeResponse": triggers.verify_auth_challenge_response,
        }[trigger]
    )
    if not arn:
        raise InvalidParameterException(NOT_CONFIGURED)
    return arn


def _texts(given: Mapping[str, _Value] | None) -> dict[str, str]:
    """Return parameters as texts: functions give numbers and truth values too, and Cognito takes them."""
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in (given or {}).items()
        if value is not None
    }
