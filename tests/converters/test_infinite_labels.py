"""A label that is infinite is there, and yet of no use: its row is left out for another reason than one without."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from advisor.cli import run

COLOURS = "red green blue black white round square tiny huge old new warm cold fast slow loud".split()
INFINITE, NONE = "a label that is infinite, or larger than a number can be", "no label"


def reasons(folder: Path, path: Path, *options: str) -> dict[int, str]:
    """Converts a file, and gives the reason of each row that is left out, by its number."""
    left, out = folder / "left.jsonl", folder / "out.jsonl"
    assert run(["convert", str(path), "-o", str(out), "--rejects", str(left), *options]) == 0
    scores = [json.loads(line)["score"] for line in out.read_text().splitlines()]
    assert all(0 <= score <= 1 for score in scores)
    return {row["row"]: row["reason"] for row in map(json.loads, left.read_text().splitlines())}


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_it_has_a_reason_of_its_own(suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"data.{suffix}"
    scores = {2: "1e400", 5: "-1e999", 7: "NaN"}
    rows = [(f"the {word} lamp", f"a {word} light", scores.get(i, f"{i / 16}")) for i, word in enumerate(COLOURS)]
    if suffix == "csv":
        path.write_text("sentence1,sentence2,score\n" + "".join(",".join(row) + "\n" for row in rows))
    elif suffix == "jsonl":
        line = '{{"sentence1": "{}", "sentence2": "{}", "score": {}}}\n'
        path.write_text("".join(line.format(*row) for row in rows))
    else:
        columns = dict(zip(("sentence1", "sentence2"), list(zip(*rows, strict=True))[:2], strict=True))
        pq.write_table(pa.table({**columns, "score": [float(row[2]) for row in rows]}), path)
    assert reasons(tmp_path, path, "--output-format", "same") == {3: INFINITE, 6: INFINITE, 8: NONE}
    assert f"left out 2 rows: {INFINITE}" in capsys.readouterr().out


def test_a_judgement_of_a_collection(tmp_path: Path) -> None:
    folder = tmp_path / "collection"
    (folder / "qrels").mkdir(parents=True)
    for name in ("corpus", "queries"):
        lines = [json.dumps({"_id": f"{name[0]}{i}", "text": f"{name} {word}"}) for i, word in enumerate(COLOURS)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    grades = {3: "inf", 5: "", **{i: str(i % 3) for i in range(6, 16)}}
    judged = [f"q{i}\tc{i}\t{grades.get(i, '1')}\n" for i in range(16)]
    (folder / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(judged))
    assert reasons(tmp_path, folder, "--output-format", "pair-score") == {4: INFINITE, 6: "no grade"}
