"""The options of `advisor convert` that speak of mining, and what the command says of them."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from advisor import cli
from converters import Mining, Selection, convert

ROWS = 40


@pytest.fixture
def folder(tmp_path):
    """Pairs, and vectors of them: of the anchors, and of the positives beside them."""
    rows = [{"anchor": f"what is number {i}?", "positive": f"this is answer {i} of {i * 7}"} for i in range(ROWS)]
    (tmp_path / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    random = np.random.default_rng(3)
    queries = random.standard_normal((ROWS, 6)).astype(np.float32)
    documents = queries + 0.4 * random.standard_normal((ROWS, 6)).astype(np.float32)
    np.save(tmp_path / "queries.npy", queries)
    pq.write_table(pa.table({"vector": documents.tolist()}), tmp_path / "documents.parquet")
    np.save(tmp_path / "short.npy", queries[:-1])
    np.save(tmp_path / "narrow.npy", queries[:, :4])
    np.save(tmp_path / "nan.npy", np.where(np.arange(ROWS)[:, None] == 7, np.nan, queries))
    (tmp_path / "text.npy").write_text("no matrix")
    return tmp_path


def run(folder, *arguments):
    out = folder / "out.jsonl"
    out.unlink(missing_ok=True)
    fixed = ["convert", str(folder / "pairs.jsonl"), "--output-format", "triplet", "-o", str(out), "--overwrite"]
    status = cli.run([*fixed, "--no-cache", *map(str, arguments)])
    rows = [json.loads(line) for line in out.read_text().splitlines()] if status == 0 else None
    return status, rows


def given(folder, queries="queries.npy", documents="documents.parquet"):
    return ["--query-embeddings", folder / queries, "--corpus-embeddings", folder / documents]


def test_given_embeddings_take_the_place_of_a_model(folder, capsys):
    status, rows = run(folder, *given(folder), "--relative-margin", "0", "--output-scores")
    assert status == 0
    queries = np.load(folder / "queries.npy").astype(np.float64)
    documents = np.array(pq.read_table(folder / "documents.parquet")["vector"].to_pylist())
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    documents /= np.linalg.norm(documents, axis=1, keepdims=True)
    cosines = queries @ documents.T
    for row in rows:
        i, j = (int(row[name].split()[3].strip("?")) for name in ("anchor", "negative"))
        assert row["scores"] == pytest.approx([cosines[i, i], cosines[i, j]], abs=1e-6)
        assert cosines[i, j] < cosines[i, i]
    told = capsys.readouterr()
    assert "given embeddings" in told.out
    assert "LSA" not in told.err
    manifest = json.loads((folder / "out.jsonl.manifest.json").read_text())
    assert manifest["mining"]["model"] == "given embeddings"


def test_one_kind_may_be_given_and_the_model_embed_the_other(folder, capsys):
    status, _ = run(folder, "--query-embeddings", folder / "queries.npy")
    assert status == 2
    assert "they have to be of one length" in capsys.readouterr().err  # LSA's vectors are longer


@pytest.mark.parametrize(
    ("queries", "documents", "words"),
    [
        ("short.npy", "documents.parquet", "query_embeddings has 39 rows for 40 rows"),
        ("queries.npy", "short.npy", "corpus_embeddings has 39 rows for 40 rows"),
        ("narrow.npy", "documents.parquet", "vectors of 4 numbers and corpus_embeddings of 6"),
        ("nan.npy", "documents.parquet", "row 7 has numbers that are not finite"),
        ("text.npy", "documents.parquet", "cannot be read"),
        ("nowhere.npy", "documents.parquet", "is no file"),
        ("pairs.jsonl", "documents.parquet", "no type that holds embeddings"),
    ],
)
def test_embeddings_that_do_not_fit_are_one_line(folder, capsys, queries, documents, words):
    assert run(folder, *given(folder, queries, documents)) == (2, None)
    told = capsys.readouterr().err
    assert words in told
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert not (folder / "out.jsonl").exists()


def test_the_veto_is_an_option(folder, capsys):
    free = ["--relative-margin", "0", *given(folder)]
    _, without = run(folder, *free, "--veto", "none")
    assert json.loads((folder / "out.jsonl.manifest.json").read_text())["mining"].get("veto") is None
    _, vetoed = run(folder, *free, "--veto", "agreement", "--veto-threshold", "0.5")
    mining = json.loads((folder / "out.jsonl.manifest.json").read_text())["mining"]
    assert (mining["veto"], mining["veto_threshold"]) == ("agreement", 0.5)
    assert vetoed != without
    capsys.readouterr()
    assert run(folder, "--veto", "agrement") == (2, None)
    assert capsys.readouterr().err == "error: there is no veto 'agrement': did you mean 'agreement'?\n"
    assert run(folder, "--veto", "agreement", "--veto-threshold", "-1")[0] == 2
    assert "veto_threshold" in capsys.readouterr().err


def test_options_of_mining_where_nothing_is_mined_are_said_to_change_nothing(folder, capsys):
    out = folder / "same.jsonl"
    arguments = ["convert", str(folder / "pairs.jsonl"), "--output-format", "same", "-o", str(out)]
    assert cli.run([*arguments, "--veto", "agreement", "--work-dir", str(folder / "work")]) == 0
    assert "so --work-dir, --veto change nothing" in capsys.readouterr().err
    assert not (folder / "work").exists()


def test_python_takes_the_same(folder):
    settings = {
        "output_format": "triplet",
        "input_format": "pair",
        "columns": {"anchor": "anchor", "positive": "positive"},
    }
    vectors = np.load(folder / "queries.npy")
    mining = Mining(
        selection=Selection(num_negatives=2),
        query_embeddings=vectors,
        corpus_embeddings=folder / "documents.parquet",
        work_dir=folder / "work",
    )
    kept = convert(folder / "pairs.jsonl", mining=mining, **settings)
    assert len(kept) == 2 * ROWS
    assert len(list((folder / "work").glob("embeddings-*"))) == 2
    again = convert(folder / "pairs.jsonl", mining=mining, **settings)
    assert again[:] == kept[:]
