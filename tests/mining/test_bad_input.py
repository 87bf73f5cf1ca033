"""Bad input, through the command line and through Python: one clear line, and nothing written."""

import json
import re

import numpy as np
import pytest

from advisor import cli
from converters import mine_hard_negatives
from converters.errors import InputError

GOOD = [(f"what is number {i}?", f"this is answer {i} of {i * 7}") for i in range(8)]


def vectors(queries, documents):
    return {"query_embeddings": queries, "corpus_embeddings": documents}


EIGHT = np.ones((8, 4))

#: Rows, what is said besides, and what it says: on the command line and in Python.
CASES = {
    "no rows": ([], {}, "empty|no usable row|no pair to mine for|no rows"),
    "one document": ([("what is this?", "an answer"), ("what is that?", "an answer")], {}, "the corpus is too small"),
    "fewer candidates than asked": (GOOD, {"num_negatives": 8}, "of 8 documents, 7 at most .* num_negatives=7"),
    "a range beyond the corpus": (GOOD, {"range_min": 7}, "the corpus is too small .* range_min=7"),
    "texts that are numbers": ([(i, i * 7) for i in range(8)], {}, "text"),
    "no anchor has a positive": ([(anchor, " ") for anchor, _ in GOOD], {}, "no pair to mine for|holds no value"),
    "NaN": (GOOD, vectors(np.full((8, 4), np.nan), EIGHT), "row 0 has numbers"),
    "only zeros": (GOOD, vectors(EIGHT, 0 * EIGHT), "vectors are zero"),
    "dimensions that differ": (GOOD, vectors(EIGHT, np.ones((8, 5))), "of 4 numbers"),
    "rows that differ": (GOOD, vectors(EIGHT[:7], EIGHT), "7 rows for 8"),
}


@pytest.mark.parametrize("case", CASES)
def test_on_the_command_line(case, tmp_path, capsys):
    rows, options, words = CASES[case]
    pairs, out = tmp_path / "pairs.jsonl", tmp_path / "out.jsonl"
    pairs.write_text("".join(json.dumps({"anchor": a, "positive": p}) + "\n" for a, p in rows))
    said = []
    for name, value in options.items():
        if isinstance(value, np.ndarray):
            np.save(tmp_path / f"{name}.npy", value)
            value = tmp_path / f"{name}.npy"
        said += ["--" + name.replace("_", "-"), str(value)]
    columns = ["--format", "pair", "--column", "anchor=anchor", "--column", "positive=positive"]
    fixed = ["convert", str(pairs), "--output-format", "triplet", "-o", str(out), "--work-dir", str(tmp_path / "work")]
    assert cli.run([*fixed, *columns, *said]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert re.search(words, told.err)
    assert told.err.count("\n") == 1
    assert not list(tmp_path.glob("*out*"))
    assert not list(tmp_path.glob("work/*/*.unfinished"))


@pytest.mark.parametrize("case", CASES)
def test_in_python(case):
    rows, options, words = CASES[case]
    columns = {"anchor": [anchor for anchor, _ in rows], "positive": [positive for _, positive in rows]}
    options = {"num_negatives": 3} | options
    with pytest.raises(InputError, match=words) as caught:
        mine_hard_negatives(columns, "lsa", verbose=False, **options)
    assert "\n" not in str(caught.value)


def test_a_work_folder_of_somebody_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "thesis.txt").write_text("mine")
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text("".join(json.dumps({"anchor": a, "positive": p}) + "\n" for a, p in GOOD))
    fixed = ["convert", str(pairs), "--output-format", "triplet", "-o", str(tmp_path / "out.jsonl")]
    assert cli.run([*fixed, "--work-dir", str(tmp_path / "work")]) == 2
    assert "is no work folder of the miner, and not empty" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["thesis.txt"]
    assert not (tmp_path / "out.jsonl").exists()
