"""The issuer of tokens: grants them at a sign-in, renews them, and says whose an access token is."""

from dataclasses import dataclass
from typing import Literal, get_args

import msgspec
from sqlalchemy import Connection

from doorward.clock import Instant, new_uuid
from doorward.directory.app_client import AppClient
from doorward.directory.attributes import readable
from doorward.directory.queries import app_clients, user_pools, users
from doorward.directory.token_validity import TokenValidity, token_validity
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.store.sealing import Keyring
from doorward.tokens import jwt, queries, refresh_token
from doorward.tokens.claims import TokenFacts, access_token_claims, id_token_claims
from doorward.tokens.key_cache import KeyCache
from doorward.tokens.queries import KeptSigningKey, TokenFamily
from doorward.tokens.renewal import Renewal
from doorward.tokens.signing_keys import PublicKey, SigningKey, jwks
from doorward.wire.contract import AuthenticationResultType
from doorward.wire.errors import NotAuthorizedException, RefreshTokenReuseException

TokenUse = Literal["access", "id"]

REUSED = "Refresh token reuse detected"


@dataclass(frozen=True, kw_only=True)
class Bearer:
    """Whose access token was shown: the user, the client he signed in with, and to which device it was issued."""

    pool: UserPool
    client: AppClient
    user: User
    origin_jti: str
    device_key: str | None = None


