"""How likely a value is for a user: a distribution, whatever the profile has forgotten."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.past import sign_in

from doorward.risk.backoff import of_user
from doorward.risk.circumstance import Circumstance
from doorward.risk.model import SHIPPED
from doorward.risk.population import Population
from doorward.risk.profile import KEPT, Profile, learn
from doorward.risk.scene import NO_FACTS, Level, Scene
from doorward.risk.traits import ADDRESS, CLIENT_CHAIN, NETWORK_CHAIN, USER_AGENT
from doorward.risk.velocity import QUIET

counts = st.lists(st.floats(0.01, 50), min_size=1, max_size=8)


@given(counts, st.floats(0, 50), st.floats(0.01, 20), st.sampled_from([0.0, 0.3, 0.5, 0.9]))
def test_the_shares_of_all_values_make_one(
    known: list[float], forgotten: float, alpha: float, discount: float
) -> None:
    total = sum(known) + forgotten
    of_pool = 0.5 / len(known)
    shares = [of_user(n, total, len(known), forgotten, of_pool, alpha, discount) for n in known]
    others = of_user(0.0, total, len(known), forgotten, 0.5, alpha, discount)
    everything = sum(shares) + others
    # A discount finds too little in counts that have decayed below it, so that at most the rest is too much.
    assert 1.0 - 1e-9 <= everything <= 1.0 + 1e-9 + discount * len(known) / (total + alpha)


def test_who_has_shown_more_addresses_than_are_kept_is_expected_to_show_another() -> None:
    usual = sign_in(1, 1)

    def odds(addresses: int) -> float:
        profile = Profile()
        for day in range(60):
            address = f"10.0.0.{day % addresses}"
            profile = learn(profile, replace(usual, at=usual.at + day * 86_400, address=address))
        now = replace(usual, at=usual.at + 61 * 86_400, address="10.0.0.200")
        scene = Scene(now, profile, Population(), QUIET, NO_FACTS, SHIPPED)
        return scene.odds_against_user(NETWORK_CHAIN)

    kept = KEPT[ADDRESS]
    assert odds(60) < odds(kept) / 3
    assert odds(kept) < odds(1)


def test_a_client_without_browser_versions_is_as_common_as_it_is_however_old_the_pool() -> None:
    app = Circumstance(at=0.0, prefix="198.51.100.0/24", device_type="mobile", user_agent="Shop/7 (Phone)")
    population, profile = Population(), Profile()
    for day in range(300):
        at = 1_700_000_000.0 + day * 86_400
        for person in range(3):
            population.observe(replace(app, at=at, prefix=f"10.{day % 256}.{person}.0/24"))
        profile = learn(profile, replace(app, at=at))
    told: list[Level] = []
    now = replace(app, at=1_700_000_000.0 + 300 * 86_400)
    Scene(now, profile, population, QUIET, NO_FACTS, SHIPPED).odds_against_user(CLIENT_CHAIN, told)
    shares = {trait: share for trait, *_, share in told}
    assert 0.9 < shares[USER_AGENT] <= 1.0
