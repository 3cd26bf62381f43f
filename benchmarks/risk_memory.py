"""Memory of a pool's counts after 12.5 million simulated sign-ins, and what it takes to keep and read them.

Run: python benchmarks/risk_memory.py [sign-ins]
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from doorward.risk.circumstance import Circumstance
from doorward.risk.population import AT_MOST, Population
from doorward.risk.population_encoding import decode, encode
from doorward.risk.traits import NAMES

SIGN_INS = 12_500_000
PER_USER = 3
"""As the public data set has it: 12.5 million successes of about 4.3 million users."""
DAYS = 400
REPORTED_ONE_IN = 100
"""Far more than people report, so that the reports are full too."""
_START = 1_700_000_000.0


def stream(sign_ins: int) -> Iterator[tuple[Circumstance, int]]:
    """Yield sign-ins with how many the user had before: addresses, strings and devices without end."""
    state = 1
    for number in range(sign_ins):
        # A linear congruential generator (Knuth's MMIX constants): the same stream every time.
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        user, chance = (state >> 16) % (sign_ins // PER_USER + 1), state >> 40
        home = user * 2_654_435_761 % 2**24
        # Two in five come from elsewhere than at home.
        block = home if chance % 5 < 3 else chance % 2**24
        address = f"{block >> 16}.{block >> 8 & 255}.{block & 255}.{user % 200}"
        browser = ("Chrome", "Safari", "Firefox", "Edge", "Samsung Internet")[user % 7 % 5]
        version = str(60 + number * 90 // sign_ins + chance % 3)
        yield (
            Circumstance(
                at=_START + number * (DAYS * 86_400.0 / sign_ins),
                address=address,
                prefix=address.rpartition(".")[0] + ".0/24",
                asn=1 + block % 60_000,
                country=f"C{block % 229}",
                region=f"R{block % 9001}",
                network_kind="mobile" if block % 3 else "residential",
                user_agent=f"Mozilla/5.0 ({user % 997}) {browser}/{version}.{chance % 40}",
                browser=browser,
                browser_version=version,
                os=f"OS {user % 11}",
                device_type="mobile" if user % 3 else "desktop",
                device_id=f"{user:x}-{chance % 2}",
                fingerprint=f"{user:x}-{version}",
                language=f"l{user % 90}",
                timezone=f"{user % 24}:00",
            ),
            number * PER_USER // sign_ins,
        )


def main(sign_ins: int = SIGN_INS) -> None:
    at_rest = resident()
    population = Population()
    began, shown, highest = perf_counter(), 0.0, 0.0
    for number, (circumstance, earlier) in enumerate(stream(sign_ins), 1):
        population.observe(circumstance, earlier)
        if number % REPORTED_ONE_IN == 0:
            population.report(circumstance, f"user-{number}", circumstance.at)
        # Once more than every map takes to fill, so that the largest size is met.
        if number % 50_000 == 0:
            highest = max(highest, resident() - at_rest)
            if sys.stderr.isatty() and perf_counter() - shown > 1:
                shown = perf_counter()
                print(f"\r{number / sign_ins:.0%}", end="", file=sys.stderr)
    seconds = perf_counter() - began
    began = perf_counter()
    encoded = encode(population)
    encoding = perf_counter() - began
    began = perf_counter()
    again = decode(encoded)
    decoding = perf_counter() - began
    held = sum(map(len, population.counts))
    print(
        f"{sign_ins:,} sign-ins in {seconds:.0f} s, {seconds / sign_ins * 1e6:.1f} µs each (making them included)"
    )
    print(
        f"resident: at most {highest / 2**20:.0f} MiB more than before; {held:,} of {sum(AT_MOST):,} values held"
    )
    print(f"kept as {len(encoded) / 2**20:.1f} MiB; encoded in {encoding:.2f} s, decoded in {decoding:.2f} s")
    for name, of_trait, most in zip(NAMES, population.counts, AT_MOST, strict=True):
        print(f"  {name:16s} {len(of_trait):8,d} of at most {most:,}")
    assert again.counts == population.counts


def resident() -> int:
    """Bytes of memory this process has in use (Linux)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIGN_INS)
