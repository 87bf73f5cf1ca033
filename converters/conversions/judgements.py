"""Formats that say which texts belong to an anchor and which do not, read into judgements."""

import json
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.blank import blank
from converters.conversions.judged import LACKING, Judged, judge, judge_rows, judgements, settle
from converters.conversions.registry import Made, Material, by_parts, conversion
from converters.conversions.settings import Options
from converters.conversions.texts import Ids, number, number_within, rows_of, texts_at, whole
from converters.errors import InputError, TooFewError, nearest, quote
from converters.labels import unit_scores

#: From which score on a pair belongs together, unless the caller says otherwise.
THRESHOLD = 0.5

_NEGATIVES = "the negatives"
_GRADES = "the grades: there is only relevant or not"
_ABOVE_0 = "positives have a label above 0, unless --threshold says otherwise"
_HEIGHT = "the scores themselves: only their differences stay"
_SCORES = "the scores, where there are any"
_COMPANY = "which negatives stood beside which positive"


@judgements("labeled-pair", {"pair": _NEGATIVES, "triplet": None, "n-tuple": None, "labeled-list": None}, gathers=True)
def _labeled_pairs(table: pa.Table, options: Options) -> Judged:
    return judge(table["anchor"], table["document"], _floats(table["label"]))


@judgements("triplet", {"pair": _NEGATIVES, "labeled-pair": _COMPANY})
@judgements("triplet", {"n-tuple": _COMPANY, "labeled-list": _COMPANY}, gathers=True)
def _triplets(table: pa.Table, options: Options) -> Judged:
    return judge_rows(table)


@judgements("n-tuple", {"pair": _NEGATIVES, "labeled-pair": _COMPANY, "labeled-list": _COMPANY})
def _n_tuples(table: pa.Table, options: Options) -> Judged:
    return judge_rows(table)


@judgements(
    "labeled-list",
    {"pair": _NEGATIVES, "triplet": _GRADES, "n-tuple": _GRADES, "labeled-pair": _GRADES},
    told=_ABOVE_0,
)
@judgements(
    "labeled-list",
    {"triplet-scores": None, "n-tuple-scores": None, "triplet-margin": _HEIGHT, "n-tuple-margins": _HEIGHT},
    told=_ABOVE_0,
    first=True,  # labels that were made of positives and negatives are no scores
)
def _labeled_lists(table: pa.Table, options: Options) -> Judged:
    documents, labels = pc.list_flatten(table["documents"]), pc.list_flatten(table["labels"])
    told, lost = _told(documents)
    return judge(
        table["query"],
        documents if told is None else documents.filter(pa.array(told)),
        _floats(labels)[slice(None) if told is None else told],
        owners=rows_of(table["documents"])[slice(None) if told is None else told],
        threshold=options.threshold,
        negative_threshold=options.negative_threshold,
        left_out=lost,
    )


def _told(documents: pa.ChunkedArray) -> tuple[NDArray[np.bool_] | None, dict[str, int]]:
    """Which documents of lists have a text, None for all, and what is left out: an empty one is no text of a pair."""
    empty = blank(documents).to_numpy()
    return (~empty, {"documents of an empty text": int(empty.sum())}) if empty.any() else (None, {})


@judgements("graded-pair", {"labeled-list": None}, gathers=True)  # grades stay what they are, whatever is a positive
@judgements(
    "graded-pair",
    {
        **{"pair": _NEGATIVES, "triplet": _GRADES, "n-tuple": _GRADES, "labeled-pair": _GRADES},
        **{"triplet-scores": None, "n-tuple-scores": None, "triplet-margin": _HEIGHT, "n-tuple-margins": _HEIGHT},
    },
    told=_ABOVE_0,
    gathers=True,
)
def _graded_pairs(table: pa.Table, options: Options) -> Judged:
    return judge(
        table["query"],
        table["document"],
        _floats(table["grade"]),
        threshold=options.threshold,
        negative_threshold=options.negative_threshold,
    )


def _with_a_negative(groups: Iterable[pa.Table]) -> None:
    """Makes sure that a group has a negative: without any, all pairs would be positives.

    Raises:
        TooFewError: none has.
    """
    for part in groups:
        if pc.any(pc.greater(pc.list_value_length(part["negatives"]), 0), min_count=0).as_py():
            return
    raise TooFewError("no query has a negative, so that negatives have to be mined")


def _without_positive(groups: pa.Table) -> dict[str, Ids]:
    """The places of groups whose query has no positive in any of them."""
    positives = pc.list_value_length(groups["positives"]).to_numpy()
    if positives.all():
        return {}
    _, (query,) = number(groups["query"])
    lacking = np.flatnonzero(np.bincount(query, weights=positives)[query] == 0)
    return {LACKING: lacking} if len(lacking) else {}


