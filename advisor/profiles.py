"""What the values of a column look like: the facts that every reading of a dataset rests on.

A profile is computed once from a bounded sample, with Arrow's vectorised functions only, and says nothing about roles:
that is the business of `advisor.readings`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advisor.relations import Relation, Rows, compared_rows, relations_of
from advisor.vocabulary import hint_of, word_set
from converters.written_numbers import parse_numbers
from converters.yes_no import yes_and_no

Nature = Literal[
    "text",  # strings that a person could have written
    "category",  # strings of which few differ: class names
    "token",  # identifiers, addresses, times of day: strings, but nothing to train on
    "boolean",
    "integer",
    "number",
    "texts",  # a list of texts in each row
    "numbers",  # a list of numbers in each row
    "records",  # a list of records in each row, with texts in them
    "nested",  # anything else with a structure
    "empty",  # nothing but nulls
]

#: How many of the most frequent values a profile keeps.
KEPT_VALUES = 1000

#: How many columns are compared with others to find words for their numbers.
MANY_COLUMNS = 20

#: How many texts are looked at to tell how texts are written.
WRITTEN_ROWS = 2000

#: Which share of rows has to have lists of the same length for these to belong together; the others are torn.
_NEARLY_ALL = 0.95

#: From so many rows on one may be torn, however large its share.
_FEW = 5

_TOKEN = (
    r"^(https?://\S*"  # an address
    r"|\d{4}-\d\d-\d\d([T ]\S*)?"  # a date or a time
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F-]{13,}"  # a UUID
    r"|[0-9a-fA-F]{16,}"  # a hash
    r"|[\w.:-]*\d[\w.:-]*"  # anything numbered, without a space: q17, MED-10, 5:12
    r"|[-+]?[\d.,]*\d\s?[€$£¥%]?"  # 1,037 and 12.50 €
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*|(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d\d.*"  # dates
    r"|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2},? \d{4}.*"
    r"|\S*[_/\\@#]\S*|[a-z]+[A-Z]\w*|[a-z0-9]+(-[a-z0-9]+)+"  # names in code, paths, addresses of mail
    r"|[a-z]{2}([-_][A-Za-z]{2})?)$"  # a language code
)
_WRITTEN_STRUCTURE = r"(?s)^\s*(\[.*\]|\{.*\})\s*$"

#: Codes of languages that columns beside texts hold.
LANGUAGES = word_set(
    """
    af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy id is it iw ja
    jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms mt my nb ne nl nn no pa pl ps pt ro ru sd si sk sl
    so sq sr su sv sw ta te th tl tr uk ur uz vi xh yi yo zh zu ara ben bul cat ces cmn dan deu ell eng epo
    est fas fin fra heb hin hun ind ita jpn kor lav lit nld nor pol por ron rus slk slv spa swe swa tam tel
    tha tur ukr urd vie yor zho
    """
)
_DATED = r"^(https?://|\d{4}-\d\d-\d\d|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-)"
_UNSPACED_SCRIPT = r"[\x{0E00}-\x{0EFF}\x{3040}-\x{30FF}\x{3400}-\x{9FFF}\x{AC00}-\x{D7AF}]"


@dataclass(frozen=True)
class ColumnProfile:
    """Facts about one column of the sample.

    Attributes:
        name: the column's name.
        type: Arrow's name of its type.
        nature: what kind of values it holds.
        rows: number of values, nulls included.
        missing: nulls, and strings without a visible character.
        distinct: number of different values that are not missing (of lists: of their elements).
        minimum: smallest number (of lists: smallest element); None where there are no numbers.
        maximum: largest number.
        whole: whether all numbers are integers.
        mean_words: mean number of words of a text; in scripts without spaces two characters count as a word.
        longest: number of characters of the longest text.
        questions: share of texts that end with a question mark.
        values: the most frequent values with their counts, most frequent first.
        lengths: smallest and largest length of the lists; None where there are no lists.
        mean_length: mean length of the lists.
        usual_length: the length of nearly all lists that are there; None where they have different ones.
        class_names: names of class ids, where the data carries them.
        fields: names of the fields of a record, or of the records in a list.
        numeric_fields: those of them that hold numbers or truth values.
    """

    name: str
    type: str
    nature: Nature
    rows: int
    missing: int
    distinct: int
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    mean_words: float = 0.0
    longest: int = 0
    questions: float = 0.0
    values: tuple[tuple[object, int], ...] = ()
    lengths: tuple[int, int] | None = None
    mean_length: float = 0.0
    usual_length: int | None = None
    class_names: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    numeric_fields: tuple[str, ...] = ()

    @property
    def filled(self) -> int:
        """Number of values that are not missing."""
        return self.rows - self.missing

    @property
    def uniqueness(self) -> float:
        """Share of different values among those that are not missing, 0 to 1."""
        return self.distinct / self.filled if self.filled else 0.0

    @property
    def is_text(self) -> bool:
        """Whether a text model can read its values."""
        return self.nature == "text"

    @property
    def is_text_like(self) -> bool:
        """Whether its values are words that could be texts, however few or alike they are."""
        return self.nature in ("text", "category")


@dataclass(frozen=True)
class TableProfile:
    """Profiles of all columns, and how the text columns relate to one another.

    Attributes:
        columns: by name, in the order of the data.
        rows: number of rows in the sample.
        relations: for each ordered pair of text columns, how their texts relate.
        aligned: pairs of list columns whose lists are equally long in nearly every row.
        spelled: columns of words that say what a column of few numbers says, each word for one number.
        compared: the numbers of each numeric column in the rows that `relations` compares; NaN where there is none.
    """

    columns: Mapping[str, ColumnProfile]
    rows: int
    relations: Mapping[tuple[str, str], Relation] = field(default_factory=dict)
    aligned: frozenset[tuple[str, str]] = frozenset()
    spelled: frozenset[str] = frozenset()
    compared: Mapping[str, Rows] = field(default_factory=dict)

    def composed(self, name: str) -> bool:
        """Whether a text column holds the texts of two or more others, one after the other."""
        parts = [
            other
            for (other, whole), found in self.relations.items()
            if whole == name
            and found.first_within > 0.95
            and found.own - found.other > 0.2
            and found.second_within < 0.8
        ]
        return len(parts) > 1

    def of_nature(self, *natures: Nature) -> list[ColumnProfile]:
        """The columns of one of these natures, in order."""
        return [each for each in self.columns.values() if each.nature in natures]


def profile_table(table: pa.Table, class_names: Mapping[str, tuple[str, ...]] | None = None) -> TableProfile:
    """Profiles a sample of rows.

    Args:
        table: the sample.
        class_names: names of class ids for the columns that have them.
    """
    names = class_names or {}
    columns = {name: profile_column(name, table[name], names.get(name, ())) for name in table.column_names}
    texts = [name for name, profile in columns.items() if profile.nature in ("text", "category")]
    relations = relations_of(table, texts)
    lengths = {name: pc.list_value_length(table[name]) for name, each in columns.items() if each.lengths is not None}
    aligned = frozenset(
        (one, other) for one, other in permutations(lengths, 2) if _matches(lengths[one], lengths[other])
    )
    numeric = (
        [each for each in columns.values() if each.nature in ("boolean", "integer", "number")] if relations else []
    )
    compared = {each.name: _compared(table[each.name]) for each in numeric}
    return TableProfile(columns, table.num_rows, relations, aligned, _spelled(table, columns), compared)


def _matches(one: pa.ChunkedArray, other: pa.ChunkedArray) -> bool:
    """Whether lengths are the same but for a few rows, which may be torn; of few rows, but for one."""
    same = pc.equal(pc.fill_null(one, -1), pc.fill_null(other, -1))
    needed = _NEARLY_ALL * len(one)
    return (pc.sum(same).as_py() or 0) >= (min(needed, len(one) - 1) if len(one) >= _FEW else needed)


def _compared(values: pa.ChunkedArray) -> Rows:
    """The numbers of a column in the rows that are compared."""
    some = values.take(pa.array(compared_rows(len(values)))).combine_chunks()
    if pa.types.is_string(some.type):
        some = parse_numbers(some) if parse_numbers(some) is not None else pa.nulls(len(some), pa.float64())
    if pa.types.is_decimal(some.type) or pa.types.is_boolean(some.type):
        some = pc.cast(pc.cast(some, pa.float64() if pa.types.is_decimal(some.type) else pa.int8()), pa.float64())
    return np.asarray(pc.cast(some, pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


def _spelled(table: pa.Table, columns: Mapping[str, ColumnProfile]) -> frozenset[str]:
    """Columns of class names beside a column with the ids of the same classes."""
    words = [each for each in columns.values() if each.nature == "category" and 1 < each.distinct <= KEPT_VALUES]
    numbers = [each for each in columns.values() if each.nature in ("integer", "boolean")]
    numbers = [each for each in numbers if hint_of(each.name).role != "id"][:MANY_COLUMNS]
    found = set()
    for word in words:
        for number in numbers:
            if number.distinct == word.distinct < min(word.filled, number.filled) / 2:
                pairs = table.select([word.name, number.name]).group_by([word.name, number.name]).aggregate([])
                if pairs.num_rows == word.distinct:
                    found.add(word.name)
    return frozenset(found)


def profile_column(name: str, values: pa.ChunkedArray, class_names: tuple[str, ...] = ()) -> ColumnProfile:
    """Profiles one column.

    Args:
        name: its name.
        values: its values in the sample.
        class_names: names of class ids, where the data carries them.
    """
    column = values.combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # of no chunk at all
        column = pa.array([], values.type)
    kind = column.type
    blank = ColumnProfile(
        name, str(kind), "empty", len(column), missing=len(column), distinct=0, class_names=class_names
    )
    if pa.types.is_null(kind) or column.null_count == len(column):
        return blank
    if pa.types.is_boolean(kind):
        return replace(blank, nature="boolean", missing=column.null_count, whole=True, **_counted(column))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _numeric(column, blank)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _textual(column, blank)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _listed(column, blank)
    if pa.types.is_temporal(kind):
        return replace(blank, nature="token", missing=column.null_count, distinct=_distinct(column))
    fields = tuple(field.name for field in kind) if pa.types.is_struct(kind) else ()
    return replace(blank, nature="nested", missing=column.null_count, fields=fields)


def _numeric(column: pa.Array, blank: ColumnProfile) -> ColumnProfile:
    numbers = pc.cast(column, pa.float64(), safe=False)
    finite = pc.filter(numbers, pc.fill_null(pc.is_finite(numbers), False))
    if not len(finite):
        return blank
    limits = pc.min_max(finite).as_py()
    whole = bool(len(finite)) and bool(pc.all(pc.equal(finite, pc.floor(finite))).as_py())
    return replace(
        blank,
        nature="integer" if whole else "number",
        missing=len(column) - len(finite),
        minimum=limits["min"],
        maximum=limits["max"],
        whole=whole,
        **_counted(finite),
    )


def _textual(column: pa.Array, blank: ColumnProfile) -> ColumnProfile:
    trimmed = pc.utf8_trim_whitespace(column)
    filled = pc.filter(trimmed, pc.fill_null(pc.not_equal(trimmed, ""), False))
    if not len(filled):
        return blank
    parsed = parse_numbers(filled)
    if parsed is not None:  # numbers that are written as strings
        numbers = _numeric(parsed, blank)
        return replace(numbers, missing=numbers.missing + len(column) - len(filled))
    characters = pc.utf8_length(filled)
    some = _some(filled)
    words = pc.add(
        pc.count_substring_regex(some, r"\s+"), pc.divide(pc.count_substring_regex(some, _UNSPACED_SCRIPT), 2)
    )
    mean_words = 1 + float(pc.mean(words).as_py())
    facts = _counted(filled)
    return replace(
        blank,
        nature=_nature_of_strings(some, mean_words, int(facts["distinct"]), len(filled)),
        missing=len(column) - len(filled),
        mean_words=mean_words,
        longest=int(pc.max(characters).as_py()),
        questions=_share(
            pc.match_substring_regex(some, r"[?？؟]$|^(?i:who|what|when|where|why|how|which|is|are|can|does|do)\b")
        ),
        **facts,
    )


def _some(values: pa.Array) -> pa.Array:
    """Some of the values, spread evenly: enough to tell how they are written."""
    step = max(1, len(values) // WRITTEN_ROWS)
    return values if step == 1 else values.take(pa.array(range(0, len(values), step), pa.int64()))


def _nature_of_strings(some: pa.Array, mean_words: float, distinct: int, filled: int) -> Nature:
    """Tells texts from class names and from identifiers by how they are written and how often they repeat."""
    if _are_languages(some):
        return "token"
    if _share(pc.match_substring_regex(some, _WRITTEN_STRUCTURE)) > 0.9:
        return "nested"
    if _share(pc.match_substring_regex(some, _TOKEN)) > 0.9:
        codes = _share(pc.match_substring_regex(some, r"\d")) < 0.5
        few = distinct < filled / 2 if codes else distinct <= 50 and distinct < filled / 3
        return "category" if few and not _share(pc.match_substring_regex(some, _DATED)) > 0.5 else "token"
    if mean_words <= 4 and distinct <= max(2, min(KEPT_VALUES, filled / 3)):
        return "category"
    return "text"


def _are_languages(some: pa.Array) -> bool:
    """Whether the values are codes of languages or locales, and not words for yes and no."""
    levels = pc.unique(some)
    if len(levels) > len(LANGUAGES) or not len(levels):
        return False
    codes = {str(each).replace("_", "-").split("-")[0].lower() for each in levels.to_pylist()}
    known = len(codes & LANGUAGES) / len(codes)
    short = all(len(code) in (2, 3) for code in codes)
    return known > (0.6 if short and len(codes) > 4 else 0.8) and yes_and_no(codes) is None


#: Which share of the lists have to be of one length for it to be the usual one: a few may be torn.
_USUAL = 0.9


def _usual_length(lengths: pa.Array) -> int | None:
    counted = pc.value_counts(lengths.drop_null()).flatten() if len(lengths) > lengths.null_count else []
    if not counted:
        return None
    most = int(pc.index(counted[1], pc.max(counted[1])).as_py())
    share = counted[1][most].as_py() / (len(lengths) - lengths.null_count)
    return int(counted[0][most].as_py()) if share >= _USUAL else None


def _listed(column: pa.Array, blank: ColumnProfile) -> ColumnProfile:
    lengths = pc.min_max(pc.list_value_length(column)).as_py()
    inner_type = column.type.value_type
    found = replace(
        blank,
        nature="nested",
        missing=column.null_count,
        lengths=(lengths["min"] or 0, lengths["max"] or 0),
        mean_length=float(pc.mean(pc.list_value_length(column)).as_py() or 0),
        usual_length=_usual_length(pc.list_value_length(column)),
    )
    if pa.types.is_struct(inner_type):
        fields = tuple(field.name for field in inner_type)
        written = any(pa.types.is_string(field.type) for field in inner_type)
        numeric = tuple(field.name for field in inner_type if _is_numeric(field.type))
        return replace(found, nature="records" if written else "nested", fields=fields, numeric_fields=numeric)
    if pa.types.is_nested(inner_type):
        return found
    inner = profile_column(blank.name, pa.chunked_array([pc.list_flatten(column)]))
    return replace(
        found,
        nature=_NATURES_OF_LISTS.get(inner.nature, "nested"),
        distinct=inner.distinct,
        minimum=inner.minimum,
        maximum=inner.maximum,
        whole=inner.whole,
        mean_words=inner.mean_words,
        longest=inner.longest,
        values=inner.values,
    )


def _is_numeric(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


_NATURES_OF_LISTS: Mapping[str, Nature] = {
    "text": "texts",
    "category": "texts",
    "token": "texts",
    "integer": "numbers",
    "number": "numbers",
    "boolean": "numbers",
}


def _counted(values: pa.Array) -> dict[str, Any]:
    """The number of different values, and the most frequent ones."""
    counts = pc.value_counts(values.drop_null())
    if not len(counts):
        return {"distinct": 0, "values": ()}
    order = pc.select_k_unstable(
        pa.table({"count": counts.field("counts"), "place": pa.array(range(len(counts)))}),
        k=min(KEPT_VALUES, len(counts)),
        sort_keys=[("count", "descending"), ("place", "ascending")],
    )
    kept = counts.take(order)
    return {
        "distinct": len(counts),
        "values": tuple(zip(kept.field("values").to_pylist(), kept.field("counts").to_pylist(), strict=True)),
    }


def _distinct(values: pa.Array) -> int:
    return int(pc.count_distinct(values, mode="only_valid").as_py())


def _share(mask: pa.Array) -> float:
    """The share of true values, nulls counted as false."""
    return float(pc.sum(pc.fill_null(mask, False)).as_py() or 0) / len(mask) if len(mask) else 0.0
