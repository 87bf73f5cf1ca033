"""Anchors with a positive and one or many negatives, with and without what a teacher says about them."""

from pathlib import Path

from tests.advisor.user_files.expectation import ASKED, UNUSED, case
from tests.advisor.user_files.writing import Author, Row, save, table


def triple(author: Author) -> tuple[str, str, str]:
    """A question, a passage that answers it, and one that does not."""
    fact = author.fact()
    return author.ask(fact), author.passage(fact), author.passage(author.near(fact))


@case(
    "triplets-headerless-csv",
    "triplet",
    roles={"column_1": ASKED, "column_2": "positive", "column_3": "negative"},
    label=None,
)
def _(author: Author, folder: Path) -> Path:
    return save(
        folder / "triples.csv", table(120, lambda i: dict(zip("apn", triple(author), strict=True))), header=False
    )


@case(
    "triplets-negative-before-positive",
    "triplet",
    roles={"query": ASKED, "negative": "negative", "positive": "positive"},
    label=None,
    tongue="travel",
)
def _(author: Author, folder: Path) -> Path:
    rows = table(150, lambda i: dict(zip(("query", "positive", "negative"), triple(author), strict=True)))
    return save(folder / "triplets.jsonl", {name: rows[name] for name in ("query", "negative", "positive")})


@case(
    "triplets-short-names-plus-minus",
    "triplet",
    roles={"q": ASKED, "d+": "positive", "d-": "negative"},
    label=None,
    tongue="de",
)
def _(author: Author, folder: Path) -> Path:
    return save(folder / "train.tsv", table(120, lambda i: dict(zip(("q", "d+", "d-"), triple(author), strict=True))))


