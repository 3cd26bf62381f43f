"""The risk configuration that acts on an attempt: the client's own, else the pool's, else the defaults."""

from dataclasses import dataclass

from sqlalchemy import Connection

from doorward.breach.check import CompromisedPolicy
from doorward.breach.check import policy as compromised_policy
from doorward.network.ranges import Ranges, parse_ranges
from doorward.protection import queries
from doorward.risk.policy import ActionPlan, LevelAction
from doorward.wire.contract import AccountTakeoverActionsType, AccountTakeoverActionType, RiskConfigurationType


@dataclass(frozen=True, slots=True)
class ProtectionConfiguration:
    """What a risk configuration comes to once every part that was left out has its default."""

    compromised: CompromisedPolicy
    actions: ActionPlan
    ranges: Ranges


def effective(tx: Connection, pool_id: str, client_id: str | None) -> ProtectionConfiguration:
    """Return the configuration that acts for a client of a pool; None stands for no client."""
    saved = queries.configuration(tx, pool_id, client_id) if client_id else None
    return from_saved(saved or queries.configuration(tx, pool_id, None))


def from_saved(saved: RiskConfigurationType | None) -> ProtectionConfiguration:
    """Return what a saved configuration comes to; None is one that was never saved."""
    compromised = saved.compromised_credentials_risk_configuration if saved else None
    takeover = saved.account_takeover_risk_configuration if saved else None
    exceptions = saved.risk_exception_configuration if saved else None
    return ProtectionConfiguration(
        compromised=compromised_policy(
            compromised.event_filter if compromised else None,
            compromised.actions.event_action if compromised else None,
        ),
        actions=_actions(takeover.actions if takeover else None),
        ranges=parse_ranges(
            (exceptions.skipped_ip_range_list if exceptions else None) or [],
            (exceptions.blocked_ip_range_list if exceptions else None) or [],
        ),
    )
