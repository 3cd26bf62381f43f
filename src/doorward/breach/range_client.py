"""Asking a range endpoint over HTTP, with a bound on everything: the time it takes and the bytes that come."""

from dataclasses import dataclass
from typing import Final

from doorward.bounded_http import BoundedClient, Unanswered
from doorward.breach.corpus import CorpusUnreadable

MAX_ANSWER_BYTES: Final = 1024 * 1024
"""A range of a billion passwords is some 40 KiB."""

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint said: the bytes of the range, and when it says that they were last changed."""

    body: bytes
    last_modified: str | None


class RangeClient:
    """Asks one endpoint. `url` is what stands in front of the prefix, `seconds` what a question may take in all."""

    def __init__(self, url: str, seconds: float) -> None:
        self._endpoint = BoundedClient(
            url, seconds=seconds, most_bytes=MAX_ANSWER_BYTES, at_once=_AT_ONCE, name="breach range"
        )
        self.host = self._endpoint.host

    def ask(self, prefix: str) -> Answer:
        """Return the answer for five hex digits. Raises CorpusUnreadable, with the cause."""
        try:
            answer = self._endpoint.exchange(
                "GET", f"{self._endpoint.path}/{prefix}", {"Add-Padding": "true"}
            )
        except Unanswered as problem:
            raise CorpusUnreadable(str(problem)) from problem.__cause__
        return Answer(answer.body, answer.headers.get("last-modified"))
