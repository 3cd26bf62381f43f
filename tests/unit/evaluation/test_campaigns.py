"""Campaigns are found by what they do, and leave no trace in the engine they were played against."""

from statistics import median

import pytest
from tests.unit.evaluation.small_file import rows

from doorward.clock import seeded
from doorward.evaluation.ahead import Ahead
from doorward.evaluation.campaign_scripts import CAMPAIGNS
from doorward.evaluation.campaigns import BUDGET, EVIDENT, INSTANTS, Campaigns
from doorward.evaluation.collected import Collected
from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.models.doorward import Doorward, name_of
from doorward.evaluation.protocol import Plan, Step, walk
from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch, survey
from doorward.risk.velocity import Outcome


@pytest.fixture(scope="module")
def played() -> tuple[Doorward, Campaigns, list[Row]]:
    of = rows(100, 40, 3000)
    plan = Plan(survey=survey(of), seed=1, attacks=100, rows_ahead=300)
    engine = Doorward(live=False)
    campaigns = Campaigns(engine, plan)
    seen: list[Ahead] = []
    for step in walk(of, plan, seen):
        campaigns.see(step, seen[0])
        if step.sign_in:
            engine.learn(step.row)
        else:
            engine.note(step.row)
    return engine, campaigns, of


def test_each_campaign_is_played_at_every_instant(played: tuple[Doorward, Campaigns, list[Row]]) -> None:
    _, campaigns, _ = played
    assert {name: len(found) for name, found in campaigns.played.items()} == dict.fromkeys(
        CAMPAIGNS, INSTANTS
    )


def test_a_list_tried_from_one_address_shows_more_and_more_in_what_is_done(
    played: tuple[Doorward, Campaigns, list[Row]],
) -> None:
    _, campaigns, _ = played
    for name in ("stuffing_1", "enumeration"):
        for one in campaigns.played[name]:
            assert median(one.conduct[20:50]) > median(one.conduct[:5]) + 3


def test_found_means_the_budgets_threshold_is_reached(played: tuple[Doorward, Campaigns, list[Row]]) -> None:
    _, campaigns, _ = played
    first = campaigns.played["stuffing_1"][0]
    low = campaigns.table([min(first.attempts) - 1.0] * 999 + [max(first.attempts)])["stuffing_1"]
    assert low["challenged_at_attempt"][0] == 1
    # One attempt that is unlike its victim is no campaign: what was done must have shown.
    number = low["found_at_attempt"][0]
    assert number > 1
    assert first.conduct[number - 1] >= EVIDENT > max(first.conduct[: number - 1])
    told = campaigns.table([max(max(one.attempts) for one in campaigns.played["stuffing_1"])] * 10)
    assert told["stuffing_1"]["found_at_attempt"] == [None] * INSTANTS
    assert told["stuffing_1"]["median_found_at_attempt"] is None
    assert campaigns.table([]) == {}


def test_the_threshold_keeps_to_the_budget_in_every_stretch(
    played: tuple[Doorward, Campaigns, list[Row]],
) -> None:
    _, campaigns, _ = played
    quiet, loud = [float(number) for number in range(1000)], [float(number) for number in range(2000)]
    threshold = campaigns.table(quiet, loud)["stuffing_1"]["threshold"]
    assert threshold == campaigns.table(loud, quiet)["stuffing_1"]["threshold"]
    for stretch in (quiet, loud):
        assert sum(score >= threshold for score in stretch) <= BUDGET * len(stretch)


def test_the_engine_is_as_if_nothing_had_been_played(played: tuple[Doorward, Campaigns, list[Row]]) -> None:
    engine, _, of = played
    alone = Doorward(live=False)
    for row in of:
        if row.successful and row.user_id != UNKNOWN_USER:
            alone.learn(row)
        else:
            alone.note(row)
    for row in of[-50:]:
        assert engine.assess(row) == alone.assess(row)


def test_prompts_come_to_one_user_within_ten_minutes() -> None:
    of = rows(50, 40, 500)
    ahead = Ahead(of, 100)
    begin = next(iter(ahead))
    attempts = list(CAMPAIGNS["mfa_fatigue"](begin, ahead, seeded(1)))
    assert {attempt.outcome for attempt in attempts} == {Outcome.PROMPTED}
    assert len({name_of(attempt.row) for attempt in attempts}) == 1
    assert len(attempts) >= 5
    assert attempts[-1].row.at - attempts[0].row.at <= 600


def test_first_sign_ins_are_of_users_who_came_after_the_warm_up() -> None:
    old, new = rows(2, 10, 2)
    new.user_id = old.user_id + 1
    collected = Collected()
    for earlier in range(5):
        collected.sign_in(Step(new, Stretch.FIT, earlier, True, True, []), float(earlier))
        collected.sign_in(Step(old, Stretch.FIT, earlier + 1, True, True, []), 9.0)
    (scores,) = collected.first_sign_ins()
    assert list(scores)[1:] == [1.0, 2.0, 3.0, 4.0]
    assert scores[0] != scores[0], "the first one is not scored"
