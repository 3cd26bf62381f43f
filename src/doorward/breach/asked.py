"""The corpus that passwords are looked up in, as the settings name it."""

import structlog

from doorward.breach.corpus import CorpusUnreadable
from doorward.breach.embedded import FILE_NAME, ensure_embedded
from doorward.breach.file import CorpusFile
from doorward.breach.range_client import RangeClient
from doorward.breach.range_corpus import RangeCorpus
from doorward.clock import Clock
from doorward.settings import Settings

_log = structlog.get_logger(__name__)


def asked_corpus(settings: Settings, clock: Clock) -> CorpusFile | RangeCorpus:
    """Return what passwords are looked up in: a range endpoint where the settings name one, else the corpus file."""
    if settings.corpus_range_url is None:
        return open_corpus(settings, clock.now())
    client = RangeClient(settings.corpus_range_url, settings.corpus_range_timeout)
    return RangeCorpus(
        client.ask,
        client.host,
        clock,
        threshold=settings.corpus_min_count,
        cache_bytes=settings.corpus_range_cache * 1024 * 1024,
        cache_seconds=settings.corpus_range_cache_hours * 3600,
        pause_seconds=settings.corpus_range_pause,
    )


def open_corpus(settings: Settings, now: float) -> CorpusFile:
    """Return the corpus of breached passwords that the settings name, making the embedded one where none is named.

    Whether it can be read shows at each question, so that a file which is put right is taken up again.
    """
    path = settings.corpus
    if path is None:
        try:
            path = ensure_embedded(settings.data, now)
        except CorpusUnreadable as problem:
            _log.error("no corpus of breached passwords", reason=str(problem))
            path = settings.data / FILE_NAME
    return CorpusFile(path, settings.corpus_min_count)
