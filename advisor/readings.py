"""Readings of a dataset: candidate formats, each with the evidence for and against it, and how sure one can be.

Detection is a scored decision. Every candidate (a format, a role for each column, a meaning of the label) collects
evidence, each piece with a weight in logits. The candidates, and the possibility that none of them is right, then
compete in a softmax; a candidate's share is its confidence. Weights say how surprising the evidence would be if the
reading were wrong; they are judgements, kept in the order of magnitude of 1.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations

from advisor.profiles import ColumnProfile, TableProfile
from advisor.vocabulary import hint_of, number_of, words_of
from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS, ROLES, LabelKind, Role

#: How many text columns are still arranged in every order; beyond, the first two that fit are anchor and positive.
ARRANGED = 4

_FIRST = {"anchor", "query", "sentence_a", "damaged"}
_SECOND = {"positive", "document", "sentence_b", "original"}
_YES_NO = {"yes", "no", "true", "false", "y", "n", "t", "f", "positive", "negative", "relevant", "irrelevant"}


@dataclass(frozen=True)
class Evidence:
    """One reason for a reading (a positive weight) or against it.

    Attributes:
        weight: in logits.
        message: the reason, for people.
        column: the column it speaks of; None where it speaks of the whole.
    """

    weight: float
    message: str
    column: str | None = None


#: A meaning of a label, and what speaks for it.
LabelEvidence = tuple[LabelKind, tuple[Evidence, ...]]


@dataclass(frozen=True)
class Reading:
    """One way to read a dataset.

    Attributes:
        format: the format or layout, a key of `converters.formats.FORMATS`.
        roles: the role of every column, in the order of the data.
        label: the name of the label column; None where there is none.
        label_kind: what the label means.
        evidence: what speaks for and against it.
        confidence: 0 to 1, among all candidates and the possibility that none is right.
    """

    format: str
    roles: Mapping[str, Role]
    label: str | None
    label_kind: LabelKind
    evidence: tuple[Evidence, ...]
    confidence: float = 0.0

    @property
    def weight(self) -> float:
        """The sum of the evidence, in logits."""
        return sum(each.weight for each in self.evidence)

    def columns(self, *roles: str) -> list[str]:
        """The columns of these roles: role by role, in the order of the data within a role."""
        return [name for role in roles for name, own in self.roles.items() if own == role]


def read(
    profile: TableProfile, *, format: str | None = None, columns: Mapping[str, str] | None = None
) -> list[Reading]:
    """All readings of a table that are worth a mention, the most probable first.

    Args:
        profile: the profile of a sample of the rows.
        format: the reader's own word for the format; only readings of it are considered.
        columns: the reader's own word for the roles of some columns.

    Raises:
        InputError: there is no text to train on, or what the reader says contradicts the data.
    """
    best: dict[str, Reading] = {}  # of each format, the arrangement that most speaks for
    for reading in _candidates(profile, _checked(profile, format, columns or {})):
        if reading.format not in best or reading.weight > best[reading.format].weight:
            best[reading.format] = reading
    if not best or (format is not None and format not in best):
        raise InputError(_nothing(profile, format, bool(best)))
    if format is not None:
        return [replace(best[format], confidence=1.0)]
    if not columns and all(each.weight < 0 for each in best.values()):
        raise InputError(_nothing(profile, None, bool(best)))
    total = sum(math.exp(each.weight) for each in best.values()) + 1  # 1: that none of them is right
    ranked = sorted(best.values(), key=lambda each: -each.weight)
    return [replace(each, confidence=math.exp(each.weight) / total) for each in ranked]


def _checked(profile: TableProfile, format: str | None, columns: Mapping[str, str]) -> Mapping[str, str]:
    """What the reader says, once it is known to make sense."""
    if format is not None and format not in FORMATS:
        raise InputError(f"unknown format {quote(format)}: {nearest(format, list(FORMATS))}")
    for name, role in columns.items():
        if name not in profile.columns:
            raise InputError(f"there is no column {quote(name)}: {nearest(name, list(profile.columns))}")
        if role not in ROLES:
            raise InputError(f"unknown role {quote(role)} for column {quote(name)}: {nearest(role, list(ROLES))}")
        nature = profile.columns[name].nature
        if nature == "empty" and role not in ("id", "ignored"):
            raise InputError(f"column {quote(name)} cannot be {quote(role)}: it holds no value at all")
        if role == "documents" and nature != "texts":
            raise InputError(f"column {quote(name)} cannot be 'documents': it holds {nature}, not lists of texts")
        if role not in ("label", "id", "ignored", "documents") and nature not in ("text", "category", "token"):
            raise InputError(f"column {quote(name)} cannot be {quote(role)}: it holds {nature}, not texts")
    return columns


def _nothing(profile: TableProfile, format: str | None, others: bool) -> str:
    shown = ", ".join(f"{quote(each.name)} ({each.nature})" for each in list(profile.columns.values())[:8])
    if others and format is not None:
        wanted = FORMATS[format]
        return (
            f"the columns cannot be read as {format} ({wanted.summary}): there are {shown}; "
            "say what the columns are with --column NAME=ROLE"
        )
    if others:
        return f"no known format fits: there are {shown}; say what the data is with --format and --column NAME=ROLE"
    return f"no text column to train on: there are {shown}; a text model needs at least one column of texts"


def _candidates(profile: TableProfile, given: Mapping[str, str]) -> Iterator[Reading]:
    """Every arrangement of the columns that some format has room for, with its evidence."""
    texts = [
        each
        for each in profile.columns.values()
        if _may_be_text(each, given) and (each.name not in profile.spelled or each.name in given)
    ]
    lists = [
        each
        for each in profile.columns.values()
        if _role(each, given) in (None, "documents") and each.nature == "texts"
    ]
    records = [each for each in profile.columns.values() if _role(each, given) is None and _holds_records(each)]
    if not texts and not given:  # nothing that looks written: perhaps short words, such as names of products
        texts = profile.of_nature("category")[:1]
    used = {each.name for each in texts}
    labels: list[ColumnProfile | None] = [None]
    labels += [each for each in profile.columns.values() if each.name not in used and _may_be_label(each, given)]
    yield from _grouped(profile, texts, lists + records, given)
    yield from _question_answering(profile, given)
    forced = [name for name, role in given.items() if role == "label"]
    for label in labels:
        if forced and (label is None or label.name not in forced):
            continue
        kinds: list[LabelEvidence] = list(_label_kinds(label)) if label else [("none", ())]
        for kind, label_evidence in kinds:
            for documents in [None, *lists]:
                for format, roles, arranged in _arrangements(profile, texts, documents, label, kind, given):
                    every = {name: roles.get(name, _leftover(each)) for name, each in profile.columns.items()}
                    evidence = (
                        *arranged,
                        *label_evidence,
                        *_neglected(profile, roles),
                    )
                    yield Reading(format, every, label.name if label else None, kind, evidence)


def _grouped(
    profile: TableProfile, texts: list[ColumnProfile], lists: list[ColumnProfile], given: Mapping[str, str]
) -> Iterator[Reading]:
    """A query with a list of positives and a list of negatives, perhaps with a list of scores for each."""
    if len(texts) == 2 and len(lists) == 1 and hint_of(lists[0].name) == "negative":
        yield from _listed_negatives(profile, texts, lists[0], given)
    if len(texts) != 1:
        return
    query = texts[0].name
    for positive, negative in permutations((each.name for each in lists), 2):
        roles: dict[str, Role] = {query: "query", positive: "positive", negative: "negative"}
        scored = [
            each.name
            for each in profile.of_nature("numbers")
            if {(each.name, positive), (each.name, negative)} & profile.aligned
        ]
        roles |= dict.fromkeys(scored, "label")
        if any(given.get(name, role) not in _equivalent(role) for name, role in roles.items()):
            continue
        named = [found for name in (query, positive, negative) if (found := _named(name, roles[name]))]
        evidence = [Evidence(2.0, "there is a text and two lists of texts in each row"), *named]
        every = {name: roles.get(name, _leftover(each)) for name, each in profile.columns.items()}
        kind: LabelKind = "scores" if scored else "none"
        label = scored[0] if scored else None
        yield Reading("grouped", every, label, kind, (*evidence, *_neglected(profile, roles)))


def _listed_negatives(
    profile: TableProfile, texts: list[ColumnProfile], negatives: ColumnProfile, given: Mapping[str, str]
) -> Iterator[Reading]:
    """A query with one positive and a list of negatives."""
    for query, positive in permutations((each.name for each in texts), 2):
        roles: dict[str, Role] = {query: "query", positive: "positive", negatives.name: "negative"}
        if any(given.get(name, role) not in _equivalent(role) for name, role in roles.items()):
            continue
        named = [found for name, role in roles.items() if (found := _named(name, role))]
        evidence = [Evidence(2.0, "there are two texts and a list of texts in each row"), *named]
        every = {name: roles.get(name, _leftover(each)) for name, each in profile.columns.items()}
        yield Reading("grouped", every, None, "none", (*evidence, *_neglected(profile, roles)))


def _question_answering(profile: TableProfile, given: Mapping[str, str]) -> Iterator[Reading]:
    """A context with nested answers to a question, or with nested questions, as in SQuAD."""
    context = next((name for name in profile.columns if words_of(name)[-1:] in (("context",), ("passage",))), None)
    question = next((name for name in profile.columns if words_of(name)[-1:] == ("question",)), None)
    nested = [each.name for each in profile.of_nature("nested", "texts")]
    answers = next((name for name in nested if {"answers", "answer", "qas"} & set(words_of(name))), None)
    if context is None or answers is None or (question is None and "qas" not in words_of(answers)) or given:
        return
    if not profile.columns[context].is_text or (question is not None and not profile.columns[question].is_text):
        return
    roles: dict[str, Role] = {context: "document", answers: "label"}
    if question is not None:
        roles[question] = "query"
    every = {name: roles.get(name, _leftover(each)) for name, each in profile.columns.items()}
    found = f"{quote(context)} comes with {quote(answers)}, as where answers are looked up in a text"
    evidence = (Evidence(4.0, found),)
    yield Reading("qa", every, None, "none", (*evidence, *_neglected(profile, roles)))


def _role(column: ColumnProfile, given: Mapping[str, str]) -> str | None:
    return given.get(column.name)


def _may_be_text(column: ColumnProfile, given: Mapping[str, str]) -> bool:
    role = _role(column, given)
    if role is not None:
        return role not in ("label", "id", "ignored", "documents")
    hint = hint_of(column.name) or ""
    if column.nature == "category":
        return hint in _FIRST | _SECOND | {"text", "negative"}
    return column.is_text and hint not in ("id", "ignored")


def _may_be_label(column: ColumnProfile, given: Mapping[str, str]) -> bool:
    role = _role(column, given)
    if role is not None:
        return role == "label"
    hint = hint_of(column.name) or ""
    if hint in ("id", "ignored") or column.nature in ("texts", "nested", "empty", "token"):
        return False
    return not column.is_text or hint.startswith("label:class")


def _holds_records(column: ColumnProfile) -> bool:
    """Whether each row has a list of records with some text in them, such as documents with a title and a text."""
    return column.nature == "nested" and "list<" in column.type and "string" in column.type


def _leftover(column: ColumnProfile) -> Role:
    """The role of a column that a reading has no use for."""
    identifies = hint_of(column.name) == "id" or (column.nature in ("token", "integer") and column.uniqueness > 0.95)
    return "id" if identifies else "ignored"


def _neglected(profile: TableProfile, roles: Mapping[str, Role]) -> Iterator[Evidence]:
    """What speaks against a reading that has no use for a column."""
    for name, column in profile.columns.items():
        if name in roles or column.nature in ("empty", "token"):
            continue
        hint = hint_of(name) or ""
        if hint in ("id", "ignored") or (name in profile.spelled and "label" in roles.values()):
            continue
        if hint == "label:class" and "positive" in roles.values():
            yield Evidence(-0.5, f"{quote(name)} may say what the texts are about, and would not be used", name)
        elif hint.startswith("label"):
            yield Evidence(-3.0, f"{quote(name)} is named like a label, yet not used", name)
        elif column.nature == "integer" and column.uniqueness > 0.95:
            yield Evidence(-0.1, f"{quote(name)} differs in every row, like an identifier", name)
        elif column.nature == "nested" and not _holds_records(column):
            yield Evidence(-0.7, f"{quote(name)} ({column.nature}) would not be used", name)
        else:
            weight = -3.0 if column.nature in ("texts", "nested") else -1.5
            yield Evidence(weight, f"{quote(name)} ({column.nature}) would not be used", name)


# -- labels ----------------------------------------------------------------------------------------------------------


def _label_kinds(column: ColumnProfile) -> Iterator[LabelEvidence]:
    """The kinds that a column's values could be as a label, with the evidence for each."""
    name, (hint, _, hinted) = column.name, (hint_of(column.name) or "").partition(":")
    common = (
        Evidence(1.5, f"{quote(name)} is named like a label", name)
        if hint == "label"
        else Evidence(-0.5, f"the name {quote(name)} does not say that it is a label", name)
    )
    for kind, weight, message in _kinds_by_values(column):
        evidence = [common, Evidence(weight, message, name)]
        if hinted:
            weight = 1.5 if hinted == kind else -0.5
            evidence.append(Evidence(weight, f"the name {quote(name)} suggests a {hinted}", name))
        yield kind, tuple(evidence)


