"""Whether the first row of delimited text names the columns: evidence from every column, added up.

And whether it comes again further down, as where files were written one behind the other.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")

# Words that names of columns in training data are made of.
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    a abstract anchor answer answers article author b body candidate candidates caption category claim class
    code comment content context corpus corrupted cosine count damaged date dev distance doc docid document
    documents domain dr duplicate embedding embeddings emotion en entailment equivalent evidence feature
    features file filename fold followup genre gold grade group hard headline hypothesis id idx image index
    intent is item judgement judgment key keywords label labels lang language length line link list main margin
    mean message meta metadata name neg negative negatives no num number original output paragraph paraphrase
    part passage passages path pid pos positive positives premise product prompt qid quality queries query
    question questions rank rating reference references relatedness relevance relevancy relevant response review
    row score scores section sent sentence sentences sentiment seq sequence set sid similarity source split std
    str string sub subject subset subtitle summary tag tags target task teacher text texts timestamp title
    tokens topic train translation turn type uid url user utterance value vector verdict weight word words year
        """,
    )
)
_SENTENCE_LENGTH = 60
_TEXT_LENGTH = 20


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Decides whether the first of the rows holds names.

    What speaks for names: words that columns are called by; no number above numbers; a short cell above long texts;
    a cell that is none of the few values below it. What speaks against: a number; a cell whose value comes again
    below; a sentence; a cell as long as the texts below. Where nothing speaks either way, short cells without
    repetition pass for names, as is usual for CSV.

    Args:
        rows: the first rows of the file, at least one.
    """
    first = [cell.strip() for cell in rows[0]]
    body = rows[1:]
    if len(first) > 1 and all(map(_is_known, first)):  # files that were put together from parts repeat their names
        body = [row for row in body if [_bare(cell) for cell in row] != [_bare(cell) for cell in first]]
    if not body:
        return all(_is_known(cell) for cell in first if cell) and any(first)
    score = 0.0
    for position, cell in enumerate(first):
        column = [row[position].strip() for row in body if position < len(row)]
        score += _evidence(cell, [value for value in column if value])
    given = sorted(cell for cell in first if cell)
    repeated = any(one == other for one, other in pairwise(given))
    if repeated:
        score -= 1
    return score > 0 or (score == 0 and bool(given) and not repeated and all(map(_is_name_like, given)))


def without_header(batch: pa.RecordBatch, header: Sequence[str] | None) -> pa.RecordBatch:
    """The rows of text cells that do not repeat the header; in a single column, a text may well be like its name."""
    # The first cell may have a byte order mark in front, and nothing can be told from names that are empty.
    telling = [position for position, name in enumerate(header or ()) if name and position]
    if header is None or not telling:
        return batch
    alike = pc.starts_with(batch.column(telling[0]), header[telling[0]])
    for position in telling[1:]:
        if not pc.any(alike).as_py():
            return batch
        alike = pc.and_(alike, pc.starts_with(batch.column(position), header[position]))
    if not pc.any(alike).as_py():
        return batch
    names = [_bare(name) for name in header]
    keep = np.ones(batch.num_rows, bool)
    for index in np.flatnonzero(alike.fill_null(False)):
        keep[index] = [_bare(cell or "") for cell in batch.slice(index, 1).to_pylist()[0].values()] != names
    return batch.filter(pa.array(keep))


def _bare(cell: str) -> str:
    return cell.strip("\ufeff \t")


def _evidence(cell: str, column: list[str]) -> float:
    if not cell:
        return 0
    numbers = sum(map(_is_number, column)) >= 0.9 * len(column) if column else False
    if _is_number(cell):
        return -4 if numbers else -1
    if cell in column:
        return -4
    score = 3.0 if _is_known(cell) else 0.0
    if numbers:
        return score + 3
    if column and sum(map(_is_json_list, column)) >= 0.9 * len(column):
        return score + (-3 if _is_json_list(cell) else 3)
    if len(cell) > _SENTENCE_LENGTH or cell.endswith((".", "?", "!", "。", "？", "！")):
        score -= 2
    if len(column) >= 8 and len(set(column)) <= len(column) / 3:
        return score + 2
    lengths = sorted(map(len, column))
    if lengths and lengths[len(lengths) // 2] >= _TEXT_LENGTH:
        if len(cell) <= 30 and len(cell) < lengths[len(lengths) // 20]:
            score += 1.5
        elif len(cell) >= lengths[0]:
            score -= 1
    return score


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None


def _is_json_list(cell: str) -> bool:
    return cell.startswith("[") and cell.endswith("]")


def _is_known(cell: str) -> bool:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell)
    words = [word.rstrip("0123456789") for word in re.split(r"[\W_]+", spaced.lower())]
    words = [word for word in words if word]
    return 0 < len(words) <= 4 and all(word in _WORDS for word in words)


def _is_name_like(cell: str) -> bool:
    return len(cell) <= 30 and len(cell.split()) <= 3 and cell[-1] not in ".?!"