@judgements("grouped", {"labeled-pair": _SCORES}, enough=_with_a_negative)
@judgements(
    "grouped",
    {
        **dict.fromkeys(("n-tuple", "triplet", "labeled-list"), _SCORES),
        **{"pair": f"{_NEGATIVES}, and {_SCORES}"},
        **{"triplet-scores": None, "n-tuple-scores": None, "triplet-margin": _HEIGHT, "n-tuple-margins": _HEIGHT},
    },
    useless=_without_positive,
)
def _groups(table: pa.Table, options: Options) -> Judged:
    return groups(table)  # the threshold is for grades and scores, and a list of positives has neither


def groups(table: pa.Table) -> Judged:
    """Judgements out of queries with lists of positives and negatives, with their scores where there are any."""
    sides = [table["positives"], table["negatives"]]
    rows = np.concatenate([rows_of(side) for side in sides])
    grades = np.repeat([1.0, 0.0], [len(rows_of(side)) for side in sides])
    scores = None
    if "positive_scores" in table.column_names:
        lists = [pc.list_flatten(table[name]) for name in ("positive_scores", "negative_scores")]
        scores = np.concatenate([_floats(each) for each in lists])
    anchors, (query,) = number(table["query"])
    pool, documents = number_within(query[rows], *(pc.list_flatten(side) for side in sides))
    order = np.argsort(rows, kind="stable")  # the negatives of a query after its positives
    return settle(
        anchors,
        pool,
        query[rows[order]],
        np.concatenate(documents)[order],
        grades[order],
        scores=None if scores is None else scores[order],
    )


# -- scores and classes of pairs -------------------------------------------------------------------------------------


@judgements(
    "pair-score",
    {
        **{"labeled-pair": "how similar: there is only yes or no", "pair": "all pairs below the threshold"},
        **{"triplet-scores": None, "n-tuple-scores": None, "triplet-margin": _HEIGHT, "n-tuple-margins": _HEIGHT},
    },
    told=f"positives score {THRESHOLD:g} or more, unless --threshold says otherwise",
    gathers=True,
)
@judgements("pair-score", {"labeled-list": None}, gathers=True, final=True)  # a label above 0 is no positive
def _scored_pairs(table: pa.Table, options: Options) -> Judged:
    high, low = _thresholds(options, THRESHOLD)
    scores = _floats(table["score"])
    return judge(table["sentence_a"], table["sentence_b"], scores, threshold=high, negative_threshold=low)


def _thresholds(options: Options, otherwise: float) -> tuple[float, float | None]:
    """The thresholds on scores from 0 to 1; `otherwise` is the upper one where nobody names one.

    Raises:
        InputError: one tells nothing apart, or they are in the wrong order.
    """
    high = otherwise if options.threshold is None else options.threshold
    low = options.negative_threshold
    for each in (high, low):
        if each is not None and not 0 <= each <= 1:
            raise InputError(f"scores are scaled to 0..1, so a threshold of {each:g} tells nothing apart")
    if low is not None and low >= high:
        raise InputError(
            f"positives score {high:g} or more, so pairs of up to {low:g} cannot be negatives: "
            "name a higher --threshold or a lower --negative-threshold"
        )
    return high, low


@conversion(
    "graded-pair",
    "pair-score",
    summary="scales the grades to scores from 0 to 1",
    final=True,  # a threshold on the scaled scores would call other pairs relevant than the grades do
    scope="row",
    scales="grade",
)
def _scored_grades(material: Material, target: str, options: Options) -> Made:
    table = material.table
    scores, _ = unit_scores(table["grade"], "grade", options.span_of(table["grade"]).scale)
    return Made(pa.table({"sentence_a": table["query"], "sentence_b": table["document"], "score": scores}))


@conversion(
    "labeled-list",
    "pair-score",
    summary="makes each document a pair with its query, and scales the labels to scores from 0 to 1",
    final=True,
    first=True,
    scope="row",
    scales="labels",
)
def _scored_documents(material: Material, target: str, options: Options) -> Made:
    table = material.table
    queries = whole(table["query"])
    scores, _ = unit_scores(pc.list_flatten(table["labels"]), "labels", options.span_of(table["labels"]).scale)
    documents = pc.list_flatten(table["documents"])
    asked = rows_of(table["documents"])
    told, lost = _told(documents)

    def pairs(part: slice) -> pa.Table:
        columns = {
            "sentence_a": texts_at(queries, asked[part]),
            "sentence_b": documents[part],
            "score": scores[part],
        }
        made = pa.table(columns)
        return made if told is None else made.filter(pa.array(told[part]))

    return Made(by_parts(len(documents), pairs), lost)


