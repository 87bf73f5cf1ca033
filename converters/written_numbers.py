"""Numbers that people wrote as texts: with a plus, a percent sign or a decimal comma, or a word for none."""

import pyarrow as pa
import pyarrow.compute as pc

#: Words that stand where a number is missing, in lower case.
NOTHING = ("", "null", "nan", "na", "n/a", "#n/a", "none", "nil", "-", "?")

_NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
_COMMA = r"^[-+]?\d+,\d+$"
_PERCENT = r"\s*%$"


def parse_numbers(texts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array | None:
    """The numbers that texts hold, null where a word says that there is none; None if some text is no number.

    Whole numbers become integers, all others floating point numbers, percentages hundredths: "37 %" is 0.37. A comma
    is a decimal one where all commas can be: "0,37", but not "1,000" beside "2.5".

    Args:
        texts: strings.
    """
    trimmed = pc.utf8_trim_whitespace(texts)
    missing = pc.fill_null(pc.is_in(pc.utf8_lower(trimmed), value_set=pa.array(NOTHING)), True)
    filled = pc.if_else(missing, None, trimmed)
    bare = pc.replace_substring_regex(filled, _PERCENT, "")
    percent = _all(pc.match_substring_regex(filled, _PERCENT))
    commas = pc.match_substring(bare, ",")
    whole = pc.match_substring_regex(bare, r"^[-+]?\d+$")
    thousands = pc.match_substring_regex(bare, r"^[-+]?\d{1,3},\d{3}$")
    if _some(commas) and _all(pc.or_(whole, pc.match_substring_regex(bare, _COMMA))):
        if _all(pc.or_(whole, thousands)):  # 1,000: is it a thousand or one?
            return None
        bare = pc.replace_substring(bare, ",", ".")
    if not _all(pc.match_substring_regex(bare, _NUMBER)) or (not percent and _some(pc.match_substring(filled, "%"))):
        return None
    plain = pc.replace_substring_regex(bare, r"^\+", "")
    if percent:
        return pc.divide(pc.cast(plain, pa.float64()), 100.0)
    for kind in (pa.int64(), pa.float64()):
        try:
            return pc.cast(plain, kind)
        except pa.ArrowInvalid:
            continue
    return None


def _all(mask: pa.ChunkedArray | pa.Array) -> bool:
    """Whether all values that are there are true, and there are any."""
    return bool(pc.all(mask).as_py()) if len(mask) > mask.null_count else False


def _some(mask: pa.ChunkedArray | pa.Array) -> bool:
    return bool(pc.any(mask).as_py())
