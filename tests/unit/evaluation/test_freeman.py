"""The yardstick: its formula by hand, and the same numbers as the published way on data frames."""

from math import isnan

import pytest
from msgspec.structs import replace
from tests.unit.evaluation.small_file import rows

from doorward.evaluation.models.freeman import Freeman
from doorward.evaluation.models.freeman_frames import Frames, as_tuple
from doorward.evaluation.rows import Row

W_AGENT = (0.5386653840551359, 0.2680451498625666, 0.18818295100109536, 0.0051065150812021525)


def sign_in(user: int, address: str, asn: int = 1, country: str = "NO", agent: str = "A") -> Row:
    return replace(
        rows(2, 10, 1)[0],
        user_id=user,
        address=address,
        asn=asn,
        country=country,
        user_agent=agent,
        browser="b",
        os="o",
        device_type="d",
    )


def learned(*history: Row) -> Freeman:
    model = Freeman()
    for row in history:
        model.learn(row)
    return model


HISTORY = (
    sign_in(1, "192.0.2.1"),
    sign_in(1, "192.0.2.1"),
    sign_in(1, "192.0.2.2"),
    sign_in(2, "198.51.100.1", asn=2, country="SE", agent="B"),
)


def test_a_known_circumstance_by_hand() -> None:
    # N = 4 of 2 users, N_u = 3. Address: c = 2 of 4, M = 1 + 2 ASNs + 2 countries = 5, m = 1 + 1 + 1 = 3.
    address = 0.6 * (2 / 5) * (2 / 4 * (1 - 5 / 9)) + 0.3 * 3 / 4 + 0.1 * 3 / 4
    address_of_user = 0.6 * 2 / 3 + 0.3 + 0.1
    # User agent: c = 3 of 4, M = 1 + 1 + 1 + 1 = 4 and so is m; the lower levels are the same for everybody.
    agent = W_AGENT[0] * (3 / 7) * (3 / 4 * (1 - 4 / 8)) + sum(W_AGENT[1:])
    expected = address / address_of_user * agent / sum(W_AGENT) * (1 / 2) / (3 / 4)
    assert learned(*HISTORY).score(sign_in(1, "192.0.2.1")) == pytest.approx(expected)


def test_an_address_that_nobody_had_by_hand() -> None:
    # Unseen: 1 / (N + M) with nothing to smooth below; the user knows the AS and the country.
    address = 0.6 / (4 + 5) + 0.3 * 3 / 4 + 0.1 * 3 / 4
    agent = W_AGENT[0] * (3 / 7) * (3 / 4 * (1 - 4 / 8)) + sum(W_AGENT[1:])
    expected = address / 0.4 * agent / sum(W_AGENT) * (1 / 2) / (3 / 4)
    assert learned(*HISTORY).score(sign_in(1, "203.0.113.1")) == pytest.approx(expected)


def test_a_feature_of_which_the_user_knows_no_level_counts_four() -> None:
    model = learned(*HISTORY)
    agent = W_AGENT[0] * (1 / 5) * (1 / 4 * (1 - 4 / 8)) + sum(W_AGENT[1:])
    expected = 4 * agent / sum(W_AGENT[1:]) * (1 / 2) / (3 / 4)
    stranger = sign_in(1, "198.51.100.1", asn=2, country="SE", agent="B")
    assert model.score(stranger) == pytest.approx(expected)


def test_a_first_sign_in_is_not_scored() -> None:
    assert isnan(learned(*HISTORY).score(sign_in(3, "192.0.2.1")))
    assert isnan(Freeman().score(sign_in(1, "192.0.2.1")))


def test_the_published_way_gives_the_same_numbers() -> None:
    pytest.importorskip("pandas")
    history = [row for row in rows(40, 30, 600) if row.successful]
    frames = Frames([as_tuple(row) for row in history])
    model = learned(*history)
    for row in (row for row in rows(40, 30, 200, seed=2) if row.successful):
        expected = frames.score(row)
        assert model.score(row) == (
            pytest.approx(expected) if not isnan(expected) else pytest.approx(expected, nan_ok=True)
        )