def _kinds_by_values(column: ColumnProfile) -> Iterator[tuple[LabelKind, float, str]]:
    values = {each for each, _ in column.values}
    levels = column.distinct
    if column.nature == "boolean":
        yield "binary", 3.0, "holds true and false"
    elif column.nature in ("category", "text"):
        if levels <= 2 and {str(each).strip().lower() for each in values} <= _YES_NO:
            yield "binary", 2.5, "holds two words for yes and no"
            yield "class", 0.5, "holds two words"
        elif levels > 1 and column.nature == "category":
            yield "class", 3.0, f"holds {levels} different words, over and over"
        elif levels > 1:
            yield "class", -1.0, f"holds {levels} different texts"
    elif column.nature == "integer":
        yield from _kinds_of_integers(column, values)
    elif column.nature == "number":
        assert column.minimum is not None
        assert column.maximum is not None
        span = f"{column.minimum:g} to {column.maximum:g}"
        if levels > column.filled / 2 and (column.minimum < -1 or column.maximum > 1):
            yield "margin", 0.8 + 0.7 * (column.minimum < 0), f"holds numbers without fixed bounds, {span}"
        bounded = column.minimum >= 0 and column.maximum in (1, 4, 5, 10, 100)
        yield "score", 2.0 + 0.5 * bounded, f"holds {levels} different numbers, {span}"
    elif column.nature == "numbers":
        yield from _kinds_of_lists(column)
    elif column.nature == "token" and levels > 1:
        yield "class", -2.0, f"holds {levels} different identifiers"


