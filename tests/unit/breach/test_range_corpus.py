from dataclasses import dataclass, field

import pytest

from doorward.breach.corpus import CorpusUnreadable, digest
from doorward.breach.range_client import Answer
from doorward.breach.range_corpus import RangeCorpus
from doorward.clock import SetClock

NOW = 1_800_000_000.0


def key(password: str) -> str:
    return digest(password).hex().upper()


@dataclass
class Endpoint:
    """An endpoint that knows some passwords, counts its questions, and can be ill."""

    counts: dict[str, int] = field(default_factory=dict)
    body: bytes | None = None
    last_modified: str | None = None
    ill: bool = False
    asked: list[str] = field(default_factory=list)

    def ask(self, prefix: str) -> Answer:
        self.asked.append(prefix)
        if self.ill:
            raise CorpusUnreadable("it is ill")
        lines = [
            f"{key(one)[5:]}:{count}" for one, count in self.counts.items() if key(one).startswith(prefix)
        ]
        padding = [f"{number:035X}:0" for number in range(800)]
        text = "\r\n".join(sorted(lines + padding)).encode()
        return Answer(text if self.body is None else self.body, self.last_modified)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def corpus(endpoint: Endpoint, clock: SetClock, **settings: float) -> RangeCorpus:
    return RangeCorpus(endpoint.ask, "pwned.example", clock, **settings)  # type: ignore[arg-type]


def test_it_tells_how_often_a_password_was_seen(clock: SetClock) -> None:
    known = corpus(Endpoint({"P@ssw0rd": 52579, "once": 1}), clock)
    assert [known.lookup(one) for one in ("P@ssw0rd", "once", "never")] == [52579, 1, 0]


def test_only_five_digits_of_the_hash_leave(clock: SetClock) -> None:
    endpoint = Endpoint({"P@ssw0rd": 1})
    corpus(endpoint, clock).lookup("P@ssw0rd")
    assert endpoint.asked == ["21BD1"]


def test_padding_is_not_a_find(clock: SetClock) -> None:
    assert corpus(Endpoint({"P@ssw0rd": 0}), clock).lookup("P@ssw0rd") == 0


def test_what_was_seen_too_seldom_is_not_known(clock: SetClock) -> None:
    known = corpus(Endpoint({"seldom": 9, "often": 10}), clock, threshold=10)
    assert [known.lookup("seldom"), known.lookup("often")] == [0, 10]


def test_lower_case_and_bare_line_ends_are_read(clock: SetClock) -> None:
    suffix = key("P@ssw0rd")[5:]
    body = f"{suffix.lower()}:7\n{'0' * 35}:3\n".encode()
    assert corpus(Endpoint(body=body), clock).lookup("P@ssw0rd") == 7


def test_an_empty_range_is_one(clock: SetClock) -> None:
    assert corpus(Endpoint(body=b""), clock).lookup("P@ssw0rd") == 0


def test_an_answer_is_remembered_until_it_is_old(clock: SetClock) -> None:
    endpoint = Endpoint({"P@ssw0rd": 1})
    known = corpus(endpoint, clock, cache_seconds=60)
    known.lookup("P@ssw0rd")
    endpoint.counts["P@ssw0rd"] = 5
    clock.advance(59)
    assert known.lookup("P@ssw0rd") == 1
    clock.advance(1)
    assert known.lookup("P@ssw0rd") == 5
    assert len(endpoint.asked) == 2


def test_what_is_remembered_is_bounded_and_the_oldest_used_goes_first(clock: SetClock) -> None:
    endpoint = Endpoint({str(number): 1 for number in range(40)})
    known = corpus(endpoint, clock, cache_bytes=3 * 400)
    for number in (0, 1, 2, 0, 3):
        known.lookup(str(number))
    asked = len(endpoint.asked)
    known.lookup("0")
    assert len(endpoint.asked) == asked
    known.lookup("1")
    assert len(endpoint.asked) == asked + 1
    for number in range(40):
        known.lookup(str(number))
    assert known._cached_bytes <= 3 * 400
    assert len(known._cache) <= 3


