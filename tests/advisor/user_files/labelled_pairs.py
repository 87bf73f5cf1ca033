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
    return author.ask(fact), author.ask(fact if same else author.near(fact)), same


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
