"""The protocol leaks nothing: no label, nothing of the future, the same attacks for every model."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.unit.evaluation.small_file import rows

from doorward.evaluation.ahead import Ahead
from doorward.evaluation.attackers import REPLACEMENTS
from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.models.catalogue import MODELS
from doorward.evaluation.models.isolation_forest import ForestMissing
from doorward.evaluation.protocol import TAKEOVER, Plan, Step, of_sampled_users, walk
from doorward.evaluation.rows import Row
from doorward.evaluation.run import Runner
from doorward.evaluation.stretches import DAY, Stretch, divided, is_legitimate, survey

seeds = st.integers(0, 2**31)


def plan(of: list[Row], seed: int = 1, attacks: int = 200, rows_ahead: int = 500) -> Plan:
    return Plan(survey=survey(of), seed=seed, attacks=attacks, rows_ahead=rows_ahead)


def steps(of: list[Row], seed: int = 1, rows_ahead: int = 500) -> list[Step]:
    return list(walk(of, plan(of, seed, rows_ahead=rows_ahead)))


def test_stretches_follow_one_another() -> None:
    found = divided(0.0, 114 * DAY)
    assert (found.fit, found.thresholds, found.report) == (14 * DAY, 64 * DAY, 89 * DAY)
    assert [found.of(at * DAY) for at in (0, 14, 63.9, 64, 89, 114)] == [0, 1, 1, 2, 3, 3]


def test_a_short_file_warms_up_a_quarter() -> None:
    assert divided(0.0, 8 * DAY).fit == 2 * DAY
    with pytest.raises(ValueError, match=r"spans 3\.0 days"):
        divided(0.0, 3 * DAY)


def test_a_file_without_sign_ins_cannot_be_evaluated() -> None:
    with pytest.raises(ValueError, match="no legitimate"):
        survey(replace(row, successful=False) for row in rows(10, 40, 50))


def test_every_row_comes_once_and_in_order() -> None:
    of = rows(50, 40, 900)
    found = steps(of)
    assert [step.row for step in found] == of
    assert [step.stretch for step in found] == sorted(step.stretch for step in found)


def test_a_sign_in_counts_those_before_it() -> None:
    seen: Counter[int] = Counter()
    for step in steps(rows(50, 40, 900)):
        assert step.sign_in == (step.row.successful and step.row.user_id != UNKNOWN_USER)
        if step.sign_in:
            assert step.earlier == seen[step.row.user_id]
            seen[step.row.user_id] += 1


@settings(deadline=None, max_examples=15)
@given(seeds, st.integers(5, 2000))
def test_an_attack_is_the_victims_and_made_of_what_comes_after_it(seed: int, rows_ahead: int) -> None:
    # Values that tell whose they are and when: no two rows share an address or a region.
    of = [
        replace(row, address=f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", region=str(n))
        for n, row in enumerate(rows(30, 40, 700, seed=seed % 5))
    ]
    attacked = 0
    for step in steps(of, seed, rows_ahead):
        for name, attack in step.attacks:
            attacked += 1
            donor = of[int(attack.region)]
            assert step.stretch >= Stretch.THRESHOLDS and step.legitimate
            assert (attack.at, attack.user_id, attack.index) == (
                step.row.at,
                step.row.user_id,
                step.row.index,
            )
            assert donor.at > step.row.at
            assert donor.user_id != step.row.user_id
            assert is_legitimate(donor)
            if name != "residential_proxy":
                assert attack.address == donor.address
    assert attacked


def test_each_attacker_has_what_he_is_said_to_have() -> None:
    latest: dict[int, Row] = {}
    told: Counter[str] = Counter()
    for step in steps(rows(60, 40, 2500, live=True)):
        victim = step.row
        for name, attack in step.attacks:
            told[name] += 1
            if name in ("vpn", "targeted", "targeted_asn", "residential_proxy"):
                assert attack.country == victim.country
            if name in ("targeted_asn", "residential_proxy"):
                assert attack.asn == victim.asn
            if name in ("targeted", "targeted_asn", "residential_proxy"):
                assert attack.user_agent == latest.get(victim.user_id, victim).user_agent
            if name == "residential_proxy":
                assert attack.address.count(".") == 3
            if name == "phishing_proxy":
                assert attack.user_agent == victim.user_agent
                assert attack.time_zone == victim.time_zone
            assert attack.device_id != victim.device_id
        if step.sign_in:
            latest[victim.user_id] = victim
    assert set(told) == set(REPLACEMENTS)


def test_the_same_seed_gives_the_same_attacks_and_another_gives_others() -> None:
    of = rows(50, 40, 1500)

    def attacks(seed: int) -> list[tuple[str, Row]]:
        return [attack for step in steps(of, seed) for attack in step.attacks]

    assert attacks(1) == attacks(1)
    assert attacks(1) != attacks(2)


def test_a_takeover_of_the_file_is_an_attack_as_it_stands() -> None:
    of = rows(50, 40, 1500)
    place = next(n for n in range(1400, 1500) if is_legitimate(of[n]))
    of[place] = replace(of[place], takeover=True)
    step = steps(of)[place]
    assert (step.legitimate, step.sign_in, step.attacks) == (False, True, [(TAKEOVER, of[place])])


def test_the_look_ahead_holds_no_more_than_it_may() -> None:
    ahead = Ahead(rows(20, 40, 400), 50)
    for _ in ahead:
        assert len(ahead.held) <= 50


def test_donors_come_from_the_next_days_alone() -> None:
    """From far ahead they would bring browsers that are not yet released."""
    of = [replace(row, region=str(n)) for n, row in enumerate(rows(30, 40, 700))]
    gap = max(after.at - before.at for before, after in pairwise(of))
    donors = [
        of[int(attack.region)].at - step.row.at
        for step in steps(of, rows_ahead=5000)
        for _, attack in step.attacks
    ]
    assert 6 * DAY < max(donors) <= 7 * DAY + gap


def test_sampled_users_keep_all_their_sign_ins() -> None:
    of = rows(200, 40, 3000)
    kept = list(of_sampled_users(of, 50, 200, 1))
    users = {row.user_id for row in kept if row.successful and row.user_id != UNKNOWN_USER}
    assert 20 < len(users) < 90
    expected = [row for row in of if row.successful and row.user_id in users]
    assert [row for row in kept if row.successful and row.user_id in users] == expected
    assert list(of_sampled_users(of, None, 200, 1)) == of


@pytest.mark.parametrize("name", MODELS)
def test_no_label_reaches_a_model(name: str) -> None:
    """A model that is shown the same rows with every label turned round gives the same scores."""
    of = rows(60, 40, 1200, live=True)
    turned = [replace(row, attack_ip=not row.attack_ip, takeover=not row.takeover) for row in of]
    assert _scores(name, of) == _scores(name, turned)


def _scores(name: str, of: list[Row]) -> list[float]:
    try:
        model = MODELS[name](1)
    except ForestMissing:
        pytest.skip("scikit-learn is not installed")
    found = []
    for row in of:
        if row.successful and row.user_id != UNKNOWN_USER:
            found.append(model.score(row))
            model.learn(row)
        else:
            model.note(row)
    return [score for score in found if score == score]


def test_the_runner_scores_before_it_learns() -> None:
    """An attack and the sign-in it replaces are scored by the same past, whatever came of the sign-in."""
    of = rows(60, 40, 1200)
    runner = Runner(_Recorder(), plan(of))
    seen: list[Ahead] = []
    for step in walk(of, plan(of), seen):
        runner.take(step, seen[0])
    model = runner.model
    assert isinstance(model, _Recorder)
    assert model.learned == [row.index for row in of if row.successful and row.user_id != UNKNOWN_USER]
    assert model.noted == [row.index for row in of if not row.successful or row.user_id == UNKNOWN_USER]
    assert model.scored and not model.scored_late


class _Recorder:
    def __init__(self) -> None:
        self.learned: list[int] = []
        self.noted: list[int] = []
        self.scored = 0
        self.scored_late = 0

    def score(self, row: Row) -> float:
        self.scored += 1
        self.scored_late += bool(self.learned) and self.learned[-1] >= row.index
        return 0.0

    def learn(self, row: Row) -> None:
        self.learned.append(row.index)

    def note(self, row: Row) -> None:
        self.noted.append(row.index)

    def begin(self, stretch: Stretch) -> None:
        pass

    def bytes_per_user(self) -> float:
        return 0.0
