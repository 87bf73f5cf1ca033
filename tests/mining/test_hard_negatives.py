import subprocess
import sys

import datasets
import numpy as np
import pandas
import pyarrow as pa
import pytest
from sentence_transformers.util import mine_hard_negatives as reference

from converters.errors import InputError
from converters.mining import mine_hard_negatives
from converters.mining.summary import Distribution

ANSWERS = [
    "Paris is the capital of France.",
    "Lyon is a large city in France.",
    "Berlin is the capital of Germany.",
    "Munich lies in the south of Germany.",
    "Rome is the capital of Italy.",
    "Milan is known for its fashion.",
    "Bread is baked from flour and water.",
    "A cake needs eggs and sugar.",
    "The moon circles the earth.",
    "The earth circles the sun.",
    "Mars is called the red planet.",
    "Pasta is boiled in salted water.",
]
QUESTIONS = [
    "What is the capital of France?",
    "Which French city is large?",
    "What is the capital of Germany?",
    "Where is Munich?",
    "What is the capital of Italy?",
    "What is Milan famous for?",
    "How is bread made?",
    "What goes into a cake?",
    "What circles the earth?",
    "What does the earth circle?",
    "Which planet is red?",
    "How is pasta cooked?",
]
MORE = ["Vienna is the capital of Austria.", "Venus is a planet.", "Rice is cooked in water.", "Cats like fish."]


@pytest.fixture
def pairs():
    return datasets.Dataset.from_dict({"question": QUESTIONS, "answer": ANSWERS})


def plain(dataset):
    return list(dataset)


def about(dataset):
    """Rows whose scores may differ a little: which texts share a batch shows in the last digits."""

    def near(value):
        if isinstance(value, list):
            return [near(each) for each in value]
        return pytest.approx(value, abs=1e-5) if isinstance(value, float) else value

    return [{name: near(value) for name, value in row.items()} for row in dataset]


@pytest.mark.parametrize("output_format", ["triplet", "n-tuple", "labeled-pair", "labeled-list"])
@pytest.mark.parametrize("output_scores", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"num_negatives": 1},
        {"num_negatives": 2, "corpus": MORE, "range_min": 1},
        {"corpus": MORE, "range_max": 16, "relative_margin": 0.3},
        {"corpus": MORE, "range_max": 16, "absolute_margin": 0.4, "min_score": 0.05},
        {"corpus": MORE, "range_max": 16, "max_score": 0.3, "num_negatives": 2, "corpus_prompt": "passage: "},
        {"corpus": MORE, "range_max": 16, "max_score": 0.3, "query_prompt": "query: ", "use_faiss": True},
    ],
)
def test_gives_what_the_reference_gives(pairs, minilm, output_format, output_scores, settings):
    options = {"output_format": output_format, "output_scores": output_scores, "verbose": False} | settings
    ours, theirs = mine_hard_negatives(pairs, minilm, **options), reference(pairs, minilm, **options)
    assert ours.features == theirs.features
    assert plain(ours) == about(theirs)
    assert len(ours) > 0


def test_gives_what_the_reference_gives_with_positives_included(pairs, minilm):
    options = {"include_positives": True, "num_negatives": 4, "verbose": False, "output_scores": True}
    assert plain(mine_hard_negatives(pairs, minilm, **options)) == about(reference(pairs, minilm, **options))


def test_gives_what_the_reference_gives_for_repeated_anchors(minilm):
    repeated = datasets.Dataset.from_dict({"question": QUESTIONS[:6] * 2, "answer": ANSWERS})
    for output_format in ("triplet", "n-tuple", "labeled-pair", "labeled-list"):
        options = {"output_format": output_format, "corpus": MORE, "verbose": False}
        assert plain(mine_hard_negatives(repeated, minilm, **options)) == about(reference(repeated, minilm, **options))


