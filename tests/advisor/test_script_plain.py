"""Scripts with a loop in plain PyTorch: they run on transformers alone, and compute what the losses compute."""

import copy
import runpy
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch

import advisor
from advisor.catalogue import LOSSES
from advisor.script import write_script
from advisor.script.plain import has_plain_form
from converters.errors import InputError
from tests.advisor.scripts import DATA, PAIRINGS, clean, measured, run, write, write_for

#: Each loss on each format that it has a plain form for, but those that draw negatives or project on their own.
SAME = [
    (family, name, format)
    for (family, name), loss in LOSSES.items()
    for format in loss.formats
    if format in DATA and has_plain_form(family, name, format)
    if family != "multi-vector-encoder" and (family, name) != ("cross-encoder", "MultipleNegativesRankingLoss")
]


NAMES = ("Encoder", "Reranker", "SparseEncoder")


@pytest.mark.parametrize(("family", "format"), PAIRINGS)
def test_a_plain_script_is_well_formed_and_runs(
    family: str,
    format: str,
    tmp_path: Path,
    tiny_models: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    model = tiny_models[family]
    report = advisor.inspect(write_for(family, format, tmp_path, model))
    code = write_script(report, family=family, model=model, output_dir="out", style="plain")
    assert code == write_script(report, family=family, model=model, output_dir="out", style="plain")
    assert "sentence_transformers" not in code
    clean(code, tmp_path)
    said = run(code, tmp_path, monkeypatch, capsys)
    assert len(measured(said)) == 4  # before, after each of two steps, at the end
    assert (tmp_path / "out" / "final" / "config.json").exists()


@pytest.mark.parametrize(("family", "loss", "format"), SAME)
def test_the_loss_is_that_of_the_class(
    family: str, loss: str, format: str, tmp_path: Path, tiny_models: dict[str, str]
) -> None:
    report = advisor.inspect(write_for(family, format, tmp_path, tiny_models[family]))
    path = tmp_path / "train.py"
    path.write_text(write_script(report, family=family, model=tiny_models[family], style="plain", loss=loss))
    made = runpy.run_path(str(path))
    settings = made["Settings"](dataset=str(tmp_path / f"{format}.parquet"), max_length=64, batch_size=8)
    train, _ = made["load_data"](settings)
    torch.manual_seed(5)
    classes = [len(train.features["label"].names)] if format == "pair-class" else []
    plain = next(value for value in made.values() if isinstance(value, type) and value.__name__ in NAMES)
    model = plain(settings, *classes).eval()
    rows = train[made["batches"](train, settings)[0]]
    more = (1.0,) if family == "sparse-encoder" and LOSSES[family, loss].wrapper is not None else ()
    ours = made["loss_of"](model, rows, *more)
    theirs = of_the_class(family, loss, report, model, rows, classes)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)
    ours.backward()
    assert any(each.grad is not None and each.grad.abs().sum() for each in model.parameters())


def of_the_class(family: str, loss: str, report: Any, plain: Any, rows: dict, classes: list[int]) -> torch.Tensor:
    """What the loss's class makes of the same rows, with a model of the same weights."""
    from sentence_transformers import CrossEncoder, SentenceTransformer, SparseEncoder

    best = next(each for each in report.recommendations[family] if each.loss == loss)
    folder = Path(report.dataset).parent / "same"
    plain.save(folder)
    texts = [value for name, value in rows.items() if name not in ("label", "score", "scores", "labels")]
    label = next((rows[name] for name in ("label", "score", "scores", "labels") if name in rows), None)
    if family == "cross-encoder":
        model = CrossEncoder(str(folder), device="cpu", max_length=64).eval()
        made = best.build(model)
        lists = report.format == "labeled-list"
        return made(texts, [torch.tensor(each) for each in label] if lists else torch.tensor(label))
    model = (SparseEncoder if family == "sparse-encoder" else SentenceTransformer)(str(folder), device="cpu").eval()
    if loss == "SoftmaxLoss":
        module = import_module(best.entry.module)
        made = module.SoftmaxLoss(model, embedding_dimension=32, num_labels=classes[0])
        made.classifier = copy.deepcopy(plain.classifier)
    else:
        made = best.build(model)
    if loss == "DenoisingAutoEncoderLoss":  # what only a decoder has is drawn
        made.decoder.load_state_dict(plain.decoder.state_dict())
    features = [model.preprocess(list(column)) for column in texts]
    value = made.eval()(features, None if label is None else torch.tensor(label))
    return torch.stack(list(value.values())).sum() if isinstance(value, dict) else value


