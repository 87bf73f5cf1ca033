"""Real data: aeronautics abstracts with graded relevance judgements."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from converters.mining import Selection, assemble, mine
from converters.mining.texts import normalised


@pytest.fixture(scope="module")
def cranfield():
    root = Path(__file__).resolve().parents[2]
    places = [folder / "shared" / "data" / "cranfield" for folder in (root, root.parent)]
    folder = next((place for place in places if place.is_dir()), None)
    if folder is None:
        pytest.skip("the Cranfield collection is not beside the repository")

    def read(name):
        return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]

    corpus = {row["_id"]: f"{row['title']} {row['text']}".strip() for row in read("corpus.jsonl")}
    queries = {row["_id"]: row["text"] for row in read("queries.jsonl")}
    judged = [line.split("\t") for line in (folder / "qrels" / "test.tsv").read_text().splitlines()[1:]]
    return {
        "anchors": [queries[row[0]] for row in judged],
        "positives": [corpus[row[1]] for row in judged],
        "grades": [int(row[2]) for row in judged],
        "corpus": list(corpus.values()),
    }


def test_every_query_gets_negatives_and_none_of_them_is_relevant(cranfield):
    mined = mine(**cranfield, model="lsa", selection=Selection(num_negatives=10))
    assert mined.summary.queries == len(set(cranfield["anchors"]))
    assert mined.found.all()
    assert mined.summary.negative_scores.mean > 0.3  # they are hard: two random abstracts have about 0.05

    known = pc.binary_join_element_wise(*pairs_of_texts(cranfield["anchors"], cranfield["positives"]), "\t")
    triplets = assemble(mined, "triplet")
    found = pc.binary_join_element_wise(*pairs_of_texts(triplets["anchor"], triplets["negative"]), "\t")
    assert len(found) == 10 * mined.summary.pairs
    assert not pc.any(pc.is_in(found, value_set=known)).as_py()


def pairs_of_texts(left, right):
    sides = [side.combine_chunks() if isinstance(side, pa.ChunkedArray) else pa.array(side) for side in (left, right)]
    return [normalised(side) for side in sides]


def test_a_list_for_each_query_with_all_its_grades(cranfield):
    mined = mine(**cranfield, model="lsa", selection=Selection(num_negatives=10))
    table = assemble(mined, "labeled-list", grouped=True)
    assert len(table) == mined.summary.queries
    labels = table["labels"].combine_chunks()
    assert set(labels.values.to_pylist()) == {0, 1, 2, 3, 4}
    assert len(labels.values) == mined.summary.pairs + 10 * mined.summary.queries
    assert pc.equal(pc.list_value_length(table["documents"]), pc.list_value_length(table["labels"])).to_pylist()


def test_the_same_run_gives_the_same_bytes(cranfield):
    options = {"model": "lsa", "selection": Selection(sampling_strategy="random", seed=3, relative_margin=0.05)}
    first, second = mine(**cranfield, **options), mine(**cranfield, **options, block_size=13)
    assert first.negatives.tobytes() == second.negatives.tobytes()
    assert first.negative_scores.tobytes() == second.negative_scores.tobytes()
    assert first.summary == second.summary
