"""The everyday life of the demonstration is what it says it is."""

import iptocc

from doorward.demo.people import COUNTRIES, people
from doorward.demo.traffic import DAYS, everyday_sign_ins

NOW = 1_750_000_000.0


def test_fifty_people_live_where_their_addresses_are() -> None:
    everybody = people()

    assert len({person.username for person in everybody}) == 50
    for person in everybody:
        for network in (person.home, *person.mobile):
            assert iptocc.country_code(f"{network}.23") == person.country.code
    for country in COUNTRIES:
        assert iptocc.country_code(country.office) == country.code


def test_the_sign_ins_fill_the_two_weeks_in_order_and_are_the_same_every_time() -> None:
    planned = everyday_sign_ins(people(), NOW, 1500)
    times = [sign_in.at for sign_in in planned]

    assert 1400 < len(planned) < 1600
    assert times == sorted(times)
    assert NOW - DAYS * 86_400 <= times[0] < times[-1] <= NOW
    assert len({int((NOW - at) // 86_400) for at in times[:-1]}) == DAYS
    assert planned == everyday_sign_ins(people(), NOW, 1500)


def test_a_few_passwords_are_mistyped_and_then_typed_again() -> None:
    planned = everyday_sign_ins(people(), NOW, 1500)
    mistyped = [sign_in for sign_in in planned if sign_in.mistyped]

    assert 20 < len(mistyped) < 80
    for wrong in mistyped:
        assert any(
            right.person.username == wrong.person.username
            and not right.mistyped
            and 0 <= right.at - wrong.at <= 13
            for right in planned
        )
