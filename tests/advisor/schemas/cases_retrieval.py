"""Search: lists of positives and negatives, judged lists, grades, collections of ids, and teachers' scores."""

from pathlib import Path
from typing import Any

from tests.advisor.schemas.expected import (
    ANCHOR,
    ASIDE,
    ASKED,
    COLLECTION,
    COLLECTION_OR_REFUSED,
    DOCUMENTS,
    HUB,
    JUDGED,
    LABEL,
    NEGATIVE,
    POSITIVE,
    Expected,
    case,
    read_as,
)
from tests.advisor.schemas.layouts import (
    FLOAT32,
    FLOAT64,
    INT32,
    classes,
    delimited,
    json_file,
    jsonl,
    parquet,
    raw_tsv,
)
from tests.advisor.schemas.layouts import text as text_file
from tests.advisor.schemas.sentences import Fact, Writer

QUERY = ("query", "anchor")


def grouped(query: str, positive: str, negative: str, **aside: tuple[str, ...]) -> Expected:
    return read_as("grouped", roles={query: QUERY, positive: POSITIVE, negative: NEGATIVE, **aside})


def near(write: Writer, fact: Fact) -> str:
    """A passage that does not answer a fact's question, though half of the time it is about the same name."""
    other = write.fact(fact.name if write.random.random() < 0.5 else None)
    return write.passage(other, 3)


def _document(write: Writer, fact: Fact, answers: bool) -> dict[str, str]:
    text = write.passage(fact, 3) if answers else near(write, fact)
    return {
        "docid": f"{write.random.randint(12, 9_000_000)}#{write.random.randint(0, 40)}",
        "title": fact.name,
        "text": text,
    }


def _documents(write: Writer, fact: Fact, answers: bool, most: int) -> list[dict[str, str]]:
    return [_document(write, fact, answers) for _ in range(write.random.randint(1, most))]


@case(
    "tevatron-nq",
    HUB + "Tevatron/wikipedia-nq",
    grouped("query", "positive_passages", "negative_passages", query_id=ASIDE, answers=ASIDE),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "query_id": str(number),
            "query": fact.question.lower().rstrip("?"),
            "answers": [fact.answer],
            "positive_passages": _documents(write, fact, True, 2),
            "negative_passages": [_document(write, fact, False) for _ in range(20)],
        }
        for number, fact in enumerate(write.several(80, write.fact))
    ]
    return jsonl(folder / "nq-train.jsonl.gz", rows)


@case(
    "miracl",
    HUB + "miracl/miracl (ja)",
    grouped("query", "positive_passages", "negative_passages", query_id=ASIDE),
    language="ja",
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "query_id": f"{number}#0",
            "query": fact.question,
            "positive_passages": _documents(write, fact, True, 3),
            "negative_passages": _documents(write, fact, False, 9),
        }
        for number, fact in enumerate(write.several(90, write.fact))
    ]
    return parquet(folder / "ja" / "train-00000-of-00001.parquet", rows)


@case(
    "mr-tydi",
    HUB + "castorini/mr-tydi (arabic)",
    grouped("query", "positive_passages", "negative_passages", query_id=ASIDE),
    language="ar",
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "query_id": str(number),
            "query": fact.question,
            "positive_passages": _documents(write, fact, True, 1),
            "negative_passages": _documents(write, fact, False, 12),
        }
        for number, fact in enumerate(write.several(90, write.fact))
    ]
    return jsonl(folder / "mrtydi-v1.1-arabic" / "train.jsonl.gz", rows)


@case(
    "rlhn",
    HUB + "rlhn/rlhn-680K",
    grouped("query", "positive_passages", "negative_passages", query_id=ASIDE, subset=ASIDE),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "query_id": f"{write.random.getrandbits(128):032x}",
            "query": fact.question,
            "positive_passages": _documents(write, fact, True, 3),
            "negative_passages": _documents(write, fact, False, 8),
            "subset": write.one("hotpotqa", "msmarco_passage", "fever", "nq"),
        }
        for fact in write.several(90, write.fact)
    ]
    return parquet(folder / "data" / "train-00000-of-00014.parquet", rows)


@case(
    "flag-embedding",
    "https://github.com/FlagOpen/FlagEmbedding (toy_finetune_data.jsonl)",
    grouped("query", "pos", "neg"),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {"query": fact.question, "pos": [fact.statement], "neg": [near(write, fact) for _ in range(7)]}
        for fact in write.several(120, write.fact)
    ]
    return jsonl(folder / "toy_finetune_data.jsonl", rows)


