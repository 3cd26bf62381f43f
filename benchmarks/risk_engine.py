"""Microseconds that one attempt costs the risk engine, beside the machine's own and beside the yardstick's.

Run: python benchmarks/risk_engine.py

Medians of 1,000 attempts, each with a circumstance made for it; the quietest of seven rounds, so that a busy machine
shows less. "In all" is reading velocity, decoding the profile, score, decision, lesson and encoding.
"""

import gc
import json
from collections.abc import Callable
from statistics import median
from time import perf_counter_ns

from msgspec.structs import replace

from doorward.clock import seeded
from doorward.evaluation.models.freeman import Freeman
from doorward.evaluation.models.freeman_frames import Frames, as_tuple
from doorward.evaluation.rows import Row
from doorward.risk.circumstance import Circumstance
from doorward.risk.encoding import decode, encode
from doorward.risk.policy import Mode, Policy, UserFacts, decide
from doorward.risk.population import Population
from doorward.risk.profile import Profile, learn
from doorward.risk.scene import AccountFacts
from doorward.risk.score import score
from doorward.risk.velocity import Outcome, Velocity

START = 1_700_000_000.0
STEPS = ("velocity", "decode", "score", "decide", "learn", "encode", "in all")
EARLIER = (10, 100, 1000, 10_000)
ATTEMPTS, ROUNDS = 1000, 7
BUDGET_MICROSECONDS = 60.0
HISTORY = 476_564
"""Sign-ins that the yardstick is timed on: as many as in the published notebook's own example."""
USERS = 60_000
SCORED_AS_PUBLISHED = 15
SCORED_INCREMENTALLY = 2000