class Issuer:
    """Issues and verifies the tokens of every pool. `base_url` is None where issuers bear Cognito's form."""

    def __init__(self, keyring: Keyring, *, base_url: str | None, region: str) -> None:
        self._keyring = keyring
        self._base_url = base_url.rstrip("/") if base_url else None
        self._region = region
        self._keys = KeyCache(keyring)

    def issuer_of(self, pool_id: str) -> str:
        """Return the `iss` of a pool's tokens, under which its JWKS is found."""
        return f"{self._base_url or f'https://cognito-idp.{self._region}.amazonaws.com'}/{pool_id}"

    def new_keys(self) -> dict[TokenUse, SigningKey]:
        """Make the keys of a pool, one for access tokens and one for ID tokens: outside of a transaction."""
        return {use: SigningKey.generate() for use in get_args(TokenUse)}

    def keep_keys(self, tx: Connection, pool_id: str, keys: dict[TokenUse, SigningKey], now: Instant) -> None:
        """Let new keys sign from now on. Earlier ones stay in the JWKS until their last token has expired.

        Retention deletes them then.
        """
        queries.retire_signing_keys(tx, pool_id, now)
        queries.remove_retired(tx, now)
        for use, key in keys.items():
            queries.add_signing_key(
                tx,
                pool_id,
                KeptSigningKey(
                    kid=key.kid,
                    token_use=use,
                    created_at=now,
                    retired_at=None,
                    public_jwk=dict(key.public()),  # type: ignore[arg-type]
                    sealed_private_key=self._keyring.seal(key.private_der(), key.kid.encode()),
                ),
            )

    def jwks(self, tx: Connection, pool_id: str) -> dict[str, list[PublicKey]]:
        """Return a pool's public keys (RFC 7517)."""
        return jwks(
            msgspec.convert(kept.public_jwk, PublicKey) for kept in queries.pool_signing_keys(tx, pool_id)
        )

    def grant(
        self,
        tx: Connection,
        pool: UserPool,
        client: AppClient,
        user: User,
        *,
        event_id: str | None,
        now: Instant,
        device_key: str | None = None,
    ) -> AuthenticationResultType:
        """Begin a family of tokens: the answer of a sign-in that has fully succeeded.

        `device_key` is that of the device it came from, known or new; the tokens are bound to it.
        """
        token = refresh_token.new_refresh_token()
        family = TokenFamily(
            pool_id=pool.id,
            origin_jti=new_uuid(),
            locator_digest=refresh_token.locator_digest(token),
            refresh_digest=refresh_token.digest(token),
            client_id=client.id,
            sub=user.sub,
            auth_time=now,
            event_id=event_id,
            expires_at=now + validity_of(client).refresh,
            device_key=device_key,
        )
        queries.add_family(tx, family)
        return msgspec.structs.replace(self._tokens(tx, pool, client, user, family, now), refresh_token=token)

    def renew(
        self, tx: Connection, pool: UserPool, client: AppClient, renewal: Renewal, now: Instant
    ) -> AuthenticationResultType:
        """Return new access and ID tokens of a session; its refresh token stays.

        Raises RefreshTokenReuseException for one that was replaced while the client still rotated.
        """
        if renewal.standing not in {"good", "just replaced"}:
            raise RefreshTokenReuseException(REUSED)
        return self._tokens(tx, pool, client, renewal.user, renewal.family, now)

    def rotate(
        self, tx: Connection, pool: UserPool, client: AppClient, renewal: Renewal, now: Instant
    ) -> AuthenticationResultType:
        """Return new access and ID tokens of a session, and a new refresh token in place of the one that was shown.

        The new one expires when the first would have. Of one that was just replaced the answer is the same again.

        Raises RefreshTokenReuseException where its successor is not known any more.
        """
        made = refresh_token.successors(self._keyring, renewal.token)
        if renewal.standing == "good":
            successor: str | None = made[0]
            queries.rotate(tx, renewal.family, refresh_token.digest(made[0]), now)
        else:
            present = renewal.family.refresh_digest
            successor = next((one for one in made if refresh_token.digest(one) == present), None)
        if successor is None or renewal.standing not in {"good", "just replaced"}:
            raise RefreshTokenReuseException(REUSED)
        tokens = self._tokens(tx, pool, client, renewal.user, renewal.family, now)
        return msgspec.structs.replace(tokens, refresh_token=successor)

    def bearer(self, tx: Connection, access_token: str, now: Instant) -> Bearer:
        """Return whose access token it is.

        Raises NotAuthorizedException where it is not one of ours, has expired or was revoked, or its user is
        gone or disabled.
        """
        invalid = NotAuthorizedException("Invalid Access Token")
        pool_id = (jwt.unverified_issuer(access_token) or "").rpartition("/")[2]
        pool = user_pools.find(tx, pool_id)
        if pool is None:
            raise invalid
        claims = jwt.verify(
            access_token, self._keys.verifying(tx, pool_id), self.issuer_of(pool_id), "access", now
        )
        family = queries.family(tx, pool_id, claims["origin_jti"])
        if family is None or family.revoked_at is not None:
            raise NotAuthorizedException("Access Token has been revoked")
        user = users.find_by_sub(tx, pool_id, claims["sub"])
        client = app_clients.find(tx, claims["client_id"])
        if user is None or client is None:
            raise invalid
        if not user.enabled:
            raise NotAuthorizedException("User is disabled.")
        return Bearer(
            pool=pool, client=client, user=user, origin_jti=family.origin_jti, device_key=family.device_key
        )

    def _tokens(
        self,
        tx: Connection,
        pool: UserPool,
        client: AppClient,
        user: User,
        family: TokenFamily,
        now: Instant,
    ) -> AuthenticationResultType:
        validity = validity_of(client)
        facts = TokenFacts(
            sub=user.sub,
            username=user.username,
            issuer=self.issuer_of(pool.id),
            client_id=client.id,
            auth_time=family.auth_time,
            origin_jti=family.origin_jti,
            event_id=family.event_id,
            device_key=family.device_key,
        )
        id_claims = id_token_claims(
            facts,
            new_uuid(),
            now,
            validity.id,
            attributes=readable(pool, client, user.attributes),
        )
        access_claims = access_token_claims(facts, new_uuid(), now, validity.access)
        return AuthenticationResultType(
            access_token=jwt.issue(self._keys.signing(tx, pool.id, "access"), access_claims),
            id_token=jwt.issue(self._keys.signing(tx, pool.id, "id"), id_claims),
            expires_in=validity.access,
            token_type="Bearer",
        )


def validity_of(client: AppClient) -> TokenValidity:
    """Return how long a client's tokens live."""
    configuration = client.configuration
    units = configuration.token_validity_units
    return token_validity(
        access=configuration.access_token_validity,
        id=configuration.id_token_validity,
        refresh=configuration.refresh_token_validity,
        access_unit=units.access_token if units else None,
        id_unit=units.id_token if units else None,
        refresh_unit=units.refresh_token if units else None,
    )
