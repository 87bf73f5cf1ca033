"""The curve of a training: read from what a checkpoint notes, drawn where there is something to draw with."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from advisor import curves
from advisor.curves import CURVE, History, draw_curve, history_of

NOTED = [
    {"step": 2, "loss": 1.5, "epoch": 0.1},
    {"step": 4, "loss": 0.5, "epoch": 0.2},
    {"step": 4, "eval_ndcg@10": 0.75, "epoch": 0.2},
]


def checkpoint(run: Path, noted: Any, step: int = 4) -> None:
    folder = run / f"checkpoint-{step}"
    folder.mkdir()
    (folder / "trainer_state.json").write_text(noted if isinstance(noted, str) else json.dumps({"log_history": noted}))


def test_the_last_checkpoint_tells_the_loss_and_the_metric(tmp_path: Path) -> None:
    checkpoint(tmp_path, NOTED[:1], step=2)
    checkpoint(tmp_path, NOTED, step=10)
    assert history_of(tmp_path, "ndcg@10") == History(((2, 1.5), (4, 0.5)), ((4, 0.75),))
    assert history_of(tmp_path, "accuracy") == History(((2, 1.5), (4, 0.5)), ())


@pytest.mark.parametrize("noted", ["", "[]", '{"log_history": 3}', '{"log_history": [{"loss": 1.0}]}', "{}"])
def test_what_cannot_be_read_is_no_history(tmp_path: Path, noted: str) -> None:
    checkpoint(tmp_path, noted)
    assert history_of(tmp_path, "ndcg@10") is None
    assert draw_curve(tmp_path, "ndcg@10", 0.5) is None


def test_without_a_checkpoint_nothing_is_drawn(tmp_path: Path) -> None:
    assert history_of(tmp_path, "ndcg@10") is None
    assert draw_curve(tmp_path, "ndcg@10", 0.5) is None


def test_without_matplotlib_nothing_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint(tmp_path, NOTED)
    monkeypatch.setattr(curves, "find_spec", lambda name: None)
    assert draw_curve(tmp_path, "ndcg@10", 0.5) is None
    assert not (tmp_path / CURVE).exists()


@pytest.mark.parametrize(
    ("metric", "best"),
    [("ndcg@10", "best: 0.7500"), ("never_measured", None)],
)
def test_the_curve_is_drawn_into_the_folder_of_the_run(tmp_path: Path, metric: str, best: str | None) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib, which draws the curve, is not installed")
    checkpoint(tmp_path, NOTED)
    assert draw_curve(tmp_path, metric, 0.5, title="ALoss on <data>") == tmp_path / CURVE
    drawn = (tmp_path / CURVE).read_bytes()
    labels = [each.text for each in ElementTree.fromstring(drawn).iter() if each.tag.endswith("}text")]
    assert {f"{metric}, held out", "loss", "step", "before training: 0.5000", "ALoss on <data>"} <= set(labels)
    assert [each for each in labels if each and each.startswith("best")] == ([best] if best else [])
    assert draw_curve(tmp_path, metric, 0.5, title="ALoss on <data>") is not None
    assert (tmp_path / CURVE).read_bytes() == drawn  # the same history, the same file
    assert sorted(each.name for each in tmp_path.iterdir()) == ["checkpoint-4", CURVE]


def test_a_training_that_made_the_model_worse_is_drawn_as_it_is(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib, which draws the curve, is not installed")
    from advisor.curves import figure_of

    figure = figure_of(History((), ((2, 0.7), (4, float("nan")))), "ndcg@10", 0.9)
    above, below = figure.axes
    assert list(above.lines[0].get_xdata()) == [0, 2, 4]
    assert [each.get_text() for each in above.texts] == ["before training: 0.9000"]
    assert not below.lines
