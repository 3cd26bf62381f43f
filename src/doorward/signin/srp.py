"""The server's side of Cognito's Secure Remote Password protocol (USER_SRP_AUTH, PASSWORD_VERIFIER).

SRP-6a (RFC 5054, RFC 2945) over the 3,072-bit group of RFC 3526 with g = 2 and SHA-256, with Cognito's own
session key (HKDF, 16 bytes) and claim (HMAC over identity, secret block and timestamp).

One thing differs from the textbook, and no client can tell. Since 2 generates only the quadratic residues of
this group, B = kv + g^b would let anybody test passwords offline: for the right v, B - kv is always a
residue; for a wrong one only half of the time, so that each challenge asked for (no proof needed) would halve
a dictionary. SRP's design asks for a generator of the whole group for that reason. Here the lowest bit of b
chooses the sign of g^b, which makes B uniform over the whole group for every v. Client and server then agree
on the shared secret up to its sign, and a claim is checked against both.
"""

import base64
import binascii
import calendar
import datetime
import hashlib
import hmac
import re
import uuid
from dataclasses import dataclass, field
from typing import Final

import gmpy2

from doorward.clock import Instant
from doorward.wire import errors

N: Final = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33"
    "A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864"
    "D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2"
    "08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
"""The prime of RFC 3526, group 15."""

G: Final = 2
SALT_BYTES: Final = 16
PRIVATE_BYTES: Final = 32
SECRET_BLOCK_BYTES: Final = 32

_GROUP_BYTES: Final = 384
_INFO: Final = b"Caldera Derived Key"
_KEY_BYTES: Final = 16
# One leading zero byte is what a signed big-endian number with its top bit set carries.
_HEXADECIMAL: Final = re.compile(r"(?:00)?([0-9A-Fa-f]{1,768})", re.ASCII)
_TIMESTAMP: Final = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"([0-9]{1,2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) UTC ([0-9]{4})",
    re.ASCII,
)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Verifier:
    """What the server keeps of a password for SRP: the salt, and v = g^x as 384 bytes, big-endian.

    `verifier` must be sealed at rest: one guess at the password costs its thief one exponentiation.
    """

    salt: bytes
    verifier: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ServerChallenge:
    """One open challenge: what the client is told, and what the session must keep (sealed) for the answer."""

    identity: str
    salt: bytes
    server_public: bytes
    client_public: bytes
    private: bytes = field(repr=False)
    secret_block: bytes = field(repr=False)

    def parameters(self, user_id: str, username: str) -> dict[str, str]:
        """Return the ChallengeParameters of PASSWORD_VERIFIER.

        `user_id` is the name that the verifier was made with (USER_ID_FOR_SRP).
        """
        # Numbers go out without leading zeros: clients that read the salt as a number and clients that keep
        # it as text then hash the same bytes.
        return {
            "SALT": f"{int.from_bytes(self.salt):x}",
            "SRP_B": f"{int.from_bytes(self.server_public):x}",
            "SECRET_BLOCK": base64.b64encode(self.secret_block).decode("ascii"),
            "USER_ID_FOR_SRP": user_id,
            "USERNAME": username,
        }


@dataclass(frozen=True, slots=True)
class PasswordClaim:
    """The client's answer, as it stands in ChallengeResponses: PASSWORD_CLAIM_SECRET_BLOCK and so on."""

    secret_block: str = field(repr=False)
    signature: str = field(repr=False)
    timestamp: str


def identity(pool_id: str, user_id: str) -> str:
    """Return the name that stands in SRP's hash and in the claim: the pool's name, then the user's."""
    return pool_id.partition("_")[2] + user_id


def make_verifier(pool_id: str, user_id: str, password: str, salt: bytes) -> Verifier:
    """Return the verifier of a password. `salt` is `SALT_BYTES` unpredictable bytes.

    Raises InvalidParameterException for a password that is not Unicode text (a lone surrogate).
    """
    try:
        secret = password.encode("utf-8")
    except UnicodeEncodeError:
        raise errors.InvalidParameterException("Password is not valid Unicode text.") from None
    inner = hashlib.sha256(_octets(identity(pool_id, user_id)) + b":" + secret).digest()
    x = int.from_bytes(hashlib.sha256(_signed(int.from_bytes(salt)) + inner).digest())
    return Verifier(salt=salt, verifier=_power(G, x).to_bytes(_GROUP_BYTES))


def simulated_verifier(pool_secret: bytes, username: str) -> Verifier:
    """Return the verifier that answers for a user who does not exist.

    The same name in the same pool always gets the same salt, as a real user does. No password fits the
    number, and no challenge made from it can be told from a real one.
    """
    name = _octets(username)
    salt = hmac.digest(pool_secret, b"srp salt\x00" + name, "sha256")[:SALT_BYTES]
    seed = hmac.digest(pool_secret, b"srp verifier\x00" + name, "sha256")
    number = int.from_bytes(hashlib.shake_256(seed).digest(_GROUP_BYTES)) % N
    return Verifier(salt=salt, verifier=number.to_bytes(_GROUP_BYTES))


def simulated_user_id(pool_secret: bytes, username: str) -> str:
    """Return the internal user name (a UUID) that a user who does not exist would have.

    For pools where users sign in by an alias: there a real user's USER_ID_FOR_SRP is not what was typed.
    """
    chance = hmac.digest(pool_secret, b"srp user id\x00" + _octets(username), "sha256")
    return str(uuid.UUID(bytes=chance[:16], version=4))


