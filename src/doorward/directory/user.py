"""A user, as the directory knows it."""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from doorward.clock import Instant
from doorward.wire.contract import UserStatusType

Factor = Literal["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
"""A second factor, by the name of its challenge (ChallengeNameType)."""

ADDRESS_OF: Final[dict[Factor, str]] = {"SMS_MFA": "phone_number", "EMAIL_OTP": "email"}
"""The attribute that a factor's codes go to."""


class StoredPassword(msgspec.Struct, frozen=True, kw_only=True):
    """A password as it is kept: nothing here turns back into it.

    `digest` is Argon2id; `history` holds the digests of earlier passwords, the newest first; the SRP
    verifier is sealed, because it falls to guessing much faster than the digest. `compromised` says whether
    the password was known from breaches to the corpus of `corpus_version` (None: it was not checked).
    """

    digest: str
    history: list[str]
    set_at: Instant
    expires_at: Instant | None
    srp_salt: bytes
    sealed_srp_verifier: bytes
    corpus_version: str | None = None
    compromised: bool | None = None

    def __repr__(self) -> str:
        """Show nothing: a repr ends up in tracebacks."""
        return "StoredPassword()"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return []


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A user of a pool. `attributes` holds name → value, `sub` and `custom:` ones included.

    `factors` are the second factors that are active for the user, whether or not his pool offers them now;
    `preferred_factor` is one of them, or None. `passkey_factor` says whether a passkey is to count as both factors
    at once (WebAuthnMfaSettings). `verified_since` says of each verified address since when it is, unchanged.
    """

    pool_id: str
    sub: str
    username: str
    status: UserStatusType
    enabled: bool
    created_at: Instant
    modified_at: Instant
    attributes: dict[str, str]
    password: StoredPassword | None = None
    factors: tuple[Factor, ...] = ()
    preferred_factor: Factor | None = None
    passkey_factor: bool = False
    verified_since: dict[str, Instant] = msgspec.field(default_factory=dict)

    def __repr__(self) -> str:
        """Name the user and show nothing of him."""
        return f"User({self.sub!r})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("sub", self.sub)]

    @property
    def password_digest(self) -> str | None:
        """The digest of the user's password, by which it is seen whether he has replaced it meanwhile."""
        return self.password.digest if self.password else None

    def verified(self, attribute: str) -> bool:
        """Whether the user has an e-mail address or phone number that a code has verified."""
        return bool(self.attributes.get(attribute)) and self.attributes.get(f"{attribute}_verified") == "true"

    def addresses_since(self, before: "User | None") -> dict[str, Instant]:
        """Return since when the user's addresses are verified, given how he stood before his last change.

        An address that is new, or newly verified, is verified since that change.
        """
        return {
            address: before.verified_since.get(address, self.modified_at)
            if before is not None
            and before.verified(address)
            and before.attributes[address] == self.attributes[address]
            else self.modified_at
            for address in ADDRESS_OF.values()
            if self.verified(address)
        }

    def with_attributes(self, attributes: dict[str, str]) -> "User":
        """Return the user with other attributes; a factor whose address is gone is gone with it."""
        kept = (
            factor
            for factor in self.factors
            if factor not in ADDRESS_OF or attributes.get(ADDRESS_OF[factor])
        )
        changed = msgspec.structs.replace(self, attributes=attributes)
        return changed.with_factors(kept, self.preferred_factor)

    def with_factors(self, factors: Iterable[Factor], preferred: Factor | None) -> "User":
        """Return the user with other active factors; one that is not among them is not preferred.

        A passkey counts as both factors only beside another, so that who loses it is not locked out.
        """
        active = tuple(factors)
        return msgspec.structs.replace(
            self,
            factors=active,
            preferred_factor=preferred if preferred in active else None,
            passkey_factor=self.passkey_factor and bool(active),
        )
