"""Pairs with a label: similar or not, relevant or not, how similar, which of several classes."""

from pathlib import Path
from typing import Any

from tests.advisor.user_files.expectation import LEFT, RIGHT, UNUSED, case
from tests.advisor.user_files.writing import Author, Row, save, table


def alike(author: Author) -> tuple[str, str, float]:
    """Two statements, and how similar they are, from 0 to 1."""
    draw = author.draw
    fact = author.fact()
    kind = draw.random()
    if kind < 0.35:
        return *author.tell_twice(fact), draw.uniform(0.75, 1)
    if kind < 0.7:
        return author.tell(fact), author.tell(author.near(fact)), draw.uniform(0.3, 0.75)
    return author.tell(fact), author.tell(author.far(fact)), draw.uniform(0, 0.3)


def duplicates(author: Author, share: float = 0.4) -> tuple[str, str, bool]:
    """Two questions, and whether they ask the same."""
    fact = author.fact()
    same = author.draw.random() < share
    first = second = author.ask(fact)
    while second == first:
        second = author.ask(fact if same else author.near(fact))
    return first, second, same


def found(author: Author, share: float = 0.4) -> tuple[str, str, bool]:
    """A query, a passage, and whether it answers."""
    fact = author.fact()
    good = author.draw.random() < share
    return author.ask(fact), author.passage(fact if good else author.near(fact)), good


def scored(author: Author, count: int, names: tuple[str, str, str], write: Any) -> dict[str, list[Any]]:
    """Columns of statement, statement and score as `write` puts it."""

    def row(i: int) -> dict[str, Any]:
        first, second, score = alike(author)
        return dict(zip(names, (first, second, write(score)), strict=True))

    return table(count, row)


# How similar: a number.


