"""Planning: the cheapest faithful way from one format to another, in one to three conversions."""

from collections.abc import Iterator
from dataclasses import dataclass

from converters.conversions.judged import checked_width
from converters.conversions.registry import CONVERSIONS, Conversion, Material
from converters.conversions.settings import Options
from converters.conversions.teachers import is_given
from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS

#: More steps than these never pay.
MOST_STEPS = 3

#: What a step costs, and what mining, drawing at random, losing meaning and losing texts cost on top.
STEP, MINES, SAMPLES, LOSES, DROPS = 1, 100, 10, 3, 3

#: What would have to be added to the data, by the target that wants it.
_WANTED = {
    "single-class": "classes have to come from people",
    "pair-class": "classes have to come from people",
}
#: What is said where a teacher would do: for targets with scores, and for those with embeddings.
_TAUGHT = (
    "the scores have to come from a teacher; name a cross-encoder, a bi-encoder or a file of scores with --teacher",
    "the embeddings have to come from a teacher; name a bi-encoder or a file of embeddings with --teacher",
)
_TOGETHER = "nothing in such data says which texts belong together and which do not"


@dataclass(frozen=True)
class Plan:
    """A way from one format to another.

    Attributes:
        source: the format of the data.
        target: the format asked for.
        steps: the conversions, in order; none where the data is in the format already, and is only put in shape.
        otherwise: the plan to fall back on where this one makes no rows of the data at hand: labeled pairs whose
            anchors have no negatives make no triplets, unless negatives are mined.
    """

    source: str
    target: str
    steps: tuple[Conversion, ...] = ()
    otherwise: "Plan | None" = None

    @property
    def needs(self) -> str | None:
        """What has to be given; None where the data is enough."""
        return next((step.needs for step in self.steps if step.needs is not None), None)

    @property
    def mines(self) -> bool:
        """Whether a step mines hard negatives."""
        return any(step.mines for step in self.steps)

    @property
    def samples(self) -> bool:
        """Whether a step draws at random."""
        return any(step.samples for step in self.steps)

    @property
    def loses(self) -> tuple[str, ...]:
        """What of the meaning is lost on the way, step by step."""
        return tuple(dict.fromkeys(step.loses for step in self.steps if step.loses))

    @property
    def cost(self) -> int:
        """What it costs, to compare plans by."""
        return sum(map(_cost, self.steps))

    def choices(self) -> "Iterator[Plan]":
        """This plan and those to fall back on, in the order in which they are tried."""
        yield self
        if self.otherwise is not None:
            yield from self.otherwise.choices()

    def settled(
        self, material: Material | None, rows: int, options: Options | None = None
    ) -> "tuple[Plan, int | None]":
        """The plan that will be carried out on this data, this one or one to fall back on, and the rows it makes.

        Args:
            material: a sample of the data; None where nobody has looked at it.
            rows: how many rows the dataset has.
            options: what the steps may choose by.

        Returns:
            The plan and the number, as `expect` gives it; 0 where no plan makes any row of this data.
        """
        if material is None:
            return self, None
        for way in self.choices():
            if (made := way.expect(material, rows, options)) != 0:
                return way, made
        return self, 0

    def expect(self, material: Material, rows: int, options: Options | None = None) -> int | None:
        """How many rows come out of a dataset of `rows` rows.

        Conversions are run on a sample and the number is scaled, so that it is exact where the sample is everything. Of
        mining it is the number of rows if every anchor gets all its negatives: what comes out are at most as many.

        Args:
            material: the sample in canonical shape, with the number of rows that it was drawn with.
            rows: how many rows the dataset has.
            options: what the steps may choose by.

        Returns:
            The number; 0 where the data does not do for this plan; None where the sample cannot tell, as where rows of
            an anchor are put together and most of them were not drawn.
        """
        options = options or Options()
        drawn = material.table.num_rows if material.rows is None else material.rows
        if not drawn:
            return None
        if not material.table.num_rows:
            return 0
        made, current = int(material.table.num_rows), material
        try:
            for step in self.steps:
                if step.counts is not None:
                    if (counted := step.counts(current, step.target, options)) is None:
                        return None
                    made = counted
                    break
                current = Material(step.apply(current, step.target, options).table, current.corpus)
                made = int(current.table.num_rows)
        except InputError:
            return 0
        if drawn >= rows:
            return made
        torn = any(step.gathers for step in self.steps)
        return round(made * rows / drawn) if made and not torn else None


def _cost(step: Conversion) -> int:
    loses = step.loses is not None and step.needs is None  # whoever asks a teacher wants other labels than there are
    return STEP + MINES * step.mines + SAMPLES * step.samples + LOSES * loses + DROPS * step.drops


