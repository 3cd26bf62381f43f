"""The risk configuration that acts on an attempt: the client's own, else the pool's, else the defaults."""

from dataclasses import dataclass
from functools import lru_cache

import msgspec
from sqlalchemy import Connection

from doorward.breach.check import CompromisedPolicy
from doorward.breach.check import policy as compromised_policy
from doorward.network.address import parse_or_none
from doorward.network.ranges import Ranges, parse_ranges
from doorward.protection import queries
from doorward.risk.levels import Level
from doorward.risk.policy import (
    DEFAULT_ACTIONS,
    Action,
    Actions,
    EventAction,
    IpException,
    checked_order,
)
from doorward.wire.contract import AccountTakeoverActionsType, RiskConfigurationType


@dataclass(frozen=True, slots=True)
class ProtectionConfiguration:
    """What a risk configuration comes to once every part that was left out has its default."""

    compromised: CompromisedPolicy
    actions: Actions
    ranges: Ranges

    def exception(self, address: str | None) -> IpException:
        """Return what the always-lists say of an address; of an unknown one they say nothing."""
        parsed = parse_or_none(address)
        verdict = self.ranges.verdict(parsed) if parsed else None
        return IpException(verdict) if verdict else IpException.NONE


def effective(tx: Connection, pool_id: str, client_id: str | None) -> ProtectionConfiguration:
    """Return the configuration that acts for a client of a pool; None stands for no client."""
    saved = queries.encoded_configuration(tx, pool_id, client_id) if client_id else None
    return _from_encoded(saved or queries.encoded_configuration(tx, pool_id, None))


def from_saved(saved: RiskConfigurationType | None) -> ProtectionConfiguration:
    """Return what a saved configuration comes to; None is one that was never saved.

    Raises InvalidParameterException where a range does not parse, and ActionOrderError where a higher level
    has a weaker response: a configuration that was checked when it was saved raises neither.
    """
    compromised = saved.compromised_credentials_risk_configuration if saved else None
    takeover = saved.account_takeover_risk_configuration if saved else None
    exceptions = saved.risk_exception_configuration if saved else None
    return ProtectionConfiguration(
        compromised=compromised_policy(
            compromised.event_filter if compromised else None,
            compromised.actions.event_action if compromised else None,
        ),
        actions=_actions(takeover.actions) if takeover else DEFAULT_ACTIONS,
        ranges=parse_ranges(
            (exceptions.skipped_ip_range_list if exceptions else None) or [],
            (exceptions.blocked_ip_range_list if exceptions else None) or [],
        ),
    )


def _actions(saved: AccountTakeoverActionsType) -> Actions:
    given = {
        Level.LOW: saved.low_action,
        Level.MEDIUM: saved.medium_action,
        Level.HIGH: saved.high_action,
    }
    return checked_order(
        {
            level: Action(EventAction(action.event_action), action.notify)
            for level, action in given.items()
            if action is not None
        }
    )


@lru_cache(maxsize=4096)
def _from_encoded(encoded: bytes | None) -> ProtectionConfiguration:
    # Reading up to 400 ranges takes milliseconds; the saved bytes themselves are the key, so what was saved
    # anew is read anew.
    return from_saved(msgspec.json.decode(encoded, type=RiskConfigurationType) if encoded else None)
