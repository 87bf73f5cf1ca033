"""Readings of nested data: lists of documents, groups of positives and negatives, a context with questions; ids."""

from collections.abc import Iterator, Mapping
from itertools import permutations

from advisor.profiles import ColumnProfile, TableProfile
from advisor.readings.columns import is_chat, is_constant, named
from advisor.readings.evidence import Evidence
from advisor.readings.texts import Unit, units_of
from advisor.vocabulary import hint_of, word_set, words_of
from converters.errors import quote
from converters.formats import LabelKind, Role
from converters.gathering import JUDGING

#: A format, the roles of the columns that are used, the label, what it means, and the evidence.
Candidate = tuple[str, dict[str, Role], str | None, LabelKind, list[Evidence]]


def layouts(profile: TableProfile, given: Mapping[str, str]) -> Iterator[Candidate]:
    """Every reading of nested columns and of ids that there is room for."""
    units = units_of(profile, given)
    lists = [each for each in profile.columns.values() if _is_list_of_texts(each, given)]
    yield from _listed(profile, units, lists)
    yield from _judged(profile, units, lists)
    yield from _grouped(profile, units, lists)
    yield from _question_answering(profile)
    yield from _ids(profile)


def _is_list_of_texts(column: ColumnProfile, given: Mapping[str, str]) -> bool:
    role = given.get(column.name)
    if role in ("label", "id", "ignored") or is_chat(column) or (column.lengths or (0, 0))[1] == 0:
        return False
    hint = hint_of(column.name)
    called = words_of(column.name)[-1:] in (("label",), ("labels",))
    named = hint.role in ("id", "ignored") or hint.kind == "class" or called or _is_one_sided(column.name)
    if role is None and column.fields and all(hint_of(each).role == "id" for each in column.fields):
        return False  # the texts stand elsewhere
    return column.nature in ("texts", "records") and (role is not None or not named)


def _numbers(profile: TableProfile) -> list[ColumnProfile]:
    return [each for each in profile.of_nature("numbers") if hint_of(each.name).role not in ("id", "ignored")]


def _listed(profile: TableProfile, units: list[Unit], lists: list[ColumnProfile]) -> Iterator[Candidate]:
    """A query, its documents, and a label for each of them."""
    for unit in units:
        for documents in lists:
            for label in _numbers(profile):
                aligned = (documents.name, label.name) in profile.aligned
                side = hint_of(documents.name).role
                evidence = [
                    *unit.doubt,
                    Evidence(1.5, f"{quote(documents.name)} holds lists of texts", documents.name),
                    Evidence(2.0, "every document has a label", label.name)
                    if aligned
                    else Evidence(-2.5, "the lists of documents and of labels differ in length", label.name),
                    Evidence(1.5, f"{quote(label.name)} is named like a label", label.name)
                    if hint_of(label.name).role == "label"
                    else Evidence(-0.3, f"the name {quote(label.name)} does not say that it is a label", label.name),
                    Evidence(
                        2.0 if "bool" in label.type else 1.5, f"{quote(label.name)} holds lists of numbers", label.name
                    ),
                ]
                if side in ("positive", "negative"):
                    evidence.append(Evidence(-3.0, f"{quote(documents.name)} is named like {side}s", documents.name))
                roles: dict[str, Role] = {unit.name: "query", documents.name: "documents", label.name: "label"}
                evidence += [found for name in roles if (found := named(name, roles[name]))]
                yield "labeled-list", roles, label.name, "labels", evidence


def _judged(profile: TableProfile, units: list[Unit], lists: list[ColumnProfile]) -> Iterator[Candidate]:
    """A query and its documents as records, with the label of each document in its record."""
    for unit in units:
        for documents in lists:
            judged = [name for name in documents.numeric_fields if hint_of(name).role == "label" or name in JUDGING]
            if documents.nature != "records" or not judged:
                continue
            roles: dict[str, Role] = {unit.name: "query", documents.name: "documents"}
            evidence = [
                *unit.doubt,
                Evidence(3.0, f"each of {quote(documents.name)} comes with its {quote(judged[0])}", documents.name),
                *(found for name in roles if (found := named(name, roles[name]))),
            ]
            if {"pos", "positive", "positives", "neg", "negative", "negatives"} & set(words_of(documents.name)):
                evidence.append(Evidence(-3.0, f"{quote(documents.name)} is named like one side", documents.name))
            yield "labeled-list", roles, None, "labels", evidence


