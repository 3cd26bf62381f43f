"""Synthetic rows: the same from the same seed, near the published marginals, versions moving forward."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from doorward.evaluation.audit import area_under_curve, audit, naive
from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.marginals import Marginals
from doorward.evaluation.rows import Row, read_rows
from doorward.evaluation.synthesis.choices import FIXED, MEANING, Choices
from doorward.evaluation.synthesis.data_set import synthesize
from doorward.network.user_agent import parse


def made(path: Path, **chosen: object) -> Path:
    choices = msgspec.convert({"users": 300, "days": 60} | chosen, Choices)
    return synthesize(path, choices, lambda *_: None).data


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("year") / "rows.csv", users=6000, days=391, live=True)


@pytest.fixture(scope="module")
def rows(year: Path) -> list[Row]:
    return list(read_rows(year, slack=0.0))


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    files = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        made(tmp_path / name / "rows.csv")
        files.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert files[0] == files[1]
    assert set(files[0]) == {
        "rows.csv",
        "rows.csv.choices.json",
        "rows.csv.choices.txt",
        "rows.csv.labels.csv",
    }
    assert made(tmp_path / "c.csv", seed=2).read_bytes() != files[0]["rows.csv"]


def test_the_live_columns_change_nothing_else(tmp_path: Path) -> None:
    # Session theft is the only thing that is written with the live columns alone.
    plain = list(read_rows(made(tmp_path / "a.csv", personal_attacks=0.0)))
    live = list(read_rows(made(tmp_path / "b.csv", personal_attacks=0.0, live=True)))
    assert any(row.device_id for row in live)
    assert [msgspec.structs.replace(row, device_id="", language="", time_zone="") for row in live] == plain


def test_the_marginals_are_near_the_published(rows: list[Row]) -> None:
    marginals = Marginals()
    for row in rows:
        marginals.add(row)
    # Attack addresses come in pools of up to ten thousand: too coarse for a file as small as this.
    coarse = ("attack addresses, of addresses", "takeovers", "countries", "addresses of", "addresses in")
    off = [m for m in marginals.table() if not m.held and not m.name.startswith(coarse)]
    assert not off


def test_the_file_is_in_order_and_numbered(rows: list[Row]) -> None:
    assert [row.index for row in rows] == list(range(len(rows)))
    assert len({row.user_id for row in rows if row.successful}) == pytest.approx(6000, abs=20)


def test_versions_of_a_device_move_forward_only(rows: list[Row]) -> None:
    seen: dict[tuple[str, str], list[tuple[int, ...]]] = defaultdict(list)
    for row in rows:
        name, _, version = row.browser.rpartition(" ")
        if row.device_id and row.successful and not row.attack_ip:
            seen[row.device_id, name].append(tuple(int(part) for part in version.split(".")))
    several = [versions for versions in seen.values() if len(versions) > 3]
    assert several
    assert all(versions == sorted(versions) for versions in several)
    assert any(versions[0] != versions[-1] for versions in several)


def test_the_strings_say_what_the_columns_say(rows: list[Row]) -> None:
    people = {row.user_agent: row for row in rows if row.device_type in ("mobile", "desktop", "tablet")}
    assert len(people) > 300
    for agent, row in people.items():
        assert parse(agent).device_type == row.device_type, agent
        system = parse(agent).os
        assert system is not None
        assert row.os.startswith(system), agent


def test_labels_name_the_rows_of_every_attack(year: Path, rows: list[Row]) -> None:
    with Path(f"{year}.labels.csv").open(newline="", encoding="utf-8") as file:
        labels = {int(line["index"]): line["kind"] for line in csv.DictReader(file)}
    assert {"stuffing", "spraying", "enumeration", "targeted"} <= set(labels.values())
    assert all(rows[index].attack_ip for index in labels)
    assert all(rows[index].user_id == UNKNOWN_USER for index, kind in labels.items() if kind == "enumeration")
    taken = [row for row in rows if row.takeover]
    assert len(taken) >= 5
    assert all(row.successful and row.index in labels for row in taken)


def test_unknown_names_can_be_left_out(tmp_path: Path) -> None:
    rows = list(read_rows(made(tmp_path / "a.csv", unknown_share=0.0)))
    assert all(row.user_id != UNKNOWN_USER for row in rows if not row.attack_ip)
    assert sum(row.successful for row in rows) / len(rows) == pytest.approx(0.401 / 0.551, abs=0.03)


def test_every_choice_is_disclosed(year: Path) -> None:
    told = msgspec.json.decode(Path(f"{year}.choices.json").read_bytes())
    assert told["choices"]["users"] == 6000
    assert set(MEANING) | {"users", "days", "seed", "live", "starts"} == set(Choices.__struct_fields__)
    text = " ".join(Path(f"{year}.choices.txt").read_text(encoding="utf-8").split())
    assert all(sentence in text for sentence in FIXED)
    assert all(f"{name} =" in text for name in Choices.__struct_fields__)


def test_the_fingerprint_audit_passes_honest_attacks_and_fails_telling_ones(rows: list[Row]) -> None:
    assert audit(rows, every=5).passed

    def rare(real: Row, later: Sequence[Row]) -> Row | None:
        donor = naive(real, later)
        return donor and msgspec.structs.replace(
            donor, address=f"203.0.113.{real.index % 256}", asn=real.index
        )

    def nightly(real: Row, later: Sequence[Row]) -> Row | None:
        donor = naive(real, later)
        return donor and msgspec.structs.replace(donor, at=real.at // 86_400 * 86_400 + 3600.0 * 3)

    assert not audit(rows, rare, every=5).passed
    assert not audit(rows, nightly, every=5).passed


def test_an_audit_of_too_little_says_so(rows: list[Row]) -> None:
    with pytest.raises(ValueError, match="too few"):
        audit(rows[:2000])


def test_ties_count_half_in_an_auc() -> None:
    assert area_under_curve([(1.0, True), (1.0, False)]) == 0.5
    assert area_under_curve([(2.0, True), (1.0, False), (3.0, False)]) == 0.5
    assert area_under_curve(
        [(2.0, True), (2.0, False), (1.0, False), (1.0, True), (3.0, True)]
    ) == pytest.approx(4 / 6)
