"""When a session has moved, and when its owner merely carries his client about."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.risk.circumstance import Circumstance
from doorward.risk.profile import Profile, learn
from doorward.risk.session import is_elsewhere, is_familiar

HOME = Circumstance(
    at=0.0,
    address="81.2.69.142",
    prefix="81.2.69.0/24",
    asn=1,
    country="GB",
    browser="Chrome",
    browser_version="126",
    os="Windows",
    device_type="desktop",
    device_id="laptop",
)
AFAR = Circumstance(
    at=0.0,
    address="1.2.3.4",
    prefix="1.2.3.0/24",
    asn=2,
    country="AU",
    browser="Firefox",
    os="Linux",
    device_type="desktop",
    device_id="other",
)
NOBODY = Profile()
SILENT: dict[str, Any] = {"device_id": None}


def but(circumstance: Circumstance, **changed: Any) -> Circumstance:
    return msgspec.structs.replace(circumstance, **changed)


def has_moved(began: Circumstance, present: Circumstance, profile: Profile) -> bool:
    return is_elsewhere(began, present) and not is_familiar(profile, present)


def test_another_client_on_another_network_has_moved() -> None:
    assert has_moved(HOME, AFAR, NOBODY)
    assert has_moved(HOME, but(AFAR, **SILENT), NOBODY)
    assert has_moved(but(HOME, **SILENT), AFAR, NOBODY)


@pytest.mark.parametrize(
    "present",
    [
        but(AFAR, device_id="laptop"),
        but(HOME, address="1.2.3.4", prefix="1.2.3.0/24", asn=2, country="AU"),
        but(HOME, **SILENT, prefix="1.2.3.0/24", asn=2, browser_version="127"),
        but(AFAR, prefix="81.2.69.0/24"),
        but(AFAR, asn=1),
        but(AFAR, prefix=None),
        Circumstance(at=0.0, prefix="1.2.3.0/24", country="AU"),
        Circumstance(at=0.0),
    ],
    ids=[
        "the device's own id",
        "the client travels",
        "it is updated as well",
        "another client at home",
        "another client of the same carrier",
        "the network is unknown",
        "the client is unknown",
        "nothing is known",
    ],
)
def test_what_has_not_moved(present: Circumstance) -> None:
    assert not has_moved(HOME, present, NOBODY)


def test_on_a_phone_an_app_and_its_web_view_are_one_client() -> None:
    phone = but(HOME, **SILENT, os="iOS", device_type="mobile", browser="AWS SDK for iOS")
    elsewhere = but(phone, prefix="1.2.3.0/24", asn=2, browser="Mobile Safari")
    assert not has_moved(phone, elsewhere, NOBODY)
    assert has_moved(phone, but(elsewhere, os="Android"), NOBODY)


@pytest.mark.parametrize(
    "known",
    [
        but(AFAR, prefix="9.9.9.0/24", asn=9),
        but(HOME, prefix="1.2.3.0/24", asn=9),
        but(HOME, prefix="9.9.9.0/24", asn=2),
    ],
    ids=["his client", "his network", "his carrier"],
)
def test_what_the_user_is_known_by_is_his(known: Circumstance) -> None:
    assert not has_moved(HOME, AFAR, learn(learn(NOBODY, HOME), known))


def test_a_browser_like_his_on_a_device_that_is_not_is_another_client() -> None:
    profile = learn(learn(NOBODY, HOME), but(AFAR, device_id="his other", prefix="9.9.9.0/24", asn=9))
    assert has_moved(HOME, AFAR, profile)
    assert not has_moved(HOME, but(AFAR, **SILENT), profile)


texts = st.none() | st.sampled_from(["a", "b", "c"])
circumstances = st.builds(
    Circumstance,
    at=st.just(0.0),
    prefix=texts,
    asn=st.none() | st.integers(1, 3),
    browser=texts,
    os=texts,
    device_type=st.none() | st.sampled_from(["desktop", "mobile"]),
    device_id=texts,
)


@given(circumstances, circumstances)
def test_no_session_moves_without_both(began: Circumstance, present: Circumstance) -> None:
    same_client = but(
        present,
        browser=began.browser,
        os=began.os,
        device_type=began.device_type,
        device_id=began.device_id,
    )
    same_network = but(present, prefix=began.prefix, asn=began.asn)
    assert not has_moved(began, same_client, NOBODY)
    assert not has_moved(began, same_network, NOBODY)


@given(circumstances, circumstances)
def test_what_was_learned_has_not_moved(began: Circumstance, present: Circumstance) -> None:
    profile = learn(learn(NOBODY, began), present)
    assert not has_moved(began, present, profile)
