"""Labels as losses want them: class ids from 0, ones and zeros, scores between 0 and 1, lists of numbers."""

from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.errors import InputError, quote
from converters.grade_words import grades_of
from converters.scales import scale_of
from converters.written_numbers import parse_numbers
from converters.yes_no import NO, YES, yes_and_no

#: The most words that a scale of grades is looked for in.
MOST_GRADES = 20

#: What stands where nobody agreed on a class, as in SNLI.
NO_CLASS = ("", "-", "?")

_ZERO = ("0", "0.0")
_MINUS_ONE = ("-1", "-1.0")


def class_ids(
    values: pa.ChunkedArray, label: str, own_names: tuple[str, ...] = ()
) -> tuple[pa.ChunkedArray, tuple[str, ...]]:
    """Class ids from 0, null where there is no class, and the names of the classes.

    Names that the data carries keep their ids (an id of -1 means none). Else the classes are numbered in order:
    numbers by size, words by the alphabet.

    Args:
        values: the label column.
        label: its name, for the message.
        own_names: names of the class ids, where the data carries them.

    Raises:
        InputError: the values are no classes.
    """
    if own_names:
        ids = pc.cast(values, pa.int64())
        known = pc.and_(pc.greater_equal(ids, 0), pc.less(ids, len(own_names)))
        return pc.if_else(known, ids, None), own_names
    if pa.types.is_nested(values.type):
        raise InputError(f"column {quote(label)} holds {values.type}, not classes")
    if pa.types.is_string(values.type):
        values = pc.utf8_trim_whitespace(values)
        values = pc.if_else(pc.is_in(values, value_set=pa.array(NO_CLASS)), None, values)
    numbers = as_numbers(values)
    if pc.count_distinct(numbers).as_py() == pc.count_distinct(values).as_py():  # "01" and "1" stay two classes
        values = numbers
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_nan(values), None, values)
    if pa.types.is_floating(values.type) and pc.all(pc.equal(values, pc.floor(values))).as_py():
        with suppress(pa.ArrowInvalid):  # infinite, or whole but past what an integer holds
            values = pc.cast(values, pa.int64())
    if pa.types.is_integer(values.type) and (limits := pc.min_max(values).as_py())["min"] == -1 and limits["max"] >= 2:
        values = pc.if_else(pc.equal(values, -1), None, values)  # nobody agreed on a class
    levels = pc.unique(values.combine_chunks()).drop_null()
    levels = levels.take(pc.array_sort_indices(levels))
    names = tuple(str(each) for each in levels.to_pylist())
    return pc.cast(pc.index_in(values, value_set=levels, skip_nulls=True), pa.int64()), names


def binary(values: pa.ChunkedArray, label: str, own_names: tuple[str, ...] = ()) -> pa.ChunkedArray:
    """1 where a pair belongs together, 0 where it does not: from 1 and 0, 1 and -1, or words for yes and no.

    Beside 1 and 0, a label of -1 says that nobody judged: it becomes null.

    Args:
        values: the label column.
        label: its name, for the message.
        own_names: names of the class ids, where the data carries them.

    Raises:
        InputError: there are other values, so that nobody can tell which means yes.
    """
    if pa.types.is_nested(values.type):
        raise InputError(f"column {quote(label)} holds {values.type}, not a label of 1 and 0")
    words = _answers(values, own_names)
    levels = pc.unique(words.combine_chunks()).drop_null()
    sides = yes_and_no(levels.to_pylist() if len(levels) <= len(YES) + len(NO) else ())
    if sides is None and len(levels):
        strange = levels.filter(pc.invert(pc.is_in(levels, value_set=pa.array([*YES, *NO]))))
        more = "more than two values" if len(levels) > 2 else "values"
        raise InputError(
            f"column {quote(label)} holds {more} that do not say yes or no, such as {quote(strange[0].as_py(), 20)}: "
            "use 1 and 0, or read it as classes"
        )
    yes = pa.array(sorted(sides[0]) if sides else [], pa.string())
    found = pc.cast(pc.is_in(words, value_set=yes), pa.int64())
    minus = pc.is_in(words, value_set=pa.array(_MINUS_ONE))
    beside = pc.any(pc.is_in(levels, value_set=pa.array(_ZERO))).as_py()
    return pc.if_else(minus, None, found) if beside else found


def strange_words(levels: pa.Array, own_names: tuple[str, ...] = ()) -> pa.Array:
    """True for each value that says neither yes nor no while others of the column say both.

    Words for nothing are not strange: who writes them has no label.

    Args:
        levels: the different values of the column.
        own_names: names of the class ids, where the data carries them.
    """
    words = _answers(pa.chunked_array([levels]), own_names).combine_chunks()
    plain = pc.unique(words).drop_null()
    none = pa.array(np.zeros(len(levels), dtype=bool))
    if len(plain) <= len(YES) + len(NO) and yes_and_no(plain.to_pylist()) is not None:
        return none
    known = pc.is_in(words, value_set=pa.array([*YES, *NO]))
    sides = yes_and_no(pc.unique(words.filter(known)).to_pylist())
    if sides is None or not all(sides):
        return none
    return pc.and_(pc.is_valid(words), pc.invert(known))


def not_numbers(label: str) -> InputError:
    """What to say of a column that holds no numbers."""
    return InputError(f"column {quote(label)} holds something that is no number: it cannot be a score")


