"""Mining as people come to it: with whatever data lies at hand, and reading what they are told."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from datasets import Dataset

from advisor import cli
from converters.errors import InputError
from converters.mining import Selection, Workspace, mine, mine_hard_negatives
from converters.mining.cache import prune

PAIRS = {"question": ["red apple", "blue bird"], "answer": ["an apple is red", "a bird is blue"]}
TEXTS = ["a red wall", "a blue wall", "grass"]


def negatives(corpus, **options):
    rows = mine_hard_negatives(PAIRS, "lsa", corpus=corpus, num_negatives=4, verbose=False, **options)
    return sorted(set(rows["negative"]) - set(PAIRS["answer"]))


@pytest.mark.parametrize(
    "corpus",
    [
        {"text": TEXTS},
        {"id": [1, 2, 3], "text": TEXTS, "title": ["x", "y", "z"]},
        {"id": [1, 2, 3], "passage": TEXTS},
        Dataset.from_dict({"text": TEXTS}),
        Dataset.from_dict({"id": [1, 2, 3], "passage": TEXTS}),
        Dataset.from_dict({"text": TEXTS})["text"],
        pd.DataFrame({"id": [1, 2, 3], "text": TEXTS}),
        pa.table({"text": TEXTS}),
        pd.Series(TEXTS),
        np.array(TEXTS),
        tuple(TEXTS),
        set(TEXTS),
        (text for text in TEXTS),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_corpus_is_taken_in_any_shape(corpus):
    assert negatives(corpus) == sorted(TEXTS)


@pytest.mark.parametrize(
    ("corpus", "words"),
    [
        ({"title": TEXTS, "body": TEXTS}, "corpus has to have one column of texts.*'title', 'body'"),
        ({"id": [1, 2]}, "corpus has to have one column of texts.*none"),
        (Dataset.from_dict({"id": [1, 2]}), "corpus has to have one column of texts.*none"),
        ({"train": Dataset.from_dict({"text": TEXTS})}, "mining takes one split"),
    ],
)
def test_a_corpus_whose_texts_nothing_names_is_refused(corpus, words):
    with pytest.raises(InputError, match=words):
        negatives(corpus)


def test_a_set_of_texts_is_the_same_corpus_whatever_order_it_comes_in():
    texts = [f"wall {letter}" for letter in "fbdaec"]

    class Shuffled(set):
        order = texts

        def __iter__(self):
            return iter(self.order)

    forward, backward = Shuffled(texts), Shuffled(texts)
    backward.order = texts[::-1]
    rows = [mine_hard_negatives(PAIRS, "bm25", corpus=each, verbose=False)[:] for each in (forward, backward)]
    assert rows[0] == rows[1]


def test_embeddings_of_one_side_without_a_model_name_the_other():
    with pytest.raises(InputError, match=r"without a model all embeddings have to be given.*corpus_embeddings"):
        mine_hard_negatives(PAIRS, None, query_embeddings=np.eye(2), num_negatives=1, verbose=False)


def test_documents_that_are_no_candidates_are_not_called_dropped_rows():
    spelled = {"question": ["red", "blue", "green", "green"], "answer": ["Wine", "wine ", "Grass", "Grass"]}
    mined = mine(spelled["question"], spelled["answer"], corpus=["  ", "sand", "sea"], model="bm25")
    told = str(mined.summary).splitlines()
    assert "dropped 1 row: repeated_pair" in told
    assert "dropped 1 document: same_document" in told
    assert "dropped 1 document: blank_document" in told
    assert not [line for line in told if line.startswith("dropped") and "rows" in line]
    assert mined.summary.pairs == 3  # the pair whose answer is spelled otherwise is there


def test_one_of_a_kind_is_no_plural():
    def told(anchors, positives):
        mined = mine(anchors, positives, corpus=["sky", "sea"], model="bm25", selection=Selection(num_negatives=1))
        return str(mined.summary)

    assert "skipped 1 candidate: known_positive" in told(["red wine"], ["wine"])
    assert "skipped 2 candidates: known_positive" in told(["red wine"] * 2, ["wine", "red"])


class Slow:
    """A model that is interrupted at its first or second portion."""

    name = "slow"

    def __init__(self, patience):
        self.patience = patience

    def identity(self, kind):
        return {"kind": kind}

    def encode(self, texts, **options):
        if self.patience == 0:
            raise KeyboardInterrupt
        self.patience -= 1
        return np.array([[1.0, float(len(text))] for text in texts], dtype=np.float32)


@pytest.mark.parametrize("patience", [0, 1])
def test_an_interrupted_run_says_that_work_is_kept_only_where_some_is(tmp_path, patience):
    with pytest.raises(KeyboardInterrupt) as stopped:
        mine_hard_negatives(PAIRS, Slow(patience), num_negatives=1, verbose=False, cache_folder=tmp_path / "work")
    kept = [path for path in (tmp_path / "work").rglob("*") if path.name.startswith("vectors")]
    assert bool(kept) == bool(patience)
    assert bool(getattr(stopped.value, "__notes__", [])) == bool(patience)


@pytest.mark.parametrize("more", [{"older_than": 60.0}, {"max_size": 1000}])
def test_all_and_a_part_of_it_contradict(tmp_path, more):
    with Workspace(tmp_path / "work") as workspace:
        workspace.stage("scores", {}).finish()
    with pytest.raises(InputError, match="--all removes everything"):
        prune(tmp_path / "work", everything=True, **more)
    assert len(list((tmp_path / "work").glob("scores-*"))) == 1


def test_an_object_that_says_what_it_is_embeds_each_text_once(tmp_path):
    options = {"num_negatives": 1, "verbose": False, "cache_folder": tmp_path / "work"}
    rows = mine_hard_negatives(PAIRS, Slow(9), **options)[:]
    assert mine_hard_negatives(PAIRS, Slow(0), **options)[:] == rows
    with pytest.raises(KeyboardInterrupt):  # asked for other vectors, it has to make them
        mine_hard_negatives(PAIRS, Slow(0), query_prompt="query: ", **options)


def test_an_object_that_does_not_tell_is_never_kept(tmp_path):
    class Silent(Slow):
        def identity(self, kind):
            return None

    options = {"num_negatives": 1, "verbose": False, "cache_folder": tmp_path / "work"}
    mine_hard_negatives(PAIRS, Silent(9), **options)
    with pytest.raises(KeyboardInterrupt):
        mine_hard_negatives(PAIRS, Silent(0), **options)


@pytest.fixture
def told(tmp_path, capsys):
    """What `advisor convert` says on standard error beside what it writes."""
    rows = [{"anchor": f"what is number {i}", "positive": f"it is {i} and no other"} for i in range(11)]
    rows.append({"anchor": "zebra", "positive": "quagga"})
    (tmp_path / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    np.save(tmp_path / "vectors.npy", np.eye(12, dtype=np.float32) + 0.1)

    def run(*arguments):
        vectors = str(tmp_path / "vectors.npy")
        given = [vectors if each == "VECTORS" else each for each in arguments]
        out = ["-o", str(tmp_path / "out.parquet"), "--overwrite", "--no-cache"]
        assert cli.run(["convert", str(tmp_path / "pairs.jsonl"), "--output-format", "triplet", *out, *given]) == 0
        return capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--veto", "none", "--veto-threshold", "0.5"], "there is no veto, so --veto-threshold changes nothing"),
        (["--margin-from", "lowest"], "there is no margin, so --margin-from changes nothing"),
        (
            ["--model", "lsa", "--query-embeddings", "VECTORS", "--corpus-embeddings", "VECTORS"],
            "all embeddings are given, so --model changes nothing",
        ),
    ],
)
def test_an_option_that_others_leave_without_a_meaning_is_named(told, arguments, words):
    assert words in told(*arguments)
    assert "changes nothing" not in told(*arguments, "--quiet")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--veto-threshold", "0.5"],
        ["--margin-from", "lowest", "--relative-margin", "0"],
        ["--model", "bm25"],
    ],
)
def test_an_option_that_counts_is_not(told, arguments):
    assert "changes nothing" not in told(*arguments)


@pytest.mark.parametrize(
    ("anchors", "positives", "words"),
    [
        ([], [], r"there is no pair to mine for: the dataset has no rows"),
        (["", " "], ["x", "y"], r"of 2 rows, 2 lack an anchor$"),
        (["", "x"], ["x", None], r"of 2 rows, 1 lack an anchor, 1 lack a positive$"),
    ],
)
def test_what_makes_no_pair_is_said_in_words(anchors, positives, words):
    with pytest.raises(InputError, match=words):
        mine_hard_negatives({"q": anchors, "a": positives}, "lsa", verbose=False)


def test_a_column_that_nobody_named_may_be_the_wrong_one():
    numbered = {"id": [1, 2], **PAIRS}
    with pytest.raises(InputError, match=r"column 'id', which is the anchor unless anchor_column_name says otherwise"):
        mine_hard_negatives(numbered, "lsa", verbose=False)
    with pytest.raises(InputError, match=r"column 'id' has to hold texts"):
        mine_hard_negatives(numbered, "lsa", "question", "id", verbose=False)
    rows = mine_hard_negatives(numbered, "lsa", "question", "answer", num_negatives=1, verbose=False)
    assert rows.column_names == ["question", "answer", "negative"]


def test_the_summary_names_what_gave_the_scores():
    class Teacher:
        def predict(self, pairs, **options):
            return np.array([float(len(document)) for _, document in pairs], dtype=np.float32)

    mined = mine(PAIRS["question"], PAIRS["answer"], corpus=TEXTS, model="bm25", cross_encoder=Teacher())
    assert "with bm25 and Teacher" in str(mined.summary)
    assert "with bm25\n" in str(mine(PAIRS["question"], PAIRS["answer"], corpus=TEXTS, model="bm25").summary)


@pytest.mark.parametrize(
    ("options", "argument"),
    [({"use_multi_process": True}, "--processes"), ({"corpus_prompt": "x: "}, "--corpus-prompt")],
)
def test_what_the_embedded_encoder_has_no_use_for_goes_by_its_name_on_the_command_line_too(options, argument):
    with pytest.raises(InputError, match=rf"leave out .*\({argument}\)"):
        mine_hard_negatives(PAIRS, "lsa", verbose=False, **options)


def test_anchors_without_negatives_are_among_the_rejects(told, tmp_path):
    told("--min-score", "0.001", "--veto", "none", "--rejects", str(tmp_path / "rejects.csv"))
    rows = parquet.read_table(tmp_path / "out.parquet")
    assert len(set(rows["anchor"].to_pylist())) == 11  # the zebra is like nothing else
    left = pd.read_csv(tmp_path / "rejects.csv")
    assert left["reason"].tolist() == ["no negative passed the filters"]
    assert "zebra" in left["values"][0].lower()
