"""Texts that say nothing: a word for nothing, punctuation alone, a single letter."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.wording.code_points import Mask

#: The whole text, in lower case, without the space around it and the punctuation behind it.
_WORDS = (
    *("n/a", "n.a", "n.a.", "na", "nan", "none", "null", "nil", "nul", "undefined", "unknown", "missing", "empty"),
    *("no text", "no content", "no data", "no comment", "no comments", "no description", "no answer", "not available"),
    *("not applicable", "not provided", "not specified", "tbd", "tba", "tbc", "todo", "test", "testing", "test test"),
    *("asdf", "asd", "qwerty", "xx", "xxx", "xxxx", "foo", "foobar", "lorem ipsum", "placeholder", "dummy"),
    *("[deleted]", "[removed]", "[null]", "[none]", "<null>", "<none>", "(null)", "(none)", "<na>", "deleted"),
    *("#n/a", "#name?", "#ref!", "#value!", "#div/0!", "#null!", "#num!", "undefined undefined", "[object object]"),
    *("keine angabe", "k.a.", "s/o", "sin datos", "sans objet", "нет данных", "н/д", "无", "なし", "暂无", "없음"),
)

#: Nothing but punctuation and spaces; signs of mathematics may be a formula, and pictures are content.
_PUNCTUATION = r"^[\p{P}\s~=+|<>^`]+$"
_LETTER = r"^[A-Za-z]$"

#: Nothing but numbers and what stands between them.
_NUMBERS = r"^[\p{P}\p{Sc}\s]*\p{N}[\p{N}\p{P}\p{Sc}\s%+=<>~]*$"

#: No such text is longer.
_LONGEST = 24


def says_nothing(texts: pa.StringArray) -> Mask:
    """True for each text that says nothing; an empty one is another matter."""
    found, short = _short(texts)
    if short.any():
        own = pc.utf8_lower(pc.utf8_trim_whitespace(texts.filter(pa.array(short))))
        bare = pc.utf8_rtrim(own, characters=".!,;-")
        words = pa.array(_WORDS)
        spoken = pc.or_(pc.is_in(own, value_set=words), pc.is_in(bare, value_set=words))
        marks = pc.match_substring_regex(own, rf"(?:{_PUNCTUATION})|{_LETTER}")
        found[short] = np.asarray(pc.and_(pc.or_(spoken, marks), pc.not_equal(own, "")))
    return found


def only_numbers(texts: pa.StringArray) -> Mask:
    """True for each text without a letter that holds a number."""
    found, short = _short(texts)
    if short.any():
        found[short] = np.asarray(pc.match_substring_regex(texts.filter(pa.array(short)), _NUMBERS))
    return found


def _short(texts: pa.StringArray) -> tuple[Mask, Mask]:
    """Nothing found yet, and where there is a chance."""
    short = np.asarray(pc.fill_null(pc.less_equal(pc.binary_length(texts), 4 * _LONGEST), False))
    return np.zeros(len(texts), dtype=bool), short
