"""An app client: an application that signs users of a pool in."""

import msgspec

from doorward.clock import Instant
from doorward.wire.contract import UserPoolClientType


class AppClient(msgspec.Struct, frozen=True, kw_only=True):
    """An app client. `sealed_secret` is None for a public client; nothing here shows the secret."""

    id: str
    pool_id: str
    created_at: Instant
    modified_at: Instant
    sealed_secret: bytes | None
    configuration: UserPoolClientType

    @property
    def name(self) -> str:
        """The name an operator gave it; not unique."""
        return self.configuration.client_name or ""

    @property
    def hides_who_exists(self) -> bool:
        """Whether unknown users get the answers of known ones (PreventUserExistenceErrors)."""
        return self.configuration.prevent_user_existence_errors == "ENABLED"

    @property
    def explicit_auth_flows(self) -> list[str]:
        """What the client may sign in with, in the `ALLOW_…` form or the old one."""
        return list(self.configuration.explicit_auth_flows or [])

    @property
    def propagates_context(self) -> bool:
        """Whether the address in UserContextData is believed: only from a client that proves itself."""
        return bool(self.sealed_secret and self.configuration.enable_propagate_additional_user_context_data)

    @property
    def rotates(self) -> bool:
        """Whether each refresh brings another refresh token (RefreshTokenRotation)."""
        rotation = self.configuration.refresh_token_rotation
        return rotation is not None and rotation.feature == "ENABLED"

    @property
    def rotation_grace(self) -> int:
        """For how many seconds a refresh token that was replaced may be shown again (RetryGracePeriodSeconds)."""
        rotation = self.configuration.refresh_token_rotation
        return (rotation.retry_grace_period_seconds or 0) if rotation else 0