def test_a_stopped_loop_goes_on(
    tmp_path: Path, tiny_models: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    model = tiny_models["sentence-transformer"]
    report = advisor.inspect(write(tmp_path, "pair-score"))
    code = write_script(report, family="sentence-transformer", model=model, output_dir="out", style="plain")
    whole = run(code, tmp_path, monkeypatch, capsys, "--max_steps", "4", "--output", "whole")
    steps: list[int] = []
    step = torch.optim.AdamW.step

    def counted(self: torch.optim.AdamW, *args: object, **kwargs: object) -> object:
        if len(steps) == 2:
            raise KeyboardInterrupt
        steps.append(1)
        return step(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim.AdamW, "step", counted)
        with pytest.raises(KeyboardInterrupt):
            run(code, tmp_path, monkeypatch, capsys, "--max_steps", "4")
    capsys.readouterr()
    rest = run(code, tmp_path, monkeypatch, capsys, "--max_steps", "4")
    assert [line.split(":")[0] for line in rest.splitlines() if line.startswith("step")] == ["step 3", "step 4"]
    assert len(measured(whole)) == len(measured(rest)) + 2
    with pytest.raises(SystemExit, match="another run"):
        run(code, tmp_path, monkeypatch, capsys, "--max_steps", "5")


@pytest.mark.parametrize(
    ("format", "options", "message"),
    [
        ("pair", {"loss": "GISTEmbedLoss"}, "GISTEmbedLoss has no form in plain PyTorch, which asks a guide: leave"),
        ("single", {"loss": "DenoisingAutoEncoderLoss"}, "PyTorch, which would have to damage the texts"),
        ("identical-pair", {"loss": "ContrastiveTensionLossInBatchNegatives"}, "which trains its temperature: leave"),
        ("pair", {"matryoshka": True}, "--matryoshka is for scripts with the trainers"),
        ("pair", {"lora": True}, "--lora is for scripts with the trainers"),
        ("pair", {"teacher": "some/guide"}, "--teacher is for scripts with the trainers"),
    ],
)
def test_what_has_no_plain_form(format: str, options: dict, message: str, tmp_path: Path) -> None:
    report = advisor.inspect(write(tmp_path, format))
    with pytest.raises(InputError, match=message):
        write_script(report, family="sentence-transformer", model="m", style="plain", **options)


def test_a_sparse_encoder_wants_a_masked_language_model(tmp_path: Path, tiny_models: dict[str, str]) -> None:
    report = advisor.inspect(write(tmp_path, "pair"))
    with pytest.raises(InputError, match="starts from a masked language model"):
        write_script(report, family="sparse-encoder", model=tiny_models["sentence-transformer"], style="plain")


def test_prompts_stand_before_the_texts(
    tmp_path: Path, tiny_models: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(tiny_models["sentence-transformer"], tmp_path / "e5-tiny")
    report = advisor.inspect(write(tmp_path, "pair"))
    code = write_script(report, family="sentence-transformer", model="./e5-tiny", output_dir="out", style="plain")
    clean(code, tmp_path)
    run(code, tmp_path, monkeypatch, capsys)
    made = runpy.run_path(str(tmp_path / "train.py"))
    assert made["prompted"]({"anchor": ["a"], "positive": ["b"], "n": [1]}) == {
        "anchor": ["query: a"],
        "positive": ["passage: b"],
        "n": [1],
    }


def test_batches_hold_no_text_twice_and_every_row_once(tmp_path: Path) -> None:
    from datasets import Dataset

    report = advisor.inspect(write(tmp_path, "pair"))
    path = tmp_path / "train.py"
    path.write_text(write_script(report, family="sentence-transformer", model="m", style="plain"))
    made = runpy.run_path(str(path))
    data = Dataset.from_dict({"anchor": [f"q{i // 3}" for i in range(30)], "positive": [f"d{i}" for i in range(30)]})
    plan = made["batches"](data, made["Settings"](batch_size=8, epochs=2))
    assert sorted(row for batch in plan for row in batch) == sorted([*range(30), *range(30)])
    assert all(len({row // 3 for row in batch}) == len(batch) for batch in plan)
    assert plan == made["batches"](data, made["Settings"](batch_size=8, epochs=2))
    assert len(made["batches"](data, made["Settings"](batch_size=8, epochs=0.5))) < len(plan) / 2


def test_ndcg_by_hand() -> None:
    import numpy as np

    from advisor.metrics import ndcg

    scores = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])
    relevant = np.array([[True, False, False], [True, False, False], [False, False, False]])
    assert ndcg(scores, relevant) == pytest.approx((1 + 0.5) / 2)  # 1 / log2(4), and nothing for the third query
    assert ndcg(scores, np.zeros_like(relevant)) == 0.0
    both = np.array([[True, True, False]])
    assert ndcg(np.array([[1.0, 3.0, 2.0]]), both) == pytest.approx((1 + 1 / 2) / (1 + 1 / np.log2(3)))
