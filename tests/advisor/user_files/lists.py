"""Queries with many documents: lists, lists of records, groups, grades in rows, nested and squeezed into cells."""

import json
from pathlib import Path
from typing import Any

from tests.advisor.user_files.expectation import ASKED, LEFT, RIGHT, UNUSED, case
from tests.advisor.user_files.writing import Author, Fact, Row, save, table


def graded(author: Author, queries: int, row: Any) -> dict[str, list[Any]]:
    """Columns of `row(query number, fact, document, grade)`, a few rows for each query."""
    rows: list[Row] = []
    for i in range(queries):
        fact = author.fact()
        query = author.ask(fact)
        documents = [each for each in author.ranked(fact) if author.draw.random() < 0.9]
        author.draw.shuffle(documents)
        rows += [row(i, query, document, grade) for document, grade in documents]
    return table(len(rows), rows.__getitem__)


@case(
    "list-of-docs-and-labels",
    "labeled-list",
    roles={"query": ASKED, "docs": "documents", "labels": "label"},
    label="labels",
    kinds="labels",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        pairs = author.ranked(fact)
        author.draw.shuffle(pairs)
        return {
            "query": author.ask(fact),
            "docs": [document for document, _ in pairs],
            "labels": [int(grade > 1) for _, grade in pairs],
        }

    return save(folder / "listwise.jsonl", table(80, row))


@case(
    "list-of-candidates-with-logits",
    "labeled-list",
    roles={"q": ASKED, "candidates": "documents", "logits": "label"},
    label="logits",
    kinds="labels scores",
    tongue="health",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        pairs = author.ranked(fact)
        return {
            "q": author.ask(fact),
            "candidates": [document for document, _ in pairs],
            "logits": [round(4 * grade - 6 + author.draw.gauss(0, 2), 4) for _, grade in pairs],
        }

    return save(folder / "reranker_logits.parquet", table(80, row))


@case(
    "list-labels-before-everything",
    "labeled-list",
    roles={"relevance": "label", "texts": "documents", "question": ASKED},
    label="relevance",
    kinds="labels",
    tongue="ja",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        pairs = author.ranked(fact)[: author.draw.randint(2, 4)]
        return {
            "relevance": [grade for _, grade in pairs],
            "texts": [document for document, _ in pairs],
            "question": author.ask(fact),
        }

    return save(folder / "rank.json", table(60, row))


@case(
    "list-as-json-in-csv",
    "labeled-list",
    roles={"query": ASKED, "documents": "documents", "labels": "label"},
    label="labels",
    kinds="labels",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        pairs = author.ranked(fact)
        return {
            "query": author.ask(fact),
            "documents": json.dumps([document for document, _ in pairs]),
            "labels": json.dumps([int(grade == 3) for _, grade in pairs]),
        }

    return save(folder / "lists.csv", table(70, row))


@case(
    "list-as-python-in-csv",
    "grouped",
    roles={"query": ASKED, "pos": "positive", "neg": "negative"},
    label=None,
    tongue="software",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        documents = [document for document, _ in author.ranked(fact)]
        return {"query": author.ask(fact), "pos": str(documents[:1]), "neg": str(documents[2:])}

    return save(folder / "from_pandas.csv", table(70, row))


@case(
    "group-positives-negatives",
    "grouped",
    roles={"query": ASKED, "positives": "positive", "negatives": "negative", "query_id": UNUSED},
    label=None,
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "query_id": author.uuid(),
            "query": author.ask(fact),
            "positives": [author.passage(fact) for _ in range(author.draw.choice((1, 1, 2)))],
            "negatives": [author.passage(author.near(fact)) for _ in range(author.draw.randint(1, 5))],
        }

    return save(folder / "groups.jsonl", table(90, row))


@case(
    "group-headerless-lists",
    "grouped",
    roles={"column_1": ASKED, "column_2": "positive", "column_3": "negative"},
    label=None,
    tongue="ko",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "q": author.ask(fact),
            "p": [author.passage(fact)],
            "n": [author.passage(author.near(fact)) for _ in range(3)],
        }

    return save(folder / "groups.jsonl", table(60, row), header=False)


@case(
    "group-with-score-lists",
    "grouped",
    roles={"query": ASKED, "pos": "positive", "neg": "negative", "pos_scores": "label", "neg_scores": "label"},
    label=("pos_scores", "neg_scores"),
    kinds="scores",
    tongue="zh",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "query": author.ask(fact),
            "pos": [author.passage(fact)],
            "neg": [author.passage(author.near(fact)) for _ in range(4)],
            "pos_scores": [round(author.draw.uniform(0.5, 1), 4)],
            "neg_scores": [round(author.draw.uniform(0, 0.6), 4) for _ in range(4)],
            "prompt": "为这个句子生成表示以用于检索相关文章:",
        }

    return save(folder / "kd.jsonl", table(70, row))


@case("records-with-score", "labeled-list grouped", roles={"query": ASKED, "passages": "documents"}, tongue="travel")
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        passages = [
            {
                "id": author.hexadecimal(8),
                "title": author.title(fact),
                "text": document,
                "score": round(grade / 3 * 0.8 + author.draw.uniform(0, 0.2), 3),
            }
            for document, grade in author.ranked(fact)
        ]
        return {"qid": i, "query": author.ask(fact), "passages": passages}

    return save(folder / "dump.jsonl", table(70, row))


@case(
    "records-positive-and-negative",
    "grouped",
    roles={"question": ASKED, "positive_ctxs": "positive", "negative_ctxs": "negative"},
    label=None,
)
def _(author: Author, folder: Path) -> Path:
    def record(text: str, author: Author) -> Row:
        return {"title": text.split(".")[0][:40], "text": text, "passage_id": author.hexadecimal(6)}

    def row(i: int) -> Row:
        fact = author.fact()
        return {
            "question": author.ask(fact),
            "answers": [str(fact.number)],
            "positive_ctxs": [record(author.passage(fact), author)],
            "negative_ctxs": [record(author.passage(author.near(fact)), author) for _ in range(3)],
        }

    return save(folder / "dpr_like.json", table(60, row))


@case(
    "grades-with-repeated-queries",
    "graded-pair",
    roles={"query": ASKED, "document": "document", "relevance": "label"},
    label="relevance",
    kinds="grade",
)
def _(author: Author, folder: Path) -> Path:
    rows = graded(
        author, 60, lambda i, query, document, grade: {"query": query, "document": document, "relevance": grade}
    )
    return save(folder / "judged.csv", rows)


@case(
    "grades-headerless-floats",
    "graded-pair",
    roles={"column_1": ASKED, "column_2": "document", "column_3": "label"},
    label="column_3",
    kinds="grade",
    tongue="de",
)
def _(author: Author, folder: Path) -> Path:
    rows = graded(author, 50, lambda i, query, document, grade: {"q": query, "d": document, "g": float(grade)})
    return save(folder / "qrels_texts.tsv", rows, header=False)


@case(
    "grades-russian-one-to-five",
    "graded-pair",
    roles={"запрос": ASKED, "документ": "document", "оценка": "label"},
    label="оценка",
    kinds="grade",
    tongue="ru",
)
def _(author: Author, folder: Path) -> Path:
    rows = graded(
        author,
        50,
        lambda i, query, document, grade: {
            "запрос": query,
            "документ": document,
            "оценка": min(5, grade + author.draw.choice((1, 1, 2))),
        },
    )
    return save(folder / "оценки.csv", rows, delimiter=";")


def listing(author: Author, fact: Fact) -> Row:
    """A thing as a shop lists it."""
    brand = author.draw.choice(("Norvik", "Halden", "Kumo", "Brightfield", "Tessera", "OkiDoki"))
    colour = author.draw.choice(("black", "white", "oak", "red", "brushed steel"))
    return {
        "product_title": f"{brand} {fact.thing.title()} {10 * fact.number}, {colour}",
        "product_description": author.passage(fact, 2, 4),
        "price": f"${fact.number * 37.5:,.2f}",
        "brand": brand,
    }


def searched(author: Author, searches: int) -> list[tuple[str, Row, int]]:
    """What people searched for, what the shop showed, and how good that was: 3 right, 0 something else."""
    shown = []
    for _ in range(searches):
        fact = author.fact()
        query = f"{author.draw.choice(('cheap ', 'small ', '', '', 'best '))}{fact.thing} {fact.matter.split()[-1]}"
        for other, grade in ((fact, 3), (author.near(fact), 2), (author.near(fact), 1), (author.far(fact), 0)):
            if author.draw.random() < 0.85:
                shown.append((query, listing(author, other), grade))
    author.draw.shuffle(shown)
    return shown


@case(
    "product-search-grades",
    "graded-pair",
    roles={
        "query": ASKED,
        "product_title": "document ignored",
        "product_description": "document",
        "price": UNUSED,
        "brand": UNUSED,
        "grade": "label",
    },
    label="grade",
    kinds="grade",
)
def _(author: Author, folder: Path) -> Path:
    rows = [{"query": query, **shown, "grade": grade} for query, shown, grade in searched(author, 60)]
    return save(folder / "products.csv", table(len(rows), rows.__getitem__))


@case(
    "product-search-grades-in-words",
    "graded-pair pair-class",
    roles={
        "search_term": ASKED + " sentence_a",
        "product": "document sentence_b",
        "judgment": "label",
        "locale": UNUSED,
    },
    label="judgment",
    kinds="grade class",
)
def _(author: Author, folder: Path) -> Path:
    words = ("Irrelevant", "Complement", "Substitute", "Exact")
    rows = [
        {"search_term": query, "product": shown["product_title"], "judgment": words[grade], "locale": "us"}
        for query, shown, grade in searched(author, 70)
    ]
    return save(folder / "judgments.csv", table(len(rows), rows.__getitem__))


@case(
    "clicks-and-impressions",
    "pair-score graded-pair pair",
    roles={"query": ASKED + " sentence_a", "document": "document sentence_b positive", "impressions": UNUSED},
    max_confidence=0.9,
    tongue="travel",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int, query: str, document: str, grade: int) -> Row:
        seen = int(20 * author.draw.paretovariate(1.2))
        clicks = sum(author.draw.random() < 0.02 + 0.1 * grade for _ in range(min(seen, 500)))
        return {"query": query, "document": document, "impressions": seen, "clicks": clicks}

    return save(folder / "ctr.csv", graded(author, 60, row))


@case(
    "grade-before-query-with-ids",
    "graded-pair",
    roles={"qid": UNUSED, "docid": UNUSED, "rel": "label", "query_text": ASKED, "doc_text": "document"},
    label="rel",
    kinds="grade",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int, query: str, document: str, grade: int) -> Row:
        return {
            "qid": 1000 + i,
            "docid": f"D{author.draw.randint(10**5, 10**7)}",
            "rel": grade,
            "query_text": query,
            "doc_text": document,
        }

    return save(folder / "joined_qrels.jsonl", graded(author, 55, row))


@case(
    "questions-contexts-answers",
    "qa pair",
    roles={"question": ASKED, "context": "positive document"},
    label=None,
    tongue="fr",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        context = author.passage(fact, 4, 6)
        number = str(fact.number)
        return {
            "id": author.hexadecimal(24),
            "question": author.ask(fact),
            "context": context,
            "answers": {"text": [number], "answer_start": [context.find(number)]},
        }

    return save(folder / "fquad_like.jsonl", table(80, row))


@case(
    "list-headerless",
    "labeled-list",
    roles={"column_1": ASKED, "column_2": "documents", "column_3": "label"},
    label="column_3",
    kinds="labels",
    tongue="es",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        pairs = author.ranked(fact)
        author.draw.shuffle(pairs)
        return {"q": author.ask(fact), "d": [each for each, _ in pairs], "l": [grade for _, grade in pairs]}

    return save(folder / "listas.jsonl", table(70, row), header=False)


@case(
    "list-of-booleans",
    "labeled-list",
    roles={"query": ASKED, "results": "documents", "clicked": "label", "positions": UNUSED},
    label="clicked",
    kinds="labels",
    tongue="travel",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        pairs = author.ranked(fact)
        author.draw.shuffle(pairs)
        return {
            "query": author.keywords(fact),
            "results": [each for each, _ in pairs],
            "positions": list(range(1, len(pairs) + 1)),
            "clicked": [grade == 3 for _, grade in pairs],
        }

    return save(folder / "sessions.parquet", table(80, row))


@case("records-selected-or-not", "labeled-list grouped", roles={"query": ASKED, "passages": "documents"})
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        passages = [
            {"passage_text": document, "is_selected": int(grade == 3), "url": author.url()}
            for document, grade in author.ranked(fact)
        ]
        return {"query_id": 10**5 + i, "query": author.ask(fact), "passages": passages}

    return save(folder / "answers.jsonl", table(70, row))


@case("records-of-lists", "labeled-list grouped", roles={"query": ASKED})
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        pairs = author.ranked(fact)
        passages = {"text": [each for each, _ in pairs], "label": [int(grade > 1) for _, grade in pairs]}
        return {"query": author.ask(fact), "passages": passages}

    return save(folder / "columns_inside.parquet", table(70, row))


@case(
    "group-of-positives-only",
    "grouped pair",
    roles={"query": ASKED, "relevant": "positive"},
    label=None,
    tongue="fr",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"query": author.ask(fact), "relevant": [author.passage(fact) for _ in range(author.draw.randint(1, 3))]}

    return save(folder / "pertinents.jsonl", table(70, row))


@case(
    "teacher-logits-in-rows",
    "pair-score",
    roles={"query": LEFT, "passage": RIGHT + " positive", "ce_score": "label", "qid": UNUSED, "pid": UNUSED},
    label="ce_score",
    kinds="score",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int, query: str, document: str, grade: int) -> Row:
        score = 6 * grade - 9 + author.draw.gauss(0, 2)
        return {
            "qid": i,
            "pid": author.draw.randint(1, 9 * 10**6),
            "query": query,
            "passage": document,
            "ce_score": score,
        }

    return save(folder / "ce_scores.tsv", graded(author, 50, row))


@case(
    "texts-and-label-of-input-examples",
    "pair-score",
    refuse="may",
    kinds="score",
    tongue="it",
)
def _(author: Author, folder: Path) -> Path:
    from tests.advisor.user_files.labelled_pairs import alike

    def row(i: int) -> Row:
        first, second, score = alike(author)
        return {"guid": "", "texts": [first, second], "label": round(score, 2)}

    return save(folder / "input_examples.json", table(90, row))


@case("sets-of-paraphrases", "grouped pair", refuse="may", max_confidence=0.9, tongue="software")
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        return {"set": [author.ask(fact) for _ in range(author.draw.randint(2, 5))]}

    return save(folder / "sets.jsonl", table(80, row))


@case(
    "source-sentence-and-scored-sentences",
    "labeled-list",
    roles={"source_sentence": ASKED, "sentences": "documents", "similarities": "label"},
    label="similarities",
    kinds="labels",
    tongue="nl",
)
def _(author: Author, folder: Path) -> Path:
    def row(i: int) -> Row:
        fact = author.fact()
        others = [author.tell(fact), author.tell(author.near(fact)), author.tell(author.far(fact))]
        return {
            "source_sentence": author.tell(fact),
            "sentences": others,
            "similarities": [round(at + author.draw.uniform(-0.1, 0.1), 3) for at in (0.9, 0.5, 0.1)],
        }

    return save(folder / "widget.jsonl", table(80, row))