@case(
    "score-percent-sign",
    "pair-score",
    roles={"text_a": LEFT, "text_b": RIGHT, "similarity": "label"},
    label="similarity",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    rows = scored(author, 140, ("text_a", "text_b", "similarity"), lambda score: f"{score:.0%}")
    return save(folder / "similar.csv", rows)


@case(
    "score-german-decimal-comma",
    "pair-score",
    roles={"Satz1": LEFT, "Satz2": RIGHT, "Ähnlichkeit": "label"},
    label="Ähnlichkeit",
    kinds="score",
    tongue="de",
)
def _(author: Author, folder: Path) -> Path:
    rows = scored(author, 130, ("Satz1", "Satz2", "Ähnlichkeit"), lambda score: f"{score:.3f}".replace(".", ","))
    return save(folder / "aehnlichkeit.csv", rows, delimiter=";")


@case(
    "score-one-to-five-floats",
    "pair-score",
    roles={"s1": LEFT, "s2": RIGHT, "rating": "label"},
    label="rating",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    rows = scored(author, 200, ("s1", "s2", "rating"), lambda score: float(1 + round(4 * score)))
    return save(folder / "rated.csv", rows)


@case(
    "score-mixed-notations",
    "pair-score",
    roles={"Sentence 1": LEFT, "Sentence 2": RIGHT, "Score": "label"},
    label="Score",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    def write(score: float) -> str:
        return f"{score:.0%}" if author.draw.random() < 0.3 else f"{score:.2f}"

    return save(folder / "scores v2 (final).csv", scored(author, 160, ("Sentence 1", "Sentence 2", "Score"), write))


@case(
    "score-first-headerless",
    "pair-score",
    roles={"column_1": "label", "column_2": LEFT, "column_3": RIGHT},
    label="column_1",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    rows = scored(author, 150, ("a", "b", "score"), lambda score: round(5 * score, 2))
    return save(folder / "sts.tsv", {name: rows[name] for name in ("score", "a", "b")}, header=False)


@case(
    "score-cosine-minus-one-to-one",
    "pair-score",
    roles={"left": LEFT, "right": RIGHT, "cosine": "label"},
    label="cosine",
    kinds="score",
    tongue="health",
)
def _(author: Author, folder: Path) -> Path:
    rows = scored(author, 150, ("left", "right", "cosine"), lambda score: round(2 * score - 1, 4))
    return save(folder / "cosines.parquet", rows)


# Whether they are: yes or no.


@case(
    "duplicates-is-duplicate-text-booleans",
    "labeled-pair",
    roles={"id": UNUSED, "question1": LEFT, "question2": RIGHT, "is_dup": "label"},
    label="is_dup",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, same = duplicates(author)
        return {"id": i, "question1": first, "question2": second, "is_dup": str(same)}

    return save(folder / "dups.csv", table(180, row))


@case(
    "relevant-or-not-relevant",
    "labeled-pair",
    roles={"query": LEFT, "passage": RIGHT, "judgement": "label", "annotator": UNUSED},
    label="judgement",
    kinds="binary",
    tongue="travel",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        query, passage, good = found(author, 0.3)
        word = "relevant" if good else "not relevant"
        return {"query": query, "passage": passage, "judgement": word, "annotator": author.person()}

    return save(folder / "judgements.csv", table(150, row))


@case(
    "yes-no-in-the-middle",
    "labeled-pair",
    roles={"text1": LEFT, "match": "label", "text2": RIGHT},
    label="match",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, same = duplicates(author)
        return {"text1": first, "match": "yes" if same else "no", "text2": second}

    return save(folder / "matches.csv", table(120, row))


@case(
    "similar-dissimilar",
    "labeled-pair",
    roles={"a": LEFT, "b": RIGHT, "c": "label"},
    label="c",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, same = duplicates(author, 0.5)
        return {"a": first, "b": second, "c": "similar" if same else "dissimilar"}

    return save(folder / "annotations.csv", table(120, row))


@case(
    "plus-minus-one-headerless",
    "labeled-pair",
    roles={"column_1": "label", "column_2": LEFT, "column_3": RIGHT},
    label="column_1",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        query, passage, good = found(author, 0.5)
        return {"y": 1 if good else -1, "q": query, "d": passage}

    return save(folder / "train.tsv", table(160, row), header=False)


@case(
    "chinese-yes-no",
    "labeled-pair",
    roles={"问题1": LEFT, "问题2": RIGHT, "是否相同": "label"},
    label="是否相同",
    kinds="binary",
    tongue="zh",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, same = duplicates(author)
        return {"问题1": first, "问题2": second, "是否相同": "是" if same else "否"}

    return save(folder / "标注.csv", table(120, row), encoding="utf-8-sig")


# Which of several classes.


SCENES = (
    ("A man in a red jacket", "is repairing a bicycle", "fixing a bike", "driving a truck", "late for work"),
    ("Two children", "are building a sand castle", "playing with sand", "asleep in bed", "on holiday with an aunt"),
    ("An old woman", "is feeding pigeons", "giving food to birds", "swimming", "waiting for her sister"),
    ("A band", "plays on a small stage", "making music", "having lunch in silence", "playing its first concert"),
    ("Three workers", "carry a piano upstairs", "moving an instrument", "sitting down", "paid by the hour"),
    ("A girl with a camera", "climbs over a fence", "getting past a fence", "standing still", "chasing her dog"),
    ("A cook", "is slicing onions", "preparing food", "repairing a roof", "tired after a long shift"),
    ("Some tourists", "look at a map", "reading a map", "sleeping on a bus", "lost since this morning"),
)
SETTINGS = (
    "outside the station",
    "in the rain",
    "near the market",
    "at dawn",
    "behind the school",
    "on a quiet street",
)


def inference(author: Author, names: tuple[str, str, str]) -> tuple[str, str, str]:
    """A premise, a hypothesis, and which of the names (entails, neutral, contradicts) it deserves."""
    draw = author.draw
    who, does, entailed, contradicted, neutral = draw.choice(SCENES)
    which = draw.randrange(3)
    what = (entailed, neutral, contradicted)[which]
    verb = "are" if who.startswith(("Two", "Three", "Some")) else "is"
    subject = draw.choice((who, who, "Somebody in the picture", "The person you see"))
    verb = verb if subject == who else "is"
    age = f" {draw.randint(2, 60)} metres away from the photographer"
    return f"{who} {does} {draw.choice(SETTINGS)},{age}.", f"{subject} {verb} {what}.", names[which]


@case(
    "inference-headerless-jsonl",
    "pair-class",
    roles={"column_1": LEFT, "column_2": RIGHT, "column_3": "label"},
    label="column_3",
    kinds="class",
)
def _(author: Author, folder: Path) -> Path:
    names = ("entailment", "neutral", "contradiction")

    def row(i: int) -> Row:
        return dict(zip("phl", inference(author, names), strict=True))

    return save(folder / "nli.jsonl", table(200, row), header=False)


@case(
    "inference-label-first-german-names",
    "pair-class",
    roles={"Klasse": "label", "Prämisse": LEFT, "Hypothese": RIGHT},
    label="Klasse",
    kinds="class",
)
def _(author: Author, folder: Path) -> Path:
    names = ("folgt", "neutral", "widerspricht")

    def row(i: int) -> Row:
        premise, hypothesis, name = inference(author, names)
        return {"Klasse": name, "Prämisse": premise, "Hypothese": hypothesis}

    return save(folder / "schluesse.csv", table(180, row))


# More ways to write a score.


@case(
    "score-zero-to-hundred-ints",
    "pair-score",
    roles={"sentence_1": LEFT, "sentence_2": RIGHT, "sim": "label"},
    label="sim",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    rows = scored(author, 150, ("sentence_1", "sentence_2", "sim"), lambda score: round(100 * score))
    return save(folder / "sims.jsonl", rows)


@case(
    "score-zero-to-ten-beside-uuid-and-time",
    "pair-score",
    roles={"uuid": UNUSED, "created_at": UNUSED, "text_1": LEFT, "text_2": RIGHT, "relatedness": "label"},
    label="relatedness",
    kinds="score",
    tongue="health",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, score = alike(author)
        return {
            "uuid": author.uuid(),
            "created_at": author.moment(),
            "text_1": first,
            "text_2": second,
            "relatedness": round(10 * score),
        }

    return save(folder / "export.csv", table(160, row))


@case(
    "score-as-string-in-json",
    "pair-score",
    roles={"textA": LEFT, "textB": RIGHT, "label": "label"},
    label="label",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    rows = scored(author, 120, ("textA", "textB", "label"), lambda score: f"{score:.1f}")
    return save(folder / "labels.json", rows)


@case(
    "score-with-missing-words",
    "pair-score",
    roles={"phrase1": LEFT, "phrase2": RIGHT, "similarity": "label"},
    label="similarity",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    def write(score: float) -> str:
        return author.draw.choice(("N/A", "", "null", "-")) if author.draw.random() < 0.1 else f"{score:.2f}"

    return save(folder / "partly_rated.csv", scored(author, 150, ("phrase1", "phrase2", "similarity"), write))


@case(
    "score-spanish-comma-inside-quotes",
    "pair-score",
    roles={"frase_1": LEFT, "frase_2": RIGHT, "puntuación": "label"},
    label="puntuación",
    kinds="score",
    tongue="es",
)
def _(author: Author, folder: Path) -> Path:
    rows = scored(author, 120, ("frase_1", "frase_2", "puntuación"), lambda score: f"{5 * score:.1f}".replace(".", ","))
    return save(folder / "similitud.csv", rows)


@case(
    "score-names-without-meaning",
    "pair-score",
    roles={"col1": LEFT, "col2": RIGHT, "col3": "label"},
    label="col3",
    kinds="score",
    tongue="fr",
)
def _(author: Author, folder: Path) -> Path:
    rows = scored(author, 140, ("col1", "col2", "col3"), lambda score: round(score, 3))
    return save(folder / "Book1.csv", rows, delimiter=";")


@case(
    "score-percent-without-sign",
    "pair-score",
    roles={"Unnamed: 0": UNUSED, "ticket": LEFT, "other_ticket": RIGHT, "match_percent": "label"},
    label="match_percent",
    kinds="score",
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, score = alike(author)
        return {"Unnamed: 0": i, "ticket": first, "other_ticket": second, "match_percent": round(100 * score, 1)}

    return save(folder / "similar_tickets.csv", table(130, row))


@case(
    "score-and-yes-or-no",
    "pair-score labeled-pair",
    roles={"sent1": LEFT, "sent2": RIGHT},
    label=("similarity_score", "is_similar"),
    kinds="score binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, score = alike(author)
        return {"sent1": first, "sent2": second, "similarity_score": round(score, 2), "is_similar": int(score > 0.6)}

    return save(folder / "pairs.csv", table(150, row))


@case(
    "score-two-annotators-and-mean",
    "pair-score",
    roles={"a_text": LEFT, "b_text": RIGHT, "annotator1": UNUSED, "annotator2": UNUSED, "mean": "label"},
    label="mean",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, score = alike(author)
        given = [min(5, max(0, round(5 * score + author.draw.uniform(-1, 1)))) for _ in range(2)]
        return {
            "a_text": first,
            "b_text": second,
            "annotator1": given[0],
            "annotator2": given[1],
            "mean": sum(given) / 2,
        }

    return save(folder / "agreement.csv", table(150, row))


@case(
    "score-korean",
    "pair-score",
    roles={"문장1": LEFT, "문장2": RIGHT, "유사도": "label"},
    label="유사도",
    kinds="score",
    tongue="ko",
)
def _(author: Author, folder: Path) -> Path:
    return save(
        folder / "유사도.csv", scored(author, 100, ("문장1", "문장2", "유사도"), lambda score: round(5 * score, 1))
    )


# More ways to say yes and no.


def asked_twice(
    author: Author,
    count: int,
    names: tuple[str, str, str],
    yes: Any,
    no: Any,
    share: float = 0.4,
) -> dict[str, list[Any]]:
    """Columns of question, question and whether they ask the same."""

    def row(i: int) -> Row:
        first, second, same = duplicates(author, share)
        return dict(zip(names, (first, second, yes if same else no), strict=True))

    return table(count, row)


@case(
    "match-or-no-match-upper-case-names",
    "labeled-pair",
    roles={"TEXT_A": LEFT, "TEXT_B": RIGHT, "RESULT": "label"},
    label="RESULT",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    rows = asked_twice(author, 140, ("TEXT_A", "TEXT_B", "RESULT"), "match", "no match")
    return save(folder / "EXPORT.CSV".lower(), rows)


@case(
    "yes-no-french",
    "labeled-pair",
    roles={"texte1": LEFT, "texte2": RIGHT, "étiquette": "label"},
    label="étiquette",
    kinds="binary",
    tongue="fr",
)
def _(author: Author, folder: Path) -> Path:
    rows = asked_twice(author, 110, ("texte1", "texte2", "étiquette"), "oui", "non")
    return save(folder / "paires.csv", rows, delimiter=";", encoding="utf-8-sig")


@case(
    "yes-no-german-spaced-names",
    "labeled-pair",
    roles={"Text A": LEFT, "Text B": RIGHT, "Gleich?": "label"},
    label="Gleich?",
    kinds="binary",
    tongue="de",
)
def _(author: Author, folder: Path) -> Path:
    rows = asked_twice(author, 110, ("Text A", "Text B", "Gleich?"), "ja", "nein")
    return save(folder / "vergleich.csv", rows, delimiter=";")


@case(
    "positive-negative-words",
    "labeled-pair",
    roles={"mention": LEFT, "candidate": RIGHT, "label": "label"},
    label="label",
    kinds="binary",
    tongue="health",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        good = author.draw.random() < 0.25
        other = author.tell(fact if good else author.far(fact))
        return {"mention": author.tell(fact), "candidate": other, "label": "positive" if good else "negative"}

    return save(folder / "linking.jsonl", table(150, row))


@case(
    "zero-one-floats-after-pandas",
    "labeled-pair",
    roles={"Unnamed: 0": UNUSED, "x1": LEFT, "x2": RIGHT, "y": "label"},
    label="y",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    rows = asked_twice(author, 150, ("x1", "x2", "y"), 1.0, 0.0)
    return save(folder / "df.csv", {"Unnamed: 0": range(150), **rows})


@case(
    "real-booleans-camel-case",
    "labeled-pair",
    roles={"userQuery": LEFT, "retrievedDoc": RIGHT, "isRelevant": "label", "sessionId": UNUSED},
    label="isRelevant",
    kinds="binary",
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        query, passage, good = found(author)
        return {"sessionId": author.hexadecimal(), "userQuery": query, "retrievedDoc": passage, "isRelevant": good}

    return save(folder / "feedback.parquet", table(150, row))


@case(
    "class-label-feature-of-two",
    "labeled-pair",
    roles={"sentence1": LEFT, "sentence2": RIGHT, "label": "label", "idx": UNUSED},
    label="label",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    from datasets import ClassLabel, Features, Value

    rows = asked_twice(author, 150, ("sentence1", "sentence2", "label"), 1, 0)
    features = Features(
        {
            "sentence1": Value("string"),
            "sentence2": Value("string"),
            "label": ClassLabel(names=["not_equivalent", "equivalent"]),
            "idx": Value("int32"),
        }
    )
    return save(folder / "paraphrases.parquet", {**rows, "idx": range(150)}, features=features)


@case(
    "title-and-body-with-label",
    "labeled-pair",
    roles={"query": LEFT, "title": "document ignored", "body": RIGHT, "label": "label"},
    label="label",
    kinds="binary",
    tongue="travel",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        good = author.draw.random() < 0.35
        told = fact if good else author.near(fact)
        return {
            "query": author.keywords(fact),
            "title": author.title(told),
            "body": author.passage(told, 3, 7),
            "label": int(good),
        }

    return save(folder / "ranking_train.tsv", table(180, row))


@case(
    "document-before-query-zero-one",
    "labeled-pair",
    roles={"document": RIGHT, "label": "label", "query": LEFT},
    label="label",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        query, passage, good = found(author)
        return {"document": passage, "label": int(good), "query": query}

    return save(folder / "rerank.jsonl", table(150, row))


@case(
    "arabic-headerless-zero-one",
    "labeled-pair",
    roles={"column_1": LEFT, "column_2": RIGHT, "column_3": "label"},
    label="column_3",
    kinds="binary",
    tongue="ar",
)
def _(author: Author, folder: Path) -> Path:
    return save(folder / "pairs.tsv", asked_twice(author, 110, ("a", "b", "c"), 1, 0), header=False)


@case(
    "offers-matched-with-prices",
    "labeled-pair",
    roles={"left_title": LEFT, "right_title": RIGHT, "match": "label", "left_price": UNUSED, "right_price": UNUSED},
    label="match",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        good = author.draw.random() < 0.3
        told = fact if good else author.near(fact)
        price = author.draw.randint(900, 90000) / 100
        return {
            "left_title": f"{fact.thing} {fact.number} W, {fact.place}",
            "left_price": f"{price:,.2f}",
            "right_title": f"{told.thing.title()} - {told.number} watt ({told.place})",
            "right_price": f"{price * author.draw.uniform(0.8, 1.3):,.2f}",
            "match": int(good),
        }

    return save(folder / "offers.csv", table(160, row))


# More classes of pairs.


@case(
    "inference-zero-one-two",
    "pair-class",
    roles={"s1": LEFT, "s2": RIGHT, "gold": "label", "pairID": UNUSED},
    label="gold",
    kinds="class",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, name = inference(author, ("0", "1", "2"))
        return {"pairID": f"{author.draw.randint(10**9, 10**10)}.jpg#{i}", "s1": first, "s2": second, "gold": int(name)}

    return save(folder / "nli_train.csv", table(200, row))


@case(
    "inference-class-label-folder",
    "pair-class",
    roles={"premise": LEFT, "hypothesis": RIGHT, "label": "label"},
    label="label",
    kinds="class",
)
def _(author: Author, folder: Path) -> Path:
    from datasets import ClassLabel, Features, Value

    def row(i: int) -> Row:
        first, second, name = inference(author, ("0", "1", "2"))
        return {"premise": first, "hypothesis": second, "label": int(name)}

    features = Features(
        {
            "premise": Value("string"),
            "hypothesis": Value("string"),
            "label": ClassLabel(names=["entailment", "neutral", "contradiction"]),
        }
    )
    return save(folder / "saved", table(150, row), features=features)


@case(
    "relation-of-two-comments",
    "pair-class",
    roles={"claim": LEFT, "evidence": RIGHT, "verdict": "label", "topic": UNUSED},
    label="verdict",
    kinds="class",
    tongue="health",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        verdict = author.draw.choices(("SUPPORTS", "REFUTES", "NOT ENOUGH INFO"), (5, 3, 2))[0]
        told = author.near(fact) if verdict == "NOT ENOUGH INFO" else fact
        evidence = author.passage(told) + (" The claim is not borne out." if verdict == "REFUTES" else "")
        return {"claim": author.tell(fact), "evidence": evidence, "verdict": verdict, "topic": fact.thing}

    return save(folder / "claims.jsonl", table(170, row))


# Labels that say little.


@case(
    "every-label-is-one",
    "pair labeled-pair",
    roles={"query": LEFT, "answer": RIGHT + " positive"},
    label=(None, "label"),
    kinds="none binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        query, passage, _ = found(author, 1)
        return {"query": query, "answer": passage, "label": 1}

    return save(folder / "positives_only.csv", table(130, row))


@case(
    "labels-all-missing",
    "pair",
    roles={"sentence1": LEFT, "sentence2": RIGHT + " positive", "label": UNUSED},
    label=None,
)
def _(author: Author, folder: Path) -> Path:
    rows = asked_twice(author, 100, ("sentence1", "sentence2", "label"), None, None)
    return save(folder / "unlabelled.csv", rows)


@case(
    "three-annotators-and-majority",
    "labeled-pair",
    roles={
        "frage1": LEFT,
        "frage2": RIGHT,
        "worker_1": UNUSED,
        "worker_2": UNUSED,
        "worker_3": UNUSED,
        "majority": "label",
    },
    label="majority",
    kinds="binary",
    tongue="de",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, same = duplicates(author, 0.5)
        votes = [same if author.draw.random() < 0.85 else not same for _ in range(3)]
        said = {f"worker_{j + 1}": "ja" if vote else "nein" for j, vote in enumerate(votes)}
        return {"frage1": first, "frage2": second, **said, "majority": "ja" if sum(votes) > 1 else "nein"}

    return save(folder / "votes.csv", table(130, row))


@case(
    "rare-positives",
    "labeled-pair",
    roles={"query": LEFT, "doc": RIGHT, "clicked": "label", "position": UNUSED, "ts": UNUSED},
    label="clicked",
    kinds="binary",
    tongue="travel",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        query, passage, good = found(author, 0.04)
        return {
            "ts": author.draw.randint(1_600_000_000, 1_700_000_000),
            "query": query,
            "doc": passage,
            "position": i % 10 + 1,
            "clicked": int(good),
        }

    return save(folder / "impressions.csv", table(300, row))


@case(
    "q-and-d-with-label-as-text-number",
    "labeled-pair",
    roles={"q": LEFT, "d": RIGHT, "y": "label"},
    label="y",
    kinds="binary",
    tongue="hi",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        query, passage, good = found(author)
        return {"q": query, "d": passage, "y": "1" if good else "0"}

    return save(folder / "hindi.json", table(100, row))


@case(
    "yes-no-portuguese",
    "labeled-pair",
    roles={"texto_1": LEFT, "texto_2": RIGHT, "é_igual": "label"},
    label="é_igual",
    kinds="binary",
    tongue="pt",
)
def _(author: Author, folder: Path) -> Path:
    return save(folder / "pares.csv", asked_twice(author, 100, ("texto_1", "texto_2", "é_igual"), "Sim", "Não"))


@case(
    "transcripts-and-word-error-rate",
    "damaged-pair pair pair-score",
    roles={"audio": UNUSED, "duration": UNUSED},
    refuse="may",
    max_confidence=0.9,
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        text = author.passage(author.fact(), 1, 2)
        heard = author.damage(text) if i % 3 else text
        return {
            "audio": f"clips/{author.hexadecimal(8)}.wav",
            "duration": round(len(text) / 14, 2),
            "reference": text,
            "hypothesis": heard,
            "wer": round(1 - len(heard) / len(text), 3),
        }

    return save(folder / "asr.csv", table(100, row))


# Columns that come from a model, or from somebody who explains.


@case(
    "label-beside-predicted-similarity",
    "labeled-pair",
    roles={"text1": LEFT, "text2": RIGHT, "label": "label", "pred_cos_sim": UNUSED, "correct": UNUSED},
    label="label",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, same = duplicates(author, 0.5)
        guess = author.draw.betavariate(5, 2) if same else author.draw.betavariate(3, 4)
        return {
            "text1": first,
            "text2": second,
            "label": int(same),
            "pred_cos_sim": round(guess, 6),
            "correct": same == (guess > 0.5),
        }

    return save(folder / "errors.csv", table(150, row))


@case(
    "inference-with-explanations",
    "pair-class",
    roles={"premise": LEFT, "hypothesis": RIGHT, "gold_label": "label", "explanation": UNUSED},
    label="gold_label",
    kinds="class",
)
def _(author: Author, folder: Path) -> Path:
    reasons = {
        "entailment": "The second sentence only repeats what the first one shows.",
        "neutral": "Nothing in the first sentence tells us whether that is so.",
        "contradiction": "One cannot do both at the same time.",
    }

    def row(i: int) -> Row:
        premise, hypothesis, name = inference(author, ("entailment", "neutral", "contradiction"))
        why = f"{reasons[name]} {premise.split(' is ')[0].split(' are ')[0]} is what both are about."
        return {"gold_label": name, "premise": premise, "hypothesis": hypothesis, "explanation": why}

    return save(folder / "explained.csv", table(160, row))


@case(
    "dialogues-and-replies",
    "labeled-pair",
    roles={"context": LEFT, "response": RIGHT, "label": "label", "dialogue_id": UNUSED, "turn": UNUSED},
    label="label",
    kinds="binary",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        good = author.draw.random() < 0.5
        context = f"Hello! [SEP] Hi, how can I help? [SEP] {author.ask(fact)}"
        reply = author.tell(fact if good else author.far(fact))
        return {"dialogue_id": i // 2, "turn": i % 2 + 3, "context": context, "response": reply, "label": int(good)}

    return save(folder / "dialogues.jsonl", table(160, row))


@case(
    "job-and-resume-scores",
    "pair-score",
    roles={"job_description": LEFT, "resume_text": RIGHT, "match_score": "label", "candidate": UNUSED},
    label="match_score",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        first, second, score = alike(author)
        return {
            "candidate": author.person(),
            "job_description": f"{first} {author.passage(author.fact(), 3, 6)}",
            "resume_text": f"{second} {author.passage(author.fact(), 4, 8)}",
            "match_score": round(100 * score, 1),
        }

    return save(folder / "matching.parquet", table(110, row))


@case(
    "score-polish-five-grades-once-each",
    "pair-score",
    roles={"zdanie1": LEFT, "zdanie2": RIGHT, "ocena": "label"},
    label="ocena",
    kinds="score",
    tongue="pl",
)
def _(author: Author, folder: Path) -> Path:
    rows = scored(author, 120, ("zdanie1", "zdanie2", "ocena"), lambda score: round(5 * score))
    return save(folder / "oceny.csv", rows, encoding="utf-8-sig", delimiter=";")
