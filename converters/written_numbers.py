"""Numbers that people wrote as texts: with a plus, a percent sign or a decimal comma, or a word for none; ratings.

A rating is a number out of the best one, `3/5`, a number of stars or points, `4 stars`, or stars themselves, `★★★☆☆`.
"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from converters.scales import Span

#: Words that stand where a number is missing, in lower case.
NOTHING = (
    *("", "null", "nan", "na", "n/a", "#n/a", "none", "nil", "-", "?", "\\n"),
    *("#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!"),
)

#: So many texts are looked at before all are.
PEEKED = 64

#: A number as Arrow reads it, but for a plus before it.
NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
_COMMA = r"^[-+]?\d+,\d+$"
_WHOLE = r"^[-+]?\d+$"
_THOUSANDS = r"^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$"
_CERTAIN = r"^[-+]?[1-9]\d{0,2}(,\d{3}(,|\.)|(,\d{3}){2,})"
_PERCENT = r"\s*%$"

_RATED = r"\s*/\s*(5|10|100|3|4|6|7)$"
_STARS = r"^[★⭐]+[☆✩]*$"
_MOST_STARS = 10
_UNIT = (
    r"(?i)\s+(stars?|points?|pts?|étoiles?|etoiles?|sterne?|punkte?|estrellas?|estrelas?|puntos?|pontos?|stelle|stella|"
    r"punt[oi]|sterren|ster|punten|gwiazdk[ai]|gwiazdek|yıldız|puan|звезд[аы]?|звёзд[аы]?|балл(а|ов)?|out of (5|10))$"
)
_RATING = rf"{_STARS}|^\d.*({_RATED}|{_UNIT})|^\d+\s?[星颗つ점分]$"


_NO_NUMBERS = Span()


@dataclass(frozen=True)
class Notation:
    """How the numbers of a column of texts are written, as far as the column has been seen.

    What two parts of a column show adds up (`|`), so that a column of any length is told in bounded memory.

    Attributes:
        some: whether there is a number at all.
        percents: whether one has a percent sign.
        commas: whether one has a comma.
        grouped: whether one has a comma that can only separate thousands.
        plain: whether all are written without a comma.
        thousands: whether all commas can separate thousands.
        decimals: whether all are whole or have one comma, as a decimal one.
        either: whether all commas could be one as well as the other.
        bare: from where to where numbers without a percent sign lie, commas left out, and commas as decimal points.
        hundredths: the same of percentages, divided by 100.
        best: from where to where the best numbers of ratings lie: 5 of `3/5`.
        unrated: whether a number stands without a best one.
        strange: a text that is no number however it is read, or one past what a number can be; None where there is
            none.
    """

    some: bool = False
    percents: bool = False
    commas: bool = False
    grouped: bool = False
    plain: bool = True
    thousands: bool = True
    decimals: bool = True
    either: bool = True
    bare: tuple[Span, Span] = (_NO_NUMBERS, _NO_NUMBERS)
    hundredths: tuple[Span, Span] = (_NO_NUMBERS, _NO_NUMBERS)
    best: Span = _NO_NUMBERS
    unrated: bool = False
    strange: str | None = None

    @classmethod
    def of(cls, texts: pa.ChunkedArray | pa.Array) -> "Notation":
        """What texts show; those that are no numbers however they are read show nothing but that."""
        best = _best(texts)
        filled = _filled(texts)
        bare = pc.replace_substring_regex(filled, _PERCENT, "")
        plain, whole = pc.match_substring_regex(bare, NUMBER), pc.match_substring_regex(bare, _WHOLE)
        comma = thousands = pc.and_(plain, False)
        if _some(pc.match_substring(bare, ",")):
            comma, thousands = (pc.match_substring_regex(bare, each) for each in (_COMMA, _THOUSANDS))
        numbers = _floats(bare, "")
        overflown = pc.and_(pc.or_(plain, thousands), pc.is_null(numbers))
        readable = pc.and_(pc.or_(plain, pc.or_(comma, thousands)), pc.invert(overflown))
        strange = None
        if _some(pc.invert(readable)):
            strange = texts[pc.index(readable, False).as_py()].as_py()
            bare = pc.if_else(readable, bare, None)
            if not _some(readable):
                return cls(strange=strange)
            plain, comma, thousands, whole, filled = (
                pc.if_else(readable, each, None) for each in (plain, comma, thousands, whole, filled)
            )
        if not _some(readable):
            return cls()
        percent = pc.match_substring_regex(filled, _PERCENT)
        commas, percents = _some(pc.match_substring(bare, ",")), _some(percent)
        spans = []
        for each in (numbers, _floats(bare, ".")) if commas else (numbers,):
            others = pc.if_else(percent, None, each) if percents else each
            shares = Span.of(pc.divide(pc.if_else(percent, each, None), 100.0)) if percents else Span()
            spans.append((Span.of(others), shares))
        return cls(
            some=True,
            percents=percents,
            commas=commas,
            grouped=commas and _some(pc.match_substring_regex(bare, _CERTAIN)),
            plain=_all(plain),
            thousands=_all(pc.or_(plain, thousands)),
            decimals=_all(pc.or_(whole, comma)),
            either=_all(pc.or_(whole, thousands)),
            bare=(spans[0][0], spans[-1][0]),
            hundredths=(spans[0][1], spans[-1][1]),
            best=Span.of(best),
            unrated=len(best.drop_null()) < len(filled.drop_null()),
            strange=strange,
        )

    def __or__(self, other: "Notation") -> "Notation":
        return Notation(
            some=self.some or other.some,
            percents=self.percents or other.percents,
            commas=self.commas or other.commas,
            grouped=self.grouped or other.grouped,
            plain=self.plain and other.plain,
            thousands=self.thousands and other.thousands,
            decimals=self.decimals and other.decimals,
            either=self.either and other.either,
            bare=(self.bare[0] | other.bare[0], self.bare[1] | other.bare[1]),
            hundredths=(self.hundredths[0] | other.hundredths[0], self.hundredths[1] | other.hundredths[1]),
            best=self.best | other.best,
            unrated=self.unrated or other.unrated,
            strange=self.strange if self.strange is not None else other.strange,
        )

    @property
    def comma(self) -> str | None:
        """What a comma stands for: nothing, or a decimal point; None where the numbers cannot be told.

        Percentages stand beside numbers from 0 to 1 only, and ratings beside others out of the same best number:
        "3/5" and "1/7" may be days.
        """
        if not self.some:
            return None
        if self.best.low <= self.best.high and (
            self.unrated or self.best.low < self.best.high or self.bare[0].high > self.best.high
        ):
            return None
        if not self.commas:
            found = "" if self.plain else None
        elif self.grouped and self.thousands:
            found = ""
        else:
            found = "." if self.decimals and not self.either else None
        if found is None or not self.percents:
            return found
        others = self.bare[found == "."]
        return found if others.low > others.high or others.within_unit else None

    @property
    def span(self) -> Span:
        """From where to where the numbers lie."""
        if self.comma is None:
            return Span()
        place = self.comma == "."
        return self.bare[place] | self.hundredths[place]

    def read(self, texts: pa.ChunkedArray | pa.Array) -> tuple[pa.ChunkedArray | pa.Array, pa.ChunkedArray | pa.Array]:
        """The numbers that texts hold, null where there is none, and true for each text that is none in this notation.

        Args:
            texts: of the column that this is the notation of.
        """
        filled = _filled(texts)
        numbers = _floats(pc.replace_substring_regex(filled, _PERCENT, ""), self.comma or "")
        if self.percents:
            percent = pc.match_substring_regex(filled, _PERCENT)
            numbers = pc.if_else(percent, pc.divide(numbers, 100.0), numbers)
        return numbers, pc.and_(pc.is_valid(filled), pc.is_null(numbers))


def are_numbers(texts: pa.Array) -> pa.Array:
    """True for each text that is a number in one notation or another; texts must not be null."""
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), _PERCENT, "")
    plain, comma, thousands = (pc.match_substring_regex(bare, each) for each in (NUMBER, _COMMA, _THOUSANDS))
    overflown = pc.and_(pc.or_(plain, thousands), pc.is_null(_floats(bare, "")))
    return pc.and_(pc.or_(plain, pc.or_(comma, thousands)), pc.invert(overflown))


def parse_numbers(texts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array | None:
    """The numbers that texts hold, null where a word says that there is none; None if some text is no number.

    Whole numbers become integers, all others floating point numbers, percentages hundredths: "37 %" is 0.37, also
    beside numbers from 0 to 1. A rating is its number: "3/5" is 3, "4 stars" 4, "★★☆" 2. A comma is a decimal one
    where all commas can be: "0,037". It separates thousands where there is more than one in a number or a decimal point
    behind it: "1,037.5". Where it could be either, as in "1,000" and "2,500", nothing is a number.

    Args:
        texts: strings.
    """
    if len(texts) > PEEKED and not _may_be_numbers(texts.slice(0, PEEKED)):
        return None
    notation = Notation.of(texts)
    if notation.strange is not None or (comma := notation.comma) is None:
        return None
    if not notation.percents:
        try:
            return pc.cast(_written(pc.replace_substring_regex(_filled(texts), _PERCENT, ""), comma), pa.int64())
        except pa.ArrowInvalid:
            pass
    numbers, strange = notation.read(texts)
    return None if _some(strange) else numbers


def _filled(texts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """The texts without the space around them, null where one says that there is no number."""
    trimmed = pc.utf8_trim_whitespace(texts)
    missing = pc.fill_null(pc.is_in(pc.utf8_lower(trimmed), value_set=pa.array(NOTHING)), True)
    return _without_rating(pc.if_else(missing, None, trimmed))


def _without_rating(trimmed: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """The texts with the number alone where one is a rating."""
    if not _some(pc.match_substring_regex(trimmed, _RATING)):
        return trimmed
    starred = pc.match_substring_regex(trimmed, _STARS)
    if _some(starred):
        count = pc.add(*(pc.count_substring(trimmed, star) for star in "★⭐"))
        few = pc.and_(starred, pc.less_equal(count, _MOST_STARS))
        trimmed = pc.if_else(few, pc.cast(count, pa.string()), trimmed)
    for sign in (_RATED, _UNIT, r"\s?[星颗つ점分]$"):
        number = pc.match_substring_regex(trimmed, rf"^\d+([.,]\d+)?({sign})")
        trimmed = pc.if_else(number, pc.replace_substring_regex(trimmed, sign, ""), trimmed)
    return trimmed


def _best(texts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """The best numbers of ratings, null where a text is none."""
    trimmed = pc.utf8_trim_whitespace(texts)
    rated = pc.match_substring_regex(trimmed, rf"^\d+([.,]\d+)?{_RATED}")
    return pc.cast(pc.if_else(rated, pc.replace_substring_regex(trimmed, r"^.*/\s*", ""), None), pa.float64())


def _written(bare: pa.ChunkedArray | pa.Array, comma: str) -> pa.ChunkedArray | pa.Array:
    """Numbers as Arrow reads them."""
    return pc.replace_substring_regex(pc.replace_substring(bare, ",", comma), r"^\+", "")


def _floats(bare: pa.ChunkedArray | pa.Array, comma: str) -> pa.ChunkedArray | pa.Array:
    """Floating point numbers, null where a text is none that one can hold; a comma stands for `comma`."""
    fits = pc.match_substring_regex(bare, NUMBER)
    if _some(pc.match_substring(bare, ",")):
        fits = pc.or_(fits, pc.match_substring_regex(bare, _COMMA if comma else _THOUSANDS))
    written = pc.if_else(fits, _written(bare, comma), None)
    try:
        numbers = pc.cast(written, pa.float64())
    except pa.ArrowInvalid:  # past what a number can be
        return pa.chunked_array([pa.nulls(len(bare), pa.float64())])
    infinite = pc.is_inf(numbers)
    return pc.if_else(infinite, None, numbers) if _some(infinite) else numbers


def _may_be_numbers(texts: pa.ChunkedArray | pa.Array) -> bool:
    """Whether no text is without a digit, but for words for none: most columns are told from the first few."""
    digits = pc.match_substring_regex(texts, r"^\s*([-+]?[\d.,]*\d|[★⭐])")
    words = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(texts)), value_set=pa.array(NOTHING))
    return _all(pc.or_(digits, words)) or texts.null_count == len(texts)


def _all(mask: pa.ChunkedArray | pa.Array) -> bool:
    """Whether all values that are there are true, and there are any."""
    return bool(pc.all(mask).as_py()) if len(mask) > mask.null_count else False


def _some(mask: pa.ChunkedArray | pa.Array) -> bool:
    return bool(pc.any(mask).as_py())
