"""Users in the database, found by user name, by `sub`, or by another name they sign in with."""

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, insert, select, update

from doorward.directory.sign_in_names import sign_in_names
from doorward.directory.user import StoredPassword, User
from doorward.directory.user_pool import UserPool
from doorward.store.tables import searchable_attributes, users
from doorward.store.tables import sign_in_names as names
from doorward.wire.errors import UserNotFoundException

SEARCHABLE = (
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
)
"""The attributes that ListUsers can search for (the user name, `sub` and status are columns)."""


_OF_POOL = select(users).where(users.c.pool_id == bindparam("pool_id"))
_BY_USERNAME = _OF_POOL.where(users.c.username_key == bindparam("key"))
_BY_SUB = _OF_POOL.where(users.c.sub == bindparam("sub"))
_BY_OTHER_NAME = (
    _OF_POOL.join(names, and_(names.c.pool_id == users.c.pool_id, names.c.sub == users.c.sub))
    .where(names.c.name_key == bindparam("key"))
    .limit(1)
)


def find(tx: Connection, pool: UserPool, name: str) -> User | None:
    """Return the user whom a name leads to, or None: by user name, else by alias, else by `sub`."""
    wanted = {"pool_id": pool.id, "key": pool.key(name)}
    row = tx.execute(_BY_USERNAME, wanted).one_or_none()
    if row is None and (pool.username_attributes or pool.alias_attributes):
        row = tx.execute(_BY_OTHER_NAME, wanted).one_or_none()
    # By the key, as a user name is: else a name could be taken that is another's `sub` but for its case.
    return from_row(row) if row else find_by_sub(tx, pool.id, pool.key(name))


def find_by_sub(tx: Connection, pool_id: str, sub: str) -> User | None:
    """Return the user with a `sub`, or None."""
    row = tx.execute(_BY_SUB, {"pool_id": pool_id, "sub": sub}).one_or_none()
    return from_row(row) if row else None


def require(tx: Connection, pool: UserPool, name: str) -> User:
    """Return the user whom a name leads to, or raise UserNotFoundException."""
    user = find(tx, pool, name)
    if user is None:
        raise UserNotFoundException("User does not exist.")
    return user


def holder(tx: Connection, pool: UserPool, kind: str, value: str) -> str | None:
    """Return the `sub` of the user who signs in with an e-mail address, phone number or preferred name."""
    return tx.execute(
        select(names.c.sub).where(
            names.c.pool_id == pool.id, names.c.kind == kind, names.c.name_key == pool.key(value)
        )
    ).scalar_one_or_none()


def add(tx: Connection, pool: UserPool, user: User) -> None:
    """Keep a new user. The caller has seen that neither the user name nor another name is taken."""
    tx.execute(insert(users).values(pool_id=user.pool_id, sub=user.sub, **_columns(pool, user, None)))
    _keep_names(tx, pool, user)


def change(tx: Connection, pool: UserPool, user: User) -> None:
    """Keep what has become of a user. The caller has seen that no name is taken."""
    before = find_by_sub(tx, user.pool_id, user.sub)
    tx.execute(update(users).where(*_is(user)).values(**_columns(pool, user, before)))
    _forget_names(tx, user)
    _keep_names(tx, pool, user)


def change_password(tx: Connection, user: User) -> None:
    """Keep a user's password and status, and nothing else of what was read."""
    tx.execute(
        update(users)
        .where(*_is(user))
        .values(status=user.status, modified_at=user.modified_at, **_password_columns(user.password))
    )


def remove(tx: Connection, user: User) -> None:
    """Delete a user and the names that led to him."""
    _forget_names(tx, user)
    tx.execute(delete(users).where(*_is(user)))


def _is(user: User) -> tuple[ColumnElement[bool], ...]:
    return (users.c.pool_id == user.pool_id, users.c.sub == user.sub)


def _keep_names(tx: Connection, pool: UserPool, user: User) -> None:
    of_user = {"pool_id": user.pool_id, "sub": user.sub}
    if rows := [{**of_user, "kind": kind, "name_key": key} for kind, key in sign_in_names(pool, user)]:
        tx.execute(insert(names), rows)
    if rows := [
        {**of_user, "name": name, "value": user.attributes[name].casefold()}
        for name in SEARCHABLE
        if user.attributes.get(name)
    ]:
        tx.execute(insert(searchable_attributes), rows)


def _forget_names(tx: Connection, user: User) -> None:
    for table in (names, searchable_attributes):
        tx.execute(delete(table).where(table.c.pool_id == user.pool_id, table.c.sub == user.sub))


def _columns(pool: UserPool, user: User, before: User | None) -> dict[str, object]:
    return {
        "username": user.username,
        "username_key": pool.key(user.username),
        "status": user.status,
        "enabled": user.enabled,
        "created_at": user.created_at,
        "modified_at": user.modified_at,
        "attributes": user.attributes,
        "verified_since": user.addresses_since(before),
        "mfa_settings": {
            "factors": user.factors,
            "preferred": user.preferred_factor,
            "passkey": user.passkey_factor,
        },
        **_password_columns(user.password),
    }


def _password_columns(password: StoredPassword | None) -> dict[str, object]:
    return {
        "password_digest": password.digest if password else None,
        "password_history": password.history if password else [],
        "password_set_at": password.set_at if password else None,
        "password_expires_at": password.expires_at if password else None,
        "srp_salt": password.srp_salt if password else None,
        "sealed_srp_verifier": password.sealed_srp_verifier if password else None,
        "corpus_version": password.corpus_version if password else None,
        "password_compromised": password.compromised if password else None,
    }


def from_row(row: Row[tuple[object, ...]]) -> User:
    """Return the user that a row of the table says."""
    password = (
        StoredPassword(
            digest=row.password_digest,
            history=row.password_history,
            set_at=row.password_set_at,
            expires_at=row.password_expires_at,
            srp_salt=row.srp_salt,
            sealed_srp_verifier=row.sealed_srp_verifier,
            corpus_version=row.corpus_version,
            compromised=row.password_compromised,
        )
        if row.password_digest
        else None
    )
    return User(
        pool_id=row.pool_id,
        sub=row.sub,
        username=row.username,
        status=row.status,
        enabled=row.enabled,
        created_at=row.created_at,
        modified_at=row.modified_at,
        attributes=row.attributes,
        password=password,
        factors=tuple(row.mfa_settings["factors"]),
        preferred_factor=row.mfa_settings["preferred"],
        passkey_factor=row.mfa_settings["passkey"],
        verified_since=row.verified_since,
    )
