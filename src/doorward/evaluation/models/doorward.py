"""Doorward's own engine, fed with rows: the same functions that guard a live sign-in."""

from typing import Final

from doorward.evaluation.columns import UNKNOWN_PLACE, UNKNOWN_USER, Remembered
from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch
from doorward.network.address import parse_or_none, prefix
from doorward.risk.circumstance import Circumstance
from doorward.risk.encoding import decode, encode
from doorward.risk.fitting import Fitting
from doorward.risk.model import SHIPPED
from doorward.risk.model import Model as RiskModel
from doorward.risk.population import Population
from doorward.risk.profile import Profile, learn
from doorward.risk.scene import NO_FACTS
from doorward.risk.score import Assessment, score
from doorward.risk.traits import NAMES
from doorward.risk.velocity import Outcome, Velocity, is_afar

_REMEMBERED: Final = 1 << 17


class Doorward:
    """The engine over one pool. `live` adds device id, language and time zone where the file has them.

    `fit` fits the concentrations on the fitting stretch, as `doorward risk fit` does on a pool's history.
    """

    def __init__(self, *, live: bool, model: RiskModel = SHIPPED, fit: bool = False) -> None:
        self.live = live
        self._fitting = Fitting(model) if fit else None
        self._stretch = Stretch.WARM_UP
        self.model = model
        self.population = Population(model)
        self.velocity = Velocity()
        self.assessment: Assessment | None = None
        """The last one made."""
        self._profiles: dict[int, bytes] = {}
        self._prefixes: Remembered[str, str | None] = Remembered(_prefix, _REMEMBERED)
        self._named: Remembered[str, tuple[str | None, str | None]] = Remembered(named, _REMEMBERED)
        self._made: tuple[Row, Circumstance] | None = None

    def circumstance(self, row: Row) -> Circumstance:
        """Return what the engine is shown of a row; empty cells are unknown."""
        if self._made is not None and self._made[0] is row:
            return self._made[1]
        browser, browser_version = self._named[row.browser]
        os, os_version = self._named[row.os]
        live = self.live
        made = Circumstance(
            at=row.at,
            address=row.address or None,
            prefix=self._prefixes[row.address],
            asn=row.asn,
            country=located(row.country),
            region=located(row.region),
            city=located(row.city),
            user_agent=row.user_agent or None,
            browser=browser,
            browser_version=browser_version,
            os=os,
            os_version=os_version,
            device_type=row.device_type or None,
            device_id=(row.device_id or None) if live else None,
            language=(row.language or None) if live else None,
            timezone=(row.time_zone or None) if live else None,
        )
        self._made = row, made
        return made

    def profile(self, user_id: int) -> Profile:
        encoded = self._profiles.get(user_id)
        return Profile() if encoded is None else decode(encoded)

    def assess(
        self,
        row: Row,
        *,
        model: RiskModel | None = None,
        velocity: Velocity | None = None,
        population: Population | None = None,
    ) -> Assessment:
        """Return the whole assessment; what is given stands in for the engine's own."""
        circumstance = self.circumstance(row)
        return score(
            circumstance,
            self.profile(row.user_id),
            population or self.population,
            (velocity or self.velocity).view(circumstance, name_of(row), row.at),
            NO_FACTS,
            model or self.model,
        )

    def score(self, row: Row) -> float:
        self.assessment = self.assess(row)
        return self.assessment.score

    def learn(self, row: Row) -> None:
        circumstance, profile = self.circumstance(row), self.profile(row.user_id)
        if self._fitting is not None and self._stretch is Stretch.FIT:
            self._fitting.see(circumstance, profile, self.population)
        self.population.observe(circumstance, profile.successes)
        self._profiles[row.user_id] = encode(learn(profile, circumstance, self.model))
        afar = is_afar(profile, circumstance)
        self.velocity.note(circumstance, name_of(row), Outcome.SUCCESS, row.at, afar=afar)

    def note(self, row: Row) -> None:
        outcome = Outcome.UNKNOWN_NAME if row.user_id == UNKNOWN_USER else Outcome.FAILURE
        self.velocity.note(self.circumstance(row), name_of(row), outcome, row.at)

    def begin(self, stretch: Stretch) -> None:
        """Take the concentrations that the fitting stretch has led to, once it is over."""
        self._stretch = stretch
        if stretch is Stretch.THRESHOLDS and self._fitting is not None:
            self.model = self._fitting.fitted()
            self._fitting = None

    def concentrations(self) -> dict[str, float]:
        """Return `Model.alphas` by the trait's name."""
        return dict(zip(NAMES, self.model.alphas, strict=True))

    def bytes_per_user(self) -> float:
        return sum(map(len, self._profiles.values())) / max(len(self._profiles), 1)


def name_of(row: Row) -> str:
    """Return the user name as velocity tells names apart.

    The data set files all unknown names under one id. What one client tries from one address is taken for
    one name: to take each attempt for another name would see a list being tried wherever somebody mistypes.
    """
    if row.user_id == UNKNOWN_USER:
        return f"?{row.address} {row.user_agent}"
    return str(row.user_id)


def located(name: str) -> str | None:
    """Return the name of a country, region or city; None where the file tells none."""
    return None if name in {"", UNKNOWN_PLACE} else name


def named(text: str) -> tuple[str | None, str | None]:
    """Part `Chrome Mobile 81.0.4044` into name and version, which is the last word if it begins with a digit."""
    name, _, last = text.rpartition(" ")
    if name and last[:1].isdigit():
        return name, last
    return text or None, None


def _prefix(address: str) -> str | None:
    parsed = parse_or_none(address)
    return None if parsed is None else prefix(parsed)
