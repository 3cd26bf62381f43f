"""An authenticator in software, with a browser in front of it that says whatever a test wants it to say."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

ORIGIN = "https://app.example.org"
PARTY = "example.org"

USER_PRESENT, USER_VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
VERIFIED = USER_PRESENT | USER_VERIFIED


@dataclass
class Credential:
    """A key pair and what the authenticator remembers with it. `count` is its counter."""

    party: str
    handle: str
    id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0

    @property
    def name(self) -> str:
        """The credential id as the API tells it."""
        return bytes_to_base64url(self.id)

    def cose(self) -> dict[int, Any]:
        """The public key."""
        numbers = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}


def create(
    options: Mapping[str, Any],
    *,
    origin: str = ORIGIN,
    flags: int = VERIFIED,
    credential: Credential | None = None,
    cose: Mapping[int, Any] | None = None,
    fmt: str = "none",
    statement: Mapping[str, Any] | None = None,
    **client: Any,
) -> tuple[Credential, dict[str, Any]]:
    """Make a credential as the options ask; return it and the RegistrationResponseJSON.

    `client` replaces members of the client data; `cose` is another public key than the credential's.
    """
    made = credential or Credential(options["rp"]["id"], options["user"]["id"])
    public_key = encode_cbor(dict(cose or made.cose()))
    attested = bytes(16) + len(made.id).to_bytes(2, "big") + made.id + public_key
    data = _authenticator_data(made, flags | ATTESTED) + attested
    attestation = encode_cbor({"fmt": fmt, "attStmt": dict(statement or {}), "authData": data})
    response = {
        "clientDataJSON": _client_data("webauthn.create", options["challenge"], origin, client),
        "attestationObject": bytes_to_base64url(attestation),
        "transports": ["internal", "hybrid", "telepathy"],
    }
    return made, _public_key_credential(made, response)


def get(
    options: Mapping[str, Any],
    credential: Credential,
    *,
    origin: str = ORIGIN,
    flags: int = VERIFIED,
    **client: Any,
) -> dict[str, Any]:
    """Prove that one has a credential; return the AuthenticationResponseJSON. The counter moves on."""
    credential.count += 1
    data = _authenticator_data(credential, flags)
    client_data = _client_data("webauthn.get", options["challenge"], origin, client)
    signed = data + hashlib.sha256(base64url_to_bytes(client_data)).digest()
    response = {
        "clientDataJSON": client_data,
        "authenticatorData": bytes_to_base64url(data),
        "signature": bytes_to_base64url(credential.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
        "userHandle": credential.handle,
    }
    return _public_key_credential(credential, response)


def spoilt(answer: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return an answer with another value at a path (`response.signature`); with None the member is gone."""
    changed: dict[str, Any] = json.loads(json.dumps(answer))
    *outer, last = path.split(".")
    place = changed
    for name in outer:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return changed


def rsa_key(bits: int) -> dict[int, Any]:
    """An RSA public key, as an authenticator would hand it out (RS256)."""
    numbers = rsa.generate_private_key(65537, bits).public_key().public_numbers()
    return {1: 3, 3: -257, -1: numbers.n.to_bytes(bits // 8, "big"), -2: b"\x01\x00\x01"}


def key_of(secret: int) -> ec.EllipticCurvePrivateKey:
    """The key pair of a private number."""
    return ec.derive_private_key(secret, ec.SECP256R1())


def raw(credential_id: str) -> bytes:
    """A credential id as the authenticator has it."""
    return base64url_to_bytes(credential_id)


def _authenticator_data(credential: Credential, flags: int) -> bytes:
    party = hashlib.sha256(credential.party.encode()).digest()
    return party + bytes([flags]) + credential.count.to_bytes(4, "big")


def _client_data(kind: str, challenge: str, origin: str, other: Mapping[str, Any]) -> str:
    said = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False, **other}
    return bytes_to_base64url(json.dumps(said).encode())


def _public_key_credential(credential: Credential, response: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": credential.name,
        "rawId": credential.name,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": dict(response),
    }