def _kinds_of_integers(column: ColumnProfile, values: set[object]) -> Iterator[tuple[LabelKind, float, str]]:
    levels, low, high = column.distinct, int(column.minimum or 0), int(column.maximum or 0)
    contiguous = levels == high - low + 1 and low in (-1, 0, 1)  # -1 often says that nobody agreed
    if column.class_names:
        yield "class", 3.0, f"carries the names of {len(column.class_names)} classes"
        if levels <= 2 and {str(each).lower() for each in column.class_names} <= _YES_NO | {"0", "1"}:
            yield "binary", 2.5, "its two classes are yes and no"
        return
    if column.filled > 20 and column.uniqueness > 0.95:
        yield "score", -2.0, "differs in every row, like an identifier"
        return
    if {low, high} <= {0, 1} or values <= {-1, 1}:
        yield "binary", 3.0, "holds 1 and 0" if low != -1 else "holds 1 and -1"
        yield "class", 0.8, "holds two numbers, which may name two classes"
    elif levels <= 20:
        yield "class", 1.5 if contiguous else 0.3, f"holds {levels} different integers, {low} to {high}"
        yield "grade", 1.0 if contiguous or low >= 0 else 0.0, f"holds {levels} levels, {low} to {high}"
        yield "score", 0.9 if levels > 3 else 0.2, f"holds integers from {low} to {high}"
    else:
        yield "class", 1.5 if contiguous else 0.5, f"holds {levels} different integers, {low} to {high}"
        yield "score", 0.8, f"holds integers from {low} to {high}"


