"""What the rules want to know of a sample beyond its profile: lengths, repeats, and the shape of the labels.

Everything is computed with Arrow and numpy, on the sample. What cannot be measured, because the data is not what its
format says, stays at its default: findings tell about that.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advisor.findings import Case
from advisor.sampling import duplicates
from converters.errors import InputError
from converters.labels import as_numbers, number_lists
from converters.scales import scale_of

#: Tokens of a word, roughly, in the languages and vocabularies that models are used with most.
_TOKENS_A_WORD = 1.35

#: How many texts of a column are enough to compare its pairs, and to measure lengths.
_ENOUGH = 5000


def measured(case: Case) -> dict[str, Any]:
    """Fields of `Facts`, by name."""
    return {**_of_texts(case), **_of_repeats(case), **_of_label(case)}


def _of_texts(case: Case) -> dict[str, Any]:
    profiles = [case.profile.columns[name] for name in case.texts]
    tokens = tuple(_tokens(case, name) for name in case.texts)
    found: dict[str, Any] = {
        "text_words": tuple(each.mean_words for each in profiles),
        "text_tokens": tokens if all(tokens) else (),
    }
    if profiles:
        found["questions"] = profiles[0].questions
    if len(case.plain_texts) > 1 and case.plain_texts[:2] == case.texts[:2]:
        found["close_pairs"] = _close(*(_some(case, name) for name in case.texts[:2]))
    return found


def _tokens(case: Case, name: str) -> int:
    """How many tokens 95 of 100 texts stay within; 0 where there are no texts."""
    profile = case.profile.columns[name]
    texts = _some(case, name)
    if not profile.mean_words or not len(texts):
        return 0
    characters = pc.utf8_length(texts)
    mean, high = pc.mean(characters).as_py() or 0, pc.quantile(characters, 0.95)[0].as_py() or 0
    return max(1, round(profile.mean_words * _TOKENS_A_WORD * high / mean)) if mean else 0


def _some(case: Case, name: str) -> pa.ChunkedArray:
    """Texts of a column, of a list those of its elements."""
    values = case.table[name].slice(0, _ENOUGH)
    if pa.types.is_list(values.type) or pa.types.is_large_list(values.type):
        values = pc.list_flatten(values).slice(0, _ENOUGH)
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return pa.chunked_array([], type=pa.string())
    return values


def _close(first: pa.ChunkedArray, second: pa.ChunkedArray) -> float:
    """The share of pairs that are the same letters and digits."""
    if len(first) != len(second) or not len(first):
        return 0.0
    plain = [pc.replace_substring_regex(pc.utf8_lower(texts), r"[^\p{L}\p{N}]+", "") for texts in (first, second)]
    same = pc.and_(pc.equal(*plain), pc.not_equal(plain[0], ""))
    return _share(same)


def _of_repeats(case: Case) -> dict[str, Any]:
    found = {}
    for roles, field in ((("anchor", "query"), "repeated_anchors"), (("positive",), "repeated_positives")):
        names = case.reading.columns(*roles) or (case.texts[:1] if field == "repeated_anchors" else [])
        if names and case.table.num_rows and names[0] in case.plain_texts:
            found[field] = duplicates(case.table, names[:1]) / case.table.num_rows
    return found


def _of_label(case: Case) -> dict[str, Any]:
    label, kind = case.label, case.reading.label_kind
    if label is None:
        return {}
    if kind in ("class", "binary"):
        return {"lonely_classes": sum(count == 1 for _, count in label.values)}
    try:
        if kind in ("score", "margin"):
            return _of_numbers(_array(as_numbers(case.table[label.name])), kind)
        if kind in ("scores", "margins", "labels"):
            return _of_lists(number_lists(case.table[label.name], label.name).combine_chunks(), kind)
    except (InputError, pa.ArrowException, TypeError, ValueError):
        pass
    return {}


def _of_numbers(values: np.ndarray, kind: str) -> dict[str, Any]:
    values = values[np.isfinite(values)]
    if not len(values):
        return {}
    found: dict[str, Any] = {"quantiles": _quantiles(values)}
    if kind == "margin":
        found["turned"] = float((values < 0).mean())
        return found
    low, high = scale_of(float(values.min()), float(values.max()))
    if high > low:
        place = (values - low) / (high - low)
        ends = float((place <= 0.2).mean()), float((place >= 0.8).mean())
        found["extremes"] = sum(ends) if min(ends) >= 0.1 else 0.0
    return found


def _of_lists(lists: pa.Array, kind: str) -> dict[str, Any]:
    flat = _array(pa.chunked_array([pc.list_flatten(lists)]))
    rows = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    kept = np.isfinite(flat)
    values, rows = flat[kept], rows[kept]
    if not len(values):
        return {}
    found: dict[str, Any] = {"quantiles": _quantiles(values)}
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    lengths = np.diff(np.r_[starts, len(rows)])
    highest = np.maximum.reduceat(values, starts)
    if kind == "labels":
        lowest = np.minimum.reduceat(values, starts)
        relevant = np.add.reduceat((values > values.min()).astype(np.int64), starts)
        found["longest_list"] = int(lengths.max())
        found["flat_lists"] = float((highest == lowest).mean())
        found["one_positive"] = float((relevant == 1).mean())
    elif kind == "margins":
        found["turned"] = float((np.minimum.reduceat(values, starts) < 0).mean())
    else:  # the first score is the positive's
        first = values[starts]
        others = np.where(np.isin(np.arange(len(values)), starts), -np.inf, values)
        found["turned"] = float((np.maximum.reduceat(others, starts) > first).mean())
    return found


def _array(values: pa.ChunkedArray) -> np.ndarray:
    numbers = pc.cast(values, pa.float64(), safe=False)
    return np.asarray(pc.fill_null(numbers, float("nan")).to_numpy())


def _quantiles(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(each) for each in np.quantile(values, (0.1, 0.5, 0.9)))


def _share(mask: pa.ChunkedArray) -> float:
    return float(pc.sum(pc.fill_null(mask, False)).as_py() or 0) / len(mask) if len(mask) else 0.0
