"""Microseconds that one attempt costs the risk engine, for users with short and long histories.

Run: python benchmarks/risk_engine.py
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter_ns

from msgspec.structs import replace

from doorward.risk.circumstance import Circumstance
from doorward.risk.encoding import decode, encode
from doorward.risk.policy import Mode, Policy, UserFacts, decide
from doorward.risk.population import Population
from doorward.risk.profile import Profile, learn
from doorward.risk.scene import AccountFacts
from doorward.risk.score import score
from doorward.risk.velocity import Outcome, Velocity

START = 1_700_000_000.0


def attempt(number: int) -> Circumstance:
    """A sign-in of a user with two networks, some mobile addresses and two devices, all fields known."""
    device = number % 2
    return Circumstance(
        at=START + number * 4000.0,
        address=f"198.51.100.{number % 7}" if device else "203.0.113.9",
        prefix="198.51.100.0/24" if device else "203.0.113.0/24",
        asn=3320 + device,
        country="DE",
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


def main() -> None:
    population, velocity = Population(), Velocity()
    for person in range(5000):
        other = replace(attempt(person), address=f"10.{person % 250}.{person % 40}.{person % 199}",
                        prefix=f"10.{person % 250}.{person % 40}.0/24")  # fmt: skip
        population.observe(other)
        velocity.note(other, f"user-{person}", Outcome.SUCCESS, other.at)
    facts = AccountFacts(created_at=START - 1e7, password_changed_at=START - 1e6)
    policy, user = Policy(mode=Mode.ENFORCED), UserFacts(second_factor_active=True)
    for earlier in (1, 10, 100, 1000, 10_000):
        profile = Profile()
        for number in range(earlier):
            profile = learn(profile, attempt(number))
        stored = encode(profile)
        for name, now in (("usual", attempt(earlier)), ("strange", strange(earlier))):

            def once(now: Circumstance = now, stored: bytes = stored) -> list[int]:
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
                return [t1 - t0, t2 - t1, t3 - t2, t4 - t3, t5 - t4, t6 - t5, t6 - t1]

            report(f"{earlier:6d} earlier, {name:7s} {len(stored):4d} bytes", once)


STEPS = ("velocity view", "decode", "score", "decide", "learn", "encode", "from decode to encode")


def report(title: str, once: Callable[[], list[int]]) -> None:
    """The medians of the quietest of seven rounds, so that a busy machine does not show."""
    rounds = [
        [median(step) / 1000 for step in zip(*(once() for _ in range(1000)), strict=True)] for _ in range(7)
    ]
    best = min(rounds, key=lambda medians: medians[-1])
    print(title, ", ".join(f"{step} {micro:.1f}" for step, micro in zip(STEPS, best, strict=True)), "µs")


def strange(number: int) -> Circumstance:
    return replace(
        attempt(number), address="192.0.2.1", prefix="192.0.2.0/24", asn=1, country="BR", latitude=-8.0,
        os="Linux", browser="Firefox", user_agent="x", device_id="y", fingerprint="z", timezone="-03:00",
    )  # fmt: skip


if __name__ == "__main__":
    main()
