"""Sign-ins that begin with another first factor than the password, held to the cases that are written down."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from tests.people import App, told
from tests.scenarios.refusals import BLOCKED as UNABLE_TO_LOGIN
from tests.scenarios.test_responses import NO_FACTOR, RESPONSES, Stage
from tools.first_factor_cases import NOT_OFFERED, FirstFactorCase
from tools.responses import BLOCKED, REFUSED, TOKENS


def check(
    stage: Stage, app: App, name: str, case: FirstFactorCase, challenge: str, sign_in: Callable[[], Any]
) -> None:
    """See that a sign-in that begins with a challenge comes to what its case says, and what the event tells."""
    assert _outcome(stage, app, name, challenge, sign_in) == case.outcome
    if case.outcome == NOT_OFFERED:
        return
    event = stage.latest_event(app, name)
    assert event is not None
    assert event.risk.response == RESPONSES.get(case.outcome, "mfa")
    assert event.risk.would_have == RESPONSES.get(case.enforced, "mfa")
    ended = {TOKENS: "Pass", REFUSED: "Fail", BLOCKED: "Fail"}
    assert event.response == ended.get(case.outcome, "InProgress")


def described(case: FirstFactorCase) -> str:
    """Return the name of a case among the tests."""
    return "-".join(str(value) for value in vars(case).values() if value != "")


def name_of(user: str, has_password: bool, *more: str) -> str:
    """Return the name of a kind of user."""
    kind = user.replace(" ", "-").replace(",", "").replace(";", "")
    return "-".join([kind, *more, "password" if has_password else "bare"])


def _outcome(stage: Stage, app: App, name: str, challenge: str, sign_in: Callable[[], Any]) -> str:
    """What the sign-in came to, as the page calls it."""
    try:
        answer = sign_in()
    except ClientError as error:
        if told(error) == NO_FACTOR:
            return REFUSED
        assert told(error) == UNABLE_TO_LOGIN
        event = stage.latest_event(app, name)
        return REFUSED if event is not None and event.risk.response == "refuse" else BLOCKED
    if answer.get("ChallengeName") == "SELECT_CHALLENGE":
        assert challenge not in answer["AvailableChallenges"]
        return NOT_OFFERED
    return TOKENS if "AuthenticationResult" in answer else str(answer["ChallengeName"])