def plan(source: str, target: str, options: Options | None = None) -> Plan:
    """The cheapest faithful way from one format to another.

    Mining costs most, drawing at random some, losing meaning a little. Where the way does not mine and another one
    does, that is the one to fall back on. Where a teacher is given and can do something for the target, it is asked.

    Args:
        source: the format of the data.
        target: the format asked for.
        options: what the steps may choose by; it says whether there is a teacher, and whether to mine in any case.

    Raises:
        InputError: unknown format, or there is no way, and the message says what would have to be added; or n-tuples
            are wanted with too few negatives, or too many.
    """
    for name in (source, target):
        if name not in FORMATS:
            raise InputError(f"unknown format {quote(name)}: {nearest(name, list(FORMATS))}")
    if not FORMATS[target].trainable:
        offered = ", ".join(each.target for each in plans(source))
        raise InputError(f"{target} is a layout of source data, not a format to train on: choose one of {offered}")
    teacher = None if options is None else options.teacher
    every = sorted((Plan(source, target, steps) for steps in _paths(source, target)), key=lambda way: way.cost)
    mine = options is not None and options.mine
    if mine:
        every = [way for way in every if way.mines]
        if not every:
            raise InputError(
                f"nothing can be mined on the way from {source} to {target}: leave out mine (--mine), or ask for "
                "triplet, n-tuple, labeled-pair or labeled-list"
            )
    ways = [way for way in every if way.needs is None]
    if teacher is not None and (taught := [way for way in every if way.needs is not None]):
        ways = _with_scores_of_the_rows(source, target, taught) if is_given(teacher) else taught
    elif source == target and not mine:
        return Plan(source, target)
    if not ways and mine:
        raise InputError(
            f"what is mined has no scores of its own, and {target} has some: name a teacher with --teacher, "
            "or leave out mine (--mine)"
        )
    if not ways:
        raise InputError(f"there is no conversion from {source} to {target}: {_missing(source, target)}")
    mined = next((way for way in ways if way.mines), None)
    if options is not None and target.startswith("n-tuple"):
        wanted = options.num_negatives
        if wanted is None and ways[0].mines:
            wanted = options.mining.selection.num_negatives
        if wanted is not None:
            checked_width(wanted)
    return Plan(source, target, ways[0].steps, None if ways[0].mines else mined)


def _with_scores_of_the_rows(source: str, target: str, taught: list[Plan]) -> list[Plan]:
    """The plans on which scores that are there already fit: those that use the rows as they are.

    Raises:
        InputError: there is none.
    """
    direct = [way for way in taught if len(way.steps) == 1]
    if not direct:
        before = taught[0].steps[-1].source
        raise InputError(
            f"what a teacher has said already goes with rows of {before}, and {source} makes other rows on the way to "
            f"{target}: convert to {before} first and let the teacher score that, or name a model with --teacher"
        )
    return direct


def plans(source: str) -> list[Plan]:
    """The plans to everything worth a thought that a format converts to as it is, in the order of the formats."""
    found = []
    for name, spec in FORMATS.items():
        if spec.trainable and name != source and any(_is_offered(path) for path in _paths(source, name)):
            found.append(plan(source, name))
    return found


def _is_offered(path: tuple[Conversion, ...]) -> bool:
    return all(step.offered and step.needs is None for step in path)


def _paths(source: str, target: str, passed: tuple[Conversion, ...] = ()) -> Iterator[tuple[Conversion, ...]]:
    """Every way of at most `MOST_STEPS` steps that comes by no format twice and goes on from no final step.

    Only a teacher is asked about rows of a final step, or about rows that are in the target's format already.
    """
    seen = {step.source for step in passed}
    taught_only = bool(passed) and (passed[-1].final or source == target)
    for step in CONVERSIONS.values():
        if step.source != source or (step.target in seen and step.target != target):
            continue
        if (taught_only and step.needs is None) or (passed and step.first):
            continue
        if step.target == target:
            yield (*passed, step)
        if step.needs is None and len(passed) + 1 < MOST_STEPS:
            yield from _paths(step.target, target, (*passed, step))


def _missing(source: str, target: str) -> str:
    """What would have to be added for a conversion, and what the data converts to as it is."""
    ways = [each.target for each in plans(source)]
    if not ways:  # to nothing that anybody should be told of unasked
        reached = (name for name, spec in FORMATS.items() if spec.trainable and name != source)
        ways = [name for name in reached if any(not any(s.needs for s in path) for path in _paths(source, name))]
    if FORMATS[source].trainable:
        ways.append(source)
    undirected = source in ("single", "identical-pair", "damaged-pair", "text-embedding")
    if target == "pair-class" and source in ("labeled-pair", "pair-score", "graded-pair"):
        why = "if its labels are classes, read them so with --format pair-class"
    elif any(_paths(source, target)):
        why = _TAUGHT[FORMATS[target].label_kind == "embedding"]
    else:
        why = _WANTED.get(target, _TOGETHER if undirected else "no losses of this kind can be fed from it")
    return f"{why}; from {source}: {', '.join(ways)}"
