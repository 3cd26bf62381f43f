"""A user pool, as the directory knows it."""

from typing import Final

import msgspec

from doorward.clock import Instant
from doorward.directory.second_factors import SecondFactors
from doorward.wire.contract import SchemaAttributeType, UserPoolType

_STRICTNESS: Final = ("OFF", "AUDIT", "ENFORCED")


class UserPool(msgspec.Struct, frozen=True, kw_only=True):
    """A pool: its identity, and its configuration in the API's own shape with every default filled in.

    `unblocks_by_code` is Doorward's own: whether users whom risk has blocked may let themselves in again by a code
    (`doorward pools unblock`). No call of the API sees or changes it.
    """

    id: str
    created_at: Instant
    modified_at: Instant
    configuration: UserPoolType
    tags: dict[str, str]
    factors: SecondFactors = SecondFactors()
    unblocks_by_code: bool = False

    @property
    def name(self) -> str:
        """The name an operator gave it; not unique."""
        return self.configuration.name or ""

    @property
    def arn(self) -> str:
        """The pool's Amazon resource name."""
        return self.configuration.arn or ""

    @property
    def advanced_security_mode(self) -> str:
        """OFF, AUDIT or ENFORCED."""
        add_ons = self.configuration.user_pool_add_ons
        return add_ons.advanced_security_mode if add_ons else "OFF"

    @property
    def custom_auth_mode(self) -> str:
        """The mode for custom sign-ins: OFF where CustomAuthMode is absent, and never stricter than the pool's own."""
        add_ons = self.configuration.user_pool_add_ons
        flows = add_ons.advanced_security_additional_flows if add_ons else None
        custom = (flows.custom_auth_mode if flows else None) or "OFF"
        return min(custom, self.advanced_security_mode, key=_STRICTNESS.index)

    @property
    def mfa_configuration(self) -> str:
        """OFF, OPTIONAL or ON."""
        return self.configuration.mfa_configuration or "OFF"

    @property
    def case_sensitive(self) -> bool:
        """Whether `Alice` and `alice` are two users (UsernameConfiguration)."""
        username_configuration = self.configuration.username_configuration
        return username_configuration.case_sensitive if username_configuration else True

    @property
    def username_attributes(self) -> list[str]:
        """The attributes that stand in place of a user name: email, phone_number, both or none."""
        return list(self.configuration.username_attributes or [])

    @property
    def alias_attributes(self) -> list[str]:
        """The attributes that also sign in once they are verified."""
        return list(self.configuration.alias_attributes or [])

    @property
    def auto_verified_attributes(self) -> list[str]:
        """The attributes that a code verifies at sign-up and change."""
        return list(self.configuration.auto_verified_attributes or [])

    @property
    def recovery_mechanisms(self) -> list[str]:
        """What ForgotPassword reaches a user by, the preferred one first.

        A pool without AccountRecoverySetting prefers SMS to e-mail, the legacy order (UserPoolType).
        """
        setting = self.configuration.account_recovery_setting
        mechanisms = (setting and setting.recovery_mechanisms) or []
        in_order = [mechanism.name for mechanism in sorted(mechanisms, key=lambda each: each.priority)]
        return list(in_order) or ["verified_phone_number", "verified_email"]

    @property
    def tracks_devices(self) -> bool:
        """Whether devices are told apart and can be remembered (DeviceConfiguration)."""
        return self.configuration.device_configuration is not None

    @property
    def asks_to_remember(self) -> bool:
        """Whether a new device is remembered only once the user says so."""
        devices = self.configuration.device_configuration
        return bool(devices and devices.device_only_remembered_on_user_prompt)

    @property
    def device_replaces_mfa(self) -> bool:
        """Whether a remembered device stands for the second factor (ChallengeRequiredOnNewDevice)."""
        devices = self.configuration.device_configuration
        return bool(devices and devices.challenge_required_on_new_device)

    @property
    def schema(self) -> dict[str, SchemaAttributeType]:
        """The attributes a user of this pool can have, by name (`custom:` ones included)."""
        return {attribute.name or "": attribute for attribute in self.configuration.schema_attributes or []}

    def key(self, name: str) -> str:
        """Return a user name as it is compared in this pool."""
        return name if self.case_sensitive else name.casefold()