def attempt(number: int) -> Circumstance:
    """A sign-in of a user with two networks, some mobile addresses and two devices, all fields known."""
    device = number % 2
    return Circumstance(
        at=START + number * 4000.0,
        address=f"198.51.100.{number % 7}" if device else "203.0.113.9",
        prefix="198.51.100.0/24" if device else "203.0.113.0/24",
        asn=3320 + device,
        country="DE",
        region="Hamburg",
        city="Hamburg",
        latitude=53.5,
        longitude=10.0,
        accuracy_km=20.0,
        network_kind="mobile" if device else "residential",
        user_agent=f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/{number // 60}.0.0.0",
        browser="Chrome",
        browser_version=str(number // 60),
        os="Windows" if device else "Android",
        os_version="10",
        device_type="mobile" if device else "desktop",
        device_id=f"device-{device}-0123456789abcdef",
        fingerprint=f"fingerprint-{device}-{number // 60}",
        language="de-DE",
        timezone="01:00",
    )


def strange(number: int) -> Circumstance:
    """A sign-in of the same user's from where nobody was, with a client that nobody has."""
    return replace(
        attempt(number), address="192.0.2.1", prefix="192.0.2.0/24", asn=1, country="BR", region="Bahia", latitude=-8.0,
        os="Linux", browser="Firefox", user_agent="x", device_id="y", fingerprint="z", timezone="-03:00",
    )  # fmt: skip


def surroundings() -> tuple[Population, Velocity]:
    """A pool of 5,000 people who have signed in."""
    population, velocity = Population(), Velocity()
    for person in range(5000):
        other = replace(attempt(person), address=f"10.{person % 250}.{person % 40}.{person % 199}",
                        prefix=f"10.{person % 250}.{person % 40}.0/24")  # fmt: skip
        population.observe(other)
        velocity.note(other, f"user-{person}", Outcome.SUCCESS, other.at)
    return population, velocity


def ceiling() -> float:
    """Microseconds of a fixed piece of plain Python: what this machine gives at the moment."""
    table = {number: float(number) for number in range(64)}

    def once() -> list[int]:
        began = perf_counter_ns()
        total = 0.0
        for number in range(1000):
            total += table[number & 63] * 0.5
        return [perf_counter_ns() - began]

    return quietest(once)[0]


def quietest(once: Callable[[], list[int]]) -> list[float]:
    """The medians of the quietest of the rounds, in microseconds."""
    rounds = [
        [median(step) / 1000 for step in zip(*(once() for _ in range(ATTEMPTS)), strict=True)]
        for _ in range(ROUNDS)
    ]
    return min(rounds, key=lambda medians: medians[-1])


def of_user(
    profile: Profile, seen: Circumstance, population: Population, velocity: Velocity
) -> tuple[int, list[float]]:
    """The size of a profile, and what each step of one attempt takes."""
    facts = AccountFacts(created_at=START - 1e7, password_changed_at=START - 1e6)
    policy, user = Policy(mode=Mode.ENFORCED), UserFacts(second_factor_active=True)
    stored = encode(profile)

    def once() -> list[int]:
        now = replace(seen, city="Hamburg")  # another object: what is remembered of the last one helps nobody
        t0 = perf_counter_ns()
        view = velocity.view(now, "anna", now.at)
        t1 = perf_counter_ns()
        known = decode(stored)
        t2 = perf_counter_ns()
        assessment = score(now, known, population, view, facts)
        t3 = perf_counter_ns()
        decide(policy, assessment.level, user)
        t4 = perf_counter_ns()
        learned = learn(known, now)
        t5 = perf_counter_ns()
        encode(learned)
        t6 = perf_counter_ns()
        return [t1 - t0, t2 - t1, t3 - t2, t4 - t3, t5 - t4, t6 - t5, t6 - t0]

    return len(stored), quietest(once)


def engine() -> dict[str, list[float]]:
    """Microseconds of each step, by kind of attempt and number of earlier sign-ins."""
    population, velocity = surroundings()
    found = {}
    for earlier in EARLIER:
        profile = Profile()
        for number in range(earlier):
            profile = learn(profile, attempt(number))
        for name, seen in (("usual", attempt(earlier)), ("strange", strange(earlier))):
            size, steps = of_user(profile, seen, population, velocity)
            told = ", ".join(f"{step} {micro:.1f}" for step, micro in zip(STEPS, steps, strict=True))
            print(f"{earlier:6,d} earlier, {name:7s} {size:4d} bytes: {told} µs", flush=True)
            found[f"{name} after {earlier}"] = [*steps, size]
    return found


def sign_ins(count: int) -> list[Row]:
    """A history for the yardstick: its cost hangs on how many sign-ins and values there are."""
    chance = seeded("benchmark", 1)
    made = []
    for number in range(count):
        who = int(chance.random() * USERS)
        version = 60 + int(chance.random() * 30)
        browser = ("Chrome", "Safari", "Firefox", "Edge")[who % 4]
        place = who if chance.random() < 0.7 else int(chance.random() * 300_000)
        made.append(Row(
            number, START + number, who, None, f"10.{place >> 16}.{place >> 8 & 255}.{place & 255}", f"C{place % 90}",
            "-", "-", 1 + place % 3000, f"Mozilla/5.0 ({who % 400}) {browser}/{version}.0.{who % 40}",
            f"{browser} {version}", f"OS {who % 12}", "mobile" if who % 3 else "desktop", True, False, False,
        ))  # fmt: skip
    return made


def yardstick() -> tuple[float, float]:
    """Microseconds a score of Freeman et al.: as published on data frames, and incrementally from kept counts."""
    history = sign_ins(HISTORY + SCORED_INCREMENTALLY)
    history, later = history[:HISTORY], history[HISTORY:]
    frames = Frames([as_tuple(row) for row in history])
    published = median(_timed(frames.score, later[:SCORED_AS_PUBLISHED]))
    del frames
    model = Freeman()
    for row in history:
        model.learn(row)
    return published, median(_timed(model.score, later))


def _timed(of: Callable[[Row], float], rows: list[Row]) -> list[float]:
    times = []
    for row in rows:
        began = perf_counter_ns()
        of(row)
        times.append((perf_counter_ns() - began) / 1000)
    return times


def main() -> None:
    gc.freeze()
    unit = ceiling()
    print(f"the machine's own: {unit:.1f} µs for 1,000 rounds of look up, multiply, add in plain Python")
    found = engine()
    after = ceiling()
    few, many = found["usual after 10"][6], found["usual after 10000"][6]
    print(
        f"in all, usual: {few / unit:.2f} of the machine's own after 10, {many / unit:.2f} after 10,000 sign-ins"
    )
    print(
        f"10,000 beside 10 earlier sign-ins: {many / few:.3f} (the machine's own moved by {after / unit:.3f})"
    )
    print(
        f"within {BUDGET_MICROSECONDS:.0f} µs: {max(steps[6] for steps in found.values()) <= BUDGET_MICROSECONDS}"
    )
    published, incremental = yardstick()
    ours = found["usual after 100"][2]
    print(
        f"N as published, on {HISTORY:,} sign-ins: {published:,.0f} µs a score; incrementally: {incremental:.1f} µs"
    )
    print(f"a score of ours takes {ours:.1f} µs: {published / ours:,.0f} times faster than N as published,")
    print(f"{ours / incremental:.1f} times as long as N from kept counts")
    print(
        json.dumps({"ceiling": unit, "engine": found, "n_published": published, "n_incremental": incremental})
    )


if __name__ == "__main__":
    main()
