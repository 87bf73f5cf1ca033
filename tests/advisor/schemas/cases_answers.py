"""Reading comprehension: a question, a context and answers that stand in it, nested in many ways."""

from pathlib import Path
from typing import Any

import datasets

from tests.advisor.schemas.expected import ASIDE, HUB, Expected, case, read_as
from tests.advisor.schemas.layouts import INT32, json_file, jsonl, parquet, saved
from tests.advisor.schemas.sentences import Fact, Writer

QUESTION = ("query", "anchor")
CONTEXT = ("document", "positive")


def read_in(question: str = "question", context: str = "context", **aside: tuple[str, ...]) -> Expected:
    return read_as("qa", roles={question: QUESTION, context: CONTEXT, **aside})


def _questions(write: Writer, contexts: int) -> list[tuple[Fact, str, str]]:
    """Facts with the context that they are asked about; two to four for every context."""
    made = []
    for _ in range(contexts):
        name = write.name()
        facts = write.several(write.one(2, 3, 4), lambda name=name: write.fact(name))  # type: ignore[misc]
        context = write.language.gap.join([fact.statement for fact in facts] + [write.sentence() for _ in range(3)])
        made += [(fact, context, name) for fact in facts]
    return made


def _answers(fact: Fact, context: str) -> dict[str, list[Any]]:
    return {"text": [fact.answer], "answer_start": [max(context.find(fact.answer), 0)]}


ANSWERS = {"text": datasets.List(datasets.Value("string")), "answer_start": datasets.List(datasets.Value("int32"))}
SQUAD = read_in(id=ASIDE, title=("ignored", "id"))


def _squad(write: Writer, contexts: int, impossible: float = 0.0) -> list[dict[str, Any]]:
    rows = []
    for fact, context, name in _questions(write, contexts):
        found = _answers(fact, context)
        if write.random.random() < impossible:
            found = {"text": [], "answer_start": []}
        identity = f"{write.random.getrandbits(96):024x}"
        rows.append({"id": identity, "title": name, "context": context, "question": fact.question, "answers": found})
    return rows


@case("squad", HUB + "rajpurkar/squad", SQUAD)
def _(folder: Path, write: Writer) -> Path:
    return parquet(folder / "plain_text" / "train-00000-of-00001.parquet", _squad(write, 60), answers=ANSWERS)


@case("squad-v2", HUB + "rajpurkar/squad_v2", SQUAD)
def _(folder: Path, write: Writer) -> Path:
    rows = _squad(write, 60, 0.33)
    return saved(folder / "squad_v2", {"train": rows, "validation": rows[:40]}, answers=ANSWERS)


@case("sberquad", HUB + "kuznetsoffandrey/sberquad", SQUAD, language="ru")
def _(folder: Path, write: Writer) -> Path:
    rows = [row | {"id": 62_310 + number} for number, row in enumerate(_squad(write, 60))]
    return parquet(folder / "sberquad" / "train-00000-of-00001.parquet", rows, answers=ANSWERS, id=INT32)


