"""One model, once through a file."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from math import nan
from pathlib import Path
from statistics import median
from typing import Any, Final

from doorward.clock import monotonic
from doorward.evaluation.ablation import Ablation
from doorward.evaluation.ahead import Ahead
from doorward.evaluation.campaigns import Campaigns
from doorward.evaluation.collected import Collected
from doorward.evaluation.measured import figures
from doorward.evaluation.models.adapter import Batched, Model
from doorward.evaluation.models.catalogue import MODELS
from doorward.evaluation.models.doorward import Doorward
from doorward.evaluation.models.freeman_frames import PublishedWay
from doorward.evaluation.protocol import Plan, Step, of_sampled_users, walk
from doorward.evaluation.rows import Row, read_rows
from doorward.evaluation.stretches import Stretch

_TIMED_EVERY: Final = 16
_BATCH: Final = 8192

Said = Callable[[int], None]
"""Told now and then how many rows are done."""


def rows_of(path: Path, plan: Plan) -> Iterator[Row]:
    """Return the rows of a file that the plan looks at."""
    survey = plan.survey
    return of_sampled_users(read_rows(path), plan.sampled_users, survey.users, plan.seed)


def run(path: Path, plan: Plan, name: str, said: Said) -> dict[str, Any]:
    """Run a model through a file and return its figures.

    Raises ForestMissing where the isolation forest cannot be had, and what reading raises.
    """
    model = MODELS[name](plan.seed)
    runner = Runner(model, plan)
    seen: list[Ahead] = []
    for number, step in enumerate(walk(rows_of(path, plan), plan, seen)):
        runner.take(step, seen[0])
        if not number % 20_000:
            said(number)
    return runner.result()


class Runner:
    """Takes a model through the steps of the protocol and gathers what it says."""

    def __init__(self, model: Model, plan: Plan) -> None:
        self.model = model
        self.plan = plan
        self.collected = Collected()
        self.engine = model if isinstance(model, Doorward) else None
        self.batch = _Batch(model) if isinstance(model, Batched) else None
        self.published = PublishedWay.beside(model)
        self.ablation: Ablation | None = None
        self.campaigns: Campaigns | None = None
        if self.engine is not None:
            legitimate = plan.survey.legitimate[Stretch.REPORT]
            attacks = round(plan.share_attacked(Stretch.REPORT) * legitimate)
            self.ablation = Ablation(self.engine, legitimate, attacks, plan.seed)
            self.campaigns = Campaigns(self.engine, plan)
        self._stretch = Stretch.WARM_UP
        self._scored = 0

    def take(self, step: Step, ahead: Ahead) -> None:
        """Score what the step wants scored, then learn or note its row."""
        if step.stretch is not self._stretch:
            self._begin(step.stretch)
        if self.campaigns is not None:
            self.campaigns.see(step, ahead)
        if not step.sign_in:
            self.model.note(step.row)
            return
        if step.stretch is not Stretch.WARM_UP:
            self._score(step)
        self.model.learn(step.row)
        if self.published is not None:
            self.published.learn(step.row)

    def _begin(self, stretch: Stretch) -> None:
        if self.batch is not None:
            self.batch.flush()
        # A file may be empty where a stretch lies.
        for skipped in Stretch:
            if self._stretch < skipped <= stretch:
                self.model.begin(skipped)
        self._stretch = stretch
        if self.published is not None and stretch is Stretch.REPORT:
            self.published.begin()

    def _score(self, step: Step) -> None:
        collected, report = self.collected, step.stretch is Stretch.REPORT
        if step.legitimate:
            score = self._one(step.row)
            place = collected.sign_in(step, score)
            if self.batch is not None:
                self.batch.add(step.row, collected.legitimate.scores, place)
            if report:
                self._explain("legitimate", step)
        for attacker, row in step.attacks:
            place = collected.attack(attacker, step, self._one(row))
            if self.batch is not None:
                self.batch.add(row, collected.column(attacker).scores, place)
            if report:
                self._explain(attacker, step)
        if self.ablation is not None:
            self.ablation.see(step)
        if self.published is not None and report:
            self.published.score(step.row)

    def _one(self, row: Row) -> float:
        if self.batch is not None:
            return nan
        self._scored += 1
        if self._scored % _TIMED_EVERY:
            return self.model.score(row)
        began = monotonic()
        score = self.model.score(row)
        self.collected.times.append(monotonic() - began)
        return score

    def _explain(self, who: str, step: Step) -> None:
        if self.engine is None or self.engine.assessment is None or not step.earlier:
            return
        assessment = self.engine.assessment
        self.collected.levels.setdefault(who, Counter())[assessment.level.wire_name or "None"] += 1
        reasons = self.collected.reasons.setdefault(who, Counter())
        for reason in [found for found in assessment.reasons if found.weight > 0][:3]:
            reasons[reason.signal] += 1

    def result(self) -> dict[str, Any]:
        """Return the model's figures, once the last step is taken."""
        collected = self.collected
        if self.batch is not None:
            self.batch.flush()
            seconds = self.batch.seconds / max(self.batch.count, 1)
        else:
            seconds = median(collected.times) if collected.times else nan
        result: dict[str, Any] = {
            "attackers": figures(collected, self.plan.seed),
            "microseconds_per_score": seconds * 1e6,
            "bytes_per_user": self.model.bytes_per_user(),
        }
        if self.published is not None:
            result |= self.published.result()
        if self.engine is not None and self.ablation is not None and self.campaigns is not None:
            result["levels"] = {who: dict(counts) for who, counts in collected.levels.items()}
            result["reasons"] = {
                who: dict(counts.most_common(12)) for who, counts in collected.reasons.items()
            }
            result["model_version"] = self.engine.model.version
            result["concentrations"] = self.engine.concentrations()
            result["ablation"] = self.ablation.table()
            # The budget is one of all legitimate sign-ins, users' first ones among them.
            stretches = (Stretch.THRESHOLDS, Stretch.REPORT)
            result["campaigns"] = self.campaigns.table(
                *(collected.legitimate.sorted(stretch, 0) for stretch in stretches)
            )
        return result


class _Batch:
    """Sign-ins waiting to be scored together, and where their scores go."""

    def __init__(self, model: Batched) -> None:
        self._model = model
        self._prepared: list[Sequence[float]] = []
        self._places: list[tuple[Any, int]] = []
        self.seconds = 0.0
        self.count = 0

    def add(self, row: Row, scores: Any, place: int) -> None:
        began = monotonic()
        self._prepared.append(self._model.prepared(row))
        self.seconds += monotonic() - began
        self._places.append((scores, place))
        if len(self._places) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        if not self._places:
            return
        began = monotonic()
        found = self._model.scores(self._prepared)
        self.seconds += monotonic() - began
        self.count += len(found)
        for (scores, place), score in zip(self._places, found, strict=True):
            scores[place] = score
        self._prepared, self._places = [], []
