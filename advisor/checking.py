"""Whether one loss can train on a dataset as it stands, and everything that stands in the way, in order."""

from dataclasses import dataclass
from typing import Any

from advisor.catalogue import FAMILIES, LOSSES, Family, Loss
from advisor.commands import convert_command
from advisor.models import ModelFacts, describe
from advisor.report import Finding, Report
from advisor.rules.engine import impossible
from converters.conversions import Options, plan
from converters.errors import InputError, nearest, quote


@dataclass(frozen=True)
class Obstacle:
    """One thing between a loss and the data.

    Attributes:
        reason: what it is, in a sentence.
        mend: the command that takes it away; None where only a person can.
        code: the code of the finding that it is; None where it is none.
    """

    reason: str
    mend: str | None = None
    code: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"reason": self.reason, "mend": self.mend, "code": self.code}


@dataclass(frozen=True)
class Verdict:
    """What came of checking a loss against a dataset.

    Attributes:
        loss: the class's name.
        family: the family it was checked for.
        fits: whether it can train on the data as it stands.
        reasons: why, or why not.
        ways: commands that lead to data that it can train on, in order.
        obstacles: all that stands between, each with what takes it away, in the order to do it in.
        notes: what does not stand in the way, and is worth knowing.
    """

    loss: str
    family: Family
    fits: bool
    reasons: tuple[str, ...]
    ways: tuple[str, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "loss": self.loss,
            "family": self.family,
            "fits": self.fits,
            "reasons": list(self.reasons),
            "ways": list(self.ways),
            "obstacles": [each.to_dict() for each in self.obstacles],
            "notes": list(self.notes),
        }


#: Findings that stop the trainers, or make them train on something else than what is meant, whatever the loss.
BLOCKING = frozenset(
    {
        *("COL001", "COL002", "COL003", "COL004"),
        *("LBL002", "LBL004", "LBL005", "LBL006", "LBL007", "LBL008", "LBL012", "LBL013"),
        *("LBL017", "LBL018", "LBL020", "COL007"),
        *("ROW004", "ROW010"),
        "REF003",
    }
)

#: Losses that compute with scores as they are; the others only compare them.
_NEED_UNIT_SCORES = frozenset({"CosineSimilarityLoss", "SparseCosineSimilarityLoss", "BinaryCrossEntropyLoss"})

#: From which share on what teaches nothing is no longer a few rows to skip: it stands in the way.
_TOO_MANY = 0.5


def check(dataset: Any, loss: str, family: str | None = None, *, model: str | None = None) -> Verdict:
    """Checks a loss against a dataset.

    Args:
        dataset: the report of an inspection, or anything that `advisor.inspect` takes.
        loss: the loss's name.
        family: its family; may be left out where only one has a loss of that name.
        model: the model to train, a folder or a name on the hub: its outputs and its kind are checked as well.

    Raises:
        InputError: no such loss or family, several families have one of that name, or the data cannot be read.
    """
    entry = _entry(loss, family)
    if isinstance(dataset, Report):
        report = dataset
    else:
        from advisor.inspection import inspect

        report = inspect(dataset)
    obstacles, notes = [], []
    if report.format not in entry.formats:
        obstacles.append(_of_format(report, entry))
    for finding in report.findings:
        if _blocks(finding, report, entry):
            obstacles.append(Obstacle(f"{finding.code}: {finding.message}", finding.fix, finding.code))
        elif _weakens(finding, entry):
            notes.append(f"{finding.code}: {finding.message}")
    if report.facts is not None and report.format in entry.formats:
        reason = impossible(report.facts, entry)
        obstacles += [Obstacle(reason)] if reason is not None else []
    if model is not None:
        obstacles += _of_model(describe(model), report, entry)
    if obstacles:
        converts = obstacles[0].mend if report.format not in entry.formats else None
        if converts is not None:  # converting to another format puts the data into shape as well
            obstacles = [_mended_on_the_way(each, report) for each in obstacles]
        ways = dict.fromkeys(each.mend for each in obstacles if each.mend)
        reasons = tuple(each.reason for each in obstacles)
        return Verdict(loss, entry.family, False, reasons, tuple(ways), tuple(obstacles), tuple(notes))
    reason = f"the data is {report.format}: {entry.formats[report.format].reason}"
    return Verdict(loss, entry.family, True, (reason, f"import it with: {entry.imports}"), notes=tuple(notes))


def _entry(loss: str, family: str | None) -> Loss:
    """The row of the catalogue that is meant."""
    if family is not None and family not in FAMILIES:
        raise InputError(f"unknown family {quote(family)}: {nearest(family, list(FAMILIES))}")
    found = [each for each in LOSSES.values() if each.name == loss and family in (None, each.family)]
    elsewhere = [each.family for each in LOSSES.values() if each.name == loss]
    if not found and elsewhere:
        raise InputError(f"{loss} is no {family} loss: it belongs to {', '.join(elsewhere)}")
    if not found:
        known = sorted({each.name for each in LOSSES.values() if family in (None, each.family)})
        raise InputError(f"there is no loss {quote(loss)}: {nearest(loss, known)}")
    if len(found) > 1:
        own = ", ".join(each.family for each in found)
        raise InputError(f"{loss} is in several families: choose one with --family ({own})")
    return found[0]