#: Names of classes that say how far a second sentence follows from the first, and the similarity that goes with each.
ENTAILMENT: dict[str, float] = {
    **dict.fromkeys(("entailment", "entails", "entailed", "entail", "supports", "supported", "support"), 1.0),
    **dict.fromkeys(("neutral", "notenoughinfo", "nei"), 0.5),
    **dict.fromkeys(("contradiction", "contradicts", "contradicted", "contradict", "contradictory"), 0.0),
    **dict.fromkeys(("notentailment", "nonentailment", "refutes", "refuted", "refute"), 0.0),
}
_LETTERS = {"e": 1.0, "n": 0.5, "c": 0.0}

_UNTOLD = "pairs of a class that does not tell"
_NEUTRAL = "the pairs that are neither entailment nor contradiction"


@judgements(
    "pair-class",
    {"triplet": _NEUTRAL, "labeled-pair": _NEUTRAL, "pair": "all pairs but entailments"},
    told="entailments are positives, contradictions negatives, unless --class-score says otherwise",
    gathers=True,
    drops=True,
)
def _entailments(table: pa.Table, options: Options) -> Judged:
    scores = class_scores(table, options)
    high, low = _thresholds(options, 1.0)
    told = np.isfinite(scores) & ((scores >= high) | (scores <= (low or 0.0)))
    used = table.filter(pa.array(told))
    lost = {_UNTOLD: int((~told).sum())} if not told.all() else {}
    judged = judge(used["sentence_a"], used["sentence_b"], scores[told], threshold=high, left_out=lost)
    if not lost:
        return judged
    rows = np.flatnonzero(told)
    unused = {why: rows[places] for why, places in judged.unused.items()}
    return replace(judged, place=rows[judged.place], unused={_UNTOLD: np.flatnonzero(~told), **unused})


@conversion(
    "pair-class",
    "pair-score",
    summary="maps classes to scores: entailment 1, neutral 0.5, contradiction 0, unless --class-score says otherwise",
    scope="row",
    loses="the direction: what follows from what",
    final=True,  # a threshold would take neutral pairs for such that belong together
)
def _scored_classes(material: Material, target: str, options: Options) -> Made:
    table = material.table
    scores = class_scores(table, options)
    told = np.isfinite(scores)
    used = table.filter(pa.array(told))
    columns = {"sentence_a": used["sentence_a"], "sentence_b": used["sentence_b"], "score": pa.array(scores[told])}
    lost = np.flatnonzero(~told)
    unused = {_UNTOLD: lost} if len(lost) and options.reject is not None else {}
    return Made(pa.table(columns), {_UNTOLD: len(lost)} if len(lost) else {}, unused=unused)


def class_scores(table: pa.Table, options: Options) -> NDArray[np.float64]:
    """Of each pair the score that the options give its class.

    Of classes that they do not name, 1 for entailment, 0.5 for neutral, 0 for contradiction, by the name of the class;
    NaN where that tells nothing.

    Raises:
        InputError: a class is named that the data does not have; or no class is named like an entailment, so that
            nobody can tell which pairs belong together.
    """
    names = class_names(table)
    plain = [_letters(name) for name in names]
    known = _LETTERS if plain and set(plain) <= set(_LETTERS) else ENTAILMENT
    scores = np.array([known.get(name, np.nan) for name in plain])
    for name, score in (options.class_scores or {}).items():
        places = [i for i, each in enumerate(names) if each.strip() == name.strip()]
        places = places or [i for i, other in enumerate(names) if other.strip().lower() == name.strip().lower()]
        if len(places) != 1:
            raise InputError(f"the data has no class {quote(name, 20)} to give a score to: {nearest(name, names)}")
        scores[places] = score
    if options.class_scores is None and not (scores == 1).any():
        shown = ", ".join(quote(name, 20) for name in names[:4])
        raise InputError(
            f"nothing says which pairs belong together: no class ({shown}) is named entailment; say it with "
            "--class-score NAME=SCORE for each class that tells: 1 for pairs that belong together, 0 for others"
        )
    found: NDArray[np.float64] = scores[table["label"].to_numpy()]
    return found


def _letters(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalpha())


def class_names(table: pa.Table) -> list[str]:
    """The names of the classes, from where `datasets` keeps them: the schema's metadata."""
    told = (table.schema.metadata or {}).get(b"huggingface")
    features = json.loads(told)["info"]["features"] if told else {}
    return [str(name) for name in features.get("label", {}).get("names", [])]


def _floats(values: pa.ChunkedArray | pa.Array) -> NDArray[np.float64]:
    numbers: NDArray[np.float64] = pc.cast(values, pa.float64()).to_numpy()
    return numbers