def test_similarity_is_the_cosine_whatever_the_model_prefers(pairs, minilm):
    options = {"verbose": False, "relative_margin": 0.05, "output_scores": True, "num_negatives": 2}
    expected = about(mine_hard_negatives(pairs, minilm, **options))
    before = minilm.similarity_fn_name
    try:
        minilm.similarity_fn_name = "euclidean"
        for use_faiss in (True, False):
            assert plain(mine_hard_negatives(pairs, minilm, use_faiss=use_faiss, **options)) == expected
    finally:
        minilm.similarity_fn_name = before


@pytest.mark.parametrize("output_format", ["triplet", "n-tuple", "labeled-pair", "labeled-list"])
@pytest.mark.parametrize("anchor", ["q", "anchor", "label"])
@pytest.mark.parametrize("positive", ["negative", "negative_1", "scores", "labels", "p"])
def test_any_column_name_works(output_format, anchor, positive):
    data = pandas.DataFrame({anchor: QUESTIONS, positive: ANSWERS})
    mined = mine_hard_negatives(data, "lsa", output_format=output_format, verbose=False)
    assert len(set(mined.column_names)) == len(mined.column_names)
    first = mined[0]
    assert first[mined.column_names[0]] == QUESTIONS[0]
    assert first[mined.column_names[1]] in (ANSWERS[0], [ANSWERS[0], *first[mined.column_names[1]][1:]])
    if (anchor, positive) == ("q", "p"):
        assert mined.column_names[:2] == ["q", "p"]


@pytest.mark.parametrize(
    "make",
    [
        datasets.Dataset.from_dict,
        pandas.DataFrame,
        pa.table,
        lambda data: datasets.Dataset.from_dict({name: values[::-1] for name, values in data.items()}).select(
            range(len(QUESTIONS) - 1, -1, -1)
        ),
        lambda data: datasets.Dataset.from_dict(data).with_format("torch"),
        lambda data: pandas.DataFrame(data).astype("string"),
        lambda data: pandas.DataFrame(data).astype("category"),
    ],
)
def test_takes_datasets_frames_and_tables(make):
    data = {"question": QUESTIONS, "answer": ANSWERS}
    expected = mine_hard_negatives(pa.table(data), "lsa", verbose=False)
    assert isinstance(expected, datasets.Dataset)
    assert mine_hard_negatives(make(data), "lsa", verbose=False)[:] == expected[:]


def test_a_missing_positive_in_a_frame_is_dropped():
    data = pandas.DataFrame({"q": [*QUESTIONS, "Who?"], "p": [*ANSWERS, np.nan]})
    assert "Who?" not in mine_hard_negatives(data, "lsa", verbose=False)["q"]