def challenge(
    named: str, verifier: Verifier, client_public: str, private: bytes, secret_block: bytes
) -> ServerChallenge:
    """Answer SRP_A with a challenge.

    `named` is the `identity` that the verifier was made for, `client_public` SRP_A as the client sent it.
    `private` is `PRIVATE_BYTES` unpredictable bytes (the b of the protocol), `secret_block`
    `SECRET_BLOCK_BYTES` of them; neither may serve twice.
    Raises InvalidParameterException where SRP_A is not a number between 1 and N - 1 in hexadecimal.
    """
    if len(secret_block) != SECRET_BLOCK_BYTES:
        raise ValueError(f"the secret block has {SECRET_BLOCK_BYTES} bytes")
    big_a = _client_number(client_public)
    exponent, negative = _exponent(private)
    masked = _power(G, exponent)
    big_b = (_K * int.from_bytes(verifier.verifier) + (-masked if negative else masked)) % N
    return ServerChallenge(
        identity=named,
        salt=verifier.salt,
        server_public=big_b.to_bytes(_GROUP_BYTES),
        client_public=big_a.to_bytes(_GROUP_BYTES),
        private=private,
        secret_block=secret_block,
    )


def check_claim(
    asked: ServerChallenge,
    verifier: Verifier,
    claim: PasswordClaim,
    now: Instant,
    tolerance: float = 300.0,
) -> bool:
    """Say whether the claim proves knowledge of the password behind `verifier`.

    `verifier` is the user's present one, so that a password changed since the challenge no longer opens it.
    `tolerance` is how many seconds the claim's timestamp may lie before or after `now`.
    Raises InvalidParameterException where the timestamp is not of the form `EEE MMM d HH:mm:ss UTC yyyy`.
    """
    fresh = abs(now - parse_timestamp(claim.timestamp)) <= tolerance
    block_fits = hmac.compare_digest(_base64(claim.secret_block), asked.secret_block)
    signature = _base64(claim.signature)

    message = _octets(asked.identity) + asked.secret_block + _octets(claim.timestamp)
    shared = _shared_secret(asked, verifier)
    scrambler = _signed(_scrambler(asked))
    same_sign = hmac.digest(_session_key(shared, scrambler), message, "sha256")
    other_sign = hmac.digest(_session_key(N - shared, scrambler), message, "sha256")
    signed = hmac.compare_digest(signature, same_sign) | hmac.compare_digest(signature, other_sign)
    return fresh & block_fits & signed


def parse_timestamp(text: str) -> Instant:
    """Read a claim's timestamp, as in `Sun Mar 3 09:05:07 UTC 2024`.

    Raises InvalidParameterException where it has another form or names no moment of the calendar.
    """
    found = _TIMESTAMP.fullmatch(text)
    if found is not None:
        weekday, month, day, hour, minute, second, year = found.groups()
        try:
            moment = datetime.datetime(
                int(year),
                _MONTHS.index(month) + 1,
                int(day),
                int(hour),
                int(minute),
                int(second),
                tzinfo=datetime.UTC,
            )
        except ValueError:
            moment = None
        if moment is not None and _DAYS[moment.weekday()] == weekday:
            return float(calendar.timegm(moment.utctimetuple()))
    raise errors.InvalidParameterException("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")


def _shared_secret(asked: ServerChallenge, verifier: Verifier) -> int:
    """Return (A v^u)^b, which is the client's secret or its negative."""
    exponent, _ = _exponent(asked.private)
    blinded = _power(int.from_bytes(verifier.verifier), _scrambler(asked))
    return _power(int.from_bytes(asked.client_public) * blinded % N, exponent)


def _session_key(shared: int, scrambler: bytes) -> bytes:
    """Derive the claim's key (RFC 5869, one block)."""
    extracted = hmac.digest(scrambler, _signed(shared), "sha256")
    return hmac.digest(extracted, _INFO + b"\x01", "sha256")[:_KEY_BYTES]


def _scrambler(asked: ServerChallenge) -> int:
    """Return SRP's u."""
    numbers = _signed(int.from_bytes(asked.client_public)) + _signed(int.from_bytes(asked.server_public))
    return int.from_bytes(hashlib.sha256(numbers).digest())


def _exponent(private: bytes) -> tuple[int, bool]:
    """Split the server's private bytes into the exponent of g and whether g^b is taken negative."""
    if len(private) != PRIVATE_BYTES:
        raise ValueError(f"the private value has {PRIVATE_BYTES} bytes")
    number = int.from_bytes(private)
    # An exponent of zero would need 255 zero bits in a row; the power function does not take it.
    return max(number >> 1, 1), bool(number & 1)


def _client_number(text: str) -> int:
    found = _HEXADECIMAL.fullmatch(text)
    number = int(found[1], 16) if found is not None else 0
    if not 0 < number < N:
        raise errors.InvalidParameterException("Invalid SRP_A.")
    return number


def _power(base: int, exponent: int) -> int:
    # The variant whose time and memory accesses do not depend on the exponent, which is a secret here.
    return int(gmpy2.powmod_sec(base, exponent, N))


def _signed(number: int) -> bytes:
    """Return a non-negative number as the shortest signed big-endian bytes: Cognito's padding."""
    return number.to_bytes(number.bit_length() // 8 + 1)


def _octets(text: str) -> bytes:
    # A lone surrogate becomes bytes that are no UTF-8: no stored name or honest claim holds them.
    return text.encode("utf-8", "surrogatepass")


def _base64(text: str) -> bytes:
    """Return the bytes, or none at all where the text is not base64: an empty value matches nothing."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


_K: Final = int.from_bytes(hashlib.sha256(_signed(N) + _signed(G)).digest())
