"""The hours and the pace of a sweep."""

import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from doorward.clock import SetClock, monotonic
from doorward.sweep.pace import Pace, window

BERLIN = ZoneInfo("Europe/Berlin")


def at(hour: int, minute: int = 0, *, day: int = 10, month: int = 1) -> float:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("hours", "instant", "is_open"),
    [
        ("22:00-06:00", at(22), True),
        ("22:00-06:00", at(21, 59), False),
        ("22:00-06:00", at(3), True),
        ("22:00-06:00", at(6), False),
        ("09:00-17:30", at(17, 29), True),
        ("09:00-17:30", at(17, 30), False),
        ("00:00-00:00", at(12), True),
        # In summer the clock of the wall counts, and so does it in the night in which it changes.
        ("22:00-06:00", at(5, 59, month=7), True),
        ("22:00-06:00", at(22, 0, month=7), True),
        ("02:00-03:00", at(3, 30, day=29, month=3), False),
    ],
)
def test_the_hours(hours: str, instant: float, is_open: bool) -> None:
    assert window(hours, "Europe/Berlin").is_open(instant) is is_open


@pytest.mark.parametrize("text", ["22:00", "", "22-6-7", "aa:00-06:00"])
def test_what_are_no_hours(text: str) -> None:
    with pytest.raises(ValueError, match=r"window|isoformat"):
        window(text, "UTC")


def test_the_pace_is_kept_by_all_threads_together() -> None:
    stopping = threading.Event()
    pace = Pace(200.0, None, SetClock(0.0), stopping)
    begun = monotonic()
    threads = [threading.Thread(target=lambda: [pace.wait() for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert monotonic() - begun >= 39 / 200


def test_a_closed_window_lets_nobody_through_until_it_is_stopped() -> None:
    stopping = threading.Event()
    pace = Pace(0.0, window("10:00-11:00", "UTC"), SetClock(0.0), stopping)
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(pace.wait()))
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()
    stopping.set()
    thread.join(5)
    assert answers == [False]
