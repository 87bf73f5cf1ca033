"""What a column could mean as a label, by its values and its name."""

from collections.abc import Iterator, Mapping

from advisor.profiles import ColumnProfile
from advisor.readings.columns import is_constant, is_nameless
from advisor.readings.evidence import Evidence
from advisor.vocabulary import hint_of, word_set
from converters.errors import quote
from converters.formats import LabelKind
from converters.grade_words import grades_of
from converters.yes_no import yes_and_no

#: A meaning of a label, and what speaks for it.
LabelEvidence = tuple[LabelKind, tuple[Evidence, ...]]

#: Words of classes that tell how two texts relate, and not what one is about.
RELATIONS = word_set(
    """
    entailment entails entailed contradiction contradicts contradicted neutral not_entailment supports
    supported refutes refuted disputed not_enough_info nei paraphrase agree agrees disagree disagrees discuss
    unrelated
    folgerung widerspruch folgt widerspricht unabhangig implication implique contredit neutre implicacion
    contradiccion neutro implicacao contradicao implicazione contraddizione neutrale wynikanie sprzecznosc
    neutralny следует следование противоречит противоречие нейтрально gerektirme celiski notr tegenspraak
    neutraal 蕴含 矛盾 中立 含意 함의 모순 중립 استلزام تناقض محايد
    """
)

#: With more classes than this, only the most frequent are looked at.
_MANY_CLASSES = 50


def may_be_label(column: ColumnProfile, given: Mapping[str, str]) -> bool:
    """Whether a column can be the label at all."""
    role = given.get(column.name)
    if role is not None:
        return role == "label"
    hint = hint_of(column.name)
    if hint.role in ("id", "ignored") or column.nature in ("texts", "records", "nested", "empty"):
        return False
    if column.nature == "token":
        return hint.role == "label" or column.uniqueness < 0.5
    if is_constant(column) and column.rows > 20 and hint.role != "label":
        return False
    return column.nature != "text" or (hint.role == "label" and (column.mean_words < 4 or column.uniqueness < 0.5))


def label_kinds(column: ColumnProfile) -> Iterator[LabelEvidence]:
    """The kinds that a column's values could be as a label, with the evidence for each."""
    name, hint = column.name, hint_of(column.name)
    unknown = -0.5 if is_nameless(name) else -2.0
    common = (
        Evidence(1.5 if hint.kind else 2.0, f"{quote(name)} is named like a label", name)
        if hint.role == "label"
        else Evidence(unknown, f"the name {quote(name)} does not say that it is a label", name)
    )
    for kind, weight, message in _kinds_by_values(column):
        evidence = [common, Evidence(weight, message, name)]
        if is_constant(column) and column.rows > 20 and hint.kind == "score":
            evidence.append(Evidence(-5.0, f"{quote(name)} is the same in every row", name))
        if hint.side and kind in ("margin", "score"):
            evidence.append(Evidence(-2.0, f"{quote(name)} speaks of one side only", name))
        if hint.kind:
            agrees = hint.kind == kind or (hint.kind == "score" and kind == "margin")
            weight = 1.5 if agrees else -2.0 if hint.kind == "class" and kind in ("score", "grade", "margin") else -0.5
            evidence.append(Evidence(weight, f"the name {quote(name)} suggests a {hint.kind}", name))
        yield kind, tuple(evidence)


def speaks_of_relations(column: ColumnProfile) -> bool:
    """Whether the classes say how two texts relate: entailment, contradiction and the like."""
    words = {*(str(each) for each, _ in column.values[:_MANY_CLASSES]), *column.class_names}
    return len(word_set(" ".join(each.strip().lower().replace(" ", "_") for each in words)) & RELATIONS) >= 2


def _kinds_by_values(column: ColumnProfile) -> Iterator[tuple[LabelKind, float, str]]:
    values = {each for each, _ in column.values}
    levels = column.distinct
    if column.nature == "boolean":
        yield "binary", 3.0, "holds true and false"
    elif column.nature in ("category", "text", "token"):
        words = {str(each).strip().lower() for each in values}
        if len(words) == 2 and yes_and_no(words) is not None:  # in whatever case each of them is written
            yield "binary", 2.5, "holds two words for yes and no"
            yield "class", 0.0, "holds two words"
        elif grades_of(map(str, values)) is not None:
            yield "grade", 3.0, f"holds {levels} words of a scale"
            yield "class", 1.5, f"holds {levels} different words, over and over"
        elif levels > 1 and column.nature == "category":
            yield "class", 3.0, f"holds {levels} different words, over and over"
        elif levels > 1:
            rare = column.uniqueness > 0.5
            yield (
                "class",
                (-1.0 if column.nature == "text" else 0.0) + 2 * (not rare),
                f"holds {levels} different texts",
            )
    elif column.nature == "integer":
        yield from _kinds_of_integers(column, values)
    elif column.nature == "number":
        yield from _kinds_of_numbers(column)
    elif column.nature == "numbers":
        yield from _kinds_of_lists(column)


