"""From a dataset to a trained model: prepared after a yes, trained, measured; refused before it starts."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from advisor import training
from advisor.cli import run
from advisor.training import Trained, train
from converters.errors import InputError
from tests.advisor.scripts import ANCHORS, DATA, POSITIVES, write

DENSE = "sentence-transformer"


@pytest.fixture
def instead(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The scripts that would be run: nothing is trained."""
    scripts: list[Path] = []

    def noted(script: Path, max_steps: int | None, choices: Any, note: Any, *, progress: bool) -> Trained:
        scripts.append(script)
        return Trained("ndcg@10", 0.5, 0.75, "out/final")

    monkeypatch.setattr(training, "_run", noted)
    return scripts


def grouped(folder: Path) -> Path:
    """Queries with lists of positives and negatives, which no trainer takes as they are."""
    path = folder / "grouped.jsonl"
    rows = [
        {"query": query, "pos": [POSITIVES[i]], "neg": [POSITIVES[i - 1], POSITIVES[i - 2]]}
        for i, query in enumerate(ANCHORS)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_data_is_prepared_trained_on_and_gone_on_with(
    tmp_path: Path, tiny_models: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = str(grouped(tmp_path)), tmp_path / "run"
    words = ["train", data, "--family", DENSE, "--model", tiny_models[DENSE], "-o", str(out), "--max-steps", "2"]
    assert run(words) == 2  # nobody is there to say yes
    said = capsys.readouterr()
    assert "1. convert" in said.err
    assert "add --yes" in said.err
    assert not out.exists()
    assert run([*words, "--yes", "--json"]) == 0
    said = capsys.readouterr()
    assert "1. convert" in said.err  # what is done unasked is shown as well
    shown = json.loads(said.out)
    assert shown["folder"] == f"{out}/final"
    assert 0 <= shown["before"] <= 1
    assert "before training" in said.err
    assert (out / "final" / "model.safetensors").exists()
    made = (out / "data.parquet").stat().st_mtime_ns
    assert run(words) == 0  # it is prepared, and trained to the end already
    said = capsys.readouterr()
    assert said.out.startswith(f"{shown['metric']}: {shown['before']:.4f} before, {shown['after']:.4f} after")
    assert (out / "data.parquet").stat().st_mtime_ns == made


def test_a_training_that_fails_is_told_in_a_line(
    tmp_path: Path, tiny_models: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"family": DENSE, "model": tiny_models[DENSE], "output_dir": str(tmp_path / "out")}
    monkeypatch.setattr(training, "source_of", lambda choices: "raise SystemExit('error: out of luck')\n")
    with pytest.raises(InputError, match=r"^out of luck$"):  # what a script refuses, it refuses in a line
        train(str(write(tmp_path, "pair")), **settings)
    monkeypatch.setattr(training, "source_of", lambda choices: "raise MemoryError\n")
    with pytest.raises(InputError, match="training failed, as said above"):
        train(str(write(tmp_path, "pair")), **settings)


def test_the_plan_is_asked_about(tmp_path: Path, instead: list[Path], tiny_models: dict[str, str]) -> None:
    plans: list[list[str]] = []
    settings = {"family": DENSE, "model": tiny_models[DENSE], "output_dir": str(tmp_path / "out")}

    def no(plan: list[str]) -> bool:
        plans.append(plan)
        return False

    with pytest.raises(InputError, match="nothing was done"):
        train(str(grouped(tmp_path)), agreed=no, **settings)
    assert not (tmp_path / "out").exists()
    assert "from grouped to" in plans[0][0]
    train(str(grouped(tmp_path)), agreed=lambda plan: True, **settings)
    assert [path.name for path in instead] == ["train.py"]
    assert str(tmp_path / "out" / "data.parquet") in instead[0].read_text()
    train(str(write(tmp_path, "pair")), agreed=no, **{**settings, "output_dir": str(tmp_path / "other")})
    assert len(plans) == 1  # pairs need nothing


def test_what_is_evaluated_on_is_prepared_as_the_data_is(
    tmp_path: Path, instead: list[Path], tiny_models: dict[str, str]
) -> None:
    data, out, plans = grouped(tmp_path), tmp_path / "out", list[list[str]]()
    lines = data.read_text().splitlines()
    data.write_text("\n".join(lines[:120]))
    held = tmp_path / "held.jsonl"
    held.write_text("\n".join(lines[120:]))

    def agreed(plan: list[str]) -> bool:
        plans.append(plan)
        return True

    settings: dict[str, Any] = {"family": DENSE, "model": tiny_models[DENSE], "agreed": agreed}
    for _ in range(2):  # the second time it is prepared already
        train(str(data), output_dir=str(out), evaluation=str(held), **settings)
    ((_, second, _),) = plans
    assert second == f"do the same to {held}, which is evaluated on"
    assert set(pq.read_table(out / "eval.parquet")["anchor"].to_pylist()) == set(ANCHORS[120:])
    assert set(pq.read_table(out / "data.parquet")["anchor"].to_pylist()) == set(ANCHORS[:120])
    assert f'"{out / "eval.parquet"}"' in instead[-1].read_text()
    # What looks like what comes out is taken as it is; what looks like neither is refused before anything is done.
    train(str(data), output_dir=str(tmp_path / "ready"), evaluation=str(out / "eval.parquet"), **settings)
    assert not (tmp_path / "ready" / "eval.parquet").exists()
    other = tmp_path / "other.csv"
    other.write_text("title,number\na,1\nb,2\n")
    with pytest.raises(InputError, match=r"cannot be evaluated on: .* with the columns 'query', 'pos', 'neg'"):
        train(str(data), output_dir=str(tmp_path / "none"), evaluation=str(other), **settings)
    assert not (tmp_path / "none").exists()
    held.write_text("\n".join(lines[130:]))
    train(str(data), output_dir=str(out), evaluation=str(held), **settings)  # another content is prepared anew
    assert set(pq.read_table(out / "eval.parquet")["anchor"].to_pylist()) == set(ANCHORS[130:])


def test_data_leads_to_the_loss_that_is_wanted(
    tmp_path: Path, instead: list[Path], tiny_models: dict[str, str]
) -> None:
    settings = {"family": "cross-encoder", "model": tiny_models["cross-encoder"], "output_dir": str(tmp_path / "out")}
    train(str(write(tmp_path, "triplet")), loss="LambdaLoss", **settings)
    assert "LambdaLoss(" in instead[0].read_text()
    assert pq.read_schema(tmp_path / "out" / "data.parquet").names == ["query", "documents", "labels"]


def test_the_way_that_keeps_the_rows_is_taken(tmp_path: Path, instead: list[Path], tiny_models: dict[str, str]) -> None:
    pairs = DATA["pair"]
    first = [*pairs["anchor"], pairs["anchor"][0]]  # one anchor alone has a low score, too
    rows = pa.table({"sentence1": first, "sentence2": [*pairs["positive"], "so it is not"]})
    scores = [round(0.7 + 0.003 * (each % 97), 3) for each in range(rows.num_rows - 1)]
    pq.write_table(rows.append_column("score", pa.array([*scores, 0.05])), tmp_path / "scored.parquet")
    settings = {"family": DENSE, "model": tiny_models[DENSE], "output_dir": str(tmp_path / "out")}
    train(str(tmp_path / "scored.parquet"), loss="MultipleNegativesRankingLoss", **settings)
    prepared = pq.read_table(tmp_path / "out" / "data.parquet")
    assert (prepared.column_names, prepared.num_rows) == (["anchor", "positive"], rows.num_rows - 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "TripleLoss"}, "did you mean 'TripletLoss'"),
        ({"loss": "SoftmaxLoss"}, "no conversion of pair data leads to what SoftmaxLoss trains on"),
        ({"model": "./nowhere"}, "no folder './nowhere'"),
        ({"batch_size": 1000}, "fewer than a batch of 1000: add rows, or a smaller --batch-size"),
        ({"batch_size": 1}, "2 rows at least"),
        ({"rows": 1}, "no room for a held-out part|fewer than a batch"),
        ({"family": "crossencoder"}, "did you mean 'cross-encoder'"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_it_starts(
    options: dict, message: str, tmp_path: Path, instead: list[Path], tiny_models: dict[str, str]
) -> None:
    path = tmp_path / "pair.parquet"
    pq.write_table(pa.table(DATA["pair"]).slice(0, options.pop("rows", 200)), path)
    with pytest.raises(InputError, match=message):
        train(
            str(path), **{"family": DENSE, "model": tiny_models[DENSE], "output_dir": str(tmp_path / "out"), **options}
        )
    assert not instead
    assert not (tmp_path / "out").exists()


def test_a_teacher_scores_for_a_loss_that_needs_scores(
    tmp_path: Path, instead: list[Path], tiny_models: dict[str, str]
) -> None:
    path, plans = tmp_path / "pair.parquet", list[list[str]]()
    pq.write_table(pa.table(DATA["pair"]).slice(0, 60), path)
    settings: dict[str, Any] = {"family": DENSE, "model": tiny_models[DENSE], "loss": "CosineSimilarityLoss"}
    with pytest.raises(InputError, match=r"trains on pair-score data, which a teacher makes: name it with --teacher"):
        train(str(path), output_dir=str(tmp_path / "out"), **settings)
    assert not (tmp_path / "out").exists()

    def agreed(plan: list[str]) -> bool:
        plans.append(plan)
        return True

    for _ in range(2):  # the teacher is asked once
        train(str(path), output_dir=str(tmp_path / "out"), teacher=tiny_models[DENSE], agreed=agreed, **settings)
    assert len(plans) == 1
    assert f"from pair to pair-score with the teacher {tiny_models[DENSE]}" in plans[0][0]
    made = pq.read_table(tmp_path / "out" / "data.parquet")
    assert (made.column_names, made.num_rows) == (["sentence_a", "sentence_b", "score"], 60)
    assert 0 <= min(made["score"].to_pylist()) < max(made["score"].to_pylist()) <= 1
    assert "CosineSimilarityLoss(model)" in instead[-1].read_text()
    train(str(path), output_dir=str(tmp_path / "out"), teacher=tiny_models["wide"], agreed=agreed, **settings)
    assert len(plans) == 2  # another teacher says something else


def test_a_preparation_that_fails_leaves_no_folder_behind(tmp_path: Path, tiny_models: dict[str, str]) -> None:
    data, out = str(write(tmp_path, "pair")), tmp_path / "new" / "run"
    settings: dict[str, Any] = {"family": DENSE, "model": tiny_models[DENSE], "loss": "CosineSimilarityLoss"}
    with pytest.raises(InputError, match=r"'nobody/teacher' is not on this machine"):
        train(data, output_dir=str(out), teacher="nobody/teacher", **settings)
    assert not out.exists()
    with pytest.raises(InputError, match=r"cannot be written: Not a directory"):
        train(data, output_dir=f"{data}/run", teacher=tiny_models[DENSE], **settings)


def test_a_folder_in_use_is_left_alone(tmp_path: Path, instead: list[Path], tiny_models: dict[str, str]) -> None:
    data, out = str(write(tmp_path, "pair")), tmp_path / "out"
    settings: dict[str, Any] = {"family": DENSE, "model": tiny_models[DENSE], "output_dir": str(out)}
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="holds something else"):
        train(data, **settings)
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]
    (out / "thesis.txt").unlink()
    train(data, **settings)
    train(data, **settings)  # the same run goes on
    train(data, loss="MultipleNegativesSymmetricRankingLoss", **settings)  # nothing has been trained yet
    assert len(instead) == 3
    (out / "final").mkdir()
    with pytest.raises(InputError, match="holds another run"):
        train(data, **settings)
    with pytest.raises(InputError, match="is a file"):
        train(data, **{**settings, "output_dir": data})


def test_what_a_command_mends_is_mended_after_a_yes(
    tmp_path: Path, instead: list[Path], tiny_models: dict[str, str]
) -> None:
    path = tmp_path / "taught.parquet"
    embeddings = list(DATA["text-embedding"]["label"])
    embeddings[5] = embeddings[5][:-1]  # of another length
    pq.write_table(pa.table({"text": POSITIVES, "label": embeddings}), path)
    plans: list[list[str]] = []

    def yes(plan: list[str]) -> bool:
        plans.append(plan)
        return True

    settings = {"family": DENSE, "model": tiny_models[DENSE], "output_dir": str(tmp_path / "out")}
    train(str(path), agreed=yes, **settings)
    assert plans[0][0].startswith(f"mend {path}: LBL012")
    assert pq.read_table(tmp_path / "out" / "data.parquet").num_rows == len(POSITIVES) - 2  # one is all zeros
    assert len(instead) == 1
