import hashlib
import subprocess
import sys

import pytest

from doorward.breach.corpus import CorpusUnreadable, digest
from doorward.breach.embedded import EmbeddedCorpus, load_embedded


@pytest.fixture(scope="module")
def corpus() -> EmbeddedCorpus:
    return load_embedded()


@pytest.mark.parametrize(
    "password", ["123456", "password", "password1", "qwerty123", "passw0rd", "p@ssw0rd", "zaq!2wsx"]
)
def test_common_passwords_are_known(corpus: EmbeddedCorpus, password: str) -> None:
    assert corpus.lookup(password) == 1


@pytest.mark.parametrize(
    "password",
    [
        "",
        "Password1",
        "PASSWORD",
        " password",
        "password ",
        "pa\u017fsword",
        "correct horse battery staple",
        "\ud800",
        "\x00",
        "ü" * 256,
    ],
)
def test_only_the_very_password_is_known(corpus: EmbeddedCorpus, password: str) -> None:
    assert corpus.lookup(password) == 0


def test_the_first_and_the_last_key_are_found() -> None:
    passwords = sorted(("a", "b", "c", "d"), key=digest)
    corpus = EmbeddedCorpus(passwords, "test")
    assert [corpus.lookup(password) for password in passwords] == [1, 1, 1, 1]
    assert EmbeddedCorpus([], "empty").lookup("a") == 0


def test_the_bytes_hashed_are_those_of_the_lists_that_circulate() -> None:
    # NFC and NFD of the same letter are two passwords, as they are two in a list.
    assert digest("é") == hashlib.sha1("é".encode()).digest()
    assert digest("e\u0301") != digest("é")
    assert digest("password").hex().upper() == "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8"


def test_the_version_tells_source_and_size(corpus: EmbeddedCorpus) -> None:
    name, _, rest = corpus.version.partition("-")
    assert name == "zxcvbn"
    assert rest.endswith(f"-{len(corpus)}")
    assert len(corpus) > 20_000


def test_the_list_is_read_without_the_machinery_around_it() -> None:
    script = (
        "import sys; from doorward.breach.embedded import load_embedded; load_embedded(); "
        "sys.exit('zxcvbn' in sys.modules or 'zxcvbn.matching' in sys.modules)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", script], check=False, env={"PYTHONPATH": ":".join(sys.path)}
        ).returncode
        == 0
    )


def test_a_corpus_that_is_not_there_says_so() -> None:
    with pytest.raises(CorpusUnreadable, match="not installed"):
        load_embedded("no_such_package_of_lists")
    with pytest.raises(CorpusUnreadable, match="no list of passwords"):
        load_embedded("doorward")
