"""Write docs/adaptive-authentication.md: what becomes of a sign-in whose credentials are right, case by case.

The cases and the rule stand here a second time, apart from the code that acts (`doorward.risk.policy`), so that
`tests/scenarios/test_responses.py` can hold the server to them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Final

from tools.refresh_responses import refresh_section

PAGE: Final = Path("docs/adaptive-authentication.md")

LEVELS: Final = ("none", "Low", "Medium", "High")
ACTIONS: Final = ("NO_ACTION", "MFA_IF_CONFIGURED", "MFA_REQUIRED", "BLOCK")
FLOWS: Final = (
    "password",
    "SRP",
    "admin, password",
    "admin, SRP",
    "choice, password",
    "choice, SRP",
    "admin, choice, password",
    "custom",
)

ABLE, UNABLE, ONE, SEVERAL = "none; can set one up", "none; can set none up", "one factor", "several factors"
USERS: Final = (ABLE, UNABLE, ONE, SEVERAL)
WITHOUT_MFA: Final = (UNABLE, ONE)
"""The users of a pool whose MFA is OFF: nobody can set anything up, and whoever did so before holds it in vain."""

TOKENS, CHALLENGE, CHOICE, SETUP = "tokens", "SMS_MFA", "SELECT_MFA_TYPE", "MFA_SETUP"
REFUSED, BLOCKED = "refused", "blocked"


@dataclass(frozen=True)
class Case:
    """A sign-in: pool, user, mode, level, the action configured for the level, address list, and way in.

    `outcome` is what must become of it, `enforced` what ENFORCED makes of it.
    """

    mfa: str
    user: str
    mode: str
    level: str
    action: str
    listed: str
    flow: str
    outcome: str
    enforced: str


def cases() -> Iterator[Case]:
    """Yield every case; the ways in take turns at each outcome, so that each meets all of them."""
    turns: dict[str, Iterator[str]] = {}
    for mfa, user, mode, level, action, listed in _circumstances():
        enforced = _enforced(mfa, user, level, action, listed)
        outcome = enforced if mode == "ENFORCED" else _ordinary(mfa, user)
        # Only an administrator's call tells an address that a list can name.
        flow = FLOWS[2] if listed else next(turns.setdefault(outcome, cycle(FLOWS)))
        yield Case(mfa, user, mode, level, action, listed, flow, outcome, enforced)


def _circumstances() -> Iterator[tuple[str, str, str, str, str, str]]:
    for mfa in ("OFF", "OPTIONAL", "ON"):
        users = WITHOUT_MFA if mfa == "OFF" else USERS
        # A pool whose MFA is OFF takes no configuration that asks for a factor.
        actions = ("NO_ACTION", "BLOCK") if mfa == "OFF" else ACTIONS
        for user in users:
            yield mfa, user, "ENFORCED", "none", "BLOCK", ""
            for level in LEVELS[1:]:
                for action in actions:
                    yield mfa, user, "ENFORCED", level, action, ""
            yield mfa, user, "ENFORCED", "High", "BLOCK", "always allowed"
            yield mfa, user, "ENFORCED", "none", "NO_ACTION", "always blocked"
            yield mfa, user, "AUDIT", "none", "BLOCK", ""
            yield mfa, user, "AUDIT", "Low", actions[1], ""
            yield mfa, user, "AUDIT", "Medium", actions[-2], ""
            yield mfa, user, "AUDIT", "High", actions[-2], ""
            yield mfa, user, "AUDIT", "High", "BLOCK", ""
            yield mfa, user, "OFF", "High", "BLOCK", ""


def _enforced(mfa: str, user: str, level: str, action: str, listed: str) -> str:
    if listed:
        return BLOCKED if listed == "always blocked" else _ordinary(mfa, user)
    if level == "none" or action == "NO_ACTION":
        return _ordinary(mfa, user)
    if action == "BLOCK":
        return BLOCKED
    if user in _ASKED:
        return _ASKED[user]
    if action == "MFA_IF_CONFIGURED":
        return _ordinary(mfa, user)
    return SETUP if user == ABLE and level != "High" else REFUSED


def _ordinary(mfa: str, user: str) -> str:
    """What becomes of the user where there is no risk, or nobody acts on it."""
    return TOKENS if mfa == "OFF" else _ORDINARY[mfa][user]


_ASKED: Final[Mapping[str, str]] = {ONE: CHALLENGE, SEVERAL: CHOICE}
_ORDINARY: Final[Mapping[str, Mapping[str, str]]] = {
    "OPTIONAL": {ABLE: TOKENS, UNABLE: TOKENS, **_ASKED},
    "ON": {ABLE: SETUP, UNABLE: REFUSED, **_ASKED},
}

_HEAD = """# Adaptive authentication

What Doorward does with a sign-in whose credentials are right. `make responses` writes this page from the cases that
`tests/scenarios/test_responses.py` plays through the server, one by one.

## The rule

1. In mode `OFF` nothing is scored. In `AUDIT` everything is scored and recorded with what `ENFORCED` would have done,
   and nothing is done. In `ENFORCED` the response that is configured for the level is given
   ([risk.md](risk.md) tells how a level comes about).
