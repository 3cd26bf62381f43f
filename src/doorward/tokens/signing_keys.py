"""The RSA keys that sign a pool's tokens (RS256, RFC 7518), and their public form (JWKS, RFC 7517)."""

from collections.abc import Iterable
from typing import Final, TypedDict

from joserfc.jwk import RSAKey

ALGORITHM: Final = "RS256"
KEY_BITS: Final = 2048


class PublicKey(TypedDict):
    """One key as `/.well-known/jwks.json` shows it."""

    kty: str
    use: str
    alg: str
    kid: str
    n: str
    e: str


class SigningKey:
    """A key pair, parsed once: keep the object, reading a private key costs more than signing with it.

    `kid` is the key's thumbprint (RFC 7638), so that it is the same wherever the key is loaded.
    """

    __slots__ = ("key", "kid")

    def __init__(self, key: RSAKey) -> None:
        if not key.is_private:
            raise ValueError("a signing key needs its private half")
        self.key = key
        self.kid = key.thumbprint()

    def __repr__(self) -> str:
        return f"SigningKey({self.kid})"

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new key pair. Takes a tenth of a second, sometimes several; OpenSSL draws the primes."""
        return cls(RSAKey.generate_key(KEY_BITS))

    @classmethod
    def from_private_der(cls, der: bytes) -> "SigningKey":
        """Read the bytes that `private_der` gave. Raises ValueError where they are something else."""
        return cls(RSAKey.import_key(der))

    def private_der(self) -> bytes:
        """Return the private key (PKCS #8, DER). Seal it before it is stored."""
        return self.key.as_der(private=True)

    def public(self) -> PublicKey:
        """Return the public half, and nothing of the private one, as a JWK."""
        members = self.key.as_dict(private=False)
        return PublicKey(
            kty="RSA", use="sig", alg=ALGORITHM, kid=self.kid, n=str(members["n"]), e=str(members["e"])
        )

    def verifying(self) -> "VerifyingKey":
        """Return the public half, to check tokens with."""
        return VerifyingKey(self.public())


class VerifyingKey:
    """The public half of a signing key, parsed once. Raises ValueError for a JWK that is no RSA key."""

    __slots__ = ("key", "kid")

    def __init__(self, public: PublicKey) -> None:
        self.key = RSAKey.import_key({"kty": "RSA", "n": public["n"], "e": public["e"]})
        self.kid = public["kid"]

    def __repr__(self) -> str:
        return f"VerifyingKey({self.kid})"


def jwks(keys: Iterable[PublicKey]) -> dict[str, list[PublicKey]]:
    """Return the key set that verifiers download: the present key and those whose tokens still live."""
    return {"keys": list(keys)}
