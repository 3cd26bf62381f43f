"""A signing key that was replaced is believed as long as its last token lives, and no longer."""

import urllib.request

import msgspec
from tests.conftest import ClockedServer
from tests.scenarios.pools import Pool, make_pool

from doorward.retention import delete_expired

DAY = 86_400.0


def rotate(pool: Pool) -> None:
    """What `doorward signing-keys rotate` does."""
    services = pool.server.services
    keys = services.issuer.new_keys()
    with services.store.writing() as tx:
        services.issuer.keep_keys(tx, pool.id, keys, services.clock.now())


def key_ids(pool: Pool) -> set[str]:
    address = f"{pool.server.endpoint}/{pool.id}/.well-known/jwks.json"
    with urllib.request.urlopen(address) as answer:
        return {key["kid"] for key in msgspec.json.decode(answer.read())["keys"]}


def test_a_replaced_key_goes_with_its_last_token(clocked: ClockedServer) -> None:
    pool = make_pool(clocked)
    pool.confirmed("alice")
    token = pool.sign_in("alice")["AccessToken"]
    old = key_ids(pool)
    rotate(pool)
    clocked.clock.advance(60)
    delete_expired(clocked.services)
    assert len(key_ids(pool)) == 4
    assert clocked.anonymous.get_user(AccessToken=token)["Username"] == "alice"
    clocked.clock.advance(DAY)
    delete_expired(clocked.services)
    assert len(key_ids(pool)) == 2
    assert not key_ids(pool) & old