def _grouped(profile: TableProfile, units: list[Unit], lists: list[ColumnProfile]) -> Iterator[Candidate]:
    """A query with positives and negatives, of which at least one is a list, perhaps with a list of scores for each."""
    listed = [each.name for each in lists]
    singles = {unit.name: unit.main for unit in units}
    sides = [*listed, *singles]
    for unit in units[:4]:
        for positive, negative in permutations(sides, 2):
            if unit.name in (positive, negative) or (positive in singles and negative in singles):
                continue
            yield _group(profile, unit, positive, negative)
            more = [each.name for each in lists if each.name not in (positive, negative) and _opposes(each)]
            if more and hint_of(negative).role == "negative":
                yield _group(profile, unit, positive, negative, *more)
        for positive in (each.name for each in lists):
            if hint_of(positive).role != "negative":
                yield _group(profile, unit, positive, None)


def _opposes(column: ColumnProfile) -> bool:
    """Whether a list is named like one of negatives, and no part of a list of records."""
    return hint_of(column.name).role == "negative" and (column.nature == "records" or "." not in column.name)


def _group(profile: TableProfile, unit: Unit, positive: str, negative: str | None, *more: str) -> Candidate:
    roles: dict[str, Role] = {unit.name: "query", positive: "positive"}
    if negative is not None:
        roles[negative] = "negative"
    scored = [] if more else _scores(profile, positive, negative)
    said = [found for name in list(roles) if (found := named(name, roles[name]))]
    halved = negative is not None and len(scored) == 1 and _is_one_sided(scored[0])
    if halved:  # those of the other side are no lists of numbers: without them these are of no use
        roles |= dict.fromkeys(scored, "ignored")
        scored = []
    roles |= dict.fromkeys(scored, "label")
    roles |= dict.fromkeys(more, "negative")
    evidence = [*unit.doubt, *said]
    fields = profile.columns[positive].fields
    judged = set(fields) & JUDGING | {each for each in fields if hint_of(each).role == "label" and not negative}
    if judged:
        message = f"each of {quote(positive)} says whether it is one: {sorted(judged)[0]}"
        evidence.append(Evidence(-2.5, message, positive))
    if negative is None:
        known = hint_of(positive).role in ("positive", "document", "documents")
        evidence.append(Evidence(0.8 if known else 0.0, "there is a text and a list of texts in each row"))
    else:
        evidence.append(Evidence(2.0, "there is a text, and a list of texts on at least one of two sides"))
        if "." in negative and negative.rpartition(".")[0] == positive.rpartition(".")[0]:
            evidence.append(Evidence(-3.0, f"{quote(positive)} and {quote(negative)} are parts of the same records"))
        if more:
            evidence.append(Evidence(0.5, f"{quote(more[0])} are negatives too", more[0]))
        if "hard" in words_of(negative):
            evidence.append(Evidence(0.3, f"{quote(negative)} are hard negatives", negative))
        if hint_of(negative).role != "negative":
            evidence.append(Evidence(-1.5, f"nothing says that {quote(negative)} holds negatives", negative))
        if hint_of(positive).role == "negative":
            evidence.append(Evidence(-2.0, f"{quote(positive)} is named like negatives", positive))
    if "relevant" in words_of(positive):
        evidence.append(Evidence(1.2, f"{quote(positive)} is named like positives", positive))
    order = [name for name in profile.columns if name in (positive, negative)]
    if negative is not None and order != [positive, negative]:
        evidence.append(Evidence(-0.4, "the columns stand in another order"))
    kind: LabelKind = "scores" if scored else "none"
    return "grouped", roles, scored[0] if scored else None, kind, evidence


def _scores(profile: TableProfile, positive: str, negative: str | None) -> list[str]:
    """The columns with a score for each text of a group: those of lists as long, or named so.

    A name tells enough: where lists differ in length, as they do in torn rows, converting leaves those rows out.
    """
    sided = {each.name for each in _numbers(profile) if _is_one_sided(each.name)}
    return [
        each.name
        for each in _numbers(profile)
        if hint_of(each.name).role in ("label", "")
        and ({(each.name, positive), (each.name, negative)} & profile.aligned or (negative and each.name in sided))
    ]


def _is_one_sided(name: str) -> bool:
    """Whether a column is named like the scores of positives only, or of negatives: `pos_scores`."""
    sides = {hint_of(word).role for word in words_of(name)[:-1]} & {"positive", "negative"}
    return hint_of(name).role == "label" and len(sides) == 1