def positives(values: pa.ChunkedArray, own_names: tuple[str, ...] = ()) -> float:
    """The share of labels that mean yes, however they are written, 0 to 1; 0 where that cannot be told."""
    try:
        ones = binary(values.drop_null(), "", own_names)
    except (InputError, pa.ArrowException):
        return 0.0
    return float(pc.mean(ones).as_py() or 0.0)


def unit_scores(
    values: pa.ChunkedArray, label: str, score_range: tuple[float, float] | None = None
) -> tuple[pa.ChunkedArray, tuple[float, float]]:
    """Scores scaled to 0..1, and the range they were on.

    Args:
        values: the label column.
        label: its name, for the message.
        score_range: the range; by default the narrowest usual one that holds all scores.

    Raises:
        InputError: the values are no numbers, or lie outside the range.
    """
    scores = numbers(values, label)
    limits = pc.min_max(scores).as_py()
    if limits["min"] is None:
        return scores, (0.0, 1.0)
    low, high = score_range or scale_of(limits["min"], limits["max"])
    if not low < high:
        raise InputError(f"column {quote(label)}: a score range has to run from low to high, not {low:g} to {high:g}")
    if limits["min"] < low or limits["max"] > high:
        raise InputError(
            f"column {quote(label)} holds scores from {limits['min']:g} to {limits['max']:g}, "
            f"outside the range {low:g} to {high:g}"
        )
    if (low, high) != (0.0, 1.0):
        scores = pc.divide(pc.subtract(scores, low), high - low)
    return scores, (low, high)


def numbers(values: pa.ChunkedArray, label: str) -> pa.ChunkedArray:
    """The label as floating point numbers.

    Raises:
        InputError: it holds something else.
    """
    found = as_numbers(values)
    if not (pa.types.is_integer(found.type) or pa.types.is_floating(found.type) or pa.types.is_boolean(found.type)):
        raise not_numbers(label)
    return pc.cast(found, pa.float64(), safe=False)


def grades(values: pa.ChunkedArray, label: str) -> pa.ChunkedArray:
    """The label as grades: numbers, or words of a scale by their place in it, from 0 for the worst.

    Raises:
        InputError: it holds something else.
    """
    if pa.types.is_string(values.type) and as_numbers(values) is values:
        words = pc.unique(values.combine_chunks()).drop_null()
        known = grades_of(words.to_pylist()) if len(words) <= MOST_GRADES else None
        if known is not None:
            places = pa.array([known[word] for word in words.to_pylist()], pa.float64())
            return pa.chunked_array([places.take(pc.index_in(values.combine_chunks(), value_set=words))])
    return numbers(values, label)


def number_lists(values: pa.ChunkedArray, label: str) -> pa.ChunkedArray:
    """The label as lists of numbers; numbers that are written as texts become numbers.

    Raises:
        InputError: it holds something else.
    """
    kind = values.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        inner = kind.value_type
        if pa.types.is_integer(inner) or pa.types.is_floating(inner):
            return values
        if not pa.types.is_nested(inner):
            try:
                return pc.cast(values, pa.list_(pa.float64()))
            except pa.ArrowException:
                pass
    raise InputError(f"column {quote(label)} holds {kind}, not lists of numbers")


def as_numbers(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers that are written as texts or decimals, made into numbers; anything else as it is."""
    if pa.types.is_decimal(values.type):
        return pc.cast(values, pa.float64())
    if pa.types.is_string(values.type):
        parsed = parse_numbers(values)
        return values if parsed is None else parsed
    return values


def matched(documents: pa.ChunkedArray, labels: pa.ChunkedArray) -> pa.ChunkedArray:
    """True where two lists are equally long, not empty, and hold something in every place."""
    lengths = pc.list_value_length(documents)
    same = pc.and_(pc.greater(lengths, 0), pc.equal(lengths, pc.list_value_length(labels)))
    return pc.and_(pc.fill_null(same, False), pc.and_(_full(documents), _full(labels)))


def _full(lists: pa.ChunkedArray) -> pa.ChunkedArray:
    """True where no element of a list is missing, NaN or infinite."""
    return pa.chunked_array([_full_chunk(chunk) for chunk in lists.chunks], pa.bool_())


def _full_chunk(lists: pa.Array) -> pa.Array:
    full = np.ones(len(lists), dtype=bool)
    elements = pc.list_flatten(lists)
    missing = pc.is_null(elements, nan_is_null=True)
    if pa.types.is_floating(elements.type):
        missing = pc.or_(missing, pc.fill_null(pc.is_inf(elements), False))
    if pc.any(missing, min_count=0).as_py():
        full[pc.list_parent_indices(lists).to_numpy()[missing.to_numpy(zero_copy_only=False)]] = False
    return pa.array(full)


def _answers(values: pa.ChunkedArray, own_names: tuple[str, ...]) -> pa.ChunkedArray:
    """The labels as words in lower case, by the names of the classes where those say yes and no."""
    names = [name.strip().lower() for name in own_names]
    if names and yes_and_no(names) is not None:
        ids = pc.cast(values, pa.int64()).combine_chunks()
        known = pc.and_(pc.greater_equal(ids, 0), pc.less(ids, len(names)))  # an id of -1 means none
        return pa.chunked_array([pa.array(names).take(pc.if_else(known, ids, None))])
    return _words(values)


def _words(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The labels as words in lower case; a plus before a number says nothing."""
    words = pc.utf8_lower(pc.utf8_trim_whitespace(pc.cast(values, pa.string())))
    return pc.replace_substring_regex(words, r"^\+(\d)", r"\1")
