"""The advanced-security settings of a pool, or of one of its app clients."""

from doorward.call import Call
from doorward.directory.queries import app_clients, user_pools
from doorward.protection import calibrating, queries
from doorward.protection.configuration_rules import check
from doorward.risk.fitting import is_fitted
from doorward.risk.traits import NAMES
from doorward.wire.contract import (
    DescribeRiskConfigurationRequest,
    DescribeRiskConfigurationResponse,
    RiskConfigurationType,
    SetRiskConfigurationRequest,
    SetRiskConfigurationResponse,
    Shape,
)
from doorward.wire.errors import UserPoolAddOnNotEnabledException


def set_risk_configuration(call: Call, request: SetRiskConfigurationRequest) -> SetRiskConfigurationResponse:
    """Replace the advanced-security settings of a pool, or of one of its app clients.

    A part that is left out has its default; a call with no part at all deletes what was saved, so that a
    client is back under the pool's settings. Raises ResourceNotFoundException for an unknown pool or client,
    UserPoolAddOnNotEnabledException where the pool's advanced security is OFF, InvalidParameterException where
    a higher level has a weaker response, an MFA response stands in a pool without MFA, a range cannot be read,
    or notifications are on without a verified sender.
    """
    saved = RiskConfigurationType(
        user_pool_id=request.user_pool_id,
        client_id=request.client_id,
        compromised_credentials_risk_configuration=request.compromised_credentials_risk_configuration,
        account_takeover_risk_configuration=request.account_takeover_risk_configuration,
        risk_exception_configuration=request.risk_exception_configuration,
        last_modified_date=call.now,
    )
    with call.writing() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        if request.client_id is not None:
            app_clients.require_in(tx, pool.id, request.client_id)
        if pool.advanced_security_mode == "OFF":
            raise UserPoolAddOnNotEnabledException("Advanced security is not enabled for the user pool.")
        if _is_empty(saved):
            queries.remove_configuration(tx, pool.id, request.client_id)
        else:
            check(pool, saved)
            queries.keep_configuration(tx, pool.id, request.client_id, saved, call.now)
    return SetRiskConfigurationResponse(risk_configuration=saved)


class DoorwardRiskModel(Shape, frozen=True, kw_only=True):
    """The engine behind the levels: the least score of each, and where that comes from.

    `source` is `shipped` or `calibrated`; only a calibration has an instant, in seconds since the epoch.
    `concentrations` are `Model.alphas` by the trait's name, `concentrations_source` is `shipped` or `fitted`.
    """

    model_version: str
    low: float
    medium: float
    high: float
    source: str
    concentrations: dict[str, float]
    concentrations_source: str
    calibrated_at: float | None = None


class RiskConfigurationDescribed(DescribeRiskConfigurationResponse, frozen=True, kw_only=True):
    """The API's answer with a member of Doorward's own, which the SDKs pass over."""

    doorward_risk_model: DoorwardRiskModel


def describe_risk_configuration(
    call: Call, request: DescribeRiskConfigurationRequest
) -> RiskConfigurationDescribed:
    """Return the advanced-security settings as they were saved; only the ids where nothing was.

    The answer also has `DoorwardRiskModel`: the thresholds that act in the pool, and their source.

    Raises ResourceNotFoundException for an unknown pool or client, UserPoolAddOnNotEnabledException where the
    pool's advanced security is OFF.
    """
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        if request.client_id is not None:
            app_clients.require_in(tx, pool.id, request.client_id)
        if pool.advanced_security_mode == "OFF":
            raise UserPoolAddOnNotEnabledException("Advanced security is not enabled for the user pool.")
        saved = queries.configuration(tx, pool.id, request.client_id)
        calibration = calibrating.kept(tx, pool.id, call.services.guard.model)
    model = calibrating.acting_model(call.services.guard.model, calibration)
    thresholds = model.thresholds
    return RiskConfigurationDescribed(
        risk_configuration=saved
        or RiskConfigurationType(user_pool_id=request.user_pool_id, client_id=request.client_id),
        doorward_risk_model=DoorwardRiskModel(
            model_version=model.version,
            low=thresholds.low,
            medium=thresholds.medium,
            high=thresholds.high,
            source=thresholds.source,
            concentrations=dict(zip(NAMES, model.alphas, strict=True)),
            concentrations_source="fitted" if is_fitted(model.version) else "shipped",
            calibrated_at=calibration.at if calibration else None,
        ),
    )


def _is_empty(saved: RiskConfigurationType) -> bool:
    parts = (
        saved.compromised_credentials_risk_configuration,
        saved.account_takeover_risk_configuration,
        saved.risk_exception_configuration,
    )
    return all(part is None for part in parts)