@case(
    "bge-m3-data",
    HUB + "Shitao/bge-m3-data",
    read_as(
        "grouped",
        roles={
            "query": QUERY,
            "pos": POSITIVE,
            "neg": NEGATIVE,
            "pos_scores": LABEL,
            "neg_scores": LABEL,
            "prompt": ASIDE,
            "type": ASIDE,
        },
        label=("pos_scores", "neg_scores"),
        kind="scores",
    ),
    language="zh",
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(120, write.fact):
        count = write.random.randint(4, 8)
        rows.append(
            {
                "query": fact.question,
                "pos": [write.passage(fact, 3)],
                "neg": [near(write, fact) for _ in range(count)],
                "pos_scores": [round(write.random.uniform(0.7, 1.0), 6)],
                "neg_scores": [round(write.random.betavariate(1, 4), 6) for _ in range(count)],
                "prompt": "Represent this sentence for searching relevant passages: ",
                "type": "normal",
            }
        )
    return jsonl(folder / "zh_NLI_data" / "train.jsonl", rows)


@case(
    "bge-full-data",
    HUB + "cfli/bge-full-data",
    grouped("query", "pos", "neg", prompt=ASIDE, type=ASIDE, pos_id=ASIDE, neg_id=ASIDE),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(100, write.fact):
        negatives = [near(write, fact) for _ in range(6)]
        rows.append(
            {
                "query": fact.question,
                "pos": [write.passage(fact, 3)],
                "neg": negatives,
                "pos_id": [str(write.random.randint(0, 8_000_000))],
                "neg_id": [str(write.random.randint(0, 8_000_000)) for _ in negatives],
                "prompt": "Given a web search query, retrieve relevant passages that answer the query.",
                "type": "retrieval",
            }
        )
    return jsonl(folder / "data" / "part_0.jsonl", rows)


@case("qqp-triplets", HUB + "embedding-data/QQP_triplets", read_as("grouped", roles={}))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, _how in write.several(150, write.task):
        others = [write.ask(write.task()[0]) for _ in range(write.random.randint(2, 12))]
        rows.append({"set": {"query": write.ask(task, 0), "pos": [write.ask(task, 1)], "neg": others}})
    return jsonl(folder / "QQP_triplets.jsonl", rows)


def _contexts(write: Writer, fact: Fact, answers: bool, count: int) -> list[dict[str, Any]]:
    return [
        {
            "title": fact.name,
            "text": write.passage(fact, 3) if answers else near(write, fact),
            "score": write.random.choice([1000, round(write.random.uniform(10, 20), 4)]),
            "title_score": 1 if answers else 0,
            "passage_id": str(write.random.randint(1, 21_000_000)),
        }
        for _ in range(count)
    ]


@case(
    "dpr-nq",
    "https://github.com/facebookresearch/DPR (biencoder-nq-train.json.gz)",
    grouped("question", "positive_ctxs", "hard_negative_ctxs", dataset=ASIDE, answers=ASIDE),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "dataset": "nq_train_psgs_w100",
            "question": fact.question.lower().rstrip("?"),
            "answers": [fact.answer],
            "positive_ctxs": _contexts(write, fact, True, write.random.randint(1, 3)),
            "negative_ctxs": _contexts(write, fact, False, 5),
            "hard_negative_ctxs": _contexts(write, fact, False, write.random.randint(1, 4)),
        }
        for fact in write.several(80, write.fact)
    ]
    return json_file(folder / "biencoder-nq-train.json.gz", rows)


@case(
    "germandpr",
    HUB + "deepset/germandpr",
    grouped("question", "positive_ctxs", "hard_negative_ctxs", answers=ASIDE),
    language="de",
)
def _(folder: Path, write: Writer) -> Path:
    def contexts(fact: Fact, answers: bool, count: int) -> dict[str, list[str]]:
        made = _contexts(write, fact, answers, count)
        return {name: [each[name] for each in made] for name in ("title", "text", "passage_id")}

    rows = [
        {
            "question": fact.question,
            "answers": [fact.answer, fact.answer][: write.one(1, 2)],
            "positive_ctxs": contexts(fact, True, 1),
            "negative_ctxs": {"title": [], "text": [], "passage_id": []},
            "hard_negative_ctxs": contexts(fact, False, 3),
        }
        for fact in write.several(80, write.fact)
    ]
    import datasets

    nothing = {name: datasets.List(datasets.Value("string")) for name in ("title", "text", "passage_id")}
    return parquet(folder / "train-00000-of-00001.parquet", rows, negative_ctxs=nothing)


@case("t2-reranking", HUB + "C-MTEB/T2Reranking", grouped("query", "positive", "negative"), language="zh")
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "query": fact.question,
            "positive": [write.passage(fact, 4) for _ in range(write.random.randint(1, 5))],
            "negative": [near(write, fact) for _ in range(write.random.randint(3, 10))],
        }
        for fact in write.several(80, write.fact)
    ]
    return parquet(folder / "data" / "dev-00000-of-00001.parquet", rows)


