"""What can be wrong with labels."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advisor.commands import convert_command, inspect_command
from advisor.findings.registry import Case, Found, check, count, examples
from advisor.findings.values import (
    classes,
    counted,
    counted_sides,
    label_lists,
    label_numbers,
    understood,
    unfit_vectors,
    yes_no,
)
from advisor.vocabulary import word_set, words_of
from converters.alike import is_list
from converters.errors import InputError, quote
from converters.formats import FORMATS
from converters.labels import matched
from converters.layouts import unmatched_scores
from converters.scales import scale_of
from converters.written_numbers import NOTHING
from converters.yes_no import NO, YES

#: From how many times as many rows of one kind as of another labels count as unbalanced.
UNBALANCED_PAIRS = 3
UNBALANCED_CLASSES = 10

#: How many labels it takes to say something about how they are distributed.
ENOUGH = 20

#: The most classes that are looked at one by one.
MANY_CLASSES = 10_000


@check(
    "LBL001",
    "warning",
    "Scores are not between 0 and 1",
    why="Losses that compare a score with a cosine or a probability need it between 0 and 1. A score of 5 cannot be "
    "reached by a cosine, and binary cross-entropy with it goes to minus infinity.",
    mend="Convert the data: the scores are scaled from their range to 0..1.",
)
def _score_range(case: Case) -> Iterator[Found]:
    numbers = label_numbers(case, "score")
    if numbers is None or case.label is None:
        return
    low, high = case.label.minimum or 0.0, case.label.maximum or 0.0
    if low < 0 or high > 1:
        scale = scale_of(low, high)
        outside = (numbers < 0) | (numbers > 1)
        message = (
            f"scores run from {low:g} to {high:g} and have to be between 0 and 1; "
            f"converting scales them from {scale[0]:g}..{scale[1]:g}"
        )
        known = counted(case)
        rows = int(outside.sum())
        if known is not None:
            rows = sum(number for value, number in known.items() if not 0 <= float(value) <= 1)
        # Scaling by a range that single values or another scale stretch would make all others alike.
        stretched = _far_outside(numbers)[0].any() or _beyond_fractions(numbers) is not None
        yield Found(message, rows, None if stretched else case.convert, _shown(case, outside))


@check(
    "LBL002",
    "warning",
    "Classes are not ids that count from 0",
    why="A loss wants class ids 0, 1, 2, ... as integers. Words cannot become a tensor, and an id beyond the number of "
    "classes has no output to stand for it: training stops at the first step.",
    mend="Convert the data: classes are mapped to ids, in order, and their names are kept.",
)
def _class_ids(case: Case) -> Iterator[Found]:
    label = case.label
    if label is None or FORMATS[case.reading.format].label_kind != "class" or label.class_names:
        return
    if label.nature in ("category", "text", "boolean"):
        some = ", ".join(quote(value, 20) for value, _ in label.values[:3]) + (", ..." if label.distinct > 3 else "")
        message = f"the label {quote(label.name)} holds words ({some}), which have to be mapped to integers"
        yield Found(message, label.filled, case.convert)
    elif not label.type.startswith(("int", "uint")):
        message = f"the label {quote(label.name)} holds numbers of type {label.type}, which have to be integers"
        yield Found(message, label.filled, case.convert)
    elif (label.minimum, label.maximum) != (0, label.distinct - 1):
        message = (
            f"the label {quote(label.name)} holds {label.distinct} classes numbered {label.minimum:g} to "
            f"{label.maximum:g}, which have to be mapped to 0 to {label.distinct - 1}"
        )
        yield Found(message, label.filled, case.convert)


@check(
    "LBL003",
    "warning",
    "Some classes have a single example",
    why="Losses that build triplets inside a batch (the BatchTripletLoss kin) need two examples of a class; a class "
    "with one is only ever somebody's negative, and a held-out split cannot be stratified.",
    mend="Leave these rows out (`--fix LBL003`), merge the rare classes, or collect more examples.",
)
def _rare_classes(case: Case) -> Iterator[Found]:
    found = classes(case) if case.reading.label_kind == "class" else None
    label = case.label
    if found is None or label is None or _unique_class(case):
        return
    ids, names = found
    numbers = np.bincount(ids[ids >= 0], minlength=len(names))
    rare, used = [names[i] for i in np.flatnonzero(numbers == 1)], int((numbers > 0).sum())
    if label.rows == case.rows > case.table.num_rows and len(label.values) == label.distinct:  # of every row
        alone = [value for value, number in label.values if number == 1]
        rare, used = [_class_name(value, label.class_names) for value in alone], label.distinct
    if 0 < len(rare) < used:
        some = ", ".join(quote(name, 20) for name in rare[:3])
        where = "" if label.rows == case.rows else f"in the sample of {case.table.num_rows:,} of {case.rows:,} rows, "
        message = f"{where}{len(rare):,} of {used:,} classes have one example only: {some}"
        yield Found(message, len(rare), case.mend("LBL003"), tuple(quote(name) for name in rare[:3]))


def _class_name(value: object, names: tuple[str, ...]) -> str:
    known = isinstance(value, int | float) and 0 <= value < len(names)
    return names[int(value)] if known else str(value)  # type: ignore[call-overload]


@check(
    "LBL004",
    "error",
    "Labels are missing",
    why="A missing label becomes NaN or fails when the batch is put together; with NaN every weight of the model is "
    "lost in one step.",
    mend="Convert the data: rows without a label are dropped and counted. Or fill the labels in.",
)
def _missing_labels(case: Case) -> Iterator[Found]:
    label = case.label
    if label is None:
        return
    missing = label.missing
    if case.reading.label_kind == "class" and label.lengths is None:
        found = classes(case)
        missing = missing if found is None else int((found[0] < 0).sum())
    unread = 0 if case.slips is None else len(case.slips)  # a finding of its own
    if missing > unread:
        empty = pc.is_null(case.table[label.name], nan_is_null=pa.types.is_floating(case.table[label.name].type))
        shown = _texts(case, np.asarray(empty))
        read = " that can be read" if unread else ""
        yield Found(f"{{rows}} rows have no label in {quote(label.name)}{read}", missing, case.convert, shown)


@check(
    "LBL005",
    "error",
    "All labels are the same",
    why="There is nothing to tell apart: the loss is minimal when the model gives every row the same answer.",
    mend="Add rows with other labels; where the pairs all belong together, leave the label out and train on pairs: "
    "losses with negatives from the batch need no label.",
)
def _one_level(case: Case) -> Iterator[Found]:
    label = case.label
    if label is None or not case.texts or case.reading.label_kind not in ("class", "binary", "score", "grade"):
        return
    if label.distinct == 1:
        judged = yes_no(case) if case.reading.format == "labeled-pair" else None
        fix = _as_pairs(case, label.name) if judged is not None and (judged == 1).any() else None
        yield Found(f"every row has the same label, {quote(label.values[0][0], 20)}", label.filled, fix)


def _as_pairs(case: Case, label: str) -> str | None:
    """The command that leaves the label out."""
    said = understood(case, {label: "ignored"}, "pair")
    return convert_command(case.dataset, "pair", said=replace(said, format=None)) if said else None


@check(
    "LBL006",
    "warning",
    "Yes and no are not written as 1 and 0",
    why="Losses on labeled pairs compute with the label: 1 for a positive, 0 for a negative. Words fail, and -1 "
    "turns the loss of a negative upside down.",
    mend="Convert the data: they become 1 and 0.",
)
def _yes_no(case: Case) -> Iterator[Found]:
    label = case.label
    if label is not None and case.reading.label_kind == "binary" and case.reading.format == "labeled-pair":
        words = [name.strip().lower() for name in label.class_names]
        turned = len(words) == 2 and words[0] in YES and words[1] in NO
        judged = yes_no(case)
        unjudged = judged is not None and label.minimum == -1 and bool((judged < 0).any())  # a finding of its own
        if label.nature in ("boolean", "category", "text") or ((label.minimum or 0) < 0 and not unjudged):
            some = " and ".join(quote(value, 20) for value, _ in label.values[:2])
            yield Found(f"labels are {some}; losses want 1 and 0", label.filled, case.convert)
        elif turned:
            message = f"0 stands for {quote(words[0])} and 1 for {quote(words[1])}; losses want it the other way round"
            yield Found(message, label.filled, case.convert)


@check(
    "LBL007",
    "warning",
    "Numbers are written as texts",
    why="A loss computes with the label; a text that looks like a number cannot become a tensor.",
    mend="Convert the data: they become numbers.",
)
def _numbers_as_texts(case: Case) -> Iterator[Found]:
    label = case.label
    if label is None or not case.texts or FORMATS[case.reading.format].label_kind == "class":
        return
    if "string" in label.type and label.minimum is not None:
        yield Found(f"the label {quote(label.name)} holds numbers as {label.type}", label.filled, case.convert)


@check(
    "LBL008",
    "error",
    "Documents and labels do not match",
    why="A list loss pairs each document with its label by position, and so do scores of positives and negatives go "
    "with their texts; where the lists differ in length, or hold nothing in some place, training stops when it gets to "
    "that row.",
    mend="Convert the data: these rows are dropped and counted.",
    scope="row",
)
def _unmatched_lists(case: Case) -> Iterator[Found]:
    if case.reading.format == "grouped":
        yield from _unmatched_groups(case)
    if case.reading.format != "labeled-list" or case.reading.label is None:
        return
    documents, labels = case.table[case.texts[1]], case.table[case.reading.label]
    if not (is_list(documents.type) and is_list(labels.type)):
        return
    empty = pc.and_(_without_elements(documents), _without_elements(labels))  # a finding of its own
    wrong = pc.invert(pc.or_(pc.fill_null(matched(documents, labels), False), empty))
    if rows := count(wrong):
        shown = _texts(case, np.asarray(wrong))
        message = "in {rows} rows the documents and the labels do not match, or some are missing"
        yield Found(message, rows, case.convert, shown)


def _unmatched_groups(case: Case) -> Iterator[Found]:
    try:
        wrong = unmatched_scores(case.table, case.reading.roles)
    except InputError:  # converting says so
        return
    if wrong is not None and wrong.any():
        message = "in {rows} rows the texts and their scores do not match"
        yield Found(message, int(wrong.sum()), case.convert, _texts(case, wrong))


def _without_elements(lists: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.equal(pc.fill_null(pc.list_value_length(lists), 0), 0)


@check(
    "LBL009",
    "warning",
    "Labels are unbalanced",
    why="Binary cross-entropy and softmax losses are small for a model that always gives the frequent answer. "
    "BinaryCrossEntropyLoss takes a `pos_weight`, by which positives count for more; losses that build triplets from a "
    "batch find few of them among rare classes.",
    mend="For BinaryCrossEntropyLoss set `pos_weight` to the number of negatives for each positive. For classes, draw "
    "batches with the sampler `group_by_label`, or leave out some rows of the frequent ones.",
)
def _unbalanced(case: Case) -> Iterator[Found]:
    kind = case.reading.label_kind
    if kind == "binary" and case.reading.format == "labeled-pair":
        judged, sides = yes_no(case), counted_sides(case)
        if sides is not None:
            yield from _unbalanced_pairs(*sides)
        elif judged is not None:
            yield from _unbalanced_pairs(int((judged == 0).sum()), int((judged == 1).sum()))
    elif kind in ("class", "binary"):
        found = classes(case)
        if found is None or len(found[1]) > MANY_CLASSES or _unique_class(case):
            return
        ids, names = found
        numbers = np.bincount(ids[ids >= 0], minlength=len(names))
        used = np.flatnonzero(numbers > 1)
        if len(used) == len(names) == 2:
            yield from _unbalanced_pairs(int(numbers[0]), int(numbers[1]), f" (class {quote(names[1], 20)})")
        elif len(used) > 2:
            rare, frequent = used[numbers[used].argmin()], used[numbers[used].argmax()]
            if numbers[frequent] >= UNBALANCED_CLASSES * numbers[rare]:
                message = (
                    f"the class {quote(names[frequent], 20)} has {numbers[frequent]:,} rows and "
                    f"{quote(names[rare], 20)} {numbers[rare]:,}"
                )
                yield Found(message, int(numbers[rare]), 'batch_sampler="group_by_label" in the training arguments')


def _unbalanced_pairs(negatives: int, positives: int, which: str = "") -> Iterator[Found]:
    rare, frequent = sorted((negatives, positives))
    if rare and rare + frequent >= ENOUGH and frequent >= UNBALANCED_PAIRS * rare:
        weight = round(negatives / positives, 1) or round(negatives / positives, 4)
        message = (
            f"there are {positives:,} positives{which} and {negatives:,} negatives: pos_weight={weight:g} makes up for "
            "it in BinaryCrossEntropyLoss"
        )
        yield Found(message, rare, f"BinaryCrossEntropyLoss(model, pos_weight=torch.tensor({weight!r}))")


@check(
    "LBL010",
    "warning",
    "Some lists have no positive",
    why="A list loss learns which documents stand above which. Without a relevant one the ideal ranking of LambdaLoss "
    "is worth nothing, and ListNetLoss and ListMLELoss teach an order that nobody gave.",
    mend="Leave these lists out (`--fix LBL010`), or add the documents that answer the query.",
    scope="row",
)
def _no_positive(case: Case) -> Iterator[Found]:
    if case.reading.format == "grouped":
        yield from _empty_side(case, "positive", "LBL010")
    lists = label_lists(case)
    if lists is not None and lists.graded:
        lacking = lists.highest <= 0
        if lists.has_positives and lacking.any():
            shown = _texts(case, lacking)
            yield Found("{rows} lists have no positive", int(lacking.sum()), case.mend("LBL010"), shown)


@check(
    "LBL011",
    "warning",
    "Some lists have no negative",
    why="Where all documents of a list have the same label, no order is right or wrong: LambdaLoss and RankNetLoss "
    "find no pair to compare, and ListNetLoss pulls all scores together.",
    mend="Leave these lists out (`--fix LBL011`), or mine negatives for them.",
    scope="row",
)
def _no_negative(case: Case) -> Iterator[Found]:
    if case.reading.format == "grouped":
        yield from _empty_side(case, "negative", "LBL011")
    lists = label_lists(case)
    if lists is not None:
        level = (lists.highest == lists.lowest) & ~(lists.graded & lists.has_positives & (lists.highest <= 0))
        if level.any():
            shown = _texts(case, level)
            message = "in {rows} lists all documents have the same label"
            yield Found(message, int(level.sum()), case.mend("LBL011"), shown)


def _empty_side(case: Case, role: str, code: str) -> Iterator[Found]:
    for name in case.reading.columns(role):
        values = case.table[name]
        if is_list(values.type):
            empty = np.asarray(_without_elements(values))
            if not empty.all() and empty.any():
                message = f"{{rows}} queries have no {role} in {quote(name)}"
                yield Found(message, int(empty.sum()), case.mend(code), _texts(case, empty))


@check(
    "LBL012",
    "error",
    "Some lists of numbers cannot be learned from",
    why="A batch of a teacher's embeddings or scores becomes one tensor: a row of another length stops training, NaN "
    "and infinity spread into every weight of the model, and an embedding of zeros has no direction that a student "
    "could learn.",
    mend="Leave these rows out (`--fix LBL012`), or ask the teacher anew.",
    scope="row",
)
def _unfit_numbers(case: Case) -> Iterator[Found]:
    found = unfit_vectors(case)
    if found is None or case.label is None:
        return
    name = quote(case.label.name)
    said = (
        (found.odd, f"in {{rows}} rows {name} is not of length {found.length}"),
        (found.broken, f"in {{rows}} rows {name} holds NaN, infinity or nothing in some place"),
        (found.zero, f"in {{rows}} rows {name} is all zeros"),
    )
    for mask, message in said:
        if mask.any():
            yield Found(message, int(mask.sum()), case.mend("LBL012"), _texts(case, mask))


@check(
    "LBL013",
    "warning",
    "Some labels say that nobody judged",
    why="Beside 1 and 0, a label of -1 says that there is no judgement. Taken for a number it turns the loss of that "
    "pair upside down; taken for a class it becomes an answer that the model learns to give.",
    mend="Read the labels as 1 and 0 (`--format labeled-pair`): converting leaves rows with -1 out. In lists, "
    "`--fix LBL013` takes out the documents that nobody judged.",
    scope="row",
)
def _unjudged(case: Case) -> Iterator[Found]:
    label = case.label
    if label is None or label.minimum != -1 or label.maximum != 1 or not label.whole or label.distinct != 3:
        return
    if case.reading.format == "labeled-list":
        lists = label_lists(case)
        if lists is not None and (rows := int((lists.lowest == -1).sum())):
            message = "{rows} lists hold documents with the label -1, beside 0 and 1"
            yield Found(message, rows, case.mend("LBL013"), _texts(case, lists.lowest == -1))
    elif case.reading.format in ("labeled-pair", "pair-class", "graded-pair") and not label.class_names:
        numbers = label_numbers(case)
        if numbers is not None and (rows := int((numbers == -1).sum())):
            said = understood(case, {}, "labeled-pair")
            fix = convert_command(case.dataset, "labeled-pair", said=said) if said else None
            message = "{rows} rows have the label -1, beside 0 and 1: does it say that nobody judged?"
            yield Found(message, rows, fix, _texts(case, numbers == -1))


@check(
    "LBL014",
    "warning",
    "Scores are on several scales",
    why="Scores are scaled by the range that holds them all. A single 999 among scores of 0 to 1 presses all others to "
    "0, and CosineSimilarityLoss learns that no pair is similar; a percentage beside a fraction is taken for one.",
    mend="Correct these rows or leave them out, then convert. Percentages beside fractions become fractions.",
)
def _several_scales(case: Case) -> Iterator[Found]:
    numbers = label_numbers(case, "score")
    if numbers is None or case.reading.label is None:
        return
    written = case.table[case.reading.label]
    if pa.types.is_string(written.type) or pa.types.is_large_string(written.type):
        percent = pc.match_substring(written, "%")
        if 0 < (rows := count(percent)) < count(pc.is_valid(written)):
            message = "{rows} scores are percentages and the others fractions; converting takes 37% for 0.37"
            yield Found(message, rows, case.convert, examples(written, percent))
    far, (low, high) = _far_outside(numbers)
    if far.any():
        message = f"{{rows}} scores lie far outside {low:g} to {high:g}, where nearly all are"
        yield Found(message, int(far.sum()), None, _shown(case, far))
    elif (beyond := _beyond_fractions(numbers)) is not None:
        message = f"{{rows}} scores go up to {np.nanmax(numbers):g}, and the others are fractions from 0 to 1"
        yield Found(message, int(beyond.sum()), None, _shown(case, beyond))


def _far_outside(numbers: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """Which scores lie far from where nearly all are, such as 999 for none; and the scale that nearly all are on."""
    finite = numbers[np.isfinite(numbers)]
    if len(finite) < ENOUGH:
        return np.zeros(len(numbers), dtype=bool), (0.0, 1.0)
    low, high = scale_of(*np.quantile(finite, (0.05, 0.95)))
    width = high - low
    far = (numbers < low - width) | (numbers > high + width)
    return far if width > 0 else np.zeros(len(numbers), dtype=bool), (low, high)


def _beyond_fractions(numbers: np.ndarray) -> np.ndarray | None:
    """Which scores are on a larger scale than a good part of the others, which are fractions; None where none are."""
    finite = numbers[np.isfinite(numbers)]
    if len(finite) < ENOUGH or finite.max() < 10 or finite.min() < 0:
        return None
    fractions = (finite > 0) & (finite < 1)
    small = np.unique(finite[fractions])
    larger = finite[finite > 1]
    # On a scale to 100 scores below 1 are few; here they are as many as on a scale of their own.
    if fractions.mean() < 0.15 or len(small) < 10 or len(larger) < 0.15 * len(finite) or np.median(larger) < 5:
        return None
    return np.asarray(numbers > 1)


@check(
    "LBL015",
    "warning",
    "Scores hardly differ",
    why="CoSENTLoss and AnglELoss learn from pairs of rows whose scores differ: in a batch where all are the same they "
    "learn nothing. Losses that regress the score learn to give one number to all.",
    mend="Look at where the scores come from. Few levels may be grades or classes: overrule with `--format`.",
)
def _hardly_differ(case: Case) -> Iterator[Found]:
    numbers = label_numbers(case, "score")
    if numbers is None or case.label is None:
        return
    finite = numbers[np.isfinite(numbers)]
    if len(finite) < ENOUGH or case.label.distinct < 2:
        return
    value, rows = case.label.values[0] if case.label.values else (None, 0)
    low, high = scale_of(*np.quantile(finite, (0.02, 0.98)))
    near, far = np.quantile(finite, (0.05, 0.95))
    if rows >= 0.9 * case.label.filled:
        yield Found(f"{rows / case.label.filled:.0%} of the scores are {quote(value, 20)}", rows)
    elif case.label.distinct <= 3:
        levels = ", ".join(quote(each, 20) for each, _ in case.label.values)
        yield Found(f"there are {case.label.distinct} different scores only: {levels}", len(finite))
    elif far - near < 0.05 * (high - low):
        yield Found(f"nine in ten scores lie between {near:g} and {far:g}", len(finite))


@check(
    "LBL017",
    "error",
    "Some labels are unlike the others",
    why="A label that is no number among numbers, or neither yes nor no, cannot become a tensor: converting stops "
    "there, and so would training.",
    mend="Correct these labels, or drop their rows. If they are meant, the label is a class: `--format` says so.",
    scope="row",
)
def _odd_labels(case: Case) -> Iterator[Found]:
    label = case.label
    if label is None or case.reading.label_kind not in ("binary", "score", "margin", "grade"):
        return
    values = case.table[label.name]
    if not pa.types.is_string(values.type) or label.class_names:
        return
    words = pc.utf8_lower(pc.utf8_trim_whitespace(values))
    known = pc.is_in(words, value_set=pa.array([*YES, *NO, *NOTHING]))
    number = pc.match_substring_regex(words, r"^[-+]?[\d.,]*\d([eE][-+]?\d+)?\s*%?$")
    odd = pc.and_(pc.is_valid(words), pc.invert(pc.or_(known, number)))
    if label.nature in ("category", "text"):  # two words of which one denies the other, words of a scale
        usual = [str(each).strip().lower() for each, _ in label.values]
        odd = pc.and_(odd, pc.invert(pc.is_in(words, value_set=pa.array(usual, pa.string()))))
    if rows := count(odd):
        yield Found(f"{{rows}} labels in {quote(label.name)} are unlike the others", rows, None, examples(values, odd))


#: Words of names that say that a number is small where texts are alike, or that yes means that they are not.
_DISTANCES = word_set("distance dist dissimilarity levenshtein edit wer cer error")
_DENYING = word_set("negative not different wrong irrelevant incorrect mismatch unrelated")


@check(
    "LBL018",
    "error",
    "The label is the wrong way round",
    why="Losses take a high score, and a 1, for texts that belong together. A distance is small for those, and a flag "
    "that denies is 0: trained on as it is, the model learns the opposite, and no number in the logs shows it.",
    mend="Turn it round before: subtract a distance from its maximum, a flag from 1.",
)
def _upside_down(case: Case) -> Iterator[Found]:
    label = case.label
    if label is None or case.reading.label_kind not in ("score", "binary"):
        return
    words = set(words_of(label.name))
    if case.reading.label_kind == "score" and words & _DISTANCES:
        yield Found(
            f"{quote(label.name)} is small where texts are alike, by its name; losses want scores that are high"
        )
    elif case.reading.label_kind == "binary" and words & _DENYING and label.nature != "category":
        yield Found(
            f"{quote(label.name)} is 1 where texts do not belong together, by its name; losses want the opposite"
        )


@check(
    "LBL019",
    "warning",
    "Some classes are spelled in several ways",
    why="`Billing` and `billing` become two classes: the model is told to keep apart what is the same.",
    mend="Spell each class in one way.",
)
def _spellings(case: Case) -> Iterator[Found]:
    label = case.label
    if label is None or case.reading.label_kind != "class" or label.nature not in ("category", "text"):
        return
    forms: dict[str, list[tuple[str, int]]] = {}
    for value, rows in label.values:
        forms.setdefault(" ".join(str(value).casefold().split()), []).append((str(value), rows))
    several = [own for own in forms.values() if len(own) > 1]
    if several:
        shown = "; ".join(" and ".join(quote(name, 20) for name, _ in own[:3]) for own in several[:3])
        rows = sum(number for own in several for _, number in own[1:])
        yield Found(f"{len(several)} classes differ from others in case or spaces only: {shown}", rows)


@check(
    "LBL020",
    "error",
    "A few labels cannot be read",
    why="One word in a column of numbers makes all of it words, which no loss can compute with: training stops, or the "
    "column is passed over and pairs of any score are trained on as pairs that belong together.",
    mend="Mend these labels, or leave their rows out: converting with `--on-error skip` sets them aside.",
)
def _slips(case: Case) -> Iterator[Found]:
    if case.label is not None and case.slips is not None:
        message = f"{{rows}} values of {quote(case.label.name)} cannot be read as a label"
        yield Found(message, len(case.slips), case.convert, examples(case.slips))


@check(
    "LBL016",
    "warning",
    "There are nearly as many classes as rows",
    why="A class with one or two rows is a name for a text and no class: softmax losses learn rows by heart, and "
    "losses that build triplets from a batch find none.",
    mend="Probably the column is an identifier or a text: say so with `--column NAME=ignored`.",
)
def _unique_classes(case: Case) -> Iterator[Found]:
    label = case.label
    if label is not None and _unique_class(case):
        message = f"the label {quote(label.name)} has {label.distinct:,} classes in {label.filled:,} rows"
        said = understood(case, {label.name: "ignored"})
        yield Found(message, label.filled, inspect_command(case.dataset, said) if said else None)


def _unique_class(case: Case) -> bool:
    label = case.label
    if label is None or case.reading.label_kind != "class" or label.class_names:
        return False
    return label.filled >= ENOUGH and label.distinct > 0.5 * label.filled


def _shown(case: Case, mask: np.ndarray) -> tuple[str, ...]:
    """A few of the labels where the mask is true."""
    return examples(case.table[case.reading.label], pa.array(mask))


def _texts(case: Case, mask: np.ndarray) -> tuple[str, ...]:
    """A few of the first texts where the mask is true."""
    names = case.plain_texts
    return examples(case.text(names[0]), pa.array(mask)) if names else ()
