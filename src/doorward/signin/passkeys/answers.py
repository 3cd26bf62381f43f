"""The two ceremonies of WebAuthn Level 3: what the answers of authenticators are worth.

The library `webauthn` reads and verifies; what it is not asked, or leaves to its caller, is checked here: the page's
origin, frames of other sites, backup flags, the size of RSA keys, CBOR that is a trap. An answer is hostile: its reader
may raise whatever its parts raise, and all of it means that the answer is none.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from webauthn import (
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    encode_cbor,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_authenticator_data,
    parse_cbor,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorData,
    CollectedClientData,
    RegistrationCredential,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from doorward.directory.passkey import Passkey
from doorward.directory.relying_party import RelyingParty, allows_origin
from doorward.signin.passkeys import plain_cbor

LONGEST_ID: Final = 1023
"""Bytes of a credential id (WebAuthn, 7.1, step 25)."""
RSA_BITS: Final = range(2048, 4097)
KEY_OF_NOBODY: Final = encode_cbor(
    {
        1: 2,
        3: -7,
        -1: 1,
        -2: bytes.fromhex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
        -3: bytes.fromhex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
    }
)
"""A public key to verify against where there is none: P-256's base point. What fits it must be refused all the same."""

_FIXED_LENGTH: Final = 37
_FLAGS_AT: Final = 32
_ATTESTED: Final = 0x40
_MAKE_LENGTH: Final = 16

Flaw = Literal["form", "origin", "relying party", "user verification", "key", "counter", "proof"]
"""What is wrong with an answer: it cannot be read, comes from a page or for a domain that is not the relying party's,
by somebody whom the authenticator does not know, with a key that is not taken, from a copy of the authenticator; or
it proves nothing."""


