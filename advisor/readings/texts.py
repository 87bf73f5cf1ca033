"""Arrangements of columns of texts: which are used, in what order, and what the texts themselves say for it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

import numpy as np

from advisor.profiles import ColumnProfile, TableProfile
from advisor.readings.columns import FIRST, SECOND, as_text, equivalent, is_nameless, named
from advisor.readings.evidence import Evidence
from advisor.relations import Relation
from advisor.vocabulary import hint_of, number_of, stem_of, words_of
from converters.errors import quote
from converters.formats import Role

#: How many texts are arranged in every way; the others can only be negatives.
ARRANGED = 6

#: From how many words a row on texts of a row share more than texts of different rows.
_RELATED = 0.03


@dataclass(frozen=True)
class Unit:
    """What counts as one text of a row: a column, or a title with the text that it stands before.

    Attributes:
        columns: the columns, the title first.
        main: the profile of the text.
        doubt: what speaks against its being a text, if anything.
    """

    columns: tuple[str, ...]
    main: ColumnProfile
    doubt: tuple[Evidence, ...] = ()

    @property
    def name(self) -> str:
        """The column of the text."""
        return self.main.name


@dataclass(frozen=True)
class Arrangement:
    """Texts of a row in an order.

    Attributes:
        first: the anchor, the query, the first sentence or the only text.
        second: the positive, the document, the second sentence; None for single texts.
        negatives: further texts.
        evidence: what speaks for this choice and order, whatever the label means.
    """

    first: Unit
    second: Unit | None
    negatives: tuple[Unit, ...]
    evidence: tuple[Evidence, ...]

    @property
    def units(self) -> tuple[Unit, ...]:
        """All texts, in order."""
        return (self.first, *([self.second] if self.second else []), *self.negatives)

    @cached_property
    def columns(self) -> frozenset[str]:
        """All columns that are used."""
        return frozenset(name for unit in self.units for name in unit.columns)

    def roles(self, first: Role, second: Role) -> dict[str, Role]:
        """The role of each column that is used."""
        roles: dict[str, Role] = dict.fromkeys(self.first.columns, first)
        if self.second is not None:
            roles |= dict.fromkeys(self.second.columns, second)
        for unit in self.negatives:
            roles |= dict.fromkeys(unit.columns, "negative")
        return roles


def units_of(profile: TableProfile, given: Mapping[str, str]) -> list[Unit]:
    """The texts of a row that a reading can choose from, those that look most like texts first."""
    units = []
    for column in profile.columns.values():
        if column.name in profile.spelled and column.name not in given:
            continue
        doubt = as_text(column, given)
        if doubt is not None and column.name not in given and profile.composed(column.name):
            doubt = Evidence(doubt.weight - 3.0, f"{quote(column.name)} is made of other columns", column.name)
        if doubt is not None:
            units.append(Unit((column.name,), column, (doubt,) if doubt.weight else ()))
    units.sort(key=lambda unit: -sum(each.weight for each in unit.doubt))
    written = [unit for unit in units if unit.main.nature == "text" or unit.name in given]
    if _needs_categories(units, written):
        return units
    return [unit for unit in units if unit in written or hint_of(unit.name).role in FIRST | SECOND]


def _needs_categories(units: Sequence[Unit], written: Sequence[Unit]) -> bool:
    """Whether columns of few words may be texts too: queries repeat, and names of products are short."""
    return len(written) < 3 and len(units) > len(written)


def titled(units: Sequence[Unit], profile: TableProfile) -> list[Unit]:
    """Titles joined with the texts that they stand before."""
    joined = []
    for title in units:
        for body in units:
            if title is body or not (hint_of(title.name).title and hint_of(body.name).body):
                continue
            if _prefix(title.name) and _prefix(body.name) and _prefix(title.name) != _prefix(body.name):
                continue
            if hint_of(body.name).title or body.main.mean_words <= title.main.mean_words:
                continue
            joined.append(Unit((title.name, body.name), body.main, title.doubt))
    return joined


def _prefix(name: str) -> str:
    words = stem_of(name).split()
    return words[0] if len(words) > 1 else ""


def arrangements(profile: TableProfile, given: Mapping[str, str]) -> Iterator[Arrangement]:
    """Every choice and order of the texts that is worth weighing."""
    units = units_of(profile, given)
    joined = titled(units, profile)
    negatives = [unit for unit in units if _is_negative(unit, given)]
    others = [unit for unit in units if unit not in negatives]
    lead = others[:ARRANGED]
    for unit in [*lead, *joined]:
        yield _weighed(profile, unit, None, (), given)
    pairs = list(permutations([*lead, *joined], 2))
    for first, second in pairs:
        if set(first.columns) & set(second.columns):
            continue
        yield _weighed(profile, first, second, (), given)
        taken = {*first.columns, *second.columns}
        rest = [unit for unit in others if not taken & set(unit.columns)]
        if negatives:
            yield _weighed(profile, first, second, tuple(negatives), given)
        if not negatives or len(units) <= 3:
            for unit in rest[:ARRANGED]:
                yield _weighed(profile, first, second, (unit,), given)
            if len(rest) > 1:
                yield _weighed(profile, first, second, tuple(rest), given)
                alike = _alike(rest)
                if 1 < len(alike) < len(rest):
                    yield _weighed(profile, first, second, tuple(alike), given)
    for first in lead:  # a positive that is named like a negative, or is not named at all
        for second, *rest in (_rotated(negatives, i) for i in range(min(len(negatives), 2))):
            if rest or len(lead) == 1:
                yield _weighed(profile, first, second, tuple(rest), given)


def _rotated(units: list[Unit], start: int) -> list[Unit]:
    return [units[start], *units[:start], *units[start + 1 :]]


def _is_negative(unit: Unit, given: Mapping[str, str]) -> bool:
    role = given.get(unit.name)
    return role == "negative" if role is not None else hint_of(unit.name).role == "negative"


def _alike(units: Sequence[Unit]) -> list[Unit]:
    """Those of the texts whose names differ in their number only."""
    stems: dict[str, list[Unit]] = {}
    for unit in units:
        stems.setdefault(stem_of(unit.name), []).append(unit)
    return max(stems.values(), key=len)


def _weighed(
    profile: TableProfile, first: Unit, second: Unit | None, negatives: tuple[Unit, ...], given: Mapping[str, str]
) -> Arrangement:
    evidence = [each for unit in (first, second, *negatives) if unit for each in unit.doubt]
    count = 1 + (second is not None) + len(negatives)
    words = {1: "there is one column of texts", 2: "there are two columns of texts"}
    evidence.append(Evidence(1.5 if count < 3 else 1.0, words.get(count, f"there are {count} columns of texts")))
    for unit in (first, second, *negatives):
        if unit and len(unit.columns) > 1:
            title, body = map(quote, unit.columns)
            evidence.append(Evidence(0.3, f"{title} is the title of {body}", unit.columns[0]))
    if second is not None:
        evidence += _related(profile, first, second)
    if negatives:
        evidence += _unlike(profile, first, second, negatives)
    return Arrangement(first, second, negatives, tuple(evidence))


def relation(profile: TableProfile, first: Unit, second: Unit) -> Relation | None:
    """How two texts relate; None where that was not compared."""
    return profile.relations.get((first.name, second.name))


def _related(profile: TableProfile, first: Unit, second: Unit) -> Iterator[Evidence]:
    """Whether two texts belong together: they share more words than texts of different rows."""
    found, back = relation(profile, first, second), relation(profile, second, first)
    related = 0.5 * (found.related + back.related) if found is not None and back is not None else 0.0
    if related > _RELATED:
        names = sorted((first.name, second.name), key=list(profile.columns).index)
        message = f"{quote(names[0])} and {quote(names[1])} share more words within a row than across rows"
        yield Evidence(min(0.8, 4 * related), message)


def _unlike(profile: TableProfile, first: Unit, second: Unit | None, negatives: tuple[Unit, ...]) -> Iterator[Evidence]:
    """Whether the negatives look like it: as long as the positive, and further from the anchor."""
    assert second is not None
    lengths = [unit.main.mean_words for unit in negatives]
    far = [each for each in lengths if not 0.4 < (each + 1) / (second.main.mean_words + 1) < 2.5]
    if far:
        yield Evidence(-1.2, f"not all negatives are about as long as {quote(second.name)}")
    twins = [unit for unit in negatives if _are_twins(second.name, unit.name) and not _are_twins(first.name, unit.name)]
    if twins and len(negatives) == 1:
        message = f"nothing says which of {quote(second.name)} and {quote(twins[0].name)} is the better one"
        yield Evidence(-2.5, message, second.name)
    for unit in negatives:
        part = relation(profile, unit, second)
        if part is not None and part.first_within > 0.8 and part.own - part.other > 0.3:
            yield Evidence(-2.5, f"{quote(unit.name)} stands in {quote(second.name)}, as no negative does", unit.name)
    near = relation(profile, first, second)
    away = [found for unit in negatives if (found := relation(profile, first, unit)) is not None]
    if near is not None and away:
        gap = near.own - float(np.mean([each.own for each in away]))
        if abs(gap) > 0.02:
            nearer = "more" if gap > 0 else "fewer"
            message = f"{quote(second.name)} shares {nearer} words with {quote(first.name)} than the negatives do"
            yield Evidence(float(np.clip(7 * gap, -1.2, 1.2)), message, second.name)
    drawn = [found.drawn for unit in negatives if (found := relation(profile, second, unit)) is not None]
    if drawn and np.mean(drawn) > 0.1:
        yield Evidence(0.8, f"the negatives are texts that stand in {quote(second.name)} elsewhere", second.name)


def _are_twins(one: str, other: str) -> bool:
    """Whether two names differ in their last number or letter only: `response_a`, `response_b`."""
    numbered = number_of(one) is not None and number_of(other) is not None
    return numbered and words_of(one)[:-1] == words_of(other)[:-1] and not is_nameless(one)


# -- evidence that depends on the format -------------------------------------------------------------------------------


def in_roles(
    profile: TableProfile, arrangement: Arrangement, first: Role, second: Role, *, directed: bool
) -> Iterator[Evidence]:
    """What names and contents say about these roles for these texts.

    Args:
        profile: the profile of the sample.
        arrangement: the texts.
        first, second: the roles of the first two.
        directed: whether the order matters: a query comes before its document, two sentences stand in any order.
    """
    units = arrangement.units
    roles: list[Role] = [first, second][: len(units)]
    roles += ["negative"] * len(arrangement.negatives)
    for unit, role in zip(units, roles, strict=True):
        if (found := named(unit.name, role)) is not None:
            yield found
    places = [list(profile.columns).index(unit.columns[0]) for unit in units]
    if places != sorted(places):
        yield Evidence(-0.4, "the columns stand in another order")
    yield from _numbered(units)
    if arrangement.second is not None and _answers(arrangement.first, arrangement.second):
        yield Evidence(1.5, f"{quote(arrangement.second.name)} answers what goes before", arrangement.second.name)
    if arrangement.second is not None and directed:
        yield from _directed(profile, arrangement.first, arrangement.second)


def _answers(first: Unit, second: Unit) -> bool:
    """Whether the names are those of a conversation so far and of what is said next."""
    said = {"utterance", "response", "reply", "completion"}
    return "context" in words_of(first.name) and bool(said & set(words_of(second.name)))


def _numbered(units: tuple[Unit, ...]) -> Iterator[Evidence]:
    """Whether numbers at the end of the names agree with the order: sentence1 comes before sentence2."""
    if is_nameless_column(units[0].name):
        places = [number_of(unit.name) or 0 for unit in units]
        if places != sorted(places):
            yield Evidence(-0.5, "without names, the first text is most often the first column")
        return
    numbers = [number_of(unit.name) for unit in units]
    known = [each for each in numbers if each is not None]
    if len(known) == len(numbers) > 1:
        rises = known == sorted(known)
        yield Evidence(0.5 if rises else -1.0, "the numbers in the names " + ("agree" if rises else "disagree"))
        if (
            len(units) > 2
            and len({stem_of(unit.name) for unit in units}) == 1
            and not is_nameless_column(units[0].name)
        ):
            yield Evidence(1.0, "the texts are named alike")


def is_nameless_column(name: str) -> bool:
    """Whether the name was made up here, for a file without a header."""
    return re.fullmatch(r"column_\d+", name) is not None


def _directed(profile: TableProfile, first: Unit, second: Unit) -> Iterator[Evidence]:
    """What the texts say about which is asked for and which answers."""
    asking = first.main.questions - second.main.questions
    if abs(asking) > 0.3:
        more = "more" if asking > 0 else "fewer"
        message = f"{quote(first.name)} holds {more} questions than {quote(second.name)}"
        yield Evidence(0.9 if asking > 0 else -0.9, message, first.name)
    ratio = (first.main.mean_words + 1) / (second.main.mean_words + 1)
    if ratio > 2.5 or ratio < 0.4:
        longer = "longer" if ratio > 1 else "shorter"
        message = f"{quote(first.name)} is {longer} than {quote(second.name)}: queries are shorter than documents"
        yield Evidence(-0.6 if ratio > 1 else 0.6, message, first.name)
    repeats = second.main.uniqueness - first.main.uniqueness
    if abs(repeats) > 0.2:
        message = f"{quote(first.name)} repeats {'more' if repeats > 0 else 'less'} often than {quote(second.name)}"
        yield Evidence(0.5 if repeats > 0 else -0.5, message, first.name)


def is_allowed(roles: Mapping[str, Role], given: Mapping[str, str]) -> bool:
    """Whether roles agree with what the reader says; columns without a role are not used."""
    for name, said in given.items():
        own = roles.get(name)
        if own is None:
            if said not in ("id", "ignored"):
                return False
        elif own not in equivalent(said) and not (said == "text" and own in FIRST | SECOND | {"negative"}):
            return False
    return True
