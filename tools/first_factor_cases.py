"""Cases of sign-ins that begin with something else than the password: a code, or a passkey.

`tools.code_responses` and `tools.passkey_responses` know what becomes of each; here is what they have in common.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from tools.responses import ACTIONS, BLOCKED, LEVELS, REFUSED, SETUP, TOKENS, Case

NOT_OFFERED: Final = "not offered"


@dataclass(frozen=True)
class FirstFactorCase(Case):
    """A sign-in that begins with another first factor (`flow`), of a user with or without a password."""

    has_password: bool = True


@dataclass(frozen=True)
class Rule:
    """What becomes of whom. `with_mfa` are the users of a pool whose MFA is not OFF, `without_mfa` those of another.

    `owing` owe a second factor where the pool's MFA is OPTIONAL too. `shown` is the challenge of those who hold one
    that counts, `spared` are those whose first factor counts as both; `without_any` holds none and can set none up.
    """

    ways: tuple[str, ...]
    with_mfa: tuple[str, ...]
    without_mfa: tuple[str, ...]
    owing: frozenset[str]
    shown: Mapping[str, str]
    without_any: str
    spared: frozenset[str] = frozenset()

    def cases(self) -> Iterator[FirstFactorCase]:
        """Yield every case; the ways in take turns at each outcome, so that each meets all of them."""
        turns: dict[str, Iterator[str]] = {}
        for mfa, user, has_password, mode, level, action, listed in self._circumstances():
            ordinary = self._ordinary(mfa, user, has_password)
            enforced = self._enforced(ordinary, user, level, action, listed)
            outcome = enforced if mode == "ENFORCED" else ordinary
            # Only an administrator's call tells an address that a list can name.
            ways = [way for way in self.ways if way.startswith("admin")] if listed else self.ways
            flow = next(turns.setdefault(outcome + listed, cycle(ways)))
            yield FirstFactorCase(
                mfa, user, mode, level, action, listed, flow, outcome, enforced, has_password
            )

    def _circumstances(self) -> Iterator[tuple[str, str, bool, str, str, str, str]]:
        for mfa in ("OFF", "OPTIONAL", "ON"):
            # A pool whose MFA is OFF takes no configuration that asks for a factor, and nobody sets one up there.
            actions = ("NO_ACTION", "BLOCK") if mfa == "OFF" else ACTIONS
            for has_password in (True, False):
                for user in self.without_mfa if mfa == "OFF" else self.with_mfa:
                    yield mfa, user, has_password, "ENFORCED", "none", "BLOCK", ""
                    if self._ordinary(mfa, user, has_password) == NOT_OFFERED:
                        continue
                    for level in LEVELS[1:]:
                        for action in actions:
                            yield mfa, user, has_password, "ENFORCED", level, action, ""
                    yield mfa, user, has_password, "ENFORCED", "High", "BLOCK", "always allowed"
                    yield mfa, user, has_password, "ENFORCED", "none", "NO_ACTION", "always blocked"
                    yield mfa, user, has_password, "AUDIT", "High", actions[-2], ""
                    yield mfa, user, has_password, "AUDIT", "High", "BLOCK", ""

    def _ordinary(self, mfa: str, user: str, has_password: bool) -> str:
        """What becomes of the user where there is no risk, or nobody acts on it."""
        if mfa == "OFF" or user in self.spared:
            return TOKENS
        owes_second = mfa == "ON" or user in self.owing
        if owes_second and has_password:
            return NOT_OFFERED
        if user in self.shown:
            return self.shown[user]
        if owes_second:
            return REFUSED if user == self.without_any else SETUP
        return TOKENS

    def _enforced(self, ordinary: str, user: str, level: str, action: str, listed: str) -> str:
        if ordinary == NOT_OFFERED or listed == "always allowed":
            return ordinary
        if listed or (level != "none" and action == "BLOCK"):
            return BLOCKED
        if level == "none" or action in {"NO_ACTION", "MFA_IF_CONFIGURED"}:
            return ordinary
        if user in self.shown or user in self.spared:
            return ordinary
        return SETUP if user != self.without_any and level != "High" else REFUSED


def tables(cases: Iterable[FirstFactorCase]) -> str:
    """Return the cases as tables, one for each setting of the pool's MFA."""
    listed, parts = list(cases), []
    for mfa in ("OFF", "OPTIONAL", "ON"):
        parts.append(f"\n### The pool's MFA is {mfa}\n\n")
        parts.append(
            "| second factor | password | mode | level | its action | begins with | comes to | would |\n"
        )
        parts.append("|---|---|---|---|---|---|---|---|\n")
        parts += [_line(case) for case in listed if case.mfa == mfa]
    return "".join(parts)


def _line(case: FirstFactorCase) -> str:
    action = f"address {case.listed}" if case.listed else case.action if case.level != "none" else ""
    would = case.enforced if case.mode == "AUDIT" else ""
    password = "yes" if case.has_password else "no"
    cells = (case.user, password, case.mode, case.level, action, case.flow, case.outcome, would)
    return "| " + " | ".join(cells) + " |\n"
