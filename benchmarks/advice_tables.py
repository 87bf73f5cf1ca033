"""What the trainings of the advice benchmark come to: rank, regret and gain, as tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev
from typing import Any

#: How a training was set up: as recommended, or as somebody without advice would do it.
ADVISED, UNADVISED = "advised", "unadvised"


@dataclass(frozen=True)
class Contestant:
    """A loss and what it came to over the seeds.

    Attributes:
        loss: the class's name.
        format: the format that it was trained on.
        values: the metric of each seed.
        twin: the loss whose numbers these are, where both compute the same.
    """

    loss: str
    format: str
    values: tuple[float, ...]
    twin: str | None = None

    @property
    def mean(self) -> float:
        """The mean over the seeds."""
        return fmean(self.values)

    @property
    def spread(self) -> float:
        """The standard deviation over the seeds; 0 for a single one."""
        return stdev(self.values) if len(self.values) > 1 else 0.0


@dataclass(frozen=True)
class Standing:
    """How a task ended.

    Attributes:
        task: its name.
        metric: what the models were measured by; more is better.
        before: the metric of the model that all started from.
        contestants: the losses, the best first.
        ours: the name of the loss that was recommended first.
        unadvised: what somebody without advice gets; None where that was not trained.
    """

    task: str
    metric: str
    before: float
    contestants: tuple[Contestant, ...]
    ours: str
    unadvised: Contestant | None = None

    @property
    def chosen(self) -> Contestant | None:
        """Our first recommendation; None where it was not trained."""
        return next((each for each in self.contestants if each.loss == self.ours), None)

    @property
    def rank(self) -> int | None:
        """Where our first recommendation stands; those that came to the same share a rank."""
        chosen = self.chosen
        return None if chosen is None else 1 + sum(each.mean > chosen.mean for each in self.contestants)

    @property
    def regret(self) -> float | None:
        """What a better choice would have added to the metric, as a share of the best one."""
        chosen = self.chosen
        return None if chosen is None else relative(self.contestants[0].mean - chosen.mean, self.contestants[0].mean)

    @property
    def beyond_noise(self) -> bool:
        """Whether the best loss is ahead of ours by more than two standard errors of their difference."""
        chosen, best = self.chosen, self.contestants[0]
        if chosen is None or len(chosen.values) < 2 or len(best.values) < 2:
            return False
        error = sqrt(chosen.spread**2 / len(chosen.values) + best.spread**2 / len(best.values))
        return best.mean - chosen.mean > 2 * error

    @property
    def gain(self) -> float | None:
        """What the advice added to the metric, as a share of what is reached without it."""
        chosen = self.chosen
        if chosen is None or self.unadvised is None:
            return None
        return relative(chosen.mean - self.unadvised.mean, self.unadvised.mean)


def relative(difference: float, whole: float) -> float:
    """A difference as a share of the size of a whole; 0 of nothing."""
    return difference / abs(whole) if whole else 0.0


def standing(
    task: str, metric: str, ours: str, runs: Iterable[Mapping[str, Any]], twins: Mapping[str, str]
) -> Standing:
    """How a task ended, by the records of its trainings.

    Args:
        task: its name.
        metric: what it is measured by.
        ours: the loss that is recommended first.
        runs: the records: `loss`, `format`, `setting`, `seed`, `before` and `after` of each.
        twins: losses that were not trained because they compute what another one computes, and that one.

    Raises:
        ValueError: there is no training with the recommended settings.
    """
    collected: dict[tuple[str, str, str], dict[int, float]] = {}
    before = []
    for run in runs:
        collected.setdefault((run["setting"], run["loss"], run["format"]), {})[run["seed"]] = run["after"]
        before.append(run["before"])
    own = {
        setting: [
            Contestant(loss, format, tuple(values[seed] for seed in sorted(values)))
            for (its, loss, format), values in collected.items()
            if its == setting
        ]
        for setting in (ADVISED, UNADVISED)
    }
    trained = {each.loss: each for each in own[ADVISED]}
    if not trained:
        raise ValueError(f"no training of {task} is done")
    contestants = [
        *trained.values(),
        *(
            Contestant(name, trained[twin].format, trained[twin].values, twin)
            for name, twin in twins.items()
            if twin in trained and name not in trained
        ),
    ]
    ranked = sorted(contestants, key=lambda each: (-each.mean, each.twin is not None, each.loss))
    return Standing(task, metric, fmean(before), tuple(ranked), ours, next(iter(own[UNADVISED]), None))


def shown_share(share: float | None) -> str:
    """A share in per cent, with its sign where it is a loss."""
    return "-" if share is None else f"{share:.1%}"


def text(standings: Sequence[Standing]) -> str:
    """The tables for a screen."""
    lines = []
    for each in standings:
        lines.append(f"\n{each.task}: {each.metric}, {each.before:.4f} before training")
        lines += [f"  {name:<48}{value:>9}{spread:>9}" for name, value, spread in _rows(each)]
        lines.append(f"  {_sentence(each)}")
    return "\n".join(lines)


def markdown(standings: Sequence[Standing], about: str, figures: Mapping[str, str] | None = None) -> str:
    """The tables as a page.

    Args:
        standings: how the tasks ended.
        about: what was trained, and on what, in a paragraph.
        figures: the figure of each task that has one, by its title, as the page has to name it.
    """
    lines = ["# The advice, measured", "", about, ""]
    lines.append("| task | metric | before | recommended | rank | regret | without advice | gain |")
    lines.append("|---|---|---|---|---|---|---|---|")
    for each in standings:
        rank = f"{each.rank} of {len(each.contestants)}" if each.rank else "-"
        regret = shown_share(each.regret) + (" (beyond noise)" if each.beyond_noise else "")
        others = f"{each.unadvised.loss}: {each.unadvised.mean:.4f}" if each.unadvised else "-"
        ours = f"{each.ours}: {each.chosen.mean:.4f}" if each.chosen else each.ours
        cells = (each.task, each.metric, f"{each.before:.4f}", ours, rank, regret, others, _gain(each))
        lines.append(f"| {' | '.join(cells)} |")
    for each in standings:
        figure = (figures or {}).get(each.task)
        shown = [f"![{each.task}]({figure})", ""] if figure else []
        lines += ["", f"## {each.task}", "", *shown, f"| loss | {each.metric} | spread |", "|---|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in _rows(each)]
        lines += ["", _sentence(each)]
    return "\n".join(lines) + "\n"


def _gain(standing: Standing) -> str:
    """The gain as a share; where nothing above zero is reached without advice, as a difference of the metric."""
    chosen, unadvised = standing.chosen, standing.unadvised
    if chosen is None or unadvised is None or unadvised.mean > 0:
        return shown_share(standing.gain)
    return f"{chosen.mean - unadvised.mean:+.4f}"


def _rows(standing: Standing) -> list[tuple[str, str, str]]:
    rows = []
    for each in standing.contestants:
        mark = ", recommended" if each.loss == standing.ours else ""
        same = f", as {each.twin}" if each.twin else ""
        rows.append((f"{each.loss} ({each.format}{same}{mark})", f"{each.mean:.4f}", f"{each.spread:.4f}"))
    if standing.unadvised is not None:
        own = standing.unadvised
        rows.append((f"without advice: {own.loss} ({own.format})", f"{own.mean:.4f}", f"{own.spread:.4f}"))
    return rows


def _sentence(standing: Standing) -> str:
    if standing.chosen is None:
        return f"{standing.ours}, which is recommended, was not trained."
    noise = "more than noise" if standing.beyond_noise else "within noise or not to be told from it"
    behind = "" if standing.rank == 1 else f", {noise}"
    gain = "" if standing.gain is None else f" Gain over no advice: {_gain(standing)}."
    return (
        f"{standing.ours} is number {standing.rank} of {len(standing.contestants)}; regret "
        f"{shown_share(standing.regret)}{behind}.{gain}"
    )
