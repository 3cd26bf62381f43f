"""What a risk configuration may not say, and what it demands of its pool."""

from typing import Final

from doorward.directory.user_pool import UserPool
from doorward.protection.configuration import from_saved
from doorward.protection.notification_templates import check_templates
from doorward.risk.policy import ActionOrderError
from doorward.wire.contract import AccountTakeoverActionType, RiskConfigurationType
from doorward.wire.errors import InvalidParameterException

_MFA_ACTIONS: Final = frozenset({"MFA_IF_CONFIGURED", "MFA_REQUIRED"})


def check(pool: UserPool, saved: RiskConfigurationType) -> None:
    """Check a configuration that is to be saved.

    Raises InvalidParameterException where a higher level has a weaker response, an MFA response stands in a
    pool without MFA, a range cannot be read, a template has an unknown placeholder, or notifications are on
    without a verified sender.
    """
    try:
        from_saved(saved)
    except ActionOrderError as problem:
        raise InvalidParameterException(str(problem)) from None
    check_mfa_responses(pool, saved)
    _check_notifications(pool, saved)


def check_mfa_responses(pool: UserPool, saved: RiskConfigurationType) -> None:
    """Check that a pool whose MFA is OFF has no response that asks for a second factor.

    Raises InvalidParameterException, which says whose configuration it is and what to change.
    """
    if pool.mfa_configuration != "OFF":
        return
    if any(action.event_action in _MFA_ACTIONS for action in _actions(saved)):
        whose = f"app client {saved.client_id}" if saved.client_id else "user pool"
        raise InvalidParameterException(
            f"The risk configuration of the {whose} has MFA_IF_CONFIGURED or MFA_REQUIRED, which need the user"
            " pool's MFA to be OPTIONAL or ON: set that with SetUserPoolMfaConfig, or choose other responses."
        )


def _check_notifications(pool: UserPool, saved: RiskConfigurationType) -> None:
    takeover = saved.account_takeover_risk_configuration
    notification = takeover.notify_configuration if takeover else None
    if notification is not None:
        check_templates(notification, has_domain=bool(pool.configuration.domain))
    if any(action.notify for action in _actions(saved)):
        if notification is None:
            raise InvalidParameterException("Notify needs a NotifyConfiguration with a SourceArn.")
        # No identity can be verified yet, so none is.
        raise InvalidParameterException(f"The e-mail identity {notification.source_arn} is not verified.")


def _actions(saved: RiskConfigurationType) -> list[AccountTakeoverActionType]:
    takeover = saved.account_takeover_risk_configuration
    if takeover is None:
        return []
    levels = (takeover.actions.low_action, takeover.actions.medium_action, takeover.actions.high_action)
    return [action for action in levels if action is not None]