def _kinds_of_lists(column: ColumnProfile) -> Iterator[tuple[LabelKind, float, str]]:
    assert column.lengths is not None
    short, long = column.lengths
    yield "labels", 2.0, f"holds lists of {short} to {long} numbers"
    if short == long:
        yield "scores", 2.0, f"holds {long} numbers a row"
        yield "margins", 1.8, f"holds {long} numbers a row"
    if short == long >= 16:
        if column.whole:
            yield "embedding", -1.5, f"holds lists of {long} integers, which no embedding has"
        else:
            yield "embedding", 2.5, f"holds lists of {long} numbers, like an embedding"


# -- texts -----------------------------------------------------------------------------------------------------------

Arrangement = tuple[str, dict[str, Role], list[Evidence]]

#: The format of two texts, and of three or more, for each kind of label.
_PAIRS: Mapping[str, str] = {
    "none": "pair",
    "class": "pair-class",
    "binary": "labeled-pair",
    "score": "pair-score",
    "grade": "graded-pair",
}
_TRIPLETS: Mapping[str, str] = {"none": "triplet", "margin": "triplet-margin", "scores": "triplet-scores"}
_TUPLES: Mapping[str, str] = {"none": "n-tuple", "margins": "n-tuple-margins", "scores": "n-tuple-scores"}
_SINGLES: Mapping[str, str] = {
    "none": "single",
    "class": "single-class",
    "binary": "single-class",
    "embedding": "text-embedding",
}


