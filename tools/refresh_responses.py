"""What becomes of a refresh, case by case: a part of docs/adaptive-authentication.md.

As in `tools.responses` the rule stands here a second time, apart from the code that acts
(`doorward.risk.refresh_policy`); `tests/scenarios/test_refresh_responses.py` holds the server to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LEVELS: Final = ("none", "Low", "Medium", "High")
ACTIONS: Final = ("NO_ACTION", "MFA_IF_CONFIGURED", "MFA_REQUIRED", "BLOCK")
NONE, ONE = "no factor", "one factor"
TOKENS, AGAIN, REVOKED = "tokens", "sign in again", "revoked"


@dataclass(frozen=True)
class RefreshCase:
    """The refresh of a session: the user, the mode, the level, its action, the address list, whether it has moved.

    `outcome` is what must become of it, `enforced` what ENFORCED makes of it.
    """

    user: str
    mode: str
    level: str
    action: str
    listed: str
    moved: bool
    outcome: str
    enforced: str


def refresh_cases() -> Iterator[RefreshCase]:
    """Yield every case."""
    for user in (NONE, ONE):
        for mode, level, action, listed, moved in _circumstances():
            enforced = _enforced(user, level, action, listed, moved=moved)
            outcome = enforced if mode == "ENFORCED" else TOKENS
            yield RefreshCase(user, mode, level, action, listed, moved, outcome, enforced)


def _circumstances() -> Iterator[tuple[str, str, str, str, bool]]:
    yield "ENFORCED", "High", "BLOCK", "", False
    yield "ENFORCED", "none", "BLOCK", "", True
    for level in LEVELS[1:]:
        for action in ACTIONS:
            yield "ENFORCED", level, action, "", True
    yield "ENFORCED", "High", "BLOCK", "always allowed", True
    yield "ENFORCED", "none", "NO_ACTION", "always blocked", True
    yield "AUDIT", "none", "BLOCK", "", True
    yield "AUDIT", "Low", "MFA_IF_CONFIGURED", "", True
    yield "AUDIT", "Medium", "MFA_REQUIRED", "", True
    yield "AUDIT", "High", "BLOCK", "", True
    yield "AUDIT", "none", "NO_ACTION", "always blocked", True
    yield "OFF", "High", "BLOCK", "", True


def _enforced(user: str, level: str, action: str, listed: str, *, moved: bool) -> str:
    if listed == "always blocked":
        return AGAIN
    if listed or not moved or level == "none" or action == "NO_ACTION":
        return TOKENS
    if action == "BLOCK":
        return REVOKED
    return AGAIN if action == "MFA_REQUIRED" or user == ONE else TOKENS


_HEAD = """
## When tokens are renewed

A session is refreshed for weeks, and whoever holds its refresh token is let in without a password. So a refresh from
a very different circumstance is assessed too: REFRESH_TOKEN_AUTH, for users and for administrators, and
GetTokensFromRefreshToken.

- *Very different* means: another client **and** another network than the sign-in came from. Another client is another
  device id or, where one of the two is silent about that, another operating system, another kind of device or, on a
  desktop, another browser. Another network is another /24 or /48 of another AS. Of neither is the user known to use
  it otherwise. A phone on its way from network to network, a laptop that is taken abroad, an updated browser, a new
  browser at home: none of them is looked at any further. What is not known means nothing.
- What has moved like that is scored as a sign-in would be, and the action of its level decides:

  | action | the refresh |
  |---|---|
  | `NO_ACTION` | brings tokens |
  | `MFA_IF_CONFIGURED` | of a user with a second factor: refused, he signs in again; of all others brings tokens |
  | `MFA_REQUIRED` | refused, the user signs in again |
  | `BLOCK` | refused, and the session ends: all its tokens are revoked |

  Where the user is to sign in again the answer is `NotAuthorizedException`, *Unable to login because of security
  reasons*, and the session lives on where it began; where the session ends, *Refresh Token has been revoked*.
- An address that is always blocked is refused, and the session stays; one that is always allowed is not responded to.
  A server that refreshes for its users (a web application that renders pages there) is such an address, unless it
  passes their circumstances on in `ContextData`. Look at what AUDIT tells before you enforce.
- Whoever has to reset his password (AdminResetUserPassword, a password from a breach) gets no tokens before he has, in
  every mode: `PasswordResetRequiredException`, as at a sign-in, and `NotAuthorizedException` with the same sentence
  from GetTokensFromRefreshToken, which has no such exception. Cognito does not say what it does there. His access
  tokens live until they expire: AdminUserGlobalSignOut ends them.
- It is an event of its own, of the type `SignIn`, since the API has no other; the member `DoorwardRefreshOf` names
  the event of the sign-in that began the session. Five of one session are written down within a day. None teaches the
  engine anything; feedback does: Valid lets the client in from there, Invalid marks it. Invalid ends the session
  besides, in AUDIT too and whoever says so (AdminUpdateAuthEventFeedback, UpdateAuthEventFeedback), on a refresh as
  on the sign-in that began it: what was not the user's means that somebody else holds his tokens. Valid afterwards
  does not bring it back, and other sessions go on. A sign-in that still waits for an answer when it is reported comes
  to nothing: *Invalid session for the user*, whatever is answered. The device that a reported sign-in brought, or
  whose secret it has proven, is forgotten ([devices.md](devices.md)), and a way out of a block that is open there is
  closed ([ways-out.md](ways-out.md)). What else was changed with the access token (an authenticator app, a passkey,
  the password) stays and is yours to look at. Cognito tells of nothing like it.
- What it costs an ordinary refresh is one row that is read, and nothing that is written.
- It helps against a stolen token. A thief who also copies the user's browser, or says nothing of his own, looks like
  the user on a new network. Against him helps `RefreshTokenRotation`: with every GetTokensFromRefreshToken the
  refresh token is replaced, and one that comes back after it was replaced (and after `RetryGracePeriodSeconds`) is
  refused with `RefreshTokenReuseException` and ends the session, in every mode. Within the grace the same token is
  answered with the same new one, so that a lost answer or a second tab does no harm. Without a grace both do: take
  some seconds. RevokeToken takes each of a session's tokens, replaced ones too, and ends the whole session.

"Its action" is that of the level; every pool's MFA is `OPTIONAL`.

| user | mode | level | its action | session | comes to | would |
|---|---|---|---|---|---|---|
"""


def refresh_section() -> str:
    """Return the section of the page."""
    return _HEAD + "".join(_line(case) for case in refresh_cases())


def _line(case: RefreshCase) -> str:
    scored = case.moved and case.mode != "OFF" and not case.listed
    action = f"address {case.listed}" if case.listed else case.action if case.level != "none" else ""
    cells = (
        case.user,
        case.mode,
        case.level if scored else "not scored",
        action,
        "moved" if case.moved else "where it began",
        case.outcome,
        case.enforced if case.mode == "AUDIT" else "",
    )
    return "| " + " | ".join(cells) + " |\n"