@case(
    "triplets-camel-case-with-ids",
    "triplet",
    roles={"QueryId": UNUSED, "QueryText": ASKED, "PosDoc": "positive", "NegDoc": "negative", "Split": UNUSED},
    label=None,
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        query, positive, negative = triple(author)
        return {
            "QueryId": 5000 + i,
            "QueryText": query,
            "PosDoc": positive,
            "NegDoc": negative,
            "Split": "train" if author.draw.random() < 0.9 else "dev",
        }

    return save(folder / "Training Triples.csv", table(150, row))


@case(
    "triplets-single-strings-pos-neg",
    "triplet",
    roles={"query": ASKED, "pos": "positive", "neg": "negative"},
    label=None,
    tongue="zh",
)
def _(author: Author, folder: Path) -> Path:
    rows = table(120, lambda i: dict(zip(("query", "pos", "neg"), triple(author), strict=True)))
    return save(folder / "finetune.jsonl", rows)


@case(
    "triplets-with-missing-negatives",
    "triplet",
    roles={"anchor": ASKED, "positive": "positive", "negative": "negative", "notes": UNUSED},
    label=None,
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        anchor, positive, negative = triple(author)
        missing = author.draw.random() < 0.15
        return {"anchor": anchor, "positive": positive, "negative": None if missing else negative, "notes": ""}

    return save(folder / "triplets.csv", table(140, row))


@case(
    "negatives-one-to-fifteen",
    "n-tuple",
    roles={"query": ASKED, "answer": "positive", "neg_1": "negative", "neg_9": "negative", "neg_15": "negative"},
    label=None,
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        others = {f"neg_{j + 1}": author.passage(author.near(fact)) for j in range(15)}
        return {"query": author.ask(fact), "answer": author.passage(fact), **others}

    return save(folder / "mined.jsonl.gz", table(60, row))


@case(
    "hard-negatives-from-zero",
    "n-tuple",
    roles={
        "question": ASKED,
        "gold": "positive",
        "hard_neg_0": "negative",
        "hard_neg_1": "negative",
        "hard_neg_2": "negative",
    },
    label=None,
    tongue="health",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        others = {f"hard_neg_{j}": author.passage(author.near(fact)) for j in range(3)}
        return {"question": author.ask(fact), "gold": author.passage(fact), **others}

    return save(folder / "hn.parquet", table(100, row))


@case(
    "n-tuple-headerless",
    "n-tuple",
    roles={"column_1": ASKED, "column_2": "positive", "column_3": "negative", "column_5": "negative"},
    label=None,
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        others = {f"n{j}": author.passage(author.near(fact)) for j in range(3)}
        return {"q": author.ask(fact), "p": author.passage(fact), **others}

    return save(folder / "tuples.tsv", table(100, row), header=False)


@case(
    "positive-and-list-of-negatives",
    "grouped",
    roles={"query": ASKED, "positive": "positive", "negatives": "negative"},
    label=None,
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        others = [author.passage(author.near(fact)) for _ in range(author.draw.randint(2, 6))]
        return {"query": author.ask(fact), "positive": author.passage(fact), "negatives": others}

    return save(folder / "train.jsonl", table(90, row))


# What a teacher says.


@case(
    "teacher-score-of-each",
    "triplet-scores triplet-margin",
    roles={
        "query": ASKED,
        "pos": "positive",
        "neg": "negative",
        "pos_score": "label",
        "neg_score": "label",
    },
    label=("pos_score", "neg_score"),
    kinds="scores margin",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        query, positive, negative = triple(author)
        low = author.draw.gauss(-3, 3)
        return {
            "query": query,
            "pos": positive,
            "neg": negative,
            "pos_score": round(low + abs(author.draw.gauss(6, 3)), 4),
            "neg_score": round(low, 4),
        }

    return save(folder / "distill.csv", table(140, row))


@case(
    "teacher-margin-column",
    "triplet-margin",
    roles={"query": ASKED, "positive": "positive", "negative": "negative", "margin": "label"},
    label="margin",
    kinds="margin",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        query, positive, negative = triple(author)
        return {"query": query, "positive": positive, "negative": negative, "margin": round(author.draw.gauss(5, 4), 3)}

    return save(folder / "margins.parquet", table(140, row))


@case(
    "teacher-margin-headerless-first",
    "triplet-margin",
    roles={"column_1": "label", "column_2": ASKED, "column_3": "positive", "column_4": "negative"},
    label="column_1",
    kinds="margin",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        query, positive, negative = triple(author)
        return {"m": round(author.draw.gauss(4, 5), 5), "q": query, "p": positive, "n": negative}

    return save(folder / "msmarco_style.tsv", table(140, row), header=False)


@case(
    "teacher-score-list-for-negatives",
    "n-tuple-scores",
    roles={
        "query": ASKED,
        "positive": "positive",
        "negative_1": "negative",
        "negative_4": "negative",
        "teacher_scores": "label",
    },
    label="teacher_scores",
    kinds="scores",
    tongue="travel",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        others = {f"negative_{j + 1}": author.passage(author.near(fact)) for j in range(4)}
        scores = [round(author.draw.uniform(0.6, 1), 4), *(round(author.draw.uniform(0, 0.6), 4) for _ in others)]
        return {"query": author.ask(fact), "positive": author.passage(fact), **others, "teacher_scores": scores}

    return save(folder / "teacher.jsonl", table(80, row))


@case(
    "teacher-score-list-as-json-in-csv",
    "triplet-scores",
    roles={"query": ASKED, "positive": "positive", "negative": "negative", "scores": "label"},
    label="scores",
    kinds="scores",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        query, positive, negative = triple(author)
        low = author.draw.uniform(0, 0.5)
        return {
            "query": query,
            "positive": positive,
            "negative": negative,
            "scores": f"[{low + author.draw.uniform(0.1, 0.5):.4f}, {low:.4f}]",
        }

    return save(folder / "scores.csv", table(120, row))


def scores(author: Author, negatives: int) -> list[float]:
    """What a cross-encoder gives the positive and each of the negatives."""
    best = author.draw.gauss(5, 2)
    return [round(best, 4), *(round(best - abs(author.draw.gauss(7, 4)), 4) for _ in range(negatives))]


def many(author: Author, names: list[str]) -> Row:
    """A question, a passage that answers it, and others under the rest of the names."""
    fact = author.fact()
    asked, told, *others = names
    return {asked: author.ask(fact), told: author.passage(fact)} | {
        name: author.passage(author.near(fact)) for name in others
    }


@case(
    "teacher-two-scores-headerless",
    "triplet-scores",
    roles={"column_1": ASKED, "column_2": "positive", "column_3": "negative", "column_4": "label"},
    label="column_4",
    kinds="scores",
)
def _(author: Author, folder: Path) -> Path:
    rows = table(90, lambda i: many(author, ["q", "p", "n"]) | {"s": scores(author, 1)})
    return save(folder / "train.jsonl", rows, header=False)


@case(
    "teacher-five-scores-headerless",
    "n-tuple-scores",
    roles={
        "column_1": ASKED,
        "column_2": "positive",
        "column_3": "negative",
        "column_6": "negative",
        "column_7": "label",
    },
    label="column_7",
    kinds="scores",
    tongue="de",
)
def _(author: Author, folder: Path) -> Path:
    rows = table(70, lambda i: many(author, ["q", "p", "n1", "n2", "n3", "n4"]) | {"s": scores(author, 4)})
    return save(folder / "train.jsonl", rows, header=False)


@case(
    "teacher-margins-headerless",
    "n-tuple-margins",
    roles={
        "column_1": ASKED,
        "column_2": "positive",
        "column_3": "negative",
        "column_5": "negative",
        "column_6": "label",
    },
    label="column_6",
    kinds="margins",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        best, *others = scores(author, 3)
        return many(author, ["q", "p", "n1", "n2", "n3"]) | {"m": [round(best - other, 4) for other in others]}

    return save(folder / "margins.jsonl", table(70, row), header=False)


@case(
    "teacher-margins-as-json-in-csv",
    "n-tuple-margins",
    roles={"query": ASKED, "pos": "positive", "neg0": "negative", "neg1": "negative", "margins": "label"},
    label="margins",
    kinds="margins",
    tongue="travel",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        best, *others = scores(author, 2)
        return many(author, ["query", "pos", "neg0", "neg1"]) | {"margins": str([best - other for other in others])}

    return save(folder / "margins.csv", table(80, row))


@case(
    "teacher-score-column-for-each-negative",
    "n-tuple-scores",
    roles={
        "query": ASKED,
        "pos": "positive",
        "neg_1": "negative",
        "neg_2": "negative",
        "pos_score": "label",
        "neg_1_score": "label",
        "neg_2_score": "label",
    },
    kinds="scores",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        names = ("pos_score", "neg_1_score", "neg_2_score")
        return many(author, ["query", "pos", "neg_1", "neg_2"]) | dict(zip(names, scores(author, 2), strict=True))

    return save(folder / "reranked.csv", table(100, row))


@case(
    "triplets-mixed-case-and-scores-of-bm25",
    "triplet triplet-scores",
    roles={"userQuery": ASKED, "posDoc": "positive", "negDoc": "negative", "posDocId": UNUSED, "negDocId": UNUSED},
    tongue="health",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        return {
            "posDocId": author.draw.randint(1, 10**6),
            "negDocId": author.draw.randint(1, 10**6),
            **many(author, ["userQuery", "posDoc", "negDoc"]),
        }

    return save(folder / "triples.parquet", table(100, row))


@case(
    "triplets-same-query-many-times",
    "triplet",
    roles={"anfrage": ASKED, "treffer": "positive", "kein_treffer": "negative"},
    label=None,
    tongue="de",
)
def _(author: Author, folder: Path) -> Path:
    rows = []
    for _ in range(30):
        fact = author.fact()
        query, positive = author.ask(fact), author.passage(fact)
        for _ in range(author.draw.randint(2, 6)):
            other = author.passage(author.near(fact))
            rows.append({"anfrage": query, "treffer": positive, "kein_treffer": other})
    return save(folder / "tripel.csv", table(len(rows), rows.__getitem__), delimiter=";")


@case(
    "paraphrase-triplets-thai",
    "triplet",
    roles={"ประโยค": ASKED + " sentence_a", "positive": "positive", "negative": "negative"},
    label=None,
    tongue="th",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        first, second = author.tell_twice(fact)
        return {"ประโยค": first, "positive": second, "negative": author.tell(author.near(fact))}

    return save(folder / "triplets.jsonl", table(80, row))


@case(
    "correct-answer-and-distractors",
    "n-tuple",
    roles={
        "question": ASKED,
        "correct_answer": "positive",
        "distractor1": "negative",
        "distractor2": "negative",
        "distractor3": "negative",
    },
    label=None,
    tongue="health",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        wrong = {f"distractor{j}": author.tell(author.near(fact)) for j in (1, 2, 3)}
        return {"question": author.ask(fact), **wrong, "correct_answer": author.tell(fact)}

    return save(folder / "quiz.json", table(110, row))


@case(
    "easy-and-hard-negative",
    "n-tuple",
    roles={"anchor": ASKED, "positive": "positive", "easy_negative": "negative", "hard_negative": "negative"},
    label=None,
    tongue="pt",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "anchor": author.ask(fact),
            "positive": author.passage(fact),
            "easy_negative": author.passage(author.far(fact)),
            "hard_negative": author.passage(author.near(fact)),
        }

    return save(folder / "negatives.csv", table(100, row))