def _arrangements(
    profile: TableProfile,
    texts: list[ColumnProfile],
    documents: ColumnProfile | None,
    label: ColumnProfile | None,
    kind: str,
    given: Mapping[str, str],
) -> Iterator[Arrangement]:
    """The formats that have room for these texts and this label, in every sensible order of the texts."""
    if documents is not None:
        if len(texts) == 1 and kind == "labels" and label is not None:
            aligned = (documents.name, label.name) in profile.aligned
            evidence = [
                Evidence(1.5, f"{quote(documents.name)} holds lists of texts", documents.name),
                Evidence(2.0, "every document has a label", label.name)
                if aligned
                else Evidence(-2.5, "the lists of documents and of labels differ in length", label.name),
            ]
            yield from _ordered("labeled-list", [*texts, documents], label, evidence, given, profile)
        return
    count = len(texts)
    if count == 1 and kind in _SINGLES:
        evidence = [Evidence(1.5, f"{quote(texts[0].name)} is the only column of texts", texts[0].name)]
        yield from _ordered(_SINGLES[kind], texts, label, evidence, given, profile)
    elif count == 2 and kind in _PAIRS:
        yield from _paired(profile, texts, label, _PAIRS[kind], given)
    elif count >= 3:
        for table, fits in ((_TRIPLETS, count == 3), (_TUPLES, count > 3)):
            if kind in table and fits:
                evidence = [Evidence(1.0, f"there are {count} columns of texts"), *_lengths(count, label, kind)]
                yield from _ordered(table[kind], texts, label, evidence, given, profile)


def _lengths(texts: int, label: ColumnProfile | None, kind: str) -> Iterator[Evidence]:
    """Whether a list of scores or margins has as many numbers as the texts call for."""
    if label is not None and kind in ("scores", "margins"):
        wanted = texts - 1 if kind == "scores" else texts - 2
        fits = label.lengths == (wanted, wanted)
        message = f"{quote(label.name)} has {'' if fits else 'not '}the {wanted} {kind} that {texts} texts call for"
        yield Evidence(1.5 if fits else -5.0, message, label.name)


def _paired(
    profile: TableProfile,
    texts: list[ColumnProfile],
    label: ColumnProfile | None,
    format: str,
    given: Mapping[str, str],
) -> Iterator[Arrangement]:
    first, second = texts
    same = profile.overlap.get((first.name, second.name), 0.0)
    evidence = [Evidence(1.5, "there are two columns of texts")]
    if format == "pair":
        if same > 0.95:
            twice = Evidence(4.0, f"both texts are the same in {same:.0%} of the rows")
            yield from _ordered("identical-pair", texts, None, [*evidence, twice], given, profile)
            evidence.append(Evidence(-4.0, f"both texts are the same in {same:.0%} of the rows"))
        if {hint_of(each.name) for each in texts} & {"damaged", "original"}:
            named = Evidence(2.0, "the names speak of damaged texts and their originals")
            yield from _ordered("damaged-pair", texts, None, [*evidence, named], given, profile)
    if format == "pair-class" and {hint_of(each.name) for each in texts} & {"positive"}:
        evidence.append(Evidence(-5.0, "questions and answers have topics, and no classes of pairs"))
    if format == "graded-pair":
        repeats = first.uniqueness < 0.7
        message = f"{quote(first.name)} {'repeats' if repeats else 'hardly repeats'}; graded queries repeat"
        evidence.append(Evidence(1.5 if repeats else -2.0, message, first.name))
    yield from _ordered(format, texts, label, evidence, given, profile)


