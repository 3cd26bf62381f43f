"""How long the security primitives take on this machine: `python benchmarks/primitives.py`."""

from collections.abc import Callable

from doorward.clock import monotonic, random_bytes
from doorward.directory.password_hash import PasswordHashing
from doorward.signin import srp
from doorward.store.sealing import Keyring, new_key
from doorward.tokens import jwt
from doorward.tokens.claims import TokenFacts, access_token_claims
from doorward.tokens.signing_keys import SigningKey

NOW = 1_709_456_707.0


def measure(name: str, action: Callable[[], object], rounds: int) -> None:
    """Print the median and the slowest of `rounds` runs, in microseconds."""
    times = []
    for _ in range(rounds):
        begun = monotonic()
        action()
        times.append(monotonic() - begun)
    times.sort()
    print(f"{name:<44}{times[rounds // 2] * 1e6:>12,.0f} µs{times[-1] * 1e6:>12,.0f} µs")


def main() -> None:
    """Measure everything once."""
    print(f"{'':<44}{'median':>15}{'slowest':>15}")

    passwords = PasswordHashing()
    stored = passwords.hash("correct horse")
    measure("Argon2id, right password", lambda: passwords.verify(stored, "correct horse"), 40)
    measure("Argon2id, wrong password", lambda: passwords.verify(stored, "battery"), 40)
    measure("Argon2id, against nothing", lambda: passwords.verify_against_nothing("battery"), 40)

    verifier = srp.make_verifier("eu-west-1_aB3dE5fG7", "mia", "correct horse", random_bytes(16))
    public = f"{pow(srp.G, int.from_bytes(random_bytes(128)), srp.N):x}"
    private, block = random_bytes(srp.PRIVATE_BYTES), random_bytes(srp.SECRET_BLOCK_BYTES)
    asked = srp.challenge("aB3dE5fG7mia", verifier, public, private, block)
    claim = srp.PasswordClaim("AAAA", "AAAA", "Sun Mar 3 09:05:07 UTC 2024")
    measure(
        "SRP, make a verifier",
        lambda: srp.make_verifier("eu-west-1_aB3dE5fG7", "mia", "correct horse", b"s" * 16),
        300,
    )
    measure("SRP, simulate a verifier", lambda: srp.simulated_verifier(b"pool", "nobody"), 300)
    measure("SRP, challenge", lambda: srp.challenge("", verifier, public, private, block), 300)
    measure("SRP, check a claim", lambda: srp.check_claim(asked, verifier, claim, NOW), 300)

    keyring = Keyring([new_key()])
    sealed = keyring.seal(random_bytes(384), b"context")
    measure("seal 384 bytes", lambda: keyring.seal(b"v" * 384, b"context"), 3000)
    measure("open 384 bytes", lambda: keyring.open(sealed, b"context"), 3000)
    measure("keyed digest", lambda: keyring.digest("code", b"123456"), 3000)

    measure("RSA 2048, new key pair", SigningKey.generate, 10)
    key = SigningKey.generate()
    der = key.private_der()
    measure("RSA 2048, read a private key", lambda: SigningKey.from_private_der(der), 20)
    facts = TokenFacts("sub", "mia", "https://id.example/pool", "client", NOW, "origin", "event")
    claims = access_token_claims(facts, "jti", NOW, 3600)
    token, keys = jwt.issue(key, claims), {key.kid: key.verifying()}
    measure("access token, claims", lambda: access_token_claims(facts, "jti", NOW, 3600), 3000)
    measure("access token, issue", lambda: jwt.issue(key, claims), 1000)
    measure("access token, verify", lambda: jwt.verify(token, keys, facts.issuer, "access", NOW), 3000)


if __name__ == "__main__":
    main()
