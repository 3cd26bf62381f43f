"""Wrong passwords from a known device are counted apart; nobody gets more than that device's count."""

from itertools import islice
from zlib import crc32

from botocore.exceptions import ClientError
from tests.conftest import ClockedServer
from tests.scenarios.pools import PASSWORD, Pool, make_pool

from doorward.client_context import encoded_data


def texts_of_one_key(length: int = 48) -> list[str]:
    """Texts of `a` and `c` that all have the same CRC-32, which is what a device's key is.

    CRC is linear: texts that differ in a kernel vector of the differences' matrix collide.
    """
    base = "a" * length
    rows = []
    for place in range(length):
        other = base[:place] + "c" + base[place + 1 :]
        rows.append((crc32(other.encode()) ^ crc32(base.encode()), 1 << place))
    kernel: list[int] = []
    pivots: dict[int, tuple[int, int]] = {}
    for row in rows:
        difference, places = row
        while difference and difference.bit_length() in pivots:
            at = difference.bit_length()
            difference, places = difference ^ pivots[at][0], places ^ pivots[at][1]
        if difference:
            pivots[difference.bit_length()] = (difference, places)
        else:
            kernel.append(places)
    return [base, *("".join("c" if places >> at & 1 else "a" for at in range(length)) for places in kernel)]


def attempt(pool: Pool, device: str, password: str) -> str:
    now_ms = int(pool.server.services.clock.now() * 1000)
    try:
        pool.server.anonymous.initiate_auth(
            ClientId=pool.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "alice", "PASSWORD": password},
            UserContextData={
                "EncodedData": encoded_data(pool.client_id, pool.id, "alice", now_ms=now_ms, device_id=device)
            },
        )
    except ClientError as refused:
        return refused.response["Error"]["Message"]
    return "in"


def test_other_names_of_a_known_device_are_counted_together(clocked: ClockedServer) -> None:
    pool = make_pool(clocked, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
    pool.confirmed("alice")
    devices = texts_of_one_key()
    assert len({crc32(device.encode()) for device in devices}) == 1
    assert len(set(devices)) > 8
    assert attempt(pool, devices[0], PASSWORD) == "in"
    answers = [attempt(pool, device, "Wrong-Horse-1-Battery") for device in islice(devices, 1, 8)]
    assert answers == ["Incorrect username or password."] * 5 + ["Password attempts exceeded"] * 2