class CeremonyError(Exception):
    """An answer is worth nothing. Says why, and nothing of the answer."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True)
class RegistrationAnswer:
    """A new credential, as `navigator.credentials.create` returns it, read and not verified."""

    credential: RegistrationCredential
    client: CollectedClientData
    authenticator: AuthenticatorData


@dataclass(frozen=True)
class AuthenticationAnswer:
    """A proof, as `navigator.credentials.get` returns it, read and not verified."""

    credential: AuthenticationCredential
    client: CollectedClientData
    authenticator: AuthenticatorData


def read_registration(answer: object) -> RegistrationAnswer:
    """Read a RegistrationResponseJSON, as an object or as a string. Raises CeremonyError."""
    with _flawed("form"):
        credential = parse_registration_credential_json(answer)  # type: ignore[arg-type]
        _check_id(credential)
        response = credential.response
        # No attestation was asked for: a statement that comes all the same is put away unread, whatever its form.
        plain_cbor.check(response.attestation_object)
        authenticator_data = parse_cbor(response.attestation_object)["authData"]
        _check_authenticator_data(authenticator_data)
        bare = encode_cbor({"fmt": "none", "attStmt": {}, "authData": authenticator_data})
        return RegistrationAnswer(
            replace(credential, response=replace(response, attestation_object=bare)),
            parse_client_data_json(response.client_data_json),
            parse_attestation_object(bare).auth_data,
        )


def read_authentication(answer: object) -> AuthenticationAnswer:
    """Read an AuthenticationResponseJSON, as an object or as a string. Raises CeremonyError."""
    with _flawed("form"):
        credential = parse_authentication_credential_json(answer)  # type: ignore[arg-type]
        _check_id(credential)
        _check_authenticator_data(credential.response.authenticator_data)
        return AuthenticationAnswer(
            credential,
            parse_client_data_json(credential.response.client_data_json),
            parse_authenticator_data(credential.response.authenticator_data),
        )


def verify_registration(
    answer: RegistrationAnswer, party: RelyingParty, origins: Collection[str]
) -> VerifiedRegistration:
    """Return what is to be known of a new credential, whose challenge the caller has recognised.

    `origins` are those that the operator trusts beside the relying party's. Raises CeremonyError.
    """
    _check_surroundings(answer, party, origins)
    with _flawed("proof"):
        verified = verify_registration_response(
            credential=answer.credential,
            expected_challenge=answer.client.challenge,
            expected_rp_id=party.id,
            expected_origin=answer.client.origin,
            require_user_verification=party.verifies_user,
        )
    if verified.credential_id != answer.credential.raw_id:
        raise CeremonyError("proof")
    with _flawed("key"):
        # The library builds the key no sooner than at the first sign-in, when it is too late to say no.
        key = decoded_public_key_to_cryptography(decode_credential_public_key(verified.credential_public_key))
    too_long = len(verified.credential_id) > LONGEST_ID
    if too_long or (isinstance(key, RSAPublicKey) and key.key_size not in RSA_BITS):
        raise CeremonyError("key")
    return verified


def verify_authentication(
    answer: AuthenticationAnswer,
    passkey: Passkey,
    handle: bytes,
    challenge: bytes,
    party: RelyingParty,
    origins: Collection[str],
) -> VerifiedAuthentication:
    """Return what a proof by a passkey says. `handle` is what its authenticator knows the user by.

    A counter that has not moved on means that there are two of the authenticator, and either may be the thief's
    (WebAuthn, 6.1.1). Raises CeremonyError.
    """
    _check_surroundings(answer, party, origins)
    told = answer.credential.response.user_handle
    if passkey.relying_party_id != party.id or (told and not hmac.compare_digest(told, handle)):
        raise CeremonyError("proof")
    with _flawed("proof"):
        verified = verify_authentication_response(
            credential=answer.credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=answer.client.origin,
            credential_public_key=passkey.public_key,
            # Compared below, once the signature has shown who says so.
            credential_current_sign_count=-1,
            require_user_verification=party.verifies_user,
        )
    if answer.authenticator.flags.be != passkey.backup_eligible:
        raise CeremonyError("proof")
    if (verified.new_sign_count or passkey.sign_count) and verified.new_sign_count <= passkey.sign_count:
        raise CeremonyError("counter")
    return verified


def transports_of(answer: RegistrationAnswer) -> list[str]:
    """Return how the authenticator can be reached; what the standard does not know is left out."""
    return sorted({transport.value for transport in answer.credential.response.transports or ()})


def attachment_of(answer: RegistrationAnswer) -> str | None:
    """Return whether the authenticator is part of the device (platform) or can be carried (cross-platform)."""
    attachment = answer.credential.authenticator_attachment
    return attachment.value if attachment else None


def _check_id(credential: RegistrationCredential | AuthenticationCredential) -> None:
    """See that the id is the one way to write it, since it is looked up by its text."""
    if credential.id != bytes_to_base64url(credential.raw_id):
        raise CeremonyError("form")


def _check_authenticator_data(data: bytes) -> None:
    """See that what is CBOR in it is plain: the public key, and what extensions say (WebAuthn, 6.1)."""
    begins = _FIXED_LENGTH
    if data[_FLAGS_AT] & _ATTESTED:
        begins += _MAKE_LENGTH + 2 + int.from_bytes(data[begins + _MAKE_LENGTH :][:2])
    plain_cbor.check(data[begins:])


def _check_surroundings(
    answer: RegistrationAnswer | AuthenticationAnswer, party: RelyingParty, origins: Collection[str]
) -> None:
    """See on whose page, for which domain and by whom the authenticator was used."""
    origin = answer.client.origin
    if (
        not isinstance(origin, str)
        or answer.client.cross_origin
        or not allows_origin(party.id, origin, origins)
    ):
        raise CeremonyError("origin")
    if not hmac.compare_digest(answer.authenticator.rp_id_hash, hashlib.sha256(party.id.encode()).digest()):
        raise CeremonyError("relying party")
    if party.verifies_user and not answer.authenticator.flags.uv:
        raise CeremonyError("user verification")


@contextmanager
def _flawed(flaw: Flaw) -> Iterator[None]:
    try:
        yield
    except Exception:
        raise CeremonyError(flaw) from None
