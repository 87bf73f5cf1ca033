"""The curve of a training: the loss and the metric over its steps, drawn into the folder of the run."""

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from advisor.checkpoints import last_checkpoint
from converters.writing.whole import whole_file

#: What the file is called.
CURVE = "curve.svg"

Points = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class History:
    """What a training went through.

    Attributes:
        losses: the loss, with the step.
        measured: the metric on the held-out part, with the step.
    """

    losses: Points
    measured: Points


def history_of(folder: Path, metric: str) -> History | None:
    """What the last checkpoint of a run has noted; None where there is none that can be read.

    Args:
        folder: the folder of the run.
        metric: the metric, as the evaluator names it.
    """
    checkpoint = last_checkpoint(folder)
    if checkpoint is None:
        return None
    try:
        state = json.loads((Path(checkpoint) / "trainer_state.json").read_text(encoding="utf-8"))
        noted = [each for each in state["log_history"] if isinstance(each, dict)]
        return History(_points(noted, "loss"), _points(noted, f"eval_{metric}"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _points(noted: list[dict[str, Any]], name: str) -> Points:
    return tuple((int(each["step"]), float(each[name])) for each in noted if name in each)


def draw_curve(folder: Path, metric: str, before: float) -> Path | None:
    """Draws the curve of a run into its folder; None where there is nothing to draw, or nothing to draw with.

    Args:
        folder: the folder of the run.
        metric: the metric, as the evaluator names it.
        before: the metric before training.
    """
    found = history_of(folder, metric) if find_spec("matplotlib") is not None else None
    if found is None or not (found.losses or found.measured):
        return None
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    FigureCanvasSVG(figure)
    left = figure.subplots()
    left.plot(*zip(*found.losses, strict=True), color="#b9c4cb") if found.losses else None
    left.set_xlabel("step")
    left.set_ylabel("loss")
    right = left.twinx()
    steps, values = zip((0, before), *(each for each in found.measured if each[0] > 0), strict=True)
    right.plot(steps, values, color="#1b6e8c", marker="o")
    right.set_ylabel(metric, color="#1b6e8c")
    path = folder / CURVE
    with whole_file(path) as temporary:
        figure.savefig(temporary, format="svg", metadata={"Date": None})
    return path
