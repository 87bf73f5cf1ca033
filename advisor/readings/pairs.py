"""What tells the formats of two texts apart: what the label means, and whether the texts stand in for one another."""

from collections.abc import Iterator

import numpy as np

from advisor.profiles import ColumnProfile, TableProfile
from advisor.readings.columns import FIRST
from advisor.readings.evidence import Evidence
from advisor.readings.labels import speaks_of_relations
from advisor.readings.texts import Arrangement, relation
from advisor.relations import Relation
from advisor.vocabulary import hint_of, stem_of, words_of
from converters.errors import quote

#: Formats in which the first text asks and the second answers; in the others the two can be swapped.
DIRECTED = frozenset({"pair", "labeled-pair", "graded-pair"})

_SYMMETRIC = frozenset({"sentence_a", "sentence_b", "text"})


def pair_formats(
    profile: TableProfile, arrangement: Arrangement, label: ColumnProfile | None, kind: str
) -> Iterator[tuple[str, list[Evidence]]]:
    """The formats that two texts and a label of this kind could be, with the evidence for each."""
    assert arrangement.second is not None
    found = relation(profile, arrangement.first, arrangement.second)
    if label is None:
        yield from _unlabeled(arrangement, found)
        return
    correlated = _correlation(profile, label, found)
    alike = [*_alike(arrangement, kind), *_titled(arrangement, label), *_inferred(arrangement, kind)]
    if kind == "score":
        yield "pair-score", [*alike, *_rising(label, correlated)]
    elif kind == "class":
        yield "pair-class", [*alike, *_classes(arrangement, label, correlated)]
    elif kind == "binary":
        yield "labeled-pair", [*_titled(arrangement, label), *_rising(label, correlated)]
    elif kind == "grade":
        yield "graded-pair", [*alike, *_grades(arrangement, label), *_rising(label, correlated)]


def _alike(arrangement: Arrangement, kind: str) -> Iterator[Evidence]:
    """Whether the names differ in a number only, as those of two texts that can be swapped do."""
    assert arrangement.second is not None
    first, second = arrangement.first.name, arrangement.second.name
    if stem_of(first) and stem_of(first) == stem_of(second) and not first.startswith("column_"):
        weight = -1.0 if kind == "grade" else 0.6
        yield Evidence(weight, f"{quote(first)} and {quote(second)} are named alike, as texts that can be swapped are")


def _unlabeled(arrangement: Arrangement, found: Relation | None) -> Iterator[tuple[str, list[Evidence]]]:
    assert arrangement.second is not None
    first, second = arrangement.first, arrangement.second
    same = found.same if found is not None else 0.0
    against = [Evidence(-4.0, f"both texts are the same in {same:.0%} of the rows")] if same > 0.95 else []
    if same > 0.95:
        yield "identical-pair", [Evidence(4.0, f"both texts are the same in {same:.0%} of the rows")]
    speaks = {hint_of(first.name).role, hint_of(second.name).role} & {"damaged"}
    if speaks:
        yield "damaged-pair", [Evidence(2.0, "the names speak of damaged texts and their originals")]
    nameless = {hint_of(first.name).role, hint_of(second.name).role} <= {"", "original"}
    damage = _damage(found, first.main, second.main) if nameless or speaks else None
    if damage is not None and same <= 0.95 and not speaks:
        yield "damaged-pair", [damage]
        against.append(Evidence(-damage.weight, damage.message))
    yield "pair", against


def _damage(found: Relation | None, first: ColumnProfile, second: ColumnProfile) -> Evidence | None:
    """Whether the first texts are the second ones with words left out."""
    if found is None or found.first_within < 0.88 or found.other > 0.6:
        return None
    kept = (first.mean_words + 0.01) / (second.mean_words + 0.01)
    if not 0.25 < kept < 0.92 or second.mean_words < 5 or found.second_within < 0.3:
        return None
    return Evidence(2.0, "the first texts are the second ones with words left out")


