"""Surveys of label columns: what has to be known of all labels before one of them can be read.

Whether 3 is a lot depends on the scale, which class gets the number 0 on the other classes, and whether a comma is a
decimal point on all other commas. A survey is shown the labels part by part, of one split or of several, and keeps only
what decides: the different values of classes, from where to where scores go, how numbers are written. What it settles
reads labels in any part of the data alike, and says which of them cannot be read.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.errors import InputError, quote
from converters.formats import LabelKind
from converters.grade_words import grades_of
from converters.labels import MOST_GRADES, binary, class_ids, not_numbers, number_lists, numbers, strange_words
from converters.scales import Span, scale_of
from converters.written_numbers import NOTHING, NUMBER, Notation
from converters.yes_no import NO, YES

#: Kinds of labels of which every value depends on the others.
SURVEYED: tuple[LabelKind, ...] = ("class", "binary", "score", "margin", "grade")


@dataclass(frozen=True)
class Read:
    """Labels as losses want them.

    Attributes:
        values: the labels; null where there is none.
        bad: true for each that is there and cannot be read; None where all can.
        why: what is wrong with those, behind their value: `which is no number`.
    """

    values: pa.ChunkedArray
    bad: pa.ChunkedArray | None = None
    why: str = ""


@dataclass(frozen=True)
class Settled:
    """How the labels of a column are read.

    Attributes:
        kind: what a label means.
        label: the name of the column.
        own_names: names of the class ids that the data carries.
        type: the type that values are brought to before they are read; None where none was seen.
        levels: the different values, where each is read for itself; else None.
        found: what each level is read as.
        strange: of each level whether it cannot be read.
        notation: how numbers in texts are written; None where labels are no texts.
        scale: the scale that scores are on.
        class_names: names of the classes, in the order of their ids.
    """

    kind: LabelKind
    label: str
    own_names: tuple[str, ...] = ()
    type: pa.DataType | None = None
    levels: pa.Array | None = None
    found: pa.Array | None = None
    strange: pa.Array | None = None
    notation: Notation | None = None
    scale: tuple[float, float] = (0.0, 1.0)
    class_names: tuple[str, ...] = ()

    def read(self, values: pa.ChunkedArray) -> Read:
        """The labels of some rows of the data."""
        if self.kind not in SURVEYED:
            return _read_lists(values, self.label)
        if self.kind == "class" and self.own_names:
            return Read(class_ids(values, self.label, self.own_names)[0])
        is_text = pa.types.is_string(values.type)
        if self.levels is not None and (is_text or self.kind != "grade"):
            if self.type is not None and values.type != self.type:
                values = pc.cast(values, self.type)
            places = pc.index_in(values, value_set=self.levels)
            found = _at(self.found, places)
            if self.strange is None:
                return Read(found)
            why = "one of more than two values, which says neither yes nor no: use 1 and 0, or read it as classes"
            return Read(found, _at(self.strange, places), why)
        bad, why = None, ""
        if self.notation is not None and is_text:
            found, bad = self.notation.read(values)
            why = _why_no_number(values, bad)
        else:
            found = numbers(values, self.label)
        if self.kind != "score":
            return Read(found, bad, why)
        low, high = self.scale
        outside = pc.fill_null(pc.or_(pc.less(found, low), pc.greater(found, high)), False)
        if pc.any(outside).as_py():
            bad = outside if bad is None else pc.or_(bad, outside)
            why = f"which lies outside the range {low:g} to {high:g}"
        if (low, high) != (0.0, 1.0):
            found = pc.divide(pc.subtract(found, low), high - low)
        return Read(found, bad, why)


@dataclass
class Survey:
    """What the labels of a column show, as far as they have been seen.

    Attributes:
        kind: what a label means.
        label: the name of the column.
        own_names: names of the class ids, where the data carries them.
        score_range: the scale that scores are on; by default the narrowest usual one that holds them all.
    """

    kind: LabelKind
    label: str
    own_names: tuple[str, ...] = ()
    score_range: tuple[float, float] | None = None
    _type: pa.DataType | None = field(default=None, repr=False)
    _levels: pa.Array | None = field(default=None, repr=False)
    _notation: Notation | None = field(default=None, repr=False)
    _span: Span = field(default_factory=Span, repr=False)

    def add(self, values: pa.ChunkedArray) -> None:
        """Takes some labels into account.

        Raises:
            InputError: they are of a type that such labels never have.
        """
        if self.kind not in SURVEYED or (self.kind == "class" and self.own_names):
            return
        if pa.types.is_nested(values.type):
            raise InputError(f"column {quote(self.label)} holds {values.type}, not {_WANTED[self.kind]}")
        if self.kind in ("class", "binary"):
            self._add_levels(self._of_one_type(values))
            return
        if pa.types.is_string(values.type):
            if self.kind == "grade" and (self._levels is None or len(self._levels) <= MOST_GRADES):
                self._add_levels(values.drop_null())
            self._notation = (self._notation or Notation()) | Notation.of(values)
        else:
            self._span |= Span.of(numbers(values, self.label))

    def settle(self) -> Settled:
        """How the labels are read, all of them having been seen.

        Raises:
            InputError: they are no labels of their kind.
        """
        settled = Settled(self.kind, self.label, self.own_names, self._type)
        if self.kind == "class":
            return self._settled_classes()
        if self.kind == "binary":
            return self._settled_answers()
        if self.kind not in ("score", "margin", "grade"):
            return settled
        span, notation = self._span, self._notation
        if notation is not None:
            if self.kind == "grade" and notation.comma is None and (words := self._grade_words()) is not None:
                return words
            if notation.comma is None and (notation.some or notation.strange is not None):
                raise not_numbers(self.label)
            span |= notation.span
        scale = (0.0, 1.0)
        if self.kind == "score" and span.low <= span.high:
            scale = self.score_range or scale_of(span.low, span.high)
            if not scale[0] < scale[1]:
                raise InputError(
                    f"column {quote(self.label)}: a score range has to run from low to high, "
                    f"not {scale[0]:g} to {scale[1]:g}"
                )
        return Settled(self.kind, self.label, self.own_names, self._type, notation=notation, scale=scale)

    def _settled_classes(self) -> Settled:
        levels = self._levels if self._levels is not None else pa.array([], self._type or pa.string())
        ids, names = class_ids(pa.chunked_array([levels]), self.label, self.own_names)
        return Settled(
            self.kind, self.label, self.own_names, self._type, levels, ids.combine_chunks(), class_names=names
        )

    def _settled_answers(self) -> Settled:
        levels = self._levels if self._levels is not None else pa.array([], self._type or pa.string())
        nothing = _nothing(levels)
        strange = pc.and_(strange_words(levels, self.own_names), pc.invert(nothing))
        known = pc.invert(pc.or_(strange, nothing))
        found = binary(pa.chunked_array([levels.filter(known)]), self.label, self.own_names)
        answers = np.full(len(levels), -1, dtype=np.int64)
        answers[np.asarray(known)] = pc.fill_null(found, -1).to_numpy()
        values = pa.array(answers, mask=answers < 0)
        return Settled(self.kind, self.label, self.own_names, self._type, levels, values, strange)

    def _grade_words(self) -> Settled | None:
        """Grades that are words of a scale; None where they are not."""
        levels = self._levels
        if levels is None or len(levels) > MOST_GRADES or (places := grades_of(levels.to_pylist())) is None:
            return None
        found = pa.array([places[word] for word in levels.to_pylist()], pa.float64())
        return Settled(self.kind, self.label, self.own_names, self._type, levels, found)

    def _add_levels(self, values: pa.ChunkedArray) -> None:
        new = pc.unique(values.combine_chunks())
        if self._levels is None:
            self._levels = new
        elif len(fresh := new.filter(pc.invert(pc.is_in(new, value_set=self._levels)))):
            self._levels = pa.concat_arrays([self._levels, fresh])

    def _of_one_type(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """Labels in the type that those of before have: splits need not agree on it."""
        if self._type is None or values.type == self._type:
            self._type = values.type
            return values
        both = (self._type, values.type)
        wide = pa.string()
        if all(pa.types.is_integer(each) or pa.types.is_floating(each) for each in both):
            wide = pa.float64() if any(map(pa.types.is_floating, both)) else pa.int64()
        self._levels = None if self._levels is None else pc.unique(pc.cast(self._levels, wide))
        self._type = wide
        return pc.cast(values, wide)


_WANTED = {
    "class": "classes",
    "binary": "a label of 1 and 0",
    "score": "scores",
    "margin": "margins",
    "grade": "grades",
}


def _nothing(levels: pa.Array) -> pa.Array:
    """True for words that stand where there is no label, and mean nothing else."""
    words = pc.utf8_lower(pc.utf8_trim_whitespace(pc.cast(levels, pa.string())))
    spare = [word for word in NOTHING if word not in YES and word not in NO]
    return pc.or_(pc.is_null(levels), pc.fill_null(pc.is_in(words, value_set=pa.array(spare)), False))


def _at(values: pa.Array, places: pa.ChunkedArray) -> pa.ChunkedArray:
    """The values at some places, null where there is none."""
    return pa.chunked_array([values.take(chunk) for chunk in places.chunks], values.type)


def _why_no_number(texts: pa.ChunkedArray, bad: pa.ChunkedArray) -> str:
    """What is wrong with the first of the texts that cannot be read as numbers."""
    place = pc.index(bad, True).as_py()
    if place >= 0 and pc.match_substring_regex(pc.utf8_trim_whitespace(texts.slice(place, 1)), NUMBER)[0].as_py():
        return "which is too large a number"
    return "which is no number"


def _read_lists(values: pa.ChunkedArray, label: str) -> Read:
    """Lists of numbers; those are bad in which one cannot be read, or is too large."""
    try:
        lists = number_lists(values, label)
    except InputError:
        kind = values.type
        if not (pa.types.is_list(kind) and pa.types.is_string(kind.value_type)):
            raise
    else:
        return Read(lists, _infinite(lists), "in which a number is too large")
    whole = values.combine_chunks()
    texts = pc.list_flatten(whole)
    wrong = pc.fill_null(pc.invert(pc.match_substring_regex(texts, NUMBER)), False)
    if pc.all(pc.or_(wrong, pc.is_null(texts))).as_py():
        raise not_numbers(label)
    strange = np.zeros(len(whole), dtype=bool)
    strange[pc.list_parent_indices(whole).to_numpy(zero_copy_only=False)[np.asarray(wrong)]] = True
    bad = pa.array(strange)
    read = pa.chunked_array([pc.cast(pc.if_else(bad, pa.scalar(None, kind), whole), pa.list_(pa.float64()))])
    if (infinite := _infinite(read)) is not None:
        bad = pc.or_(bad, infinite.combine_chunks())
    return Read(read, pa.chunked_array([bad]), "in which not all are numbers")


def _infinite(lists: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """True for each list with an infinite number, which is what becomes of one too large; None if there is none."""
    elements = pc.list_flatten(lists)
    if not pa.types.is_floating(elements.type) or not pc.any(pc.is_inf(elements)).as_py():
        return None
    found = np.zeros(len(lists), dtype=bool)
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
    rows = np.repeat(np.arange(len(lists)), lengths)
    found[rows[np.asarray(pc.fill_null(pc.is_inf(elements), False))]] = True
    return pa.chunked_array([pa.array(found)])
