"""The pool of the demonstration, its app clients and its users, made some months before the story begins."""

from dataclasses import dataclass, field
from typing import Final

from doorward.call import Services
from doorward.clock import Instant
from doorward.demo.calls import call_at
from doorward.demo.chance import share
from doorward.demo.people import Person
from doorward.operations.app_clients import create_user_pool_client
from doorward.operations.passwords import admin_set_user_password
from doorward.operations.risk_configuration import set_risk_configuration
from doorward.operations.user_creation import admin_create_user
from doorward.operations.user_pools import create_user_pool, update_user_pool
from doorward.wire.contract import (
    AccountTakeoverActionsType,
    AccountTakeoverActionType,
    AccountTakeoverRiskConfigurationType,
    AdminCreateUserRequest,
    AdminSetUserPasswordRequest,
    AttributeType,
    CompromisedCredentialsActionsType,
    CompromisedCredentialsRiskConfigurationType,
    CreateUserPoolClientRequest,
    CreateUserPoolRequest,
    PasswordPolicyType,
    RiskExceptionConfigurationType,
    SetRiskConfigurationRequest,
    UpdateUserPoolRequest,
    UserPoolAddOnsType,
    UserPoolClientType,
    UserPoolPolicyType,
)

ALWAYS_BLOCKED: Final = "185.220.101.0/24"
"""A range full of Tor exits."""
POOL_NAME: Final = "demo"
BREACHED_PASSWORD: Final = "password1"
"""What the user with the breached password chose before anybody looked."""

_DAY = 86_400.0
_POLICIES = UserPoolPolicyType(
    # The embedded list is all lower case: a policy that asks for capitals would refuse what is in it first.
    password_policy=PasswordPolicyType(
        minimum_length=8,
        require_lowercase=True,
        require_numbers=True,
        require_uppercase=False,
        require_symbols=False,
    )
)


@dataclass(frozen=True)
class DemoPool:
    """The pool and its two clients.

    `web` has no secret: browsers use it. `backend` has one and may pass its users' addresses on.
    """

    id: str
    web: str
    backend: str
    backend_secret: str = field(repr=False)


def make_pool(services: Services, began: Instant) -> DemoPool:
    """Make the pool, still unguarded, half a year before the two weeks that begin at `began`."""
    at = began - 180 * _DAY
    made = create_user_pool(
        call_at(services, "CreateUserPool", at),
        CreateUserPoolRequest(
            pool_name=POOL_NAME,
            policies=_POLICIES,
            auto_verified_attributes=["email"],
            user_pool_add_ons=UserPoolAddOnsType(advanced_security_mode="OFF"),
        ),
    ).user_pool
    pool_id = (made.id if made else None) or ""
    web = _client(
        services,
        at,
        CreateUserPoolClientRequest(
            user_pool_id=pool_id,
            client_name="web",
            explicit_auth_flows=[
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
            ],
            prevent_user_existence_errors="ENABLED",
        ),
    )
    backend = _client(
        services,
        at,
        CreateUserPoolClientRequest(
            user_pool_id=pool_id,
            client_name="backend",
            generate_secret=True,
            explicit_auth_flows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            prevent_user_existence_errors="ENABLED",
            enable_propagate_additional_user_context_data=True,
        ),
    )
    return DemoPool(pool_id, web.client_id or "", backend.client_id or "", backend.client_secret or "")


def add_user(services: Services, pool: DemoPool, person: Person, password: str, began: Instant) -> None:
    """Let a person join on some day before `began`, with a password of his own and a verified address."""
    at = round(began - (1 + 170 * share("joined", person.username)) * _DAY, 3)
    admin_create_user(
        call_at(services, "AdminCreateUser", at),
        AdminCreateUserRequest(
            user_pool_id=pool.id,
            username=person.username,
            user_attributes=[
                AttributeType(name="email", value=f"{person.username}@example.com"),
                AttributeType(name="email_verified", value="true"),
            ],
            message_action="SUPPRESS",
        ),
    )
    admin_set_user_password(
        call_at(services, "AdminSetUserPassword", at),
        AdminSetUserPasswordRequest(
            user_pool_id=pool.id, username=person.username, password=password, permanent=True
        ),
    )


def enforce(services: Services, pool: DemoPool, at: Instant) -> None:
    """Turn protection on: High is blocked, so is a range, and so are passwords known from breaches."""
    update_user_pool(
        call_at(services, "UpdateUserPool", at),
        UpdateUserPoolRequest(
            user_pool_id=pool.id,
            policies=_POLICIES,
            auto_verified_attributes=["email"],
            user_pool_add_ons=UserPoolAddOnsType(advanced_security_mode="ENFORCED"),
        ),
    )
    allow = AccountTakeoverActionType(notify=False, event_action="NO_ACTION")
    block = AccountTakeoverActionType(notify=False, event_action="BLOCK")
    set_risk_configuration(
        call_at(services, "SetRiskConfiguration", at),
        SetRiskConfigurationRequest(
            user_pool_id=pool.id,
            compromised_credentials_risk_configuration=CompromisedCredentialsRiskConfigurationType(
                actions=CompromisedCredentialsActionsType(event_action="BLOCK")
            ),
            account_takeover_risk_configuration=AccountTakeoverRiskConfigurationType(
                actions=AccountTakeoverActionsType(low_action=allow, medium_action=allow, high_action=block)
            ),
            risk_exception_configuration=RiskExceptionConfigurationType(
                blocked_ip_range_list=[ALWAYS_BLOCKED]
            ),
        ),
    )


def _client(services: Services, at: Instant, request: CreateUserPoolClientRequest) -> UserPoolClientType:
    made = create_user_pool_client(call_at(services, "CreateUserPoolClient", at), request)
    return made.user_pool_client or UserPoolClientType()