@case("askubuntu-reranking", HUB + "mteb/askubuntudupquestions-reranking", grouped("query", "positive", "negative"))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, _how in write.several(90, write.task):
        count = write.random.randint(1, 8)
        rows.append(
            {
                "query": write.ask(task, 0).lower(),
                "positive": [write.ask(task, way).lower() for way in write.random.sample(range(1, 6), min(count, 5))],
                "negative": [write.ask(write.task()[0]).lower() for _ in range(20 - count)],
            }
        )
    return jsonl(folder / "test.jsonl.gz", rows)


@case(
    "one-positive-many-negatives",
    HUB + "nomic-ai/nomic-embed-supervised-data",
    read_as(
        "grouped", "n-tuple", roles={"query": QUERY, "document": POSITIVE, "negatives": NEGATIVE, "dataset": ASIDE}
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "query": fact.question,
            "document": write.passage(fact, 3),
            "negatives": [near(write, fact) for _ in range(7)],
            "dataset": write.one("nq_cocondensor_hn_mine_reranked", "msmarco", "hotpot"),
        }
        for fact in write.several(120, write.fact)
    ]
    return parquet(folder / "data" / "train-00000-of-00010.parquet", rows)


# Judged lists


@case(
    "msmarco-v1",
    HUB + "microsoft/ms_marco (v1.1)",
    read_as(
        "labeled-list",
        "grouped",
        roles={
            **dict.fromkeys(("answers", "query_type", "query_id", "wellFormedAnswers"), ASIDE),
            "query": QUERY,
            "passages": ("documents", "positive"),
        },
        label=("passages.is_selected", "passages", None),
        kind=("labels", "none"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    import datasets

    rows = []
    for number, fact in enumerate(write.several(90, write.fact)):
        count = write.random.randint(5, 10)
        chosen = write.random.randrange(count) if write.random.random() < 0.97 else None
        rows.append(
            {
                "answers": [fact.statement] if chosen is not None else [],
                "passages": {
                    "is_selected": [int(at == chosen) for at in range(count)],
                    "passage_text": [
                        write.passage(fact, 3) if at == chosen else near(write, fact) for at in range(count)
                    ],
                    "url": [f"http://www.{write.name().lower()}.org/{write.name().lower()}.html" for _ in range(count)],
                },
                "query": fact.question.lower().rstrip("?"),
                "query_id": 19_699 + number,
                "query_type": write.one("description", "numeric", "entity", "location", "person"),
                "wellFormedAnswers": [],
            }
        )
    types = {
        "query_id": INT32,
        "wellFormedAnswers": datasets.List(datasets.Value("string")),
        "answers": datasets.List(datasets.Value("string")),
    }
    return parquet(folder / "v1.1" / "train-00000-of-00001.parquet", rows, **types)


@case(
    "gooaq-labeled-list",
    HUB + "tomaarsen/gooaq-hard-negatives (labeled-list)",
    read_as(
        "labeled-list", roles={"question": QUERY, "answer": DOCUMENTS, "labels": LABEL}, label="labels", kind="labels"
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, how in write.several(120, write.task):
        rows.append(
            {
                "question": write.ask(task, 0).lower(),
                "answer": [write.answer(how), *(write.answer(write.task()[1]) for _ in range(5))],
                "labels": [1, 0, 0, 0, 0, 0],
            }
        )
    return parquet(folder / "labeled-list" / "train-00000-of-00002.parquet", rows)


@case(
    "llm-ranker-scores",
    "the form in which rerankers are distilled from language models: query, passages, scores",
    read_as(
        "labeled-list",
        roles={"query": QUERY, "passages": DOCUMENTS, "scores": LABEL},
        label="scores",
        kind=("labels", "scores"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(100, write.fact):
        count = write.random.randint(5, 12)
        scores = sorted((round(write.random.gauss(0, 4), 4) for _ in range(count)), reverse=True)
        rows.append(
            {
                "query": fact.question,
                "passages": [write.passage(fact, 3), *(near(write, fact) for _ in range(count - 1))],
                "scores": scores,
            }
        )
    return jsonl(folder / "rankings.jsonl", rows)


# One judgement a row


@case(
    "wikiqa",
    HUB + "microsoft/wiki_qa",
    read_as(
        "labeled-pair",
        roles={
            "question_id": ASIDE,
            "question": ASKED,
            "document_title": ("ignored", "document"),
            "answer": JUDGED,
            "label": LABEL,
        },
        label="label",
        kind="binary",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, fact in enumerate(write.several(45, write.fact)):
        for right in [1, *[0] * write.random.randint(2, 9)] if number % 3 else [0] * 5:
            answer = fact.statement if right else write.fact(fact.name).statement
            rows.append(
                {
                    "question_id": f"Q{number}",
                    "question": fact.question.lower(),
                    "document_title": fact.name,
                    "answer": answer,
                    "label": right,
                }
            )
    return parquet(folder / "train-00000-of-00001.parquet", rows, label=classes("0", "1"))


@case(
    "asnq",
    HUB + "AmazonScience/asnq",
    read_as(
        "labeled-pair",
        "pair-class",
        "graded-pair",
        roles={"question": (*ASKED,), "sentence": JUDGED},
        label=("label", "sentence_in_long_answer", "short_answer_in_sentence"),
        kind=("binary", "class", "grade"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(50, write.fact):
        for label in [0] * 6 + [write.one(0, 1)]:
            sentence = fact.statement if label else write.fact(fact.name).statement
            rows.append(
                {
                    "question": fact.question.lower().rstrip("?"),
                    "sentence": sentence,
                    "label": label,
                    "sentence_in_long_answer": bool(label) or write.random.random() < 0.1,
                    "short_answer_in_sentence": bool(label) or write.random.random() < 0.05,
                }
            )
    return parquet(folder / "train-00000-of-00003.parquet", rows, label=classes("neg", "pos"))


@case(
    "cosqa",
    "https://github.com/microsoft/CodeXGLUE (cosqa-train.json)",
    read_as(
        "labeled-pair",
        roles={
            "idx": ASIDE,
            "doc": ASKED,
            "code": JUDGED,
            "code_tokens": ASIDE,
            "docstring_tokens": ASIDE,
            "label": LABEL,
        },
        label="label",
        kind="binary",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, (name, doc, code) in enumerate(write.several(150, write.function)):
        label = write.one(0, 1)
        asked = (name if label else write.function()[0]).replace("_", " ")
        rows.append(
            {
                "idx": f"cosqa-train-{number}",
                "doc": f"python {asked}",
                "code": code,
                "code_tokens": " ".join(code.split()),
                "docstring_tokens": doc.split("\n")[0],
                "label": label,
            }
        )
    return json_file(folder / "cosqa-train.json", rows)


@case(
    "ubuntu-dialogs",
    "https://github.com/rkadlec/ubuntu-ranking-dataset-creator (train.csv)",
    read_as(
        "labeled-pair", roles={"Context": ASKED, "Utterance": JUDGED, "Label": LABEL}, label="Label", kind="binary"
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(160):
        task, how = write.task()
        label = write.one(0, 1)
        reply = write.one("which version ?", "did you try google ?")
        turns = (write.ask(task).lower(), reply, f"yes , but {how.lower()}")
        context = " ".join(f"{turn} __eou__ __eot__" for turn in turns)
        rows.append(
            {
                "Context": context,
                "Utterance": f"{(how if label else write.task()[1]).lower()} __eou__",
                "Label": f"{label:.1f}",
            }
        )
    return delimited(folder / "train.csv", rows)


GRADED = ("graded-pair", "pair-class")


@case(
    "esci",
    HUB + "tasksource/esci",
    read_as(
        "graded-pair",
        "pair-class",
        roles={
            **dict.fromkeys(
                ("example_id", "query_id", "product_id", "product_locale", "small_version", "large_version"), ASIDE
            ),
            "query": (*QUERY, "sentence_a"),
            "esci_label": LABEL,
            "product_title": (*JUDGED, "ignored"),
            "product_text": (*JUDGED, "ignored"),
        },
        label="esci_label",
        kind=("grade", "class"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number in range(30):
        _, query = write.product()
        for at in range(write.random.randint(4, 12)):
            title, _ = write.product()
            brand = title.split()[0]
            rows.append(
                {
                    "example_id": 100 * number + at,
                    "query": query,
                    "query_id": number,
                    "product_id": f"B0{write.random.getrandbits(40):010X}"[:10],
                    "product_locale": "us",
                    "esci_label": write.random.choices(
                        ["Exact", "Substitute", "Irrelevant", "Complement"], [60, 22, 14, 4]
                    )[0],
                    "small_version": number % 2,
                    "large_version": 1,
                    "product_title": title,
                    "product_description": write.one(None, f"<p>{write.review(4)}</p>"),
                    "product_bullet_point": "\n".join(write.one(*_BULLETS) for _ in range(3)),
                    "product_brand": brand,
                    "product_color": write.one("Black", "White", None, "Navy Blue"),
                    "product_text": f"{title}\n{write.review(4)}\n{brand}",
                }
            )
    return parquet(folder / "data" / "train-00000-of-00004.parquet", rows)


_BULLETS = (
    "Made of recycled material",
    "Fits most cup holders",
    "Two years of warranty",
    "Easy to clean, safe for the dishwasher",
)


@case(
    "home-depot",
    "https://www.kaggle.com/competitions/home-depot-product-search-relevance (train.csv)",
    read_as(
        "graded-pair",
        "pair-score",
        roles={
            "id": ASIDE,
            "product_uid": ASIDE,
            "product_title": (*JUDGED, "sentence_a"),
            "search_term": (*QUERY, "sentence_a", "sentence_b"),
            "relevance": LABEL,
        },
        label="relevance",
        kind=("grade", "score"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows: list[dict[str, Any]] = []
    for number in range(60):
        title, query = write.product()
        for at in range(write.one(1, 2, 5)):
            other = title if at == 0 else write.product()[0]
            rows.append(
                {
                    "id": 2 + 7 * len(rows),
                    "product_uid": 100_001 + number,
                    "product_title": other,
                    "search_term": query,
                    "relevance": write.one("3", "2.67", "2.33", "2", "1.67", "1.33", "1"),
                }
            )
    return text_latin(folder / "train.csv", rows)


def text_latin(path: Path, rows: list[dict[str, Any]]) -> Path:
    """A csv with quotes around texts only, in the code page of western Europe."""
    import csv

    delimited(path, rows, quoting=csv.QUOTE_NONNUMERIC)
    return text_file(path, path.read_text(encoding="utf-8").replace("Pack of", "7½ in. ×"), encoding="latin-1")


@case(
    "search-relevance",
    "https://www.kaggle.com/c/crowdflower-search-relevance (train.csv.zip)",
    read_as(
        "graded-pair",
        "pair-score",
        roles={
            "id": ASIDE,
            "query": (*QUERY, "sentence_a"),
            "product_title": (*JUDGED, "ignored"),
            "product_description": (*JUDGED, "ignored"),
            "median_relevance": LABEL,
            "relevance_variance": ("ignored",),
        },
        label="median_relevance",
        kind=("grade", "score"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    import csv

    rows: list[dict[str, Any]] = []
    for _ in range(26):
        query = write.product()[1]
        for _ in range(write.random.randint(5, 12)):
            grade = write.random.choices([4, 3, 2, 1], [60, 17, 15, 8])[0]
            description = write.one("", write.review(5), f"<ul><li>{write.one(*_BULLETS)}</li></ul>")
            rows.append(
                {
                    "id": len(rows) + 1,
                    "query": query,
                    "product_title": write.product()[0],
                    "product_description": description,
                    "median_relevance": grade,
                    "relevance_variance": write.one(0.0, 0.471, 0.0, 0.816),
                }
            )
    return delimited(folder / "train.csv", rows, quoting=csv.QUOTE_NONNUMERIC)


# Ids that point into a corpus


def _beir(folder: Path, write: Writer, grades: tuple[int, ...], judged: int) -> Path:
    corpus, queries, judgements = [], [], ["query-id\tcorpus-id\tscore\n"]
    for number, fact in enumerate(write.several(60, write.fact)):
        for at in range(judged):
            name = f"{write.random.getrandbits(36):09x}"
            text = write.passage(fact, 5) if at == 0 else near(write, fact)
            corpus.append({"_id": name, "title": fact.name, "text": text, "metadata": {"url": f"https://{name}.org"}})
            grade = max(grades) if at == 0 else write.random.choice(grades)
            judgements.append(f"{number + 1}\t{name}\t{grade}\n")
        queries.append({"_id": str(number + 1), "text": fact.question, "metadata": {}})
    jsonl(folder / "corpus.jsonl", corpus)
    jsonl(folder / "queries.jsonl", queries)
    text_file(folder / "qrels" / "test.tsv", "".join(judgements))
    return folder


@case(
    "trec-covid",
    "https://public.ukp.informatik.tu-darmstadt.de/thakur/BEIR/datasets/trec-covid.zip",
    COLLECTION,
)
def _(folder: Path, write: Writer) -> Path:
    return _beir(folder / "trec-covid", write, (0, 1, 2), 6)


@case(
    "scifact-beir",
    "https://public.ukp.informatik.tu-darmstadt.de/thakur/BEIR/datasets/scifact.zip",
    COLLECTION,
)
def _(folder: Path, write: Writer) -> Path:
    _beir(folder / "scifact", write, (1,), 1)
    test = (folder / "scifact" / "qrels" / "test.tsv").read_text()
    text_file(folder / "scifact" / "qrels" / "train.tsv", test)
    return folder / "scifact"


@case(
    "mteb-retrieval-parquet",
    HUB + "mteb/nfcorpus (corpus, queries and default in folders)",
    COLLECTION_OR_REFUSED,
)
def _(folder: Path, write: Writer) -> Path:
    facts = write.several(80, write.fact)
    parquet(
        folder / "corpus" / "corpus-00000-of-00001.parquet",
        [{"_id": f"MED-{n}", "title": f.name, "text": write.passage(f, 4)} for n, f in enumerate(facts)],
    )
    parquet(
        folder / "queries" / "queries-00000-of-00001.parquet",
        [{"_id": f"PLAIN-{n}", "text": f.question} for n, f in enumerate(facts)],
    )
    judged = [{"query-id": f"PLAIN-{n}", "corpus-id": f"MED-{n}", "score": write.one(1.0, 2.0)} for n in range(80)]
    parquet(folder / "data" / "train-00000-of-00001.parquet", judged, score=FLOAT64)
    return folder


@case(
    "msmarco-folder",
    "https://microsoft.github.io/msmarco/Datasets (collectionandqueries.tar.gz)",
    COLLECTION_OR_REFUSED,
)
def _(folder: Path, write: Writer) -> Path:
    facts = write.several(90, write.fact)
    raw_tsv(
        folder / "collection.tsv", [{"pid": n, "text": write.passage(f, 3)} for n, f in enumerate(facts)], header=False
    )
    queries = [{"qid": 1_000_000 + n, "text": f.question.lower()} for n, f in enumerate(facts)]
    raw_tsv(folder / "queries.train.tsv", queries, header=False)
    judged = [{"qid": 1_000_000 + n, "zero": 0, "pid": n, "grade": 1} for n in range(90)]
    raw_tsv(folder / "qrels.train.tsv", judged, header=False)
    return folder


@case(
    "t2-ranking",
    HUB + "THUIR/T2Ranking (collection, queries, qrels with header)",
    COLLECTION_OR_REFUSED,
    language="zh",
)
def _(folder: Path, write: Writer) -> Path:
    facts = write.several(80, write.fact)
    raw_tsv(folder / "collection.tsv", [{"pid": n, "text": write.passage(f, 4)} for n, f in enumerate(facts)])
    raw_tsv(folder / "queries.train.tsv", [{"qid": n, "text": f.question} for n, f in enumerate(facts)])
    judged = [
        {"qid": n, "-": 0, "pid": write.random.randrange(80) if at else n, "rel": write.one(0, 1, 2, 3)}
        for n in range(80)
        for at in range(3)
    ]
    raw_tsv(folder / "qrels.train.tsv", judged)
    return folder


@case(
    "msmarco-hard-negative-ids",
    HUB + "sentence-transformers/msmarco-hard-negatives",
    COLLECTION_OR_REFUSED,
)
def _(folder: Path, write: Writer) -> Path:
    def ids(count: int) -> list[int]:
        return [write.random.randint(0, 8_841_822) for _ in range(count)]

    rows = [
        {
            "qid": write.random.randint(2, 1_185_869),
            "pos": ids(write.one(1, 1, 2)),
            "neg": {"bm25": ids(20), "msmarco-distilbert-base-tas-b": ids(20), "msmarco-MiniLM-L-6-v3": ids(20)},
        }
        for _ in range(120)
    ]
    return jsonl(folder / "msmarco-hard-negatives.jsonl.gz", rows)


@case(
    "colbert-triples",
    "https://github.com/stanford-futuredata/ColBERT (triples.json)",
    COLLECTION,
)
def _(folder: Path, write: Writer) -> Path:
    rows = [[number // 4, write.random.randint(0, 90_000), write.random.randint(0, 90_000)] for number in range(240)]
    return jsonl(folder / "triples.jsonl", rows)


@case(
    "trec-dl-qrels",
    "https://trec.nist.gov/data/deep/2019qrels-pass.txt (as tsv)",
    COLLECTION,
)
def _(folder: Path, write: Writer) -> Path:
    lines = []
    for _ in range(12):
        query = write.random.randint(19_000, 1_140_000)
        for grade in write.random.choices([0, 1, 2, 3], [56, 17, 19, 8], k=20):
            lines.append(f"{query}\tQ0\t{write.random.randint(0, 8_841_822)}\t{grade}\n")
    return text_file(folder / "2019qrels-pass.tsv", "".join(lines))


@case("pylate-distillation-ids", HUB + "lightonai/ms-marco-en-bge (train)", COLLECTION_OR_REFUSED)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {
            "query_id": write.random.randint(2, 1_185_869),
            "document_ids": [write.random.randint(0, 8_841_822) for _ in range(32)],
            "scores": sorted((round(write.random.betavariate(0.5, 2), 6) for _ in range(32)), reverse=True),
        }
        for _ in range(100)
    ]
    return parquet(folder / "train" / "train-00000-of-00001.parquet", rows)


# A teacher's numbers


@case(
    "cohere-wikipedia",
    HUB + "Cohere/wikipedia-22-12-simple-embeddings",
    read_as(
        "text-embedding",
        roles={
            **dict.fromkeys(("id", "url", "wiki_id", "views", "paragraph_id", "langs"), ASIDE),
            "title": ("text", "ignored"),
            "text": ("text",),
            "emb": LABEL,
        },
        label="emb",
        kind="embedding",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number in range(70):
        fact = write.fact()
        rows.append(
            {
                "id": number,
                "title": fact.name,
                "text": write.passage(fact, 3),
                "url": f"https://simple.wikipedia.org/wiki?curid={9822 + number // 3}",
                "wiki_id": 9822 + number // 3,
                "views": round(write.random.uniform(5, 3000), 6),
                "paragraph_id": number % 3,
                "langs": write.random.randint(1, 300),
                "emb": [write.random.gauss(0, 0.4) for _ in range(768)],
            }
        )
    import datasets

    return parquet(
        folder / "data" / "train-00000-of-00004.parquet",
        rows,
        views=FLOAT32,
        emb=datasets.List(datasets.Value("float32")),
    )


@case(
    "dbpedia-openai",
    HUB + "KShivendu/dbpedia-entities-openai-1M",
    read_as(
        "text-embedding",
        roles={"_id": ASIDE, "title": ("text", "ignored"), "text": ("text",), "openai": LABEL},
        label="openai",
        kind="embedding",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(60, write.fact):
        vector = [write.random.gauss(0, 1) for _ in range(1536)]
        length = sum(each * each for each in vector) ** 0.5
        rows.append(
            {
                "_id": f"<dbpedia:{fact.name}>",
                "title": fact.name,
                "text": write.passage(fact, 2),
                "openai": [each / length for each in vector],
            }
        )
    return parquet(folder / "data" / "train-00000-of-00026.parquet", rows)


@case(
    "margin-mse-triples",
    "https://sbert.net/examples/cross_encoder/training/distillation (train_cross_encoder_kd_margin_mse.py)",
    read_as(
        "triplet-margin",
        roles={"query": ANCHOR, "positive": POSITIVE, "negative": NEGATIVE, "score": LABEL},
        label="score",
        kind="margin",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(70, write.fact):
        positive = write.passage(fact, 3)
        rows += [
            {
                "query": fact.question.lower(),
                "positive": positive,
                "negative": near(write, fact),
                "score": round(write.random.gauss(5.5, 4.5), 6),
            }
            for _ in range(write.one(1, 2, 3))
        ]
    return parquet(folder / "train-00000-of-00001.parquet", rows)


@case(
    "margin-mse-ids",
    HUB + "sentence-transformers/msmarco (bert-ensemble-margin-mse)",
    COLLECTION,
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(60):
        query, positive = write.random.randint(2, 1_185_869), write.random.randint(0, 8_841_822)
        rows += [
            {
                "query_id": str(query),
                "positive_id": str(positive),
                "negative_id": str(write.random.randint(0, 8_841_822)),
                "score": round(write.random.gauss(5.5, 4.5), 6),
            }
            for _ in range(4)
        ]
    return parquet(folder / "bert-ensemble-margin-mse" / "train-00000-of-00012.parquet", rows)


@case(
    "ce-scores",
    "https://sbert.net/examples/cross_encoder/training/distillation (train_cross_encoder_kd_mse.py)",
    read_as(
        "pair-score",
        roles={"query": ("sentence_a", *QUERY), "passage": ("sentence_b", "document"), "score": LABEL},
        label="score",
        kind="score",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(60, write.fact):
        for answers in (True, False, False, False):
            passage = write.passage(fact, 3) if answers else near(write, fact)
            score = write.random.gauss(8.5, 1.5) if answers else write.random.gauss(-5, 4)
            rows.append({"query": fact.question.lower(), "passage": passage, "score": score})
    return parquet(folder / "pair" / "train-00000-of-00001.parquet", rows, score=FLOAT64)


@case(
    "n-tuple-teacher-scores",
    "https://sbert.net/examples/sparse_encoder/training/distillation (a score for every passage)",
    read_as(
        "n-tuple-scores",
        roles={
            "query": ANCHOR,
            "positive": POSITIVE,
            **{f"negative_{n}": NEGATIVE for n in range(1, 5)},
            "label": LABEL,
        },
        label="label",
        kind="scores",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(120, write.fact):
        row: dict[str, Any] = {"query": fact.question, "positive": write.passage(fact, 3)}
        row |= {f"negative_{number}": near(write, fact) for number in range(1, 5)}
        row["label"] = [round(write.random.gauss(mean, 1.5), 5) for mean in (9, 3, 1, 0, -2)]
        rows.append(row)
    return parquet(folder / "train-00000-of-00001.parquet", rows)


@case("wands", "https://github.com/wayfair/WANDS (product.csv, query.csv, label.csv)", COLLECTION_OR_REFUSED)
def _(folder: Path, write: Writer) -> Path:
    products, queries, judged = [], [], []
    for number in range(80):
        title, query = write.product()
        products.append(
            {
                "product_id": number,
                "product_name": title.lower(),
                "product_class": write.one("Beds", "Rugs", ""),
                "product_description": write.review(5),
                "product_features": "colour:black|material:wood",
                "rating_count": write.random.randint(1, 900),
                "average_rating": write.one(4.5, 5.0, 3.5),
            }
        )
        queries.append({"query_id": number, "query": query, "query_class": write.one("Beds", "Rugs")})
    for number in range(240):
        label = write.one("Exact", "Partial", "Irrelevant")
        judged.append({"id": number, "query_id": number % 80, "product_id": write.random.randrange(80), "label": label})
    delimited(folder / "WANDS" / "product.csv", products, delimiter="\t")
    delimited(folder / "WANDS" / "query.csv", queries, delimiter="\t")
    delimited(folder / "WANDS" / "label.csv", judged, delimiter="\t")
    return folder / "WANDS"


@case(
    "climate-fever",
    HUB + "tdiggelm/climate_fever",
    read_as(
        "labeled-list",
        "grouped",
        "pair-class",
        "single-class",
        roles={"claim_id": ASIDE},
        label=("claim_label", "evidences", None),
        kind=("labels", "class", "none", "grade"),
        refuse="may",
        max_confidence=0.85,
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, fact in enumerate(write.several(90, write.fact)):
        evidences = [
            {
                "evidence_id": f"{fact.name}:{at}",
                "evidence_label": write.one(0, 1, 2, 2),
                "article": fact.name,
                "evidence": write.fact(fact.name).statement,
                "entropy": write.one(0.0, 0.693, 0.637),
                "votes": ["SUPPORTS", "NOT_ENOUGH_INFO", None, None, None],
            }
            for at in range(5)
        ]
        label = write.random.choices([0, 1, 2, 3], [43, 16, 31, 10])[0]
        rows.append({"claim_id": str(number), "claim": fact.statement, "claim_label": label, "evidences": evidences})
    types = {"claim_label": classes("SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO", "DISPUTED")}
    return parquet(folder / "test-00000-of-00001.parquet", rows, **types)


@case(
    "graded-passages",
    "https://trec.nist.gov/data/deep2019.html (judged passages with their texts)",
    read_as(
        "graded-pair",
        roles={"qid": ASIDE, "query": QUERY, "docid": ASIDE, "passage": ("document",), "rel": LABEL},
        label="rel",
        kind="grade",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(25, write.fact):
        qid = write.random.randint(19_000, 1_140_000)
        for grade in write.random.choices([0, 1, 2, 3], [56, 17, 19, 8], k=12):
            passage = write.passage(fact, 3) if grade > 1 else near(write, fact)
            docid = write.random.randint(0, 8_841_822)
            rows.append({"qid": qid, "query": fact.question.lower(), "docid": docid, "passage": passage, "rel": grade})
    return delimited(folder / "dl19-judged.csv", rows)
