"""What becomes of a sign-in that began with a passkey, case by case: a part of docs/choice-based-sign-in.md.

As in `tools.responses`, the rule stands here a second time, apart from the code that acts, so that
`tests/scenarios/test_passkey_responses.py` can hold the server to it.
"""

from collections.abc import Iterator
from typing import Final

from tools.first_factor_cases import FirstFactorCase, Rule, tables
from tools.responses import ABLE, CHALLENGE, ONE, UNABLE

PASSKEY_WAYS: Final = ("passkey", "admin, passkey")
BOTH: Final = "the passkey is both"
"""The user has a factor besides, and has turned on that his passkey stands for it."""
PASSKEY_USERS: Final = (ABLE, UNABLE, ONE, BOTH)


def passkey_cases() -> Iterator[FirstFactorCase]:
    """Yield every case of a sign-in that begins with a passkey."""
    return _RULE.cases()


_RULE: Final = Rule(
    ways=PASSKEY_WAYS,
    with_mfa=PASSKEY_USERS,
    without_mfa=(UNABLE, ONE, BOTH),
    owing=frozenset({ONE}),
    shown={ONE: CHALLENGE},
    without_any=UNABLE,
    spared=frozenset({BOTH}),
)

_HEAD: Final = """
## Passkeys, case by case

{cases} of them, played by `tests/scenarios/test_passkey_responses.py`. The pools say that a passkey may count as both
factors (`MULTI_FACTOR_WITH_USER_VERIFICATION`), as one whose MFA is `ON` has to; it does for a user who has turned it
on ([passkeys.md](passkeys.md)).
"""


def passkey_section() -> str:
    """Return the section of the page."""
    listed = list(passkey_cases())
    return _HEAD.format(cases=len(listed)) + tables(listed)