def _ordered(
    format: str,
    texts: list[ColumnProfile],
    label: ColumnProfile | None,
    evidence: list[Evidence],
    given: Mapping[str, str],
    profile: TableProfile,
) -> Iterator[Arrangement]:
    """Gives the format's roles to the columns: in their own order, and in every other one while they are few."""
    spec = FORMATS[format]
    slots: list[Role] = list(spec.roles) + [spec.roles[-1]] * (len(texts) - len(spec.roles))
    orders = permutations(range(len(texts))) if len(texts) <= ARRANGED else _leading(texts)
    for order in orders:
        roles: dict[str, Role] = {texts[i].name: slot for slot, i in zip(slots, order, strict=True)}
        if any(given.get(name, role) not in _equivalent(role) for name, role in roles.items()):
            continue
        found = list(evidence)
        if list(order) != sorted(order) and not spec.repeats:
            found.append(Evidence(-0.4, "the columns stand in another order"))
        found += [each for name, role in roles.items() if (each := _named(name, role))]
        found += _numbered(order, texts)
        found += _contents(roles, profile)
        if label is not None:
            roles[label.name] = "label"
        yield format, {name: roles[name] for name in profile.columns if name in roles}, found


def _leading(texts: list[ColumnProfile]) -> Iterator[tuple[int, ...]]:
    """Orders of many texts: each choice of the first two, the rest as they stand."""
    for first, second in permutations(range(len(texts)), 2):
        yield (first, second, *(i for i in range(len(texts)) if i not in (first, second)))


def _equivalent(role: Role) -> set[str]:
    """The words that a user may use for a role: an anchor is a query or a first sentence, and so on."""
    if role in _FIRST:
        return _FIRST
    return _SECOND if role in _SECOND else {role}


def _named(name: str, role: Role) -> Evidence | None:
    """What a column's name says about the role it is given."""
    hint = (hint_of(name) or "").partition(":")[0]
    if not hint or hint == "text":
        return None
    if hint == role:
        return Evidence(1.5 if role == "negative" else 1.2, f"{quote(name)} is named like {_article(role)}", name)
    if (hint in _FIRST and role in _FIRST) or (hint in _SECOND and role in _SECOND):
        return Evidence(0.8, f"the name {quote(name)} suits {_article(role)}", name)
    if hint == "negative":
        return Evidence(-3.0, f"{quote(name)} is named like a negative", name)
    if role == "negative":
        return Evidence(-0.3 if hint in _SECOND else -2.0, f"{quote(name)} is not named like a negative", name)
    if role in ("text", "documents"):
        return None
    return Evidence(-1.0, f"{quote(name)} is not named like {_article(role)}", name)


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _numbered(order: tuple[int, ...], texts: list[ColumnProfile]) -> Iterator[Evidence]:
    """Whether numbers at the end of the names agree with the order: sentence1 comes before sentence2."""
    numbers = [number_of(texts[i].name) for i in order]
    known = [each for each in numbers if each is not None]
    if len(known) == len(numbers) > 1:
        rises = known == sorted(known)
        yield Evidence(0.5 if rises else -1.0, "the numbers in the names " + ("agree" if rises else "disagree"))


def _contents(roles: Mapping[str, Role], profile: TableProfile) -> Iterator[Evidence]:
    """What the texts themselves say about the order: questions come first."""
    firsts = [name for name, role in roles.items() if role in ("anchor", "query")]
    seconds = [name for name, role in roles.items() if role in ("positive", "document")]
    if firsts and seconds:
        asking = profile.columns[firsts[0]].questions - profile.columns[seconds[0]].questions
        if abs(asking) > 0.3:
            message = (
                f"{quote(firsts[0])} {'holds more' if asking > 0 else 'holds fewer'} questions than {quote(seconds[0])}"
            )
            yield Evidence(0.8 if asking > 0 else -0.8, message, firsts[0])