def _question_answering(profile: TableProfile) -> Iterator[Candidate]:
    """A context with nested answers to a question, or with nested questions, as in SQuAD."""
    context = _called(profile, "context", "passage", "paragraph", "story", "article", "document", "kontext", "contexto")
    question = _called(profile, "question", "frage", "pregunta", "pergunta", "query", "问题", "질문", "質問")
    answers = next(
        (
            each.name
            for each in profile.columns.values()
            if each.nature in ("nested", "records", "texts")
            and {"answers", "answer", "qas", "antworten", "respuestas"} & set(words_of(each.name))
        ),
        None,
    )
    if context is not None and answers is not None and (question is not None or "qas" in words_of(answers)):
        roles: dict[str, Role] = {context: "document", answers: "label"}
        if question is not None:
            roles[question] = "query"
        message = f"{quote(context)} comes with {quote(answers)}, as where answers are looked up in a text"
        looked_up = {"answer_start", "start"} & set(profile.columns[answers].fields)
        yield "qa", roles, None, "none", [Evidence(8.0 if looked_up else 5.0, message)]
    flat = _called(profile, "answer", "answers", "antwort", "respuesta", "resposta", "答案", "답변")
    if context is not None and question is not None and flat is not None and flat != answers:
        found = profile.relations.get((flat, context))
        within = found.first_within if found is not None else 0.0
        if within > 0.8 and profile.columns[context].mean_words > 3 * profile.columns[flat].mean_words:
            message = f"{quote(flat)} stands in {quote(context)}, as where answers are looked up in a text"
            roles = {context: "document", question: "query", flat: "label"}
            yield "qa", roles, None, "none", [Evidence(4.5, message, flat)]


def _called(profile: TableProfile, *names: str) -> str | None:
    for each in profile.columns.values():
        words = [word for word in words_of(each.name) if word not in ("text", "string", "body")]
        if each.nature in ("text", "category") and words[-1:] and words[-1] in names:
            return each.name
    return None


def _ids(profile: TableProfile) -> Iterator[Candidate]:
    """Rows of ids that point into a corpus and into queries kept elsewhere, perhaps with a grade."""
    columns = [each for each in profile.columns.values() if each.nature != "empty" and not is_constant(each)]
    if _is_trec(profile):
        names = list(profile.columns)
        found = Evidence(5.0, "the four columns are those of TREC judgements")
        roles: dict[str, Role] = {names[0]: "id", names[2]: "id", names[3]: "label"}
        yield "collection", roles, names[3], "grade", [found]
    if not 2 <= len(columns) <= 6 or profile.of_nature("text", "texts", "records", "numbers", "nested"):
        return
    ids = [each for each in columns if _is_identifier(each)]
    rest = [each for each in columns if each not in ids]
    if len(ids) < 2 or len(rest) > 1:
        return
    label = rest[0] if rest else None
    if label is not None and label.nature not in ("number", "integer", "boolean"):
        return
    say = sum(bool(_SOUGHT & set(words_of(each.name))) for each in ids)
    evidence = [Evidence(1.0, f"there are {len(ids)} columns of ids and no texts")]
    if say >= 2:
        evidence.append(Evidence(2.5, "the names are those of ids of queries and documents"))
    elif all(each.name.startswith("column_") for each in ids):
        evidence.append(Evidence(1.5, "there are no names, and the numbers look like ids"))
    else:
        evidence.append(Evidence(-2.5, "the names are not those of ids"))
    if any(_are_times(each) for each in ids):
        evidence.append(Evidence(-4.0, "some of the numbers look like times"))
    roles = {each.name: "id" for each in ids}
    if label is not None:
        roles[label.name] = "label"
    yield "collection", roles, label.name if label else None, "grade" if label else "none", evidence


def _are_times(column: ColumnProfile) -> bool:
    """Whether integers look like seconds since 1970, of the last decades."""
    if column.nature != "integer" or column.minimum is None or column.maximum is None:
        return False
    return column.minimum > 3e8 and column.maximum < 2.2e9 and column.maximum < 3 * column.minimum


def _is_trec(profile: TableProfile) -> bool:
    """Whether there are a topic, an iteration that nobody uses, a document and a grade."""
    columns = list(profile.columns.values())
    if len(columns) != 4 or not is_constant(columns[1]) or columns[3].nature != "integer":
        return False
    return str(columns[1].values[0][0]) in ("Q0", "0") and {columns[0].nature, columns[2].nature} <= {
        "integer",
        "token",
    }


#: Words in the names of ids of what is searched for and of what is found.
_SOUGHT = word_set(
    """
    q qid query queryid question topic d did doc docid document corpus p pid passage positive negative pos neg
    anchor candidate cid
    """
)


def _is_identifier(column: ColumnProfile) -> bool:
    if hint_of(column.name).role == "label":
        return False
    if column.nature == "token":
        some = [str(value) for value, _ in column.values[:50]]
        return sum("/" in value or "." in value[-5:] for value in some) <= len(some) / 2
    if column.nature == "category":
        return hint_of(column.name).role == "id"
    return column.nature == "integer" and (hint_of(column.name).role == "id" or column.distinct > 20)
