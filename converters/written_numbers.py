"""Numbers that people wrote as texts: with a plus, a percent sign or a decimal comma, or a word for none."""

import pyarrow as pa
import pyarrow.compute as pc

#: Words that stand where a number is missing, in lower case.
NOTHING = (
    *("", "null", "nan", "na", "n/a", "#n/a", "none", "nil", "-", "?", "\\n"),
    *("#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!"),
)

#: So many texts are looked at before all are.
PEEKED = 64

_NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
_COMMA = r"^[-+]?\d+,\d+$"
_PERCENT = r"\s*%$"


def parse_numbers(texts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array | None:
    """The numbers that texts hold, null where a word says that there is none; None if some text is no number.

    Whole numbers become integers, all others floating point numbers, percentages hundredths: "37 %" is 0.37, also
    beside numbers from 0 to 1. A comma is a decimal one where all commas can be: "0,037". It separates thousands where
    there is more than one in a number or a decimal point behind it: "1,037.5". Where it could be either, as in "1,000"
    and "2,500", nothing is a number.

    Args:
        texts: strings.
    """
    if len(texts) > PEEKED and not _may_be_numbers(texts.slice(0, PEEKED)):
        return None
    trimmed = pc.utf8_trim_whitespace(texts)
    missing = pc.fill_null(pc.is_in(pc.utf8_lower(trimmed), value_set=pa.array(NOTHING)), True)
    filled = pc.if_else(missing, None, trimmed)
    bare = pc.replace_substring_regex(filled, _PERCENT, "")
    percent = pc.match_substring_regex(filled, _PERCENT)
    if _some(pc.match_substring(bare, ",")):
        whole = pc.match_substring_regex(bare, r"^[-+]?\d+$")
        thousands = pc.match_substring_regex(bare, r"^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$")
        certain = _some(pc.match_substring_regex(bare, r"^[-+]?[1-9]\d{0,2}(,\d{3}(,|\.)|(,\d{3}){2,})"))
        if certain and _all(pc.or_(pc.match_substring_regex(bare, _NUMBER), thousands)):
            bare = pc.replace_substring(bare, ",", "")
        elif _all(pc.or_(whole, pc.match_substring_regex(bare, _COMMA))) and not _all(pc.or_(whole, thousands)):
            bare = pc.replace_substring(bare, ",", ".")
        else:
            return None
    if not _all(pc.match_substring_regex(bare, _NUMBER)):
        return None
    plain = pc.replace_substring_regex(bare, r"^\+", "")
    if _some(percent):
        numbers = pc.cast(plain, pa.float64())
        others = pc.min_max(pc.if_else(percent, None, numbers)).as_py()
        if others["min"] is not None and not 0 <= others["min"] <= others["max"] <= 1:
            return None
        return pc.if_else(percent, pc.divide(numbers, 100.0), numbers)
    for kind in (pa.int64(), pa.float64()):
        try:
            return pc.cast(plain, kind)
        except pa.ArrowInvalid:
            continue
    return None


def _may_be_numbers(texts: pa.ChunkedArray | pa.Array) -> bool:
    """Whether no text is without a digit, but for words for none: most columns are told from the first few."""
    digits = pc.match_substring_regex(texts, r"^\s*[-+]?[\d.,]*\d")
    words = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(texts)), value_set=pa.array(NOTHING))
    return _all(pc.or_(digits, words)) or texts.null_count == len(texts)


def _all(mask: pa.ChunkedArray | pa.Array) -> bool:
    """Whether all values that are there are true, and there are any."""
    return bool(pc.all(mask).as_py()) if len(mask) > mask.null_count else False


def _some(mask: pa.ChunkedArray | pa.Array) -> bool:
    return bool(pc.any(mask).as_py())
