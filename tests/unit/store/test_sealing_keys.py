import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from doorward.store import sealing_keys
from doorward.store.sealing import Keyring, SealError, UnknownKey, write_keys


def test_the_first_start_makes_a_private_file_and_the_second_reads_it(tmp_path: Path) -> None:
    sealed = sealing_keys.load(tmp_path, None).seal(b"secret", b"c")
    file = tmp_path / sealing_keys.FILE_NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert sealing_keys.load(tmp_path, "", create=False).open(sealed, b"c") == b"secret"


def test_many_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        rings = list(pool.map(lambda _: sealing_keys.load(tmp_path, None), range(32)))
    assert len({ring.key_ids for ring in rings}) == 1


def test_a_missing_file_is_not_made_anew_where_data_exists(tmp_path: Path) -> None:
    with pytest.raises(SealError, match="missing"):
        sealing_keys.load(tmp_path, None, create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o601])
def test_a_file_that_others_can_touch_is_refused(tmp_path: Path, mode: int) -> None:
    sealing_keys.load(tmp_path, None)
    (tmp_path / sealing_keys.FILE_NAME).chmod(mode)
    with pytest.raises(SealError, match="chmod 600"):
        sealing_keys.load(tmp_path, None)
    with pytest.raises(SealError, match="chmod 600"):
        sealing_keys.add_key(tmp_path)


def test_something_else_in_the_files_place_is_refused(tmp_path: Path) -> None:
    path = tmp_path / sealing_keys.FILE_NAME
    os.mkfifo(path, 0o600)
    with pytest.raises(SealError, match="is not a file"):
        sealing_keys.load(tmp_path, None)
    path.unlink()
    path.touch(0o600)
    with pytest.raises(SealError, match="no sealing key"):
        sealing_keys.load(tmp_path, None)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SealError, match="does not hold keys"):
        sealing_keys.load(tmp_path, None)


def test_the_environment_replaces_the_file(tmp_path: Path) -> None:
    text = write_keys([("one", b"1" * 32), ("two", b"2" * 32)]).strip().replace("\n", ",")
    assert sealing_keys.load(tmp_path, text).key_ids == ("one", "two")
    assert list(tmp_path.iterdir()) == []


def test_a_rotation_adds_a_key_and_keeps_the_old(tmp_path: Path) -> None:
    before = sealing_keys.load(tmp_path, None)
    sealed = before.seal(b"secret", b"c")
    added = sealing_keys.add_key(tmp_path)
    after = sealing_keys.load(tmp_path, None)
    assert after.key_ids == (*before.key_ids, added)
    assert after.open(sealed, b"c") == b"secret"
    assert not after.is_newest(sealed)
    assert stat.S_IMODE((tmp_path / sealing_keys.FILE_NAME).stat().st_mode) == 0o600
    assert len(list(tmp_path.iterdir())) == 1


def test_rotations_at_once_lose_no_key(tmp_path: Path) -> None:
    first = sealing_keys.load(tmp_path, None).key_ids
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: sealing_keys.add_key(tmp_path), range(16)))
    assert set(sealing_keys.load(tmp_path, None).key_ids) == {*first, *added}


def test_a_ring_from_before_a_rotation_opens_what_the_new_key_sealed_and_goes_on_sealing_with_its_own(
    tmp_path: Path,
) -> None:
    running = sealing_keys.load(tmp_path, None)
    before = running.key_ids[-1]
    added = sealing_keys.add_key(tmp_path)
    sealed = sealing_keys.load(tmp_path, None).seal(b"secret", b"c")
    assert running.open(sealed, b"c") == b"secret"
    assert running.key_ids == (before, added)
    assert running.seal(b"other", b"c")[2 : 2 + len(before)] == before.encode()


def test_a_key_that_is_in_no_file_stays_unknown(tmp_path: Path) -> None:
    running = sealing_keys.load(tmp_path, None)
    foreign = Keyring([("elsewhere", b"k" * 32)]).seal(b"secret", b"c")
    with pytest.raises(UnknownKey):
        running.open(foreign, b"c")
    (tmp_path / sealing_keys.FILE_NAME).unlink()
    with pytest.raises(UnknownKey):
        running.open(foreign, b"c")