def test_without_room_nothing_is_remembered(clock: SetClock) -> None:
    endpoint = Endpoint({"P@ssw0rd": 1})
    known = corpus(endpoint, clock, cache_bytes=0)
    assert [known.lookup("P@ssw0rd"), known.lookup("P@ssw0rd")] == [1, 1]
    assert len(endpoint.asked) == 2


def test_an_endpoint_that_failed_is_left_alone_for_a_while(clock: SetClock) -> None:
    endpoint = Endpoint({"P@ssw0rd": 1}, ill=True)
    known = corpus(endpoint, clock, pause_seconds=10)
    with pytest.raises(CorpusUnreadable, match="it is ill"):
        known.lookup("P@ssw0rd")
    endpoint.ill = False
    clock.advance(9)
    with pytest.raises(CorpusUnreadable, match="not asked again yet"):
        known.lookup("P@ssw0rd")
    assert len(endpoint.asked) == 1
    clock.advance(1)
    assert known.lookup("P@ssw0rd") == 1
    assert known.lookup("another") == 0


def test_after_the_pause_one_asks_for_all(clock: SetClock) -> None:
    known: RangeCorpus
    meanwhile: list[str] = []

    def ask(prefix: str) -> Answer:
        if clock.now() == NOW:
            raise CorpusUnreadable("it is ill")
        with pytest.raises(CorpusUnreadable, match="not asked again yet"):
            known.lookup("another")
        meanwhile.append(prefix)
        return Answer(b"", None)

    known = RangeCorpus(ask, "pwned.example", clock, pause_seconds=10)
    with pytest.raises(CorpusUnreadable):
        known.lookup("P@ssw0rd")
    clock.advance(10)
    assert known.lookup("P@ssw0rd") == 0
    assert meanwhile == ["21BD1"]


def test_what_is_remembered_answers_while_the_endpoint_is_ill(clock: SetClock) -> None:
    endpoint = Endpoint({"P@ssw0rd": 1})
    known = corpus(endpoint, clock)
    known.lookup("P@ssw0rd")
    endpoint.ill = True
    with pytest.raises(CorpusUnreadable):
        known.lookup("another")
    assert known.lookup("P@ssw0rd") == 1


def test_a_clock_that_is_set_back_does_not_silence_it(clock: SetClock) -> None:
    endpoint = Endpoint({"P@ssw0rd": 1}, ill=True)
    known = corpus(endpoint, clock)
    with pytest.raises(CorpusUnreadable):
        known.lookup("P@ssw0rd")
    endpoint.ill = False
    clock.advance(-86_400)
    assert known.lookup("P@ssw0rd") == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Sign in to the network</html>",
        b"0" * 35,
        b"0" * 34 + b":1\r\n",
        b"0" * 35 + b":-1",
        b"0" * 35 + b":1;",
        b"\xff\xfe" * 100,
        b"0" * 35 + b":1\r\n\r\n" + b"1" * 35 + b":1",
        b"0" * 35 + b":" + b"9" * 13,
        b"0" * 35 + ":\u0661".encode(),
        b"\x00" * 1024,
    ],
)
def test_what_is_no_range_is_no_answer(clock: SetClock, body: bytes) -> None:
    known = corpus(Endpoint(body=body), clock)
    with pytest.raises(CorpusUnreadable, match="something else than a range"):
        known.lookup("P@ssw0rd")


def test_the_version_tells_who_and_how_new(clock: SetClock) -> None:
    endpoint = Endpoint({"a": 1})
    known = corpus(endpoint, clock)
    assert known.version == "range:pwned.example"
    for password, said, expected in (
        ("a", "Fri, 01 Jan 2027 05:00:00 GMT", " 2027-01-01"),
        ("b", "Thu, 31 Dec 2026 05:00:00 GMT", " 2027-01-01"),
        ("c", "Wed, 13 Jan 2027 23:30:00 -0200", " 2027-01-14"),
        ("d", "Fri, 01 Jan 2100 05:00:00 GMT", " 2027-01-14"),
        ("e", "yesterday", " 2027-01-14"),
        ("f", None, " 2027-01-14"),
    ):
        endpoint.last_modified = said
        known.lookup(password)
        assert known.version == f"range:pwned.example{expected}"