def test_chooses_the_columns_that_are_left(pairs):
    wide = pairs.add_column("id", list(range(len(pairs))))
    expected = mine_hard_negatives(pairs, "lsa", verbose=False)[:]
    names = {"anchor_column_name": "question", "positive_column_name": "answer"}
    turned = wide.select_columns(["id", "answer", "question"])
    assert mine_hard_negatives(turned, "lsa", verbose=False, **names)[:] == expected
    swapped = pairs.select_columns(["answer", "question"])
    assert mine_hard_negatives(swapped, "lsa", verbose=False, anchor_column_name="question")[:] == expected
    assert mine_hard_negatives(swapped, "lsa", verbose=False, positive_column_name="answer")[:] == expected


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"anchor_column_name": "qestion"},
            "anchor_column_name: there is no column 'qestion'; did you mean 'question'",
        ),
        ({"positive_column_name": "zzz"}, "positive_column_name: there is no column 'zzz'; known: question, answer"),
        ({"anchor_column_name": "answer", "positive_column_name": "answer"}, "both 'answer'"),
        ({"output_format": "ntuple"}, "did you mean 'n-tuple'"),
        ({"num_negatives": 0}, "num_negatives"),
        ({"num_negatives": 12}, "corpus is too small for num_negatives=12: of 12 documents, 11 at most"),
        ({"query_prompt": "query: "}, "'lsa' takes no prompts: leave out query_prompt"),
        ({"corpus_prompt_name": "document"}, "leave out corpus_prompt"),
        ({"faiss_batch_size": 0}, "faiss_batch_size"),
        ({"model": "./no/such/folder"}, "no model folder './no/such/folder'"),
        ({"model": object()}, "'object' cannot embed texts"),
    ],
)
def test_a_wrong_call_is_one_clear_line(pairs, options, words):
    with pytest.raises(InputError, match=words) as caught:
        mine_hard_negatives(pairs, **{"model": "lsa"} | options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        ([("a", "b")], "not a list"),
        (datasets.DatasetDict({"train": datasets.Dataset.from_dict({"a": ["x"], "b": ["y"]})}), "one of 'train'"),
        (datasets.Dataset.from_dict({"a": ["x"]}), "this dataset has 1"),
        (
            datasets.Dataset.from_dict({"a": ["x"], "b": [["y"]]}),
            "column 'b', which is the positive .* has to hold texts",
        ),
        (pandas.DataFrame({"a": ["x"], "b": [{"y": 1}]}), "column 'b', which is the positive .* has to hold texts"),
        (pandas.DataFrame({"a": ["x", "y"], "b": ["z", 3]}), "column 'b', which is the positive .* has to hold texts"),
    ],
)
def test_a_wrong_dataset_is_one_clear_line(dataset, words):
    with pytest.raises(InputError, match=words) as caught:
        mine_hard_negatives(dataset, "lsa")
    assert "\n" not in str(caught.value)


def test_no_qualifying_negative_gives_no_rows_and_the_right_types(pairs):
    mined = mine_hard_negatives(pairs, "lsa", max_score=-0.99, output_scores=True, verbose=False)
    assert len(mined) == 0
    full = mine_hard_negatives(pairs, "lsa", output_scores=True, verbose=False)
    assert mined.features == full.features


def test_says_what_it_did_on_standard_error_only(pairs, capsys):
    mine_hard_negatives(pairs, "lsa", output_format="triplet", include_positives=True)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "n-tuples" in captured.err
    assert "36 negatives for 12 anchors" in captured.err
    mine_hard_negatives(pairs, "lsa", verbose=False)
    assert capsys.readouterr() == ("", "")


def test_the_same_call_gives_the_same_rows_in_another_process(pairs, tmp_path):
    options = {"sampling_strategy": "random", "output_scores": True, "verbose": False, "seed": 5}
    pairs.to_parquet(tmp_path / "pairs.parquet")
    program = (
        "import sys, pandas, hashlib\n"
        "from converters.mining import mine_hard_negatives\n"
        f"mined = mine_hard_negatives(pandas.read_parquet(sys.argv[1]), 'lsa', **{options!r})\n"
        "print(hashlib.sha256(repr(mined[:]).encode()).hexdigest())\n"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / "pairs.parquet")], check=True, capture_output=True, text=True
        ).stdout
        for _ in range(2)
    }
    import hashlib

    mined = mine_hard_negatives(pairs, "lsa", **options)
    assert hashes == {hashlib.sha256(repr(mined[:]).encode()).hexdigest() + "\n"}


def test_importing_the_miner_loads_nothing_heavy():
    program = (
        "import sys, converters.mining, converters.embedding\n"
        "heavy = ('torch', 'transformers', 'sentence_transformers', 'datasets', 'faiss', 'sklearn', 'scipy')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_the_example_in_the_documentation_is_true():
    import doctest
    from importlib import import_module

    assert doctest.testmod(import_module("converters.mining.hard_negatives")) == (0, 3)


def test_describes_more_numbers_than_torch_can():
    numbers = np.zeros(2**24 + 8, dtype=np.float32)
    numbers[:8] = 8
    assert Distribution.of(numbers).maximum == 8