@case(
    "germanquad",
    HUB + "deepset/germanquad",
    read_in(id=ASIDE),
    language="de",
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, (fact, context, _name) in enumerate(_questions(write, 60)):
        found = _answers(fact, context) | {"answer_id": [80_000 + number], "document_id": [number]}
        rows.append({"id": 40_000 + number, "context": context, "question": fact.question, "answers": found})
    return parquet(folder / "plain_text" / "train-00000-of-00001.parquet", rows)


def _articles(write: Writer, articles: int) -> list[dict[str, Any]]:
    """Articles with paragraphs with questions, as the files that SQuAD was first published in."""
    made: dict[str, dict[str, Any]] = {}
    for fact, context, name in _questions(write, articles):
        start = max(context.find(fact.answer), 0)
        asked = {
            "question": fact.question,
            "id": f"{write.random.getrandbits(96):024x}",
            "answers": [{"text": fact.answer, "answer_start": start}],
        }
        article = made.setdefault(name, {"title": name, "paragraphs": [{"context": context, "qas": []}]})
        article["paragraphs"][0]["qas"].append(asked)
    return list(made.values())


@case("squad-original", "https://rajpurkar.github.io/SQuAD-explorer (train-v1.1.json)", Expected(("qa",)))
def _(folder: Path, write: Writer) -> Path:
    return json_file(folder / "train-v1.1.json", {"data": _articles(write, 70), "version": "1.1"})


@case(
    "cmrc-original",
    "https://github.com/ymcui/cmrc2018 (squad-style-data/cmrc2018_train.json)",
    Expected(("qa",)),
    language="zh",
)
def _(folder: Path, write: Writer) -> Path:
    return json_file(folder / "cmrc2018_train.json", {"version": "v1.0", "data": _articles(write, 70)})


@case(
    "hotpotqa",
    HUB + "hotpotqa/hotpot_qa (distractor)",
    read_as(
        "qa",
        roles={"id": ASIDE, "question": QUESTION, "type": ASIDE, "level": ASIDE, "supporting_facts": ASIDE},
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(100, write.fact):
        titles = [fact.name, *(write.name() for _ in range(9))]
        sentences = [
            [fact.statement, write.sentence()],
            *([write.fact(title).statement, write.sentence()] for title in titles[1:]),
        ]
        rows.append(
            {
                "id": f"{write.random.getrandbits(96):024x}",
                "question": fact.question,
                "answer": fact.answer,
                "type": write.one("comparison", "bridge", "bridge"),
                "level": write.one("easy", "medium", "hard"),
                "supporting_facts": {"title": [fact.name, titles[3]], "sent_id": [0, 1]},
                "context": {"title": titles, "sentences": sentences},
            }
        )
    return parquet(folder / "distractor" / "train-00000-of-00002.parquet", rows)


@case(
    "trivia-qa",
    HUB + "mandarjoshi/trivia_qa (rc.wikipedia)",
    read_as("qa", "pair", roles={"question": QUESTION, "question_id": ASIDE, "question_source": ASIDE}, refuse="may"),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, fact in enumerate(write.several(90, write.fact)):
        rows.append(
            {
                "question": fact.question,
                "question_id": f"tc_{number}",
                "question_source": "http://www.triviacountry.com/",
                "entity_pages": {
                    "doc_source": ["TagMe"],
                    "filename": [f"{fact.name}.txt"],
                    "title": [fact.name],
                    "wiki_context": [write.passage(fact, 8)],
                },
                "answer": {
                    "aliases": [fact.answer, fact.answer.title()],
                    "normalized_aliases": [fact.answer.lower()],
                    "matched_wiki_entity_name": "",
                    "normalized_value": fact.answer.lower(),
                    "type": "WikipediaEntity",
                    "value": fact.answer,
                },
            }
        )
    return parquet(folder / "rc.wikipedia" / "train-00000-of-00008.parquet", rows)


@case(
    "nq-open",
    HUB + "google-research-datasets/nq_open",
    read_as("pair", "grouped", roles={"question": QUESTION, "answer": ("positive",)}),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(200, write.fact):
        rows.append(
            {
                "question": fact.question.lower().rstrip("?"),
                "answer": [fact.answer, fact.answer.title()][: write.one(1, 1, 2)],
            }
        )
    return jsonl(folder / "NQ-open.train.jsonl", rows)


@case(
    "boolq",
    HUB + "google/boolq",
    read_as(
        "pair-class",
        "labeled-pair",
        "qa",
        roles={"question": (*QUESTION, "sentence_a", "sentence_b"), "passage": (*CONTEXT, "sentence_b", "sentence_a")},
        label=("answer", None),
        kind=("class", "binary", "none"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(200, write.fact):
        question = f"is it true that {fact.statement[0].lower()}{fact.statement[1:-1]}"
        rows.append({"question": question, "answer": write.random.random() < 0.62, "passage": write.passage(fact, 4)})
    return parquet(folder / "data" / "train-00000-of-00001.parquet", rows)


@case(
    "dureader-robust",
    "https://github.com/baidu/DuReader (dureader_robust, lines)",
    read_in(id=ASIDE, title=("ignored", "id")),
    language="zh",
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact, context, _name in _questions(write, 60):
        rows.append(
            {
                "id": f"{write.random.getrandbits(128):032x}",
                "title": "",
                "context": context,
                "question": fact.question.rstrip("？"),
                "answers": {"text": [fact.answer], "answer_start": [context.find(fact.answer)]},
            }
        )
    return jsonl(folder / "train.json", rows)
