"""A pool's history made up: people with homes, phones, habits and the odd journey; the same every time."""

from collections.abc import Iterator

from doorward.risk.circumstance import Circumstance
from doorward.risk.past_attempt import PastAttempt
from doorward.risk.traits import key_of

BEGINNING = 1_700_000_000.0
DAY = 86_400.0
COUNTRIES = ("DE", "FR", "GB", "NL", "SE")
AGENTS = ("Windows Chrome", "Mac OS X Safari", "Linux Firefox", "iOS Mobile-Safari", "Android Chrome-Mobile")


def chance(*what: object) -> float:
    """Return a number between 0 and 1 that depends on what it is for, and on nothing else."""
    return key_of(repr(what)) / 2**32


def sign_in(user: int, day: int) -> Circumstance:
    """Return the sign-in of one person on one day: mostly from home or by phone, seldom abroad or all new."""
    luck = chance("where", user, day)
    country = COUNTRIES[user % len(COUNTRIES)]
    home = f"10.{user % 250}.{user // 250}"
    device = int(chance("which", user, day) < 0.3)
    agent = AGENTS[(user * 7 + device * 3) % len(AGENTS)]
    name = f"{user}-{device}"
    if luck > 0.9:
        home = f"172.{user % 200}.{int(luck * 1000) % 50}"
    if luck > 0.985:
        country, home = COUNTRIES[(user + day) % len(COUNTRIES)], f"192.{day % 200}.{user % 250}"
    if chance("new", user, day) > 0.985:
        name, agent = f"{user}-new-{day}", AGENTS[(user + day) % len(AGENTS)]
    os, _, browser = agent.partition(" ")
    return Circumstance(
        at=BEGINNING + day * DAY + 30_000 + 20_000 * chance("when", user, day),
        address=f"{home}.{1 + user % 200}",
        prefix=f"{home}.0/24",
        asn=64_000 + key_of(home[:6]) % 40,
        country=country,
        os=os,
        browser=browser,
        browser_version=str(100 + day // 28),
        user_agent=f"{agent} {100 + day // 28}",
        device_type="mobile" if "obile" in agent else "desktop",
        device_id=name,
    )


def history(users: int = 200, days: int = 40) -> Iterator[PastAttempt]:
    """Yield the sign-ins of so many people over so many days, in the order of time."""
    earlier = dict.fromkeys(range(users), 0)
    for day in range(days):
        of_day = [(sign_in(user, day), user) for user in range(users) if chance("comes", user, day) < 0.8]
        for circumstance, user in sorted(of_day, key=lambda one: (one[0].at, one[1])):
            yield PastAttempt(f"user-{user}", circumstance, earlier[user])
            earlier[user] += 1
