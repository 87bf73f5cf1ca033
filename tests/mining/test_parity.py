"""`mine_hard_negatives` beside sentence-transformers' function of that name: the same arguments, the same rows."""

import contextlib
import inspect
import itertools
import zlib

import datasets
import numpy as np
import pandas
import pyarrow as pa
import pyarrow.parquet
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sentence_transformers.util import mine_hard_negatives as reference

from converters.errors import InputError
from converters.mining import mine_hard_negatives

FORMATS = ("triplet", "n-tuple", "labeled-pair", "labeled-list")


class Model:
    """As much of a sentence-transformers model as the reference needs; every text has a vector of its own."""

    device = torch.device("cpu")

    def __init__(self, dimensions=16):
        self.dimensions = dimensions

    def encode_query(self, inputs, normalize_embeddings=False, prompt=None, prompt_name=None, **options):
        rows = [
            np.random.default_rng(zlib.crc32(f"{prompt or prompt_name or ''}{text}".encode())).standard_normal(
                self.dimensions
            )
            for text in inputs
        ]
        vectors = np.array(rows, dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    encode_document = encode_query

    def similarity(self, left, right):
        return torch.as_tensor(left) @ torch.as_tensor(right).T

    def similarity_pairwise(self, left, right):
        return (torch.as_tensor(left) * torch.as_tensor(right)).sum(-1)

    def get_embedding_dimension(self):
        return self.dimensions


def near(value):
    if isinstance(value, list):
        return [near(each) for each in value]
    return pytest.approx(value, abs=1e-5) if isinstance(value, float) else value


def rows_of(dataset):
    return list(dataset)


def about(dataset):
    """Rows whose scores may differ a little: which texts share a batch shows in the last digits."""
    return [{name: near(value) for name, value in row.items()} for row in dataset]


def both(data, model, **options):
    """Our rows and theirs, of the same call."""
    dataset = datasets.Dataset.from_dict(data)
    with contextlib.redirect_stdout(None):
        theirs = reference(dataset, model, verbose=False, **options)
    return mine_hard_negatives(dataset, model, verbose=False, **options), theirs


def test_takes_all_arguments_of_the_reference_in_its_order():
    ours, theirs = inspect.signature(mine_hard_negatives).parameters, inspect.signature(reference).parameters
    assert list(ours)[: len(theirs)] == list(theirs)
    more = list(ours.values())[len(theirs) :]
    assert {each.kind for each in more} == {inspect.Parameter.KEYWORD_ONLY}
    different = {name for name in theirs if ours[name].default != theirs[name].default}
    assert different == {"use_faiss"}  # a matter of speed here: the rows are the same


def pairs(count, of_each=1):
    return {
        "question": [f"question {i // of_each}" for i in range(count)],
        "answer": [f"answer {i}" for i in range(count)],
    }


CORPUS = [f"document {i}" for i in range(60)]

#: Settings under which the reference does what its documentation says, for data with one positive an anchor.
SETTINGS = [
    {},
    {"num_negatives": 1},
    {"num_negatives": 7, "range_min": 4},
    {"corpus": CORPUS, "range_min": 10, "range_max": 20},
    {"corpus": CORPUS, "absolute_margin": 0.0},
    {"corpus": CORPUS, "absolute_margin": 0.05, "num_negatives": 1},
    {"corpus": CORPUS, "relative_margin": 0.05},
    {"corpus": CORPUS, "relative_margin": 0.2, "absolute_margin": 0.02, "num_negatives": 1},
    {"corpus": CORPUS, "max_score": 0.2, "range_max": 100},
    {"corpus": CORPUS, "min_score": 0.3, "range_min": 1},
    {"corpus": CORPUS, "max_score": 0.4, "min_score": 0.0, "relative_margin": 0.05, "num_negatives": 4},
    {"corpus": CORPUS, "query_prompt": "query: ", "corpus_prompt": "passage: "},
    {"corpus": CORPUS, "query_prompt_name": "ask", "corpus_prompt_name": "answer"},
    {"corpus": CORPUS, "batch_size": 3, "faiss_batch_size": 5},
    {"corpus": CORPUS, "as_triplets": True},
    {"corpus": CORPUS, "as_triplets": False},
    {"corpus": CORPUS, "margin": 0.2},
    {"corpus": CORPUS, "include_positives": True, "num_negatives": 6},
]


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize("options", SETTINGS, ids=lambda options: ",".join(options) or "defaults")
def test_gives_the_rows_of_the_reference(output_format, options):
    options = {"output_format": output_format, **options}
    for scores, use_faiss in ((False, False), (True, True)):
        ours, theirs = both(pairs(40), Model(), output_scores=scores, use_faiss=use_faiss, **options)
        assert ours.features == theirs.features
        assert rows_of(ours) == about(theirs)
        assert len(ours) > 0


@pytest.mark.parametrize("output_format", FORMATS)
def test_gives_the_rows_of_the_reference_for_several_positives(output_format):
    for options in ({}, {"corpus": CORPUS, "num_negatives": 5}, {"corpus": CORPUS, "min_score": 0.2}):
        ours, theirs = both(pairs(40, of_each=4), Model(), output_format=output_format, output_scores=True, **options)
        assert rows_of(ours) == about(theirs)


class CrossEncoder:
    """Scores a pair by its texts alone."""

    def predict(self, inputs, batch_size=32, convert_to_tensor=False, convert_to_numpy=True, pool=None, **options):
        scores = np.array([zlib.crc32("\t".join(each).encode()) / 2**32 for each in inputs], dtype=np.float32)
        return torch.from_numpy(scores) if convert_to_tensor else scores


def test_gives_the_negatives_of_the_reference_with_a_cross_encoder():
    # The range takes everything in: where a positive is not among the first, the reference looks one rank too far.
    options = {"corpus": CORPUS, "max_score": 0.6, "num_negatives": 3, "range_max": 90, "output_scores": True}
    ours, theirs = both(pairs(30), Model(), cross_encoder=CrossEncoder(), output_format="labeled-list", **options)
    assert rows_of(ours) == about(theirs)
    assert len(ours) > 20


@st.composite
def problems(draw):
    count = draw(st.integers(4, 30))
    more = draw(st.integers(0, 30))
    data = pairs(count)
    if draw(st.booleans()):
        order = draw(st.permutations(range(count)))
        data["answer"] = [data["answer"][i] for i in order]
    options = {"num_negatives": draw(st.integers(1, 3)), "output_format": draw(st.sampled_from(FORMATS))}
    if more:
        options["corpus"] = CORPUS[:more]
    if draw(st.booleans()):
        options["output_scores"] = True
    margin = draw(st.sampled_from(["none", "absolute_margin", "relative_margin", "max_score", "min_score"]))
    if margin != "none":
        options[margin] = draw(st.sampled_from([0.0, 0.05, 0.25]))
    if margin == "max_score":  # see above
        options["range_max"] = 100
    if margin in ("none", "min_score"):
        options["range_min"] = draw(st.integers(0, 3))
    return data, options, draw(st.integers(2, 8))


@settings(max_examples=60)
@given(problem=problems())
def test_gives_the_rows_of_the_reference_for_any_small_corpus(problem):
    data, options, dimensions = problem
    documents = len({*data["answer"], *options.get("corpus", ())})
    if documents - 1 - options.get("range_min", 0) < options["num_negatives"]:
        with pytest.raises(InputError, match="too small"):
            mine_hard_negatives(data, Model(dimensions), verbose=False, **options)
        return
    ours, theirs = both(data, Model(dimensions), **options)
    assert rows_of(ours) == about(theirs)
    if len(theirs):  # without rows, theirs has columns of type null
        assert ours.features == theirs.features


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize("options", [{}, {"relative_margin": 0.05}, {"max_score": 0.3, "range_min": 0}], ids=str)
def test_gives_the_rows_of_the_reference_with_a_real_model(minilm, output_format, options):
    topics = ["the capital of France", "how bread is baked", "the red planet", "a cat on a mat", "stock prices fell"]
    data = {
        "question": [f"what is known about {topic}, part {i}?" for topic, i in itertools.product(topics, range(4))],
        "answer": [f"{topic} is described in chapter {i + 3}" for topic, i in itertools.product(topics, range(4))],
    }
    ours, theirs = both(data, minilm, output_format=output_format, output_scores=True, num_negatives=2, **options)
    assert ours.features == theirs.features
    assert rows_of(ours) == about(theirs)


def test_older_names_say_what_they_mean_now(capsys):
    options = {"corpus": CORPUS, "num_negatives": 2}
    scored = mine_hard_negatives(pairs(9), Model(), output_format="n-tuple-scores", **options)
    assert scored.column_names == ["question", "answer", "negative_1", "negative_2", "scores"]
    mine_hard_negatives(pairs(9), Model(), as_triplets=False, margin=0.1, **options)
    said = capsys.readouterr().err
    for words in ("n-tuple-scores is the older way", "as_triplets is the older way", "margin is the older name"):
        assert words in said


@pytest.mark.parametrize("devices", [True, ["cpu", "cpu"]])
def test_several_processes_are_started_and_ended_for_both_models(devices):
    log = []

    class Pooled:
        def start_multi_process_pool(self, target_devices=None):
            log.append(("start", type(self).__name__, target_devices))
            return {"processes": target_devices or ["cpu"] * 4, "owner": type(self).__name__}

        def stop_multi_process_pool(self, pool):
            log.append(("stop", pool["owner"]))

    class Embeds(Pooled, Model):
        def encode_query(self, inputs, pool=None, **options):
            assert pool["owner"] == "Embeds"
            return super().encode_query(inputs, **options)

        encode_document = encode_query

    class Scores(Pooled, CrossEncoder):
        def predict(self, inputs, pool=None, **options):
            assert pool["owner"] == "Scores"
            return super().predict(inputs, **options)

    options = {"corpus": CORPUS, "verbose": False, "relative_margin": 0.1}
    mined = mine_hard_negatives(
        pairs(20), Embeds(), cross_encoder=Scores(), use_multi_process=devices, output_scores=True, **options
    )
    target = None if devices is True else devices
    assert log == [("start", "Embeds", target), ("stop", "Embeds"), ("start", "Scores", target), ("stop", "Scores")]
    alone = mine_hard_negatives(pairs(20), Model(), cross_encoder=CrossEncoder(), output_scores=True, **options)
    assert rows_of(mined) == about(alone)


def test_takes_files_and_columns(tmp_path):
    data = pairs(20)
    expected = mine_hard_negatives(datasets.Dataset.from_dict(data), Model(), verbose=False)[:]
    pandas.DataFrame(data).to_csv(tmp_path / "pairs.csv", index=False)
    pandas.DataFrame(data).to_json(tmp_path / "pairs.jsonl", orient="records", lines=True)
    pa.parquet.write_table(pa.table(data), tmp_path / "pairs.parquet")
    for each in (data, *sorted(tmp_path.iterdir()), str(tmp_path / "pairs.csv")):
        assert mine_hard_negatives(each, Model(), verbose=False)[:] == expected
    several = tmp_path / "several"
    several.mkdir()
    for split in ("train", "test"):
        pandas.DataFrame(data).to_csv(several / f"{split}.csv", index=False)
    for wrong, words in (
        (tmp_path / "none.csv", "none.csv"),
        (several, "mining takes one split"),
        ({"question": ["a"], "answer": [3]}, "column 'answer'.* has to hold texts"),
        ({"question": ["a"]}, "this dataset has 1"),
        (3, "not a int"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            mine_hard_negatives(wrong, Model(), verbose=False)
        assert "\n" not in str(caught.value)
