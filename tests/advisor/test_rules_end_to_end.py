"""From files to recommendations: through Python, and through the command in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import advisor
from advisor.catalogue import LOSSES, PARTS
from advisor.catalogue.docstrings import told_of
from converters.errors import InputError

QUESTIONS = [f"where does ferry number {i} leave from?" for i in range(600)]
PASSAGES = [
    f"Ferry {i} leaves from the northern pier of the old harbour every day but Sunday, at {i % 12} past noon, and "
    "takes about an hour to the island, where buses wait."
    for i in range(600)
]


def write(folder: Path, name: str, **columns: list) -> str:
    path = folder / name
    pq.write_table(pa.table(columns), path)
    return str(path)


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "advisor", *arguments], capture_output=True, text=True)


@pytest.fixture
def model(tmp_path: Path) -> str:
    folder = tmp_path / "e5-small"
    folder.mkdir()
    shape = {"model_type": "bert", "hidden_size": 384, "num_hidden_layers": 12, "vocab_size": 30522}
    (folder / "config.json").write_text(json.dumps({**shape, "architectures": ["BertForMaskedLM"]}))
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 24}))
    return str(folder)


def test_facts_are_measured_on_the_data(tmp_path: Path) -> None:
    path = write(tmp_path, "qa.parquet", question=QUESTIONS, answer=PASSAGES[:300] * 2)
    facts = advisor.inspect(path).facts
    assert facts.format == "pair"
    assert facts.questions == 1.0
    assert facts.asymmetric
    assert not facts.symmetric
    assert facts.repeated_positives == pytest.approx(0.5)
    assert facts.repeated_anchors == 0
    assert facts.close_pairs == 0
    assert len(facts.text_tokens) == 2
    assert 20 < facts.text_tokens[1] < 80


def test_labels_are_measured_on_the_data(tmp_path: Path) -> None:
    pairs = {"sentence1": PASSAGES, "sentence2": PASSAGES[1:] + PASSAGES[:1]}
    ends = advisor.inspect(
        write(tmp_path, "ends.parquet", **pairs, score=[(i % 2) * 0.9 + i % 7 / 90 for i in range(600)])
    )
    assert ends.facts.extremes == 1.0
    high = advisor.inspect(write(tmp_path, "high.parquet", **pairs, score=[0.8 + i / 3500 for i in range(600)]))
    assert high.facts.quantiles[0] > 0.8
    assert high.facts.extremes == 0
    documents = [[one, other, "nothing"] for one, other in zip(PASSAGES, PASSAGES[::-1], strict=True)]
    labels = [[1, 0, 0]] * 450 + [[0, 0, 0]] * 150
    lists = advisor.inspect(write(tmp_path, "lists.parquet", query=QUESTIONS, documents=documents, labels=labels)).facts
    assert (lists.flat_lists, lists.one_positive, lists.longest_list) == (0.25, 0.75, 3)
    triplets = {"query": QUESTIONS, "positive": PASSAGES, "negative": PASSAGES[::-1]}
    scores = [[9.5, 3.25]] * 480 + [[3.5, 9.25]] * 120
    taught = advisor.inspect(write(tmp_path, "scores.parquet", **triplets, scores=scores)).facts
    assert taught.format == "triplet-scores"
    assert taught.turned == pytest.approx(0.2)


def test_the_command_hears_task_family_and_model(tmp_path: Path, model: str) -> None:
    path = write(tmp_path, "qa.parquet", question=QUESTIONS, answer=PASSAGES)
    done = command(
        "inspect", path, "--task", "retrieval", "--family", "sentence-transformer", "--model", model, "--json"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["recommendations"]
    assert found["cross-encoder"] == found["sparse-encoder"] == []
    best = found["sentence-transformer"][0]
    assert best["loss"] == "MultipleNegativesRankingLoss"
    assert best["evaluator"] == "InformationRetrievalEvaluator"
    assert best["metric"] == "cosine_ndcg@10"
    assert best["prompts"] == {"anchor": "query: ", "positive": "passage: "}
    assert best["trainer"]["warmup_steps"] == 0.1
    assert any("the model reads 24" in each for each in best["warnings"])
    assert any("GB of memory" in each for each in best["reasons"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--task", "retreival"], "did you mean 'retrieval'"),
        (["--task", "world peace"], "known: retrieval, similarity"),
        (["--model", "./nowhere"], "no folder"),
    ],
)
def test_what_the_command_refuses(tmp_path: Path, options: list[str], message: str) -> None:
    path = write(tmp_path, "qa.parquet", question=QUESTIONS, answer=PASSAGES)
    done = command("inspect", path, *options)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_python_refuses(tmp_path: Path) -> None:
    path = write(tmp_path, "qa.parquet", question=QUESTIONS, answer=PASSAGES)
    for arguments in ({"task": "x"}, {"family": "cross"}, {"model": "./nowhere"}):
        with pytest.raises(InputError):
            advisor.inspect(path, **arguments)


def test_the_command_checks_against_a_model(tmp_path: Path, model: str) -> None:
    path = write(tmp_path, "qa.parquet", question=QUESTIONS, answer=PASSAGES)
    done = command("check", path, "--loss", "GISTEmbedLoss", "--model", model)
    assert done.returncode == 0
    assert done.stdout.startswith("yes")
    done = command("check", path, "--loss", "LambdaLoss", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["obstacles"][0]["mend"].startswith("advisor convert ")


def test_the_data_and_the_task_reach_the_loss_that_is_built(tmp_path: Path, tiny_models: dict[str, str]) -> None:
    from sentence_transformers import SparseEncoder

    path = write(tmp_path, "alike.parquet", anchor=PASSAGES, positive=PASSAGES[1:] + PASSAGES[:1])
    for start, wrapper in (("sparse-encoder", "SpladeLoss"), ("wide", "CSRLoss")):
        report = advisor.inspect(path, model=tiny_models[start])
        best = report.best("sparse-encoder")
        assert best.entry.wrapper == wrapper
        assert type(best.build(SparseEncoder(tiny_models[start], device="cpu"))).__name__ == wrapper


def test_every_loss_is_explained_without_torch() -> None:
    for entry in (*LOSSES.values(), *PARTS.values()):
        told = told_of(entry)
        assert told is not None
        assert told.summary
        assert told.formulas, entry.name
        assert told.arguments, entry.name
        assert ":func:" not in "".join(told.paragraphs)
    done = command("losses", "LambdaLoss")
    assert "\\log_2" in done.stdout
    assert "RankNetLoss is this loss without weights" in " ".join(done.stdout.split())
    found = json.loads(command("losses", "LambdaLoss", "--json").stdout)["losses"][0]
    assert found["formulas"]
    assert found["neighbours"]
    assert "sigma" in found["constructor"]
    code = "from advisor.cli import run; run(['losses', 'LambdaLoss']); import sys; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
    assert "did you mean 'LambdaLoss'" in command("losses", "LambadLoss").stderr
