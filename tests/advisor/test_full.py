"""Going through every row finds what a sample cannot, and says exact numbers."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import advisor
import advisor.full
import advisor.inspection

ROWS = 3000
TOWNS = ["Marwick", "Sollund", "Tarnholm", "Oakhaven", "Brisa", "Weylan", "Quillon"]


def rows() -> dict[str, list]:
    queries = [f"How do I get from {TOWNS[i % 7]} to stop number {i} of line {i % 31}?" for i in range(ROWS)]
    documents = [
        f"Take the ferry at pier {i % 83}, then walk past house {i} towards {TOWNS[i % 7]}." for i in range(ROWS)
    ]
    return {"query": queries, "document": documents, "label": [i % 2 for i in range(ROWS)]}


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with one broken row of each kind, far from one another; looked at in small parts."""
    columns = rows()
    columns["document"][1234] = " "
    columns["label"][2345] = None
    for name in ("query", "document"):
        columns[name][2999] = columns[name][4]
    columns["label"][2999] = 1 - columns["label"][4]
    for name in columns:
        columns[name][2000] = columns[name][7]
    path = tmp_path / "pairs.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=500)
    monkeypatch.setattr(advisor.full, "PART_ROWS", 400)
    monkeypatch.setattr(advisor.full, "PARTITION_ROWS", 300)
    return path


def found(report: advisor.Report) -> dict[str, int | None]:
    return {each.code: each.rows for each in report.findings}


def test_every_broken_row_is_found(planted: Path) -> None:
    report = advisor.inspect(planted, sample_rows=200, full=True)
    assert report.rows == report.rows_sampled == ROWS
    assert report.rows_exact
    assert found(report) == {"TXT001": 1, "LBL004": 1, "ROW001": 1, "ROW002": 2}
    assert (report.label.minimum, report.label.maximum, report.label.levels) == (0, 1, 2)


def test_a_sample_is_cheaper_and_may_miss_them(planted: Path) -> None:
    report = advisor.inspect(planted, sample_rows=200)
    assert report.rows_sampled <= 200
    assert report.rows == ROWS
    assert "ROW002" not in found(report)


def test_all_rows_at_once_say_the_same(planted: Path) -> None:
    whole = advisor.inspect(planted)
    parts = advisor.inspect(planted, sample_rows=200, full=True)
    assert found(whole) == found(parts)
    assert whole.format == parts.format


def test_numbers_of_the_parts_are_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = rows()
    for i in range(0, ROWS, 100):
        columns["document"][i] = ""
    path = tmp_path / "pairs.parquet"
    pq.write_table(pa.table(columns), path)
    monkeypatch.setattr(advisor.full, "PART_ROWS", 400)
    (finding,) = [each for each in advisor.inspect(path, sample_rows=500, full=True).findings if each.code == "TXT001"]
    assert finding.rows == 30
    assert "30" in finding.message


def test_the_share_of_a_score_is_one_of_all_rows(tmp_path: Path) -> None:
    columns = rows()
    columns["label"] = [0.5 if i % 20 else i / ROWS for i in range(ROWS)]
    path = tmp_path / "scored.parquet"
    pq.write_table(pa.table({**columns, "score": columns.pop("label")}), path)
    report = advisor.inspect(path, sample_rows=300, full=True)
    (finding,) = [each for each in report.findings if each.code == "LBL015"]
    assert finding.message.startswith("95% of the scores are '0.5'")


def test_no_file_is_left_behind(planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    advisor.inspect(planted, sample_rows=200, full=True)
    assert list(folder.iterdir()) == []


def test_a_label_that_no_sample_has_seen(tmp_path: Path) -> None:
    columns = rows()
    columns["label"] = [str(each) for each in columns["label"]]
    columns["label"][2717] = "maybe"
    path = tmp_path / "pairs.parquet"
    pq.write_table(pa.table(columns), path)
    sampled = advisor.inspect(path, sample_rows=100)
    assert sampled.format == "labeled-pair"
    assert "LBL017" not in found(sampled)
    (finding,) = [each for each in advisor.inspect(path, sample_rows=100, full=True).findings if each.code == "LBL017"]
    assert (finding.rows, finding.severity, finding.examples) == (1, "error", ("'maybe'",))


def test_shares_and_ranges_are_those_of_all_rows(tmp_path: Path) -> None:
    columns = rows()
    columns["label"] = [int(i % 10 == 0) for i in range(ROWS)]
    columns["label"][:600] = [1, 0] * 300
    path = tmp_path / "pairs.parquet"
    pq.write_table(pa.table(columns), path)
    report = advisor.inspect(path, sample_rows=200, full=True)
    (finding,) = [each for each in report.findings if each.code == "LBL009"]
    assert "540 positives and 2,460 negatives" in finding.message
    assert report.facts.positives == pytest.approx(0.18)
    columns["score"] = [(i % 500) / 100 if i > 2500 else (i % 100) / 100 for i in range(ROWS)]
    del columns["label"]
    pq.write_table(pa.table(columns), path)
    (finding,) = [each for each in advisor.inspect(path, sample_rows=200, full=True).findings if each.code == "LBL001"]
    assert finding.rows == sum(each > 1 for each in columns["score"])
