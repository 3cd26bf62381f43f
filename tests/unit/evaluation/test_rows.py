"""The public data set's format: what is read, and what every wrong cell is told."""

import csv
import gzip
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.evaluation.columns import COLUMNS, LIVE_COLUMNS
from doorward.evaluation.rows import Row, RowError, read_rows, write_rows

GOOD = {
    "index": "7",
    "Login Timestamp": "2020-02-03 12:43:30.772",
    "User ID": "-4324475583306591935",
    "Round-Trip Time [ms]": "54.0",
    "IP Address": "10.0.65.171",
    "Country": "NO",
    "Region": "-",
    "City": "-",
    "ASN": "29695",
    "User Agent String": "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 (KHTML, like Gecko)",
    "Browser Name and Version": "Chrome Mobile 81.0.4044",
    "OS Name and Version": "Android 9",
    "Device Type": "mobile",
    "Login Successful": "False",
    "Is Attack IP": "True",
    "Is Account Takeover": "False",
}


def a_file(path: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return path


def test_a_published_row_is_read_as_it_is_meant(tmp_path: Path) -> None:
    (row,) = read_rows(a_file(tmp_path / "a.csv", GOOD))
    assert row == Row(
        7, 1580733810.772, -4324475583306591935, 54.0, "10.0.65.171", "NO", "-", "-", 29695,
        "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 (KHTML, like Gecko)", "Chrome Mobile 81.0.4044",
        "Android 9", "mobile", False, True, False,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["Round-Trip Time [ms]", "ASN", "Country", "User Agent String"])
def test_what_is_empty_is_unknown(tmp_path: Path, name: str) -> None:
    (row,) = read_rows(a_file(tmp_path / "a.csv", GOOD | {name: ""}))
    values = {"Round-Trip Time [ms]": row.round_trip_ms, "ASN": row.asn, "Country": row.country}
    assert not values.get(name, row.user_agent)


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("index", "-1"),
        ("index", "1.0"),
        ("index", ""),
        ("Login Timestamp", "2020-02-30 12:00:00"),
        ("Login Timestamp", "2020-02-03T12:00:00"),
        ("Login Timestamp", "2020-02-03 24:00:00"),
        ("Login Timestamp", "2020-02-03 12:00:60"),
        ("Login Timestamp", "2020-02-03 12:00:00.x"),
        ("Login Timestamp", ""),
        ("User ID", "9223372036854775808"),
        ("User ID", "1_000"),
        ("User ID", "٣"),
        ("User ID", " 1"),
        ("User ID", "9" * 5000),
        ("Round-Trip Time [ms]", "nan"),
        ("Round-Trip Time [ms]", "-1"),
        ("Round-Trip Time [ms]", "1e400"),
        ("IP Address", "10.0.65.256"),
        ("IP Address", "somewhere"),
        ("IP Address", ""),
        ("IP Address", "fe80::1%eth0"),
        ("ASN", "4294967296"),
        ("ASN", "AS29695"),
        ("User Agent String", "x" * 65_536),
        ("Country", "N" * 600),
        ("Login Successful", "true"),
        ("Is Attack IP", "1"),
        ("Is Account Takeover", ""),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(tmp_path: Path, name: str, cell: str) -> None:
    path = a_file(tmp_path / "a.csv", GOOD, GOOD, GOOD | {name: cell}, GOOD)
    with pytest.raises(RowError) as refused:
        list(read_rows(path))
    assert (refused.value.row, refused.value.column) == (3, name)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("columns", [COLUMNS[:-1], (*COLUMNS, "campaign"), ("", *COLUMNS[1:]), COLUMNS[::-1],
                                     (*COLUMNS, "device_id"), (*COLUMNS, *LIVE_COLUMNS, "index"), ()])  # fmt: skip
def test_another_header_is_refused(tmp_path: Path, columns: tuple[str, ...]) -> None:
    with pytest.raises(RowError, match=r"^header"):
        list(read_rows(a_file(tmp_path / "a.csv", GOOD, columns=columns)))


@pytest.mark.parametrize("line", [b"1,2,3", b"", b'0,"2020', b"\xff", b"x" * 300_000, b'"a"b,'])
def test_a_malformed_row_is_named(tmp_path: Path, line: bytes) -> None:
    path = a_file(tmp_path / "a.csv", GOOD)
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(RowError) as refused:
        list(read_rows(path))
    assert refused.value.row == 2


def test_rows_slightly_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    times = ["12:00:05", "12:00:00", "12:00:09", "12:00:09.5", "12:00:03"]
    path = a_file(tmp_path / "a.csv", *(GOOD | {"Login Timestamp": f"2020-02-03 {at}"} for at in times))
    seconds = [row.at % 60 for row in read_rows(path, slack=10.0)]
    assert seconds == [0.0, 3.0, 5.0, 9.0, 9.5]


def test_time_that_runs_backwards_is_refused(tmp_path: Path) -> None:
    path = a_file(tmp_path / "a.csv", GOOD, GOOD | {"Login Timestamp": "2020-02-03 12:00:00"})
    with pytest.raises(RowError, match="backwards") as refused:
        list(read_rows(path))
    assert (refused.value.row, refused.value.column) == (2, "Login Timestamp")


def test_order_holds_across_blocks(tmp_path: Path) -> None:
    # Every third row ten minutes behind: more rows than one block within the slack.
    rows = [
        GOOD
        | {
            "index": str(n),
            "Login Timestamp": f"2020-02-03 {12 + at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}",
        }
        for n in range(20_000)
        for at in (max(n // 10 - (500 if n % 3 == 0 else 0), 0),)
    ]
    read = list(read_rows(a_file(tmp_path / "a.csv", *rows)))
    assert len(read) == len(rows)
    assert all(a.at <= b.at for a, b in pairwise(read))


def test_gzip_is_read_whatever_the_name_and_damage_is_named(tmp_path: Path) -> None:
    plain = a_file(tmp_path / "a.csv", *[GOOD] * 2000)
    packed = tmp_path / "b.csv"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(read_rows(packed)) == list(read_rows(plain))
    packed.write_bytes(packed.read_bytes()[:-200])
    with pytest.raises(RowError, match="cut short"):
        list(read_rows(packed))


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    path, seen = a_file(tmp_path / "a.csv", *[GOOD] * 9000), []
    list(read_rows(path, progress=lambda done, whole: seen.append((done, whole))))
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len(seen) > 1


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**37), st.integers(-(2**63), 2**63 - 1), TEXT, TEXT, st.ip_addresses().map(str)
        ),
        max_size=5,
    ),
    st.booleans(),
)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[int, int, str, str, str]], live: bool
) -> None:
    rows = [
        Row(n, float(n), user, None, address, text, "", "", None, agent, "", "", "", True, False, False,
            *((text, "", agent) if live else ()))
        for n, user, text, agent, address in sorted(cells)
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("rows") / "a.csv.gz"
    assert write_rows(path, rows, live=live) == len(rows)
    assert sorted(map(repr, read_rows(path))) == sorted(map(repr, rows))


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("earlier")

    def breaking() -> Iterator[Row]:
        yield Row(0, 0.0, 1, None, "192.0.2.1", "", "", "", None, "", "", "", "", True, False, False)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_rows(path, breaking())
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]
