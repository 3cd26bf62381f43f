"""Making access keys."""

from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.directory.access_key import AccessKey, Role, new_access_key_id, new_access_key_secret
from doorward.directory.queries import access_keys
from doorward.store.sealing import Keyring


def create_access_key(
    tx: Connection, keyring: Keyring, *, name: str, role: Role, pool_id: str | None, now: Instant
) -> tuple[AccessKey, str]:
    """Make and keep an access key; return it with its secret, which is not shown again."""
    key_id, secret = new_access_key_id(), new_access_key_secret()
    key = AccessKey(
        id=key_id,
        name=name,
        role=role,
        pool_id=pool_id,
        sealed_secret=keyring.seal(secret.encode(), _context(key_id, role, pool_id)),
        created_at=now,
    )
    access_keys.add(tx, key)
    return key, secret


def reveal(keyring: Keyring, key: AccessKey) -> str:
    """Return an access key's secret. Raises SealError where it does not open."""
    return keyring.open(key.sealed_secret, _context(key.id, key.role, key.pool_id)).decode()


def _context(key_id: str, role: Role, pool_id: str | None) -> bytes:
    # With what the key may do, so that who only writes to the database cannot give it more.
    return f"access key:{key_id}:{role}:{pool_id or ''}".encode()