def _correlation(profile: TableProfile, label: ColumnProfile, found: Relation | None) -> float | None:
    """How the label rises with the share of words that two texts have in common; None where that says nothing."""
    numbers = profile.compared.get(label.name)
    if found is None or numbers is None or len(numbers) != len(found.shared):
        return None
    known = np.isfinite(numbers)
    if known.sum() < 20 or np.ptp(numbers[known]) == 0 or np.ptp(found.shared[known]) == 0:
        return None
    return float(np.corrcoef(numbers[known], found.shared[known])[0, 1])


def _rising(label: ColumnProfile, correlated: float | None) -> Iterator[Evidence]:
    if correlated is not None and correlated > 0.15:
        message = f"the more words two texts share, the higher is {quote(label.name)}"
        yield Evidence(min(1.2, 2.5 * correlated), message, label.name)


def _inferred(arrangement: Arrangement, kind: str) -> Iterator[Evidence]:
    """Whether the names are those of texts of which one follows from the other, or does not."""
    words = {word for unit in arrangement.units for word in words_of(unit.name)}
    if words & {"premise", "hypothesis", "claim"} and kind in ("class", "grade"):
        weight = 1.2 if kind == "class" else -1.5
        yield Evidence(weight, "the names are those of texts of which one may follow from the other")


def _titled(arrangement: Arrangement, label: ColumnProfile) -> Iterator[Evidence]:
    """Whether the texts are a title and the text below it, which hardly anybody compares."""
    assert arrangement.second is not None
    if speaks_of_relations(label):  # of a headline to the article that it may not belong to
        return
    for one, other in ((arrangement.first, arrangement.second), (arrangement.second, arrangement.first)):
        if hint_of(one.name).title and hint_of(other.name).body and len(one.columns) == len(other.columns) == 1:
            yield Evidence(-4.0, "a title and its text have a label together, and none as a pair")


def _classes(arrangement: Arrangement, label: ColumnProfile, correlated: float | None) -> Iterator[Evidence]:
    assert arrangement.second is not None
    first, second = arrangement.first, arrangement.second
    hints = [hint_of(unit.name).role for unit in (first, second)]
    if speaks_of_relations(label):
        yield Evidence(2.5, f"the classes of {quote(label.name)} say how two texts relate", label.name)
        return
    told = hint_of(label.name)
    judged = told.role == "label" and not told.kind and label.distinct <= 3  # called a label, of few classes
    if ("positive" in hints and not judged) or ("document" in hints and told.kind == "class"):
        yield Evidence(-7.0, "questions and answers have topics, and no classes of pairs")
    elif set(hints) != {"sentence_a", "sentence_b"} and (hints[0] != hints[1] or not set(hints) <= _SYMMETRIC | FIRST):
        yield Evidence(-0.6, "the names are not those of two texts that are compared")
    if label.nature in ("category", "token", "text") and hint_of(label.name).role != "label":
        yield Evidence(-1.5, f"the classes of {quote(label.name)} do not say how two texts relate", label.name)
    if label.distinct > 10:
        yield Evidence(-2.5, f"{label.distinct} classes are many for how two texts relate", label.name)
    ratio = (first.main.mean_words + 1) / (second.main.mean_words + 1)
    if not 0.25 < ratio < 4:
        yield Evidence(-0.6, "one text is much longer than the other")
    if correlated is not None and correlated > 0.3 and label.nature == "integer":
        yield Evidence(
            -1.0, f"{quote(label.name)} rises with the words that two texts share, as a score does", label.name
        )


def _grades(arrangement: Arrangement, label: ColumnProfile) -> Iterator[Evidence]:
    assert arrangement.second is not None
    first, second = arrangement.first.main, arrangement.second.main
    repeats = first.uniqueness < 0.7
    message = f"{quote(first.name)} {'repeats' if repeats else 'hardly repeats'}; graded queries repeat"
    yield Evidence(1.5 if repeats else -2.0, message, first.name)
    if repeats and second.uniqueness - first.uniqueness > 0.2:
        yield Evidence(0.5, f"each of {quote(first.name)} comes with several of {quote(second.name)}", first.name)
    if hint_of(label.name).kind == "class" or label.class_names:
        yield Evidence(-1.0, f"{quote(label.name)} is named like a class", label.name)
