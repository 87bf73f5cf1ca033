"""Weighing the candidates: which reading is best, how sure one can be, and what the reader's own word rules out."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain

from advisor.profiles import ColumnProfile, TableProfile
from advisor.readings.columns import FIRST, SECOND, is_chat, is_constant, is_nameless, leftover, unused
from advisor.readings.evidence import Evidence, Reading
from advisor.readings.labels import LabelEvidence, label_kinds, may_be_label
from advisor.readings.layouts import Candidate, layouts
from advisor.readings.pairs import DIRECTED, pair_formats
from advisor.readings.texts import Arrangement, arrangements, in_roles, is_allowed, is_nameless_column
from advisor.vocabulary import hint_of, number_of, words_of
from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS, ROLES, LabelKind, Role

#: The format of one text for each kind of label, of three and of more.
_SINGLES: Mapping[str, str] = {
    "none": "single",
    "class": "single-class",
    "binary": "single-class",
    "embedding": "text-embedding",
}
_TRIPLETS: Mapping[str, str] = {"none": "triplet", "margin": "triplet-margin", "scores": "triplet-scores"}
_TUPLES: Mapping[str, str] = {"none": "n-tuple", "margins": "n-tuple-margins", "scores": "n-tuple-scores"}

#: With more columns than this that could be a label by their values only, none of them is.
MANY_NUMBERS = 12

#: Who speaks in a conversation with a model.
_SPEAKERS = frozenset({"user", "assistant", "system", "prompter", "human", "gpt", "bot", "model", "tool"})

#: From how many rows on evidence counts in full, and how much of it one row is worth.
ENOUGH_ROWS, FEW_ROWS_SHARE = 40, 0.4


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
    given = _checked(profile, format, columns or {})
    best: dict[str, Reading] = {}  # of each format, the arrangement that most speaks for
    weights: dict[str, float] = {}
    for reading in _candidates(profile, given):
        weight = reading.weight
        if reading.format not in best or weight > weights[reading.format]:
            best[reading.format], weights[reading.format] = reading, weight
    if not best or (format is not None and format not in best):
        raise InputError(_nothing(profile, format, given, bool(best)))
    if format is not None:
        return [replace(best[format], confidence=1.0)]
    if not columns and all(weight < 0 for weight in weights.values()):
        raise InputError(_nothing(profile, None, given, bool(best)))
    sure = min(1.0, FEW_ROWS_SHARE + profile.rows / ENOUGH_ROWS)
    odds = {name: math.exp(sure * weight) for name, weight in weights.items()}
    total = sum(odds.values()) + 1  # 1: that none of them is right
    ranked = sorted(best.values(), key=lambda each: -weights[each.format])
    return [replace(each, confidence=odds[each.format] / total) for each in ranked]


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
        if role == "documents" and nature not in ("texts", "records"):
            raise InputError(f"column {quote(name)} cannot be 'documents': it holds {nature}, not lists of texts")
        listed = nature in ("texts", "records") and role in ("positive", "negative", "document")
        if role not in ("label", "id", "ignored", "documents") and not listed and nature not in _WRITTEN:
            raise InputError(f"column {quote(name)} cannot be {quote(role)}: it holds {nature}, not texts")
    return columns


_WRITTEN = ("text", "category", "token")


def _nothing(profile: TableProfile, format: str | None, given: Mapping[str, str], others: bool) -> str:
    shown = ", ".join(f"{quote(each.name)} ({each.nature})" for each in list(profile.columns.values())[:8])
    if format is not None:
        wanted = FORMATS[format]
        return (
            f"the columns cannot be read as {format} ({wanted.summary}): {_lacking(profile, format, given)}; "
            f"there are {shown}; say what they are with --column NAME=ROLE, or name another format"
        )
    chats = [quote(each.name) for each in profile.columns.values() if is_chat(each)]
    if chats:
        return (
            f"{chats[0]} holds conversations, which train a chat model and none of these: there are {shown}; "
            "make pairs of a question and its answer first"
        )
    if others:
        return f"no known format fits: there are {shown}; say what the data is with --format and --column NAME=ROLE"
    if (contradiction := _contradiction(profile, given)) is not None:
        return contradiction
    constant = [quote(each.name) for each in profile.columns.values() if each.is_text_like and is_constant(each)]
    if constant:
        return f"every row of {constant[0]} says the same, so there is nothing to learn from it: there are {shown}"
    return f"no text column to train on: there are {shown}; a text model needs at least one column of texts"


#: Roles that one column of a format has.
_ONE_OF_A_KIND = frozenset(
    {"anchor", "positive", "sentence_a", "sentence_b", "query", "document", "documents", "damaged", "original"}
)


def _contradiction(profile: TableProfile, given: Mapping[str, str]) -> str | None:
    """What does not go together in what is said of the columns, where that is why nothing can be read."""
    for role in dict.fromkeys(given.values()):
        names = [quote(name) for name in given if given[name] == role]
        if role in _ONE_OF_A_KIND and len(names) > 1:
            listed, every = f"{', '.join(names[:-1])} and {names[-1]}", "both" if len(names) == 2 else "all"
            return f"{listed} cannot {every} be {quote(role)}, of which a row has one: give each a role of its own"
    left = [each for each in profile.columns.values() if given.get(each.name) not in ("label", "id", "ignored")]
    if not any(each.is_text_like for each in left) and any(each.is_text_like for each in profile.columns.values()):
        return "what is said of the columns leaves no text to train on: give one of them the role of a text"
    return None


#: What each kind of label is, for people.
_LABELS: Mapping[str, str] = {
    "class": "classes",
    "binary": "1 and 0, or words for yes and no",
    "score": "scores",
    "scores": "a list of scores",
    "margin": "score margins",
    "margins": "a list of score margins",
    "grade": "relevance grades",
    "labels": "a list of labels",
    "embedding": "a list of numbers that is an embedding",
}


def _lacking(profile: TableProfile, format: str, given: Mapping[str, str]) -> str:
    """What the data lacks to be of a format."""
    spec = FORMATS[format]
    kept = [each for each in profile.columns.values() if given.get(each.name) not in ("id", "ignored")]
    texts = [each for each in kept if each.is_text_like and given.get(each.name) != "label"]
    needed = len(spec.roles) + int(spec.repeats)
    if format in ("labeled-list", "grouped") and not any(each.nature in ("texts", "records") for each in kept):
        return "no column holds lists of texts"
    if format == "collection":
        return "a collection is a folder with a corpus, queries and judgements, or rows of nothing but ids"
    if format not in ("labeled-list", "grouped") and len(texts) < needed:
        return (
            f"it takes {needed} texts a row, and {len(texts)} column{'s hold' if len(texts) != 1 else ' holds'} texts"
        )
    if spec.label_kind == "none" and "label" in given.values():
        return "it has no label"
    known = {kind for each in kept if may_be_label(each, given) for kind, _ in label_kinds(each)}
    if spec.label_kind != "none" and spec.label_kind not in known:
        return f"no column can hold its label, which is {_LABELS[spec.label_kind]}"
    return "what the columns are said to be does not make it up" if given else "no choice of columns makes it up"


# -- candidates --------------------------------------------------------------------------------------------------------


def _candidates(profile: TableProfile, given: Mapping[str, str]) -> Iterator[Reading]:
    """Every reading that some format has room for, with its evidence."""
    neglect = _Neglect(profile)
    turns = tuple(neglect.turns())
    for format, roles, label, kind, evidence in chain(_flat(profile, given), layouts(profile, given)):
        if not is_allowed(roles, given):
            continue
        every = {name: roles.get(name) or leftover(each) for name, each in profile.columns.items()}
        yield Reading(format, every, label, kind, (*evidence, *neglect.of(roles), *turns))


class _Neglect:
    """What speaks against leaving columns out, worked out once for each column."""

    def __init__(self, profile: TableProfile) -> None:
        self._profile = profile
        self._known: dict[tuple[str, bool, bool, bool, bool], tuple[Evidence, ...]] = {}
        self._twins = _twins(profile)

    def of(self, roles: Mapping[str, Role]) -> Iterator[Evidence]:
        """What speaks against using these columns and no others.

        Where there are many columns of numbers, those beyond the second count little: they are facts about the text.
        """
        numbers = 0
        labeled = "label" in roles.values()
        bodied = any(hint_of(name).body for name in roles)
        answered = any(hint_of(name).role in SECOND for name in roles)
        opposed = any(role == "negative" and hint_of(name).role == role for name, role in roles.items())
        for name, column in self._profile.columns.items():
            if name in roles or self._repeats(name, roles):
                continue
            key = (name, labeled, bodied, answered, opposed)
            if key not in self._known:
                spelled = name in self._profile.spelled
                self._known[key] = tuple(
                    unused(column, labeled=labeled, titled=bodied, answered=answered, opposed=opposed, spelled=spelled)
                )
            if column.nature in ("boolean", "integer", "number") and not hint_of(name).role and self._known[key]:
                numbers += 1
                if numbers > 2:
                    continue
            yield from self._known[key]
            for twin in self._twins.get(name, ()):
                if roles.get(twin, "label") not in ("label", "id", "ignored"):
                    yield Evidence(-2.5, f"{quote(twin)} would be used without {quote(name)}, named alike", name)

    def _repeats(self, name: str, roles: Mapping[str, Role]) -> bool:
        """Whether a column says what one that is used says."""
        relations = self._profile.relations
        if self._profile.composed(name):
            return True
        return any((found := relations.get((name, used))) is not None and found.same > 0.95 for used in roles)

    def turns(self) -> Iterator[Evidence]:
        """Whether the rows are turns of conversations, which no format has."""
        for name, column in self._profile.columns.items():
            said = {str(value).strip().lower() for value, _ in column.values}
            if column.nature == "category" and len(said) > 1 and said <= _SPEAKERS:
                yield Evidence(-5.0, f"{quote(name)} says who speaks: the rows are turns of conversations", name)
        facts = self._profile.of_nature("boolean", "integer", "number", "category")
        written = self._profile.of_nature("text", "texts", "records")
        texts = any(hint_of(name).role in FIRST | SECOND for name in self._profile.columns)
        if len(facts) > 5 and not texts and all(each.nature == "text" and each.mean_words < 6 for each in written):
            yield Evidence(-2.0, "most columns are numbers and categories, as in tables of facts")


#: Words of texts of which a row may have several, any one as good as another.
_SIDES = frozenset({"pos", "positive", "positives", "neg", "negative", "negatives"})


def _twins(profile: TableProfile) -> Mapping[str, list[str]]:
    """For each text that comes in two, as `response_a` and `response_b`, its other one."""
    stems: dict[str, list[str]] = {}
    for each in profile.of_nature("text"):
        if number_of(each.name) in (1, 2) and not is_nameless(each.name) and not _SIDES & set(words_of(each.name)):
            stems.setdefault(" ".join(words_of(each.name)[:-1]), []).append(each.name)
    pairs = [names for names in stems.values() if len(names) == 2]
    return {one: [other] for first, second in pairs for one, other in ((first, second), (second, first))}


def _flat(profile: TableProfile, given: Mapping[str, str]) -> Iterator[Candidate]:
    """Readings of one text a column, with one label column or none."""
    labels = [each for each in profile.columns.values() if may_be_label(each, given)]
    unnamed = [each for each in labels if hint_of(each.name).role != "label" and each.name not in given]
    if len(unnamed) > MANY_NUMBERS:  # features of a text, of which none is more of a label than the others
        labels = [each for each in labels if each not in unnamed]
    meanings = {each.name: list(label_kinds(each)) for each in labels}
    _prefer_labels(labels, meanings)
    sides = _two_sided(labels)
    forced = {name for name, role in given.items() if role == "label"}
    directed = {True: _Directed(profile, True), False: _Directed(profile, False)}
    for arrangement in arrangements(profile, given):
        if not forced:
            yield from _with_label(profile, arrangement, None, ("none", ()), directed)
        for label in labels:
            if label.name in arrangement.columns or (forced and label.name not in forced):
                continue
            for meaning in meanings[label.name]:
                yield from _with_label(profile, arrangement, label, meaning, directed)
        if sides and arrangement.negatives and not arrangement.columns & set(sides):
            yield from _with_sides(arrangement, sides, directed[True])


def _prefer_labels(labels: list[ColumnProfile], meanings: dict[str, list[LabelEvidence]]) -> None:
    """Adds evidence against other columns where one is called a label and nothing else."""
    plain = [each.name for each in labels if hint_of(each.name).role == "label" and not hint_of(each.name).kind]
    if not plain:
        return
    for each in labels:
        kind = hint_of(each.name).kind
        if each.name not in plain:
            weight = -1.0 if kind == "score" else -2.5
            said = Evidence(weight, f"{quote(plain[0])} is named like the label itself", each.name)
            meanings[each.name] = [(kind, (*evidence, said)) for kind, evidence in meanings[each.name]]


class _Directed:
    """What names and contents say about the roles of texts, worked out once for each arrangement."""

    def __init__(self, profile: TableProfile, directed: bool) -> None:
        self._profile, self._directed = profile, directed
        self._known: dict[tuple[int, Role, Role], list[Evidence]] = {}
        self._kept: list[Arrangement] = []

    def of(self, arrangement: Arrangement, first: Role, second: Role) -> list[Evidence]:
        """The evidence for these roles of the first two texts."""
        key = (id(arrangement), first, second)
        if key not in self._known:
            self._kept.append(arrangement)  # so that its id stays its own
            found = in_roles(self._profile, arrangement, first, second, directed=self._directed)
            self._known[key] = list(found)
        return self._known[key]


def _with_label(
    profile: TableProfile,
    arrangement: Arrangement,
    label: ColumnProfile | None,
    meaning: LabelEvidence,
    directed: Mapping[bool, _Directed],
) -> Iterator[Candidate]:
    kind, said = meaning
    count = len(arrangement.units)
    found: Iterator[tuple[str, list[Evidence]]]
    if count == 1:
        found = iter([(_SINGLES[kind], [])] if kind in _SINGLES else [])
    elif kind == "embedding":
        joined = any(len(unit.columns) > 1 for unit in arrangement.units)
        found = iter([] if joined else [("text-embedding", [])])
    elif count == 2:
        found = pair_formats(profile, arrangement, label, kind)
    else:
        table = _TRIPLETS if count == 3 else _TUPLES
        found = iter([(table[kind], list(_lengths(count, label, kind)))] if kind in table else [])
    for format, evidence in found:
        first, second = (*FORMATS[format].roles, "text")[:2]
        roles = arrangement.roles(first, second)
        if kind == "embedding":
            roles = dict.fromkeys(roles, "text")
        if label is not None:
            roles[label.name] = "label"
        ordered = directed[format in DIRECTED or count > 2].of(arrangement, first, second)
        every = [*arrangement.evidence, *evidence, *said, *ordered]
        yield format, roles, label.name if label is not None else None, kind, every


def _lengths(texts: int, label: ColumnProfile | None, kind: str) -> Iterator[Evidence]:
    """Whether a list of scores or margins has as many numbers as the texts call for."""
    if label is not None and kind in ("scores", "margins"):
        wanted = texts - 1 if kind == "scores" else texts - 2
        fits = label.usual_length == wanted
        message = f"{quote(label.name)} has {'' if fits else 'not '}the {wanted} {kind} that {texts} texts call for"
        yield Evidence(1.5 if fits else -5.0, message, label.name)


def _two_sided(labels: list[ColumnProfile]) -> list[str]:
    """Columns of numbers that are named like the scores of positives and of negatives: positives first."""
    nameless = [each.name for each in labels if each.nature == "number" and is_nameless_column(each.name)]
    if len(nameless) == len(labels) > 1:
        return nameless
    scored = [each for each in labels if each.nature in ("number", "integer") and hint_of(each.name).side]
    sides = {
        side: [each.name for each in scored if hint_of(each.name).side == side] for side in ("positive", "negative")
    }
    return [*sides["positive"], *sides["negative"]] if len(sides["positive"]) == 1 and sides["negative"] else []


def _with_sides(arrangement: Arrangement, sides: list[str], directed: _Directed) -> Iterator[Candidate]:
    """Texts with a column of scores for each of the documents."""
    count = len(arrangement.units)
    if len(sides) != count - 1:
        return
    kind: LabelKind = "scores"
    format = _TRIPLETS[kind] if count == 3 else _TUPLES[kind]
    first, second = FORMATS[format].roles[:2]
    said = [
        Evidence(-0.5, f"nothing says what {quote(sides[0])} and {quote(sides[1])} are", sides[0])
        if is_nameless_column(sides[0])
        else Evidence(
            2.0, f"{quote(sides[0])} and {quote(sides[1])} are named like the scores of both sides", sides[0]
        ),
        Evidence(2.0, "every document has a score"),
    ]
    roles = arrangement.roles(first, second) | dict.fromkeys(sides, "label")
    every = [*arrangement.evidence, *said, *directed.of(arrangement, first, second)]
    yield format, roles, sides[0], kind, every