2. An address in an always-block range is refused, whatever else is true; one in an always-allow range is not
   responded to. The narrower range wins, and the block where they are equal.
3. The response to the level:

   | response | a user with a second factor | a user without |
   |---|---|---|
   | `NO_ACTION` | as without risk | as without risk |
   | `MFA_IF_CONFIGURED` | his factor's challenge | as without risk |
   | `MFA_REQUIRED` | his factor's challenge | up to Medium `MFA_SETUP`, if he can set one up; else refused |
   | `BLOCK` | refused | refused |

   At High a factor is not set up: whoever holds the password only would enrol one of his own.
   `DOORWARD_MFA_SETUP_AT_HIGH` allows it.
4. Without risk: where the pool's MFA is `OPTIONAL`, a user with an active factor is asked for it and all others get
   their tokens; where it is `ON`, a user without one must set one up, and is refused where he cannot. Where it is
   `OFF`, nobody is asked, and a configuration with an MFA response is not accepted.

A block and a refusal answer alike: `NotAuthorizedException`, *Unable to login because of security reasons*. Only the
event tells them apart, and why: `doorward events show EVENT_ID --pool ID` ([operating.md](operating.md)).

A sign-in that begins with a code or a passkey instead of a password follows the same rule; what counts as a second
factor then, and its cases, are in [choice-based-sign-in.md](choice-based-sign-in.md).
A custom sign-in is assessed where `CustomAuthMode` is set, and in that mode, though never in a stricter one than the
pool's: in the cases below it is the pool's own. Its level is responded to when the pool's functions have issued tokens
([triggers.md](triggers.md)).

## What the user sees

| challenge | parameters | answer |
|---|---|---|
| `SMS_MFA` | `CODE_DELIVERY_DELIVERY_MEDIUM`, `CODE_DELIVERY_DESTINATION` (masked) | `SMS_MFA_CODE` |
| `EMAIL_OTP` | the same | `EMAIL_OTP_CODE` |
| `SOFTWARE_TOKEN_MFA` | `FRIENDLY_DEVICE_NAME` | `SOFTWARE_TOKEN_MFA_CODE` |
| `SELECT_MFA_TYPE`, where he has several factors and prefers none | `MFAS_CAN_CHOOSE` | `ANSWER`, one of them |
| `MFA_SETUP` | `MFAS_CAN_SETUP` | the session of VerifySoftwareToken, or `EMAIL` (`EMAIL_OTP` follows) |

- All have `USER_ID_FOR_SRP`. `NEW_PASSWORD_REQUIRED` comes before them.
- A code belongs to one session: it serves once, no longer than the session (`AuthSessionValidity`), and for nobody
  else. A new prompt takes no earlier code away. A code by SMS or mail that comes back verifies its address.
- A code of an app serves once; its clock may be one step of 30 seconds off.
- A wrong code is `CodeMismatchException`, and the session stays usable. Five of them end the session, ten within an
  hour or a hundred within 30 days close all of the user's factors; a right one forgets those before it, and so does
  an administrator who sets or resets the password. Known networks and devices of the user count apart.
- During `MFA_SETUP` a verified e-mail address is not replaced, and a phone number is not given.
- What changes meanwhile counts: a new password, a disabled user, another number, a factor taken away end the sign-in,
  and a blocked address is refused.

## What is recorded, and learned

The event begins as `InProgress` with `Password: Success`. The right code makes it `Pass` with `Mfa: Success`, and only
then do the circumstances become part of what is normal for the user. A wrong code stands in it as `Mfa: Failure`. What
nobody answers fails when its session expires. Prompts count when they are put: several within minutes, by somebody who
knows the password, raise the risk of the next attempt (`mfa_fatigue`), and failed and abandoned ones count as failures.

## Ways out

A block is no dead end. [ways-out.md](ways-out.md) tells who can lift what: feedback on the event (Valid), the user's
own code where the pool allows it (`doorward pools unblock`), AdminResetUserPassword, `doorward users unlock`. None of
them is a way around MFA or around an address that is always blocked.

## Case by case
"""


def page() -> str:
    """Return the page."""
    listed = list(cases())
    parts = [_HEAD, f'\n{len(listed)} of them. "Would" is what the event of an AUDIT sign-in tells.\n']
    for mfa in ("OFF", "OPTIONAL", "ON"):
        parts.append(f"\n### The pool's MFA is {mfa}\n\n")
        parts.append("| user | mode | level | its action | signs in by | comes to | would |\n")
        parts.append("|---|---|---|---|---|---|---|\n")
        parts += [_line(case) for case in listed if case.mfa == mfa]
    return "".join(parts) + refresh_section()


def _line(case: Case) -> str:
    level = case.level if case.mode != "OFF" else "not scored"
    action = f"address {case.listed}" if case.listed else case.action if case.level != "none" else ""
    would = case.enforced if case.mode == "AUDIT" else ""
    cells = (case.user, case.mode, level, action, case.flow, case.outcome, would)
    return "| " + " | ".join(cells) + " |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
