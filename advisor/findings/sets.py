"""What can be wrong with a set of rows as a whole, or with sets beside one another."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advisor.findings.registry import Case, Found, check, examples
from advisor.findings.values import classes, yes_no
from converters.alike import found_in
from converters.errors import quote
from converters.mends.sets import leaking

#: Rows below which there are few.
FEW = 100

#: How many rows a class has to have in a row, on average, for the order to say something.
LONG_RUN = 8


@check(
    "SET001",
    "warning",
    "There are few rows",
    why="A held-out part of so few rows measures chance, and a handful of batches an epoch moves a model little.",
    mend="Collect more, or mine: several negatives a row make several rows.",
)
def _few_rows(case: Case) -> Iterator[Found]:
    if case.rows < FEW:
        yield Found("only {rows} rows: what is held out for evaluation will say little", case.rows)


@check(
    "SET002",
    "error",
    "Rows stand in another split as well",
    why="What is trained on cannot be tested with: the evaluation measures memory, the best checkpoint is the one that "
    "remembers most, and the result does not hold for anything new.",
    mend="Leave them out of the training split: `--fix SET002`. Split by query or document, and not by row.",
    scope="anchor",
)
def _overlap(case: Case) -> Iterator[Found]:
    names = case.plain_texts[: leaking(case.reading.format, len(case.plain_texts))]
    if not names:
        return
    comparable = {
        split: [other[name] for name in names]
        for split, other in case.others.items()
        if all(name in other.column_names and not pa.types.is_nested(other[name].type) for name in names)
    }
    inside = found_in([case.table[name] for name in names], list(comparable.values()))
    if rows := int(inside.sum()):
        what = f"a {quote(names[0])} that stands" if len(names) == 1 else "texts that stand"
        where = " or ".join(quote(split) for split in comparable)
        message = f"{{rows}} rows have {what} in {where} too"
        yield Found(message, rows, case.mend("SET002"), examples(case.text(names[0]), pa.array(inside)))


@check(
    "SET003",
    "warning",
    "The header stands among the rows",
    why="Files that were put together from parts repeat their header: the names of the columns would be trained on as "
    "texts, and one word among numbers turns all labels into texts.",
    mend="They are left out when the data is read; convert it to be rid of them.",
)
def _repeated_headers(case: Case) -> Iterator[Found]:
    if case.repeated_headers:
        yield Found("{rows} rows repeated the header and were left out", case.repeated_headers, case.convert)


@check(
    "SET004",
    "info",
    "The encoding of the file was guessed",
    why="A text file does not say how its characters are written. A wrong guess turns accents and quotation marks into "
    "other characters, which no tokenizer has seen in such places.",
    mend="Look at some texts with accents. `--encoding` overrules the guess; converting writes UTF-8.",
)
def _guessed_encoding(case: Case) -> Iterator[Found]:
    if case.encoding is not None:
        message = f"the file is not UTF-8 and was read as {quote(case.encoding)}; --encoding overrules"
        yield Found(message, None, case.convert)


@check(
    "SET005",
    "warning",
    "The splits do not match",
    why="A model is evaluated, and its best checkpoint chosen, on the other splits. Where they lack a column the "
    "evaluation stops; where their labels are others than in training, it measures something else.",
    mend="Give all splits the same columns and the same set of labels. A split whose labels are all the same number, "
    "or missing, was published without them: hold a part of the training split out instead.",
)
def _unlike_splits(case: Case) -> Iterator[Found]:
    label = case.reading.label
    needed = [*case.texts, *filter(None, [label])]
    for split, other in case.others.items():
        lacking = [name for name in needed if name not in other.column_names]
        if lacking:
            shown = ", ".join(quote(name) for name in lacking[:3])
            yield Found(f"the split {quote(split)} lacks the column{'s' * (len(lacking) > 1)} {shown}")
        elif label is not None and case.reading.label_kind in ("class", "binary"):
            yield from _unlike_labels(case, label, split, other[label])


def _unlike_labels(case: Case, label: str, split: str, other: pa.ChunkedArray) -> Iterator[Found]:
    own = case.table[label]
    if pa.types.is_nested(own.type) or pa.types.is_nested(other.type):
        return
    here, there = (pc.unique(pc.cast(each, pa.string()).combine_chunks()).drop_null() for each in (own, other))
    new = there.filter(pc.invert(pc.is_in(there, value_set=here)))
    if not len(there) and len(other):
        yield Found(f"the split {quote(split)} has no labels in {quote(label)}")
    elif len(new):
        shown = ", ".join(quote(each, 20) for each in new.slice(0, 3).to_pylist()) + (", ..." if len(new) > 3 else "")
        mark = pc.is_in(pc.cast(other, pa.string()), value_set=new)
        rows = int(pc.sum(mark).as_py() or 0)
        sampled = "" if case.rows == case.table.num_rows else " (as far as the samples tell)"
        message = f"{{rows}} rows of the split {quote(split)} have labels that the training rows lack: {shown}{sampled}"
        yield Found(message, rows, None, tuple(quote(each, 20) for each in new.slice(0, 3).to_pylist()))


@check(
    "SET007",
    "warning",
    "A column says which split a row belongs to",
    why="Rows that are meant for testing are trained on with the others, and the evaluation then measures memory.",
    mend="Write a file for each split, such as train.csv and test.csv in one folder, and name the folder.",
)
def _split_column(case: Case) -> Iterator[Found]:
    for name, column in case.profile.columns.items():
        said = {str(value).strip().lower() for value, _ in column.values}
        if column.nature in ("category", "token") and len(said) > 1 and said <= _SPLITS:
            own = [(str(value), number) for value, number in column.values if str(value).strip().lower() != "train"]
            shown = ", ".join(f"{number:,} in {quote(value, 20)}" for value, number in own)
            yield Found(f"{quote(name)} says which split a row belongs to: {shown}", sum(number for _, number in own))


#: What splits are called.
_SPLITS = frozenset(("train", "training", "validation", "valid", "val", "dev", "test", "testing", "eval"))


@check(
    "SET006",
    "info",
    "Rows are sorted by their label",
    why="Read in this order a batch holds one class: losses that compare within a batch find nothing to compare, and "
    "the last rows, held out without shuffling, are of one class too. The trainers shuffle by default; streamed data, "
    "a plain loop and `split[:90%]` do not.",
    mend="Shuffle: `dataset.shuffle(seed=12)`, or `--fix SET006`.",
)
def _sorted(case: Case) -> Iterator[Found]:
    if case.reading.label_kind not in ("class", "binary") or not case.texts:
        return
    found = classes(case)
    ids = found[0] if found is not None else yes_no(case)
    if ids is None:
        return
    ids = ids[ids >= 0]
    levels = len(np.unique(ids))
    runs = 1 + int((ids[1:] != ids[:-1]).sum())
    if levels > 1 and runs == levels and len(ids) >= LONG_RUN * levels:
        yield Found(
            f"all rows of a class stand together, {levels} classes one after the other", None, case.mend("SET006")
        )