def _of_format(report: Report, entry: Loss) -> Obstacle:
    """The data is in another format: the cheapest way into one that the loss takes."""
    reason = f"the data is {report.format}; {entry.name} takes {', '.join(entry.formats)}"
    offered = {each.output_format: each.command for each in report.conversions}
    ways, missing = [], ""
    for order, target in enumerate(entry.formats):
        try:
            way = plan(report.format, target)
        except InputError as error:
            missing = missing or str(error).rsplit(";", 1)[0]
            continue
        if not report.conversions or target in offered:
            command = offered.get(target) or convert_command(_address(report), target, said=report.said)
            ways.append((way.cost, order, command))
    if ways:
        return Obstacle(reason, min(ways)[2])
    if (taught := taught_way(report, entry)) is not None:  # no mend: which model it is, only a person can say
        return Obstacle(f"{reason}, for which a teacher has to be asked: {taught.command}")
    return Obstacle(f"{reason}: {missing}" if missing else reason)


@dataclass(frozen=True)
class TaughtWay:
    """A conversion that a teacher makes possible.

    Attributes:
        target: the format that comes out.
        command: the command line.
        mines: whether hard negatives are mined on the way.
    """

    target: str
    command: str
    mines: bool


def taught_way(report: Report, entry: Loss, teacher: str = "MODEL") -> TaughtWay | None:
    """The cheapest conversion to what a loss trains on that asks a teacher; None where none does.

    Args:
        report: the inspection of the data.
        entry: the loss.
        teacher: a model, or a file with what it has said; by default a word for it, in the command.
    """
    ways = []
    for order, target in enumerate(entry.formats):
        try:
            way = plan(report.format, target, Options(teacher=teacher))
        except InputError:
            continue
        if way.needs is not None and target != report.format:
            command = convert_command(_address(report), target, "--teacher", teacher, said=report.said)
            ways.append((way.cost, order, TaughtWay(target, command, way.mines)))
    return min(ways)[2] if ways else None


def _blocks(finding: Finding, report: Report, entry: Loss) -> bool:
    """Whether a finding stops this loss, or turns what it learns into something else."""
    code, facts = finding.code, report.facts
    if code == "LBL012" and finding.message.endswith("all zeros"):  # teaches nothing, and stops nothing
        return False
    if code in BLOCKING:
        return True
    if code == "LBL001":
        return entry.name in _NEED_UNIT_SCORES
    if facts is None:
        return False
    if code == "LBL003":  # the sampler leaves classes with one text out
        paired = facts.classes - facts.lonely_classes
        return entry.batch_sampler == "group_by_label" and (
            paired < 2 or facts.lonely_classes > facts.classes * _TOO_MANY
        )
    if code in ("LBL010", "LBL011"):
        return "labeled-list" in entry.formats and facts.flat_lists > _TOO_MANY
    return False


def _weakens(finding: Finding, entry: Loss) -> bool:
    """Whether a finding costs this loss something, without stopping it."""
    if finding.code == "LBL003":
        return entry.batch_sampler == "group_by_label"
    if finding.code in ("LBL010", "LBL011"):
        return "labeled-list" in entry.formats
    return finding.severity == "error" or (
        finding.code in ("ROW006", "ROW007") and entry.batch_sampler != "group_by_label"
    )


def _of_model(model: ModelFacts, report: Report, entry: Loss) -> list[Obstacle]:
    """What about the model does not go with the loss."""
    found = []
    if model.family is not None and model.family != entry.family:
        dense = model.family == "sentence-transformer" and entry.family == "sparse-encoder"
        if not dense:
            kind, wanted = model.family.replace("-", " "), entry.family.replace("-", " ")
            found.append(
                Obstacle(f"the model is a {kind}, and the loss trains a {wanted}: choose a model of that kind")
            )
    facts = report.facts
    if model.num_labels is not None and entry.outputs is not None and entry.family == "cross-encoder":
        wanted_outputs = 1 if entry.outputs == "one" else facts.classes if facts is not None else 0
        if wanted_outputs and model.num_labels != wanted_outputs:
            found.append(
                Obstacle(
                    f"the model has {model.num_labels} outputs, and the loss needs {wanted_outputs}: load it with "
                    f"CrossEncoder({quote(model.name, 120)}, num_labels={wanted_outputs})"
                )
            )
    if entry.name in ("MSELoss", "SparseMSELoss") and report.format == "text-embedding" and facts and facts.label:
        own, theirs = model.dimension_as(entry.family), round(facts.label.mean_length)
        if own and theirs and own != theirs:
            way = ": EmbedDistillLoss projects between them" if entry.family == "sentence-transformer" else ""
            found.append(Obstacle(f"the teacher's embeddings have {theirs:,} numbers, and the model's {own:,}{way}"))
    return found


def _mended_on_the_way(obstacle: Obstacle, report: Report) -> Obstacle:
    """An obstacle without a command of its own where the conversion to another format mends it too."""
    same = convert_command(_address(report), report.format, said=report.said)
    return Obstacle(obstacle.reason, None, obstacle.code) if obstacle.mend == same else obstacle


def mended_by_converting(obstacle: Obstacle, report: Report) -> bool:
    """Whether an obstacle is gone once the data is in the canonical shape of its own format, as in a script."""
    return obstacle.mend is not None and obstacle.mend == convert_command(
        _address(report), report.format, said=report.said
    )


def _address(report: Report) -> str | None:
    """What a command calls the dataset; None for an object in memory."""
    if report.facts is not None:
        return str(report.facts.dataset) if report.facts.dataset is not None else None
    return report.dataset if report.reopens else None
