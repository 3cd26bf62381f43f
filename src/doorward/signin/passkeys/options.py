"""What is asked of an authenticator in the two ceremonies of WebAuthn Level 3."""

from collections.abc import Sequence
from typing import Any, Final

from webauthn import generate_authentication_options, generate_registration_options
from webauthn.helpers import base64url_to_bytes, options_to_json, options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from doorward.directory.passkey import Passkey
from doorward.directory.relying_party import RelyingParty

CHALLENGE_BYTES: Final = 32


def creation_options(
    party: RelyingParty,
    handle: bytes,
    name: str,
    display_name: str,
    held: Sequence[Passkey],
    challenge: bytes,
    seconds: int,
) -> dict[str, Any]:
    """Return what `navigator.credentials.create` is to be asked, as PublicKeyCredentialCreationOptionsJSON.

    `handle` is what the authenticator will know the user by and tells nothing of him; the names are what it shows.
    No attestation is asked for: every make of authenticator will do.
    """
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.id,
        user_id=handle,
        user_name=name,
        user_display_name=display_name,
        challenge=challenge,
        timeout=seconds * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_verification(party)
        ),
        exclude_credentials=_descriptors(held),
    )
    return options_to_json_dict(options)


def request_options(party: RelyingParty, held: Sequence[Passkey], challenge: bytes, seconds: int) -> str:
    """Return what `navigator.credentials.get` is to be asked, as PublicKeyCredentialRequestOptionsJSON."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=seconds * 1000,
        allow_credentials=_descriptors(held),
        user_verification=_verification(party),
    )
    return options_to_json(options)


def _verification(party: RelyingParty) -> UserVerificationRequirement:
    if party.verifies_user:
        return UserVerificationRequirement.REQUIRED
    return UserVerificationRequirement.PREFERRED


def _descriptors(held: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(passkey.id),
            transports=[AuthenticatorTransport(transport) for transport in passkey.transports] or None,
        )
        for passkey in held
    ]