def _kinds_of_numbers(column: ColumnProfile) -> Iterator[tuple[LabelKind, float, str]]:
    low, high = float(column.minimum or 0), float(column.maximum or 0)
    span = f"{low:g} to {high:g}"
    unbounded = column.distinct > column.filled / 2 and (low < -1 or high > 1)
    yield "margin", 0.8 + 0.7 * (low < 0) if unbounded else -0.5, f"holds numbers, {span}"
    bounded = low >= 0 and high in (1, 4, 5, 10, 100)
    yield "score", 2.0 + 0.5 * bounded, f"holds {column.distinct} different numbers, {span}"


def _kinds_of_integers(column: ColumnProfile, values: set[object]) -> Iterator[tuple[LabelKind, float, str]]:
    levels, low, high = column.distinct, int(column.minimum or 0), int(column.maximum or 0)
    contiguous = levels == high - low + 1 and low in (-1, 0, 1)  # -1 often says that nobody agreed
    if column.class_names:
        yes = len(column.class_names) == 2 and yes_and_no(each.strip().lower() for each in column.class_names)
        yield (
            "class",
            1.0 if yes and not speaks_of_relations(column) else 3.0,
            f"carries the names of {len(column.class_names)} classes",
        )
        if yes:
            yield "binary", 2.0 if speaks_of_relations(column) else 3.5, "its two classes are yes and no"
        return
    if column.filled > 20 and column.uniqueness > 0.95:
        yield "score", -2.0, "differs in every row, like an identifier"
        return
    if {low, high} <= {0, 1} or values <= {-1, 1}:
        yield "binary", 3.0, "holds 1 and 0" if low != -1 else "holds 1 and -1"
        yield "class", 0.8, "holds two numbers, which may name two classes"
    elif levels == 2:
        yield "class", 1.5, f"holds two numbers, {low} and {high}, which may name two classes"
        yield "score", -1.5, f"holds two numbers only, {low} and {high}"
    elif levels <= 20:
        yield "class", 1.5 if contiguous else 0.3, f"holds {levels} different integers, {low} to {high}"
        yield "grade", 1.0 if contiguous or low >= 0 else 0.0, f"holds {levels} levels, {low} to {high}"
        yield "score", 0.9 if levels > 3 else 0.2, f"holds integers from {low} to {high}"
        if {low, high, *(int(float(str(each))) for each in values if _is_number(each))} <= {-1, 0, 1}:
            yield "binary", 1.0, "holds 1, 0 and -1, which may say that nobody judged"
    else:
        yield "class", 1.5 if contiguous else 0.5, f"holds {levels} different integers, {low} to {high}"
        yield "score", 0.8 + 0.8 * (high in (100, 1000) and low >= 0), f"holds integers from {low} to {high}"


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def _kinds_of_lists(column: ColumnProfile) -> Iterator[tuple[LabelKind, float, str]]:
    assert column.lengths is not None
    short, long = column.lengths
    yield "labels", 2.0, f"holds lists of {short} to {long} numbers"
    if (usual := column.usual_length) is not None:
        torn = "" if short == long else ", though not in all of them"
        yield "scores", 2.0, f"holds {usual} numbers a row{torn}"
        yield "margins", 1.8, f"holds {usual} numbers a row{torn}"
    if short == long >= 16:
        if column.whole:
            yield "embedding", -1.5, f"holds lists of {long} integers, which no embedding has"
        else:
            yield "embedding", 2.5, f"holds lists of {long} numbers, like an embedding"
    elif short == long >= 2 and not column.whole and _is_called_embedding(column):
        yield "embedding", 2.0, f"holds {long} numbers a row that are no integers, like a short embedding"
    elif column.mean_length >= 16 and column.distinct > 2 * column.mean_length and not column.whole:
        usual = round(column.mean_length)
        yield "embedding", 2.0, f"holds lists of about {usual} numbers, like embeddings, though not all are as long"


def _is_called_embedding(column: ColumnProfile) -> bool:
    """Whether a name says that a few numbers are an embedding: one of embeddings, or the one that is written here.

    What is called `label` and lies between 0 and 1 may be how likely each of some classes is.
    """
    if hint_of(column.name).kind == "embedding":
        return True
    if column.name != "label" or column.minimum is None or column.maximum is None:
        return False
    return column.minimum < 0 or column.maximum > 1
