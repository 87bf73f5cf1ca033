"""Schemas of training data and exports, as somebody who does not know the inspector's code would write them down."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from advisor.report import Report
from tests.advisor.held_out.texts import (
    ARABIC,
    CHINESE,
    CODE,
    DUTCH,
    FRENCH,
    GERMAN,
    HINDI,
    ITALIAN,
    JAPANESE,
    KOREAN,
    LAW,
    MEDICINE,
    NLI,
    POLISH,
    PORTUGUESE,
    ROMANIAN,
    RUSSIAN,
    SCIENCE,
    SHOP,
    SPANISH,
    SUPPORT,
    TURKISH,
    VIETNAMESE,
    Bank,
)
from tests.advisor.held_out.writing import write

#: Readings of what no format fits have to stay below this.
UNSURE = 0.7

ROLES = {
    "A": ["anchor", "query", "sentence_a"],
    "P": ["positive", "document", "documents", "sentence_b"],
    "N": ["negative"],
    "D": ["documents"],
    "T": ["text"],
    "L": ["label"],
    "O": ["ignored", "id"],
    "I": ["id", "ignored"],
    "X": ["damaged"],
    "Y": ["original"],
    "S": ["sentence_a", "anchor", "query", "sentence_b", "document", "positive"],
    "R": ["anchor", "query", "sentence_a", "ignored"],
    "TT": ["text", "ignored"],
    "LL": ["label", "ignored"],
    "C": ["document", "positive", "ignored", "text", "anchor", "query"],
    "?": [],
}


@dataclass(frozen=True)
class Case:
    """One file, and the reading of it that is expected: formats, roles and the label, each with what is acceptable."""

    file: str
    formats: list[str]
    roles: dict[str, list[str]]
    label: tuple[str | None, list[str]] | None
    data: Any
    refuse: bool = False
    how: dict[str, Any] = field(default_factory=dict)
    note: str = ""

    @property
    def name(self) -> str:
        return self.file.partition(".")[0]

    @property
    def may_be_refused(self) -> bool:
        return self.refuse

    @property
    def counts(self) -> bool:
        return True

    def write(self, folder: Path) -> Path:
        return write(folder / self.file, self.data, self.how)

    def judge(self, report: Report) -> tuple[list[str], bool]:
        wrong = list(self._differences(report))
        return wrong, not wrong

    def _differences(self, report: Report) -> Iterator[str]:
        if not self.formats:
            if report.confidence >= UNSURE:
                yield "no format fits"
            return
        if report.format not in self.formats:
            yield f"not {'/'.join(self.formats)}"
        for column, roles in self.roles.items():
            # A column of records becomes a column for each of its fields.
            said = [role for name, role in report.roles.items() if name == column or name.startswith(f"{column}.")]
            if roles and not set(said) & set(roles):
                yield f"{column} is {'/'.join(said) or 'missing'}, not {'/'.join(roles)}"
        if self.label is not None:
            column, kinds = self.label
            if report.label.kind not in kinds:
                yield f"label is a {report.label.kind}, not {'/'.join(kinds)}"
            elif column is None and report.label.column is not None:
                yield f"label is {report.label.column}, not nothing"
            elif column and report.label.column != column:
                yield f"label is {report.label.column}, not {column}"


CASES: list[Case] = []


def case(
    file: str,
    formats: str,
    roles: str | dict[str, str],
    label: str | None,
    data: Any,
    note: str = "",
    refuse: bool = False,
    **how: Any,
) -> None:
    """`roles` is `name:CODE name:CODE`; `label` is `column:kind|kind`, None for no label, `?` for what is not held."""
    if isinstance(roles, str):
        roles = dict(part.rsplit(":", 1) for part in roles.split())
    wanted: tuple[str | None, list[str]] | None = (None, ["none"])
    if label == "?":
        wanted = None
    elif label:
        column, _, kinds = label.rpartition(":")
        wanted = (column, kinds.split("|"))
    read = {name: ROLES[code] for name, code in roles.items()}
    assert file.partition(".")[0] not in {one.name for one in CASES}, file
    CASES.append(Case(file, formats.split("|") if formats else [], read, wanted, data, refuse, how, note))


def rng(*of: Any) -> random.Random:
    return random.Random(repr(of))


def similar(bank: Bank, i: int) -> tuple[str, str, float]:
    draw = rng("similar", i)
    if i % 4 == 0:
        return bank.question(i), bank.paraphrase(i), round(draw.uniform(0.8, 1.0), 2)
    if i % 4 == 1:
        return bank.question(i), bank.paraphrase(i + 10), round(draw.uniform(0.35, 0.65), 2)
    if i % 4 == 2:
        return bank.question(i), bank.paraphrase(i + 3), round(draw.uniform(0.0, 0.2), 2)
    return bank.question(i), bank.question(i).rstrip("?？。") + "...", round(draw.uniform(0.7, 0.95), 2)


def duo(bank: Bank, i: int) -> tuple[str, str, int]:
    same = rng("duo", i).random() < 0.5
    return bank.question(i), bank.paraphrase(i if same else i + 10), int(same)


def judged(bank: Bank, i: int, sentences: int = 3) -> tuple[str, str, int]:
    """A query, a document and its grade 0 to 3; each query stands in four rows."""
    q, place = divmod(i, 4)
    document = [
        bank.passage(q, sentences),
        bank.hard(q, 1, sentences),
        bank.far(q, 1, sentences),
        bank.passage(q, sentences, salt=9),
    ][place]
    return bank.question(q), document, [3, 1, 0, 2][place]


def hexid(i: int, salt: str = "", length: int = 24) -> str:
    return f"{rng(i, salt).getrandbits(4 * length):0{length}x}"


def stamp(i: int) -> str:
    return f"2024-{i % 12 + 1:02d}-{i % 27 + 1:02d}T{i % 24:02d}:{i * 7 % 60:02d}:05Z"


def rows(n: int, make: Any) -> list[Any]:
    return [make(i) for i in range(n)]


# -- retrieval and reranking collections of recent years ---------------------------------------------------------------

case(
    "reasonaug.jsonl",
    "triplet",
    "user_query:A positive_document:P hard_negative_document:N id:I task:O task_type:O domain:O",
    None,
    rows(
        24,
        lambda i: {
            "id": f"q{i}",
            "domain": ["math theorem", "algorithm", "finance formula"][i % 3],
            "instance": [SCIENCE.slots(i)[0]],
            "task_type": ["ps2ps", "p2i"][i % 2],
            "task": [
                "Given a problem, retrieve a problem that needs the same theorem.",
                "Given a problem, retrieve the concept that it uses.",
            ][i % 2],
            "user_query": SCIENCE.question(i),
            "positive_document": SCIENCE.passage(i, 4),
            "hard_negative_document": SCIENCE.hard(i, 1, 4),
            "negative_instance": "GENERATED" if i % 3 else SCIENCE.slots(i + 10)[1],
        },
    ),
)
case(
    "listwise-reasoning.jsonl",
    "collection",
    "qid:I",
    "?",
    rows(
        12,
        lambda i: {
            "dataset": ["math-qa", "leetcode", "biology"][i % 3],
            "qid": f"{i * 31}",
            "initial_list": [f"d{rng(i, k).randrange(9000)}" for k in range(20)],
            "final_list": [f"d{rng(i, k).randrange(9000)}" for k in reversed(range(20))],
            "reasoning": SCIENCE.passage(i, 4),
            "relevant_docids": [f"d{rng(i, 3).randrange(9000)}", f"d{rng(i, 5).randrange(9000)}"],
        },
    ),
    "ids only; the texts stand elsewhere",
    refuse=True,
)
case(
    "negs-text.parquet",
    "grouped|n-tuple-scores|labeled-list",
    "query:A pos_text:P negs_text:N",
    "?",
    rows(
        20,
        lambda i: {
            "query": ITALIAN.question(i),
            "pos_text": ITALIAN.passage(i),
            "negs_text": [ITALIAN.hard(i, k) for k in range(1, 4)],
            "negs_count": 3,
            "pos_score": 0.9 + i % 9 / 100,
            "negs_score": [0.05 * k for k in range(1, 4)],
        },
    ),
)
case(
    "arabic-triplet.parquet",
    "triplet",
    "query:A positive:P negative:N",
    None,
    rows(30, lambda i: {"query": ARABIC.question(i), "positive": ARABIC.passage(i), "negative": ARABIC.hard(i)}),
)
case(
    "seven-negatives.parquet",
    "n-tuple",
    "query:A positive:P negative_1:N negative_7:N",
    None,
    rows(
        18,
        lambda i: {
            "query": FRENCH.question(i),
            "positive": FRENCH.passage(i),
            **{f"negative_{k}": FRENCH.hard(i, k) for k in range(1, 8)},
        },
    ),
)
case(
    "hard-negative-ids.parquet",
    "collection",
    "qid:I",
    "?",
    rows(
        25,
        lambda i: {
            "qid": 100 + i,
            "pos": [rng(i).randrange(8_000_000)],
            "neg": [rng(i, k).randrange(8_000_000) for k in range(6)],
            "pos.score": [0.98],
            "neg.score": [round(rng(i, k).random() / 3, 4) for k in range(6)],
        },
    ),
    "ids only",
    refuse=True,
)
case(
    "instruction-struct.parquet",
    "grouped",
    "query:A pos:P neg:N task:O",
    None,
    rows(
        20,
        lambda i: {
            "query": SUPPORT.question(i),
            "pos": [SUPPORT.paraphrase(i)],
            "neg": [SUPPORT.paraphrase(i + 10), SUPPORT.paraphrase(i + 20)],
            "task": "dupes",
            "instruction": {
                "query": "Represent the question for retrieving duplicates: ",
                "pos": "Represent the question: ",
                "neg": "Represent the question: ",
            },
        },
    ),
)
case(
    "bge-m3-style.jsonl",
    "grouped",
    "query:A pos:P neg:N prompt:O type:O",
    "?",
    rows(
        16,
        lambda i: {
            "query": CHINESE.question(i),
            "pos": [CHINESE.passage(i)],
            "neg": [CHINESE.hard(i, k) for k in range(1, 5)],
            "pos_scores": [0.95 + i / 1000],
            "neg_scores": [round(0.5 / k, 3) for k in range(1, 5)],
            "prompt": "为这个句子生成表示以用于检索相关文章：",
            "type": "normal",
        },
    ),
)
case(
    "swift-rejected.jsonl",
    "grouped|n-tuple",
    "query:A response:P rejected_response:N",
    None,
    rows(
        20,
        lambda i: {
            "query": CHINESE.question(i),
            "response": CHINESE.passage(i),
            "rejected_response": [CHINESE.hard(i, 1), CHINESE.far(i, 2)],
        },
    ),
)
case(
    "swift-messages.jsonl",
    "grouped",
    "messages:A positive_messages:P negative_messages:N",
    None,
    rows(
        16,
        lambda i: {
            "messages": [{"role": "user", "content": SUPPORT.question(i)}],
            "positive_messages": [[{"role": "assistant", "content": SUPPORT.passage(i)}]],
            "negative_messages": [[{"role": "assistant", "content": SUPPORT.hard(i, k)}] for k in (1, 2)],
        },
    ),
    "messages around single texts",
    refuse=True,
)
case(
    "entity-seeking.jsonl",
    "grouped|pair",
    "query:A docs:P original_query:R",
    None,
    rows(
        18,
        lambda i: {
            "query": f"Novels set in {SPANISH.slots(i)[0]} that are not {SPANISH.slots(i + 7)[1]}",
            "docs": [f"The {SHOP.slots(i + k)[0].title()} Murders" for k in range(3)],
            "original_query": f"<mark>Novels about {SPANISH.slots(i)[0]}</mark> without {SPANISH.slots(i + 7)[1]}",
            "scores": None,
            "metadata": {"template": "_ that are not _", "domain": "books"},
        },
    ),
)
case(
    "tevatron-ids.jsonl",
    "collection",
    "query_id:I query_text:A",
    "?",
    rows(
        20,
        lambda i: {
            "query_id": f"tr-{i}",
            "query_text": LAW.question(i),
            "query_image": None,
            "positive_document_ids": [f"doc_{i * 17}"],
            "negative_document_ids": [f"doc_{i * 17 + k}" for k in range(1, 8)],
            "answer": None,
        },
    ),
    "documents stand as ids",
)
case(
    "tevatron-corpus.jsonl",
    "single",
    "docid:I text:T",
    None,
    rows(30, lambda i: {"docid": f"doc_{i * 17}", "text": LAW.passage(i, 4), "image": None}),
)
case(
    "pylate-kd.parquet",
    "collection",
    "query_id:I document_ids:O",
    "?",
    rows(
        20,
        lambda i: {
            "query_id": 1000 + i,
            "document_ids": [rng(i, k).randrange(10**6) for k in range(8)],
            "scores": [round(rng(i, k).random(), 4) for k in range(8)],
        },
    ),
    "ids only",
    refuse=True,
)
case(
    "nway-triples.jsonl",
    "collection",
    {},
    "?",
    rows(20, lambda i: [i * 13, *([rng(i, k).randrange(10**6), round(8 - k * 1.3, 3)] for k in range(6))]),
    "ids and scores only",
    refuse=True,
)
case(
    "query-table.parquet",
    "single",
    "query_id:I text:T",
    None,
    rows(35, lambda i: {"query_id": f"{i * 3}", "text": MEDICINE.question(i)}),
)
case(
    "trec-run.tsv",
    "collection",
    {},
    "?",
    rows(
        36, lambda i: [f"q{i // 6}", "Q0", f"D{rng(i).randrange(9000)}", i % 6 + 1, round(14 - i % 6 * 1.7, 4), "bm25"]
    ),
    "ids only",
    refuse=True,
    header=False,
)
case(
    "esci-german.csv",
    "pair-class|graded-pair",
    {"Suchanfrage": "A", "Produkttitel": "P", "Relevanz": "L", "Artikelnr": "I"},
    "Relevanz:class|grade",
    rows(
        36,
        lambda i: {
            "Suchanfrage": judged(SHOP, i)[0],
            "Produkttitel": judged(SHOP, i, 1)[1],
            "Artikelnr": f"A{4000 + i}",
            "Relevanz": ["irrelevant", "ergänzend", "Ersatz", "exakt"][judged(SHOP, i)[2]],
        },
    ),
)
case(
    "home-improvement.csv",
    "pair-score|graded-pair",
    "search_term:A product_title:P id:I product_uid:I relevance:L",
    "relevance:score|grade",
    rows(
        36,
        lambda i: {
            "id": 2 + i,
            "product_uid": 100001 + i,
            "product_title": judged(SHOP, i, 1)[1],
            "search_term": judged(SHOP, i)[0].lower(),
            "relevance": [1, 1.67, 2.33, 3][judged(SHOP, i)[2]],
        },
    ),
)
case(
    "search-results.csv",
    "graded-pair|pair-score",
    "query:A product_title:P product_description:C median_relevance:L",
    "median_relevance:grade|score",
    rows(
        36,
        lambda i: {
            "id": i,
            "query": judged(SHOP, i)[0].lower(),
            "product_title": judged(SHOP, i, 1)[1],
            "product_description": SHOP.passage(i, 4, salt=2) if i % 5 else "",
            "median_relevance": judged(SHOP, i)[2] + 1,
            "relevance_variance": [0.0, 0.471, 0.632][i % 3],
        },
    ),
)
case(
    "furniture-search.tsv",
    "graded-pair|pair-class",
    "query:A product_name:P label:L",
    "label:grade|class",
    rows(
        32,
        lambda i: {
            "id": i,
            "query_id": i // 4,
            "product_id": 7000 + i,
            "query": judged(SHOP, i)[0],
            "product_name": judged(SHOP, i, 1)[1],
            "product_class": SHOP.slots(i // 4)[0].title(),
            "label": ["Irrelevant", "Partial", "Exact", "Exact"][judged(SHOP, i)[2]],
        },
    ),
)
case(
    "patent-phrases.csv",
    "pair-score",
    "anchor:A target:P context:O id:I score:L",
    "score:score",
    rows(
        40,
        lambda i: {
            "id": hexid(i, length=16),
            "anchor": SHOP.slots(i // 5)[0],
            "target": SHOP.slots(i)[1] + " " + SHOP.slots(i // 5 if i % 3 else i + 3)[0],
            "context": ["A47", "H04", "G06", "B60"][i // 5 % 4],
            "score": [0.75, 0.5, 0.0, 0.25, 1.0, 0.5, 0.25][i % 7],
        },
    ),
)
case(
    "oracle-similarity.csv",
    "pair-score",
    "sampleID:I sentence1:S sentence2:S score:L",
    "score:score",
    rows(
        40,
        lambda i: {
            "sampleID": i + 1,
            "sentence1": similar(ROMANIAN, i)[0],
            "sentence2": similar(ROMANIAN, i)[1],
            "score": round(similar(ROMANIAN, i)[2] * 5, 1),
        },
    ),
)
case(
    "curriculum.csv",
    "collection",
    "topic_id:I content_ids:O",
    "?",
    rows(
        30,
        lambda i: {
            "topic_id": f"t_{hexid(i, 't', 12)}",
            "content_ids": " ".join(f"c_{hexid(i * 10 + k, 'c', 12)}" for k in range(i % 4 + 1)),
        },
    ),
    "ids only",
    refuse=True,
)
case(
    "arena-votes.csv",
    "",
    {},
    "?",
    rows(
        20,
        lambda i: {
            "id": 30192 + i,
            "model_a": ["gpt-4", "mixtral"][i % 2],
            "model_b": ["llama-70b", "claude"][i // 2 % 2],
            "prompt": SUPPORT.question(i),
            "response_a": SUPPORT.passage(i),
            "response_b": SUPPORT.passage(i, salt=5),
            "winner_model_a": int(i % 3 == 0),
            "winner_model_b": int(i % 3 == 1),
            "winner_tie": int(i % 3 == 2),
        },
    ),
    "no format takes a winner that changes sides; any reading should be unsure",
    refuse=True,
)
case(
    "question-target.csv",
    "single-class",
    "qid:I question_text:T target:L",
    "target:binary|class",
    rows(
        40,
        lambda i: {
            "qid": hexid(i, length=20),
            "question_text": SUPPORT.question(i) if i % 4 else f"Why are all {LAW.slots(i)[0]} lovers so stupid?",
            "target": int(i % 4 == 0),
        },
    ),
)
case(
    "disaster-tweets.csv",
    "single-class",
    "id:I text:T target:L keyword:O",
    "target:binary|class",
    rows(
        40,
        lambda i: {
            "id": i * 3 + 1,
            "keyword": ["ablaze", "flood", "", "quake"][i % 4],
            "location": ["Berlin", "", "Lagos, Nigeria", "USA"][i * 3 % 4],
            "text": (
                f"BREAKING flood takes {GERMAN.slots(i)[0]} near km {i}"
                if i % 2
                else f"my {SHOP.slots(i)[0]} is on fire lol, {SUPPORT.paraphrase(i)}"
            ),
            "target": i % 2,
        },
    ),
)
case(
    "essay-scores.csv",
    "single-class",
    "essay_id:I full_text:T score:L",
    "score:class|grade|score",
    rows(
        24,
        lambda i: {
            "essay_id": hexid(i, length=7),
            "full_text": SCIENCE.passage(i, 5) + " " + LAW.passage(i, 4),
            "score": [3, 2, 4, 1, 5, 3, 2, 6][i % 8],
        },
    ),
)
case(
    "watson-nli.csv",
    "pair-class",
    "id:I premise:S hypothesis:S lang_abv:O language:O label:L",
    "label:class",
    rows(
        36,
        lambda i: {
            "id": hexid(i, length=10),
            "premise": NLI[("en", "fr", "ru", "zh")[i % 4]].pair(i)[0],
            "hypothesis": NLI[("en", "fr", "ru", "zh")[i % 4]].pair(i)[1],
            "lang_abv": ("en", "fr", "ru", "zh")[i % 4],
            "language": ("English", "French", "Russian", "Chinese")[i % 4],
            "label": NLI[("en", "fr", "ru", "zh")[i % 4]].pair(i)[2],
        },
    ),
)
case(
    "marketplace-groups.csv",
    "single-class",
    "posting_id:I title:T label_group:L image:O image_phash:O",
    "label_group:class",
    rows(
        40,
        lambda i: {
            "posting_id": f"train_{129225 + i * 7}",
            "image": hexid(i, "img", 32) + ".jpg",
            "image_phash": hexid(i, "ph", 16),
            "title": SHOP.passage(i // 2, 1, salt=i),
            "label_group": 249114794 + i // 2 * 7919,
        },
    ),
)
case(
    "fake-news-titles.csv",
    "pair-class",
    "id:I tid1:I tid2:I title1_zh:S title2_zh:S label:L",
    "label:class",
    rows(
        36,
        lambda i: {
            "id": i,
            "tid1": i // 2,
            "tid2": 900 + i,
            "title1_zh": CHINESE.question(i // 2),
            "title2_zh": CHINESE.paraphrase(i // 2 if i % 3 == 0 else i),
            "title1_en": SUPPORT.question(i // 2),
            "title2_en": SUPPORT.paraphrase(i // 2 if i % 3 == 0 else i),
            "label": ["agreed", "unrelated", "disagreed"][i % 3],
        },
    ),
    "which of the two languages is left out is open",
)
case(
    "stance-target.tsv",
    "pair-class|single-class",
    "ID:I Tweet:? Stance:L",
    "Stance:class",
    rows(
        36,
        lambda i: {
            "ID": 101 + i,
            "Target": ["Climate Change is a Real Concern", "Atheism", "Feminist Movement"][i % 3],
            "Tweet": f"{LAW.paraphrase(i)} #Vote{i % 5}",
            "Stance": ["FAVOR", "AGAINST", "NONE", "AGAINST"][i % 4],
        },
    ),
    "a target of few values is a class or a text",
)
case(
    "headline-stance.csv",
    "pair-class",
    "Headline:S articleBody:S Stance:L",
    "Stance:class",
    rows(
        30,
        lambda i: {
            "Headline": LAW.title(i),
            "articleBody": LAW.passage(i if i % 3 else i + 3, 5),
            "Stance": ["unrelated", "discuss", "agree", "disagree"][i % 3 + (i % 9 == 8)],
        },
    ),
)
case(
    "public-health-claims.tsv",
    "pair-class|single-class",
    "claim_id:I claim:? main_text:? label:L",
    "label:class",
    rows(
        24,
        lambda i: {
            "claim_id": 15661 + i,
            "claim": MEDICINE.sentence(i),
            "date_published": f"{['March', 'May'][i % 2]} {i + 1}, 2019",
            "explanation": MEDICINE.passage(i, 2, salt=3),
            "fact_checkers": ["Ann Lee", "B. Okafor"][i % 2],
            "main_text": MEDICINE.passage(i, 6, salt=4),
            "sources": "https://example.org/" + hexid(i),
            "label": ["true", "false", "mixture", "unproven"][i % 4],
            "subjects": "Health News, Diet",
        },
    ),
    "claim alone, or claim and evidence",
)
case(
    "claim-evidence.csv",
    "pair-class",
    "id:I evidence:S claim:S label:L",
    "label:class",
    rows(
        33,
        lambda i: {
            "id": i,
            "evidence": MEDICINE.passage(i, 4),
            "claim": MEDICINE.sentence(i if i % 3 else i + 10, 4),
            "label": ["Neutral", "Supports", "Refutes"][i % 3],
        },
    ),
)
case(
    "contract-clause.tsv",
    "single-class",
    "index:I text:T answer:L",
    "answer:binary|class",
    rows(26, lambda i: {"index": i, "text": LAW.passage(i, 3), "answer": ["Yes", "No"][i % 2]}),
)
case(
    "statute-ids.csv",
    "collection|single",
    "id:I question:?",
    "?",
    rows(
        24,
        lambda i: {
            "id": i,
            "category": ["Logement", "Travail"][i % 2],
            "subcategory": ["Location", "Contrat"][i % 2],
            "extra_description": "",
            "question": FRENCH.question(i),
            "article_ids": ",".join(str(rng(i, k).randrange(22000)) for k in range(i % 3 + 1)),
        },
    ),
    "articles stand as ids",
    refuse=True,
)
case(
    "health-instruct.json",
    "pair",
    "input:A output:P instruction:O",
    None,
    rows(
        24,
        lambda i: {
            "instruction": "If you are a doctor, please answer the medical questions based on "
            "the patient's description.",
            "input": MEDICINE.question(i),
            "output": MEDICINE.passage(i, 4),
        },
    ),
    whole=True,
)
case(
    "three-answers.csv",
    "pair",
    "input:A answer_doctor:P",
    None,
    rows(
        18,
        lambda i: {
            "input": MEDICINE.question(i),
            "answer_doctor": MEDICINE.passage(i, 3),
            "answer_chatgpt": MEDICINE.passage(i, 5, salt=1),
            "answer_local": MEDICINE.passage(i, 2, salt=2),
        },
    ),
    "three positives; an n-tuple would teach that two of them are wrong",
)
case(
    "medical-candidates.csv",
    "collection",
    "question_id:I pos_ans_id:O neg_ans_id:O",
    "?",
    rows(
        40,
        lambda i: {"question_id": 31800 + i // 4, "pos_ans_id": 90000 + i // 4, "neg_ans_id": rng(i).randrange(90000)},
    ),
    "ids only",
    refuse=True,
)
case(
    "code-search-judged.json",
    "labeled-pair",
    "doc:A code:P idx:I label:L",
    "label:binary",
    rows(
        30,
        lambda i: {
            "idx": f"cosqa-train-{i}",
            "doc": CODE.question(i),
            "code": CODE.passage(i if i % 2 else i + 10, 2),
            "code_tokens": "def handle ( value )",
            "docstring_tokens": CODE.question(i),
            "label": i % 2,
            "retrieval_idx": i * 3,
        },
    ),
    whole=True,
)
case(
    "code-pairs-negatives.parquet",
    "grouped|n-tuple-scores|n-tuple|labeled-list",
    "query:A document:P negatives:N",
    "?",
    rows(
        20,
        lambda i: {
            "query": CODE.question(i),
            "document": CODE.passage(i, 2),
            "metadata": {"objective": {"self": [], "paired": [], "triplet": [["query", "document", "negatives"]]}},
            "negatives": [CODE.hard(i, k, 2) for k in range(1, 6)],
            "negative_scores": [f"{0.7 - k / 10:.3f}" for k in range(5)],
            "document_score": f"{0.8 + i / 200:.3f}",
            "document_rank": "0",
        },
    ),
)
case(
    "coding-solutions.jsonl",
    "grouped|pair",
    "question:A solutions:P",
    None,
    rows(
        16,
        lambda i: {
            "problem_id": i,
            "question": "Write a program. " + CODE.paraphrase(i),
            "solutions": json.dumps([CODE.passage(i, 2, salt=k) for k in range(3)]),
            "difficulty": ["interview", "competition"][i % 2],
            "url": f"https://codes.example/{i}",
            "starter_code": "",
        },
    ),
)
case(
    "se-posts.csv",
    "pair",
    "Id:I Title:A Body:R AcceptedAnswerBody:P Tags:O Score:O",
    None,
    rows(
        24,
        lambda i: {
            "Id": 4_000_000 + i * 11,
            "Title": CODE.question(i).capitalize() + "?",
            "Body": f"<p>{CODE.paraphrase(i)}. I tried this:</p><pre>{CODE.passage(i + 20, 1)}</pre>",
            "Tags": "<python><list>",
            "AcceptedAnswerBody": f"<p>Use this.</p><pre>{CODE.passage(i, 2)}</pre>",
            "Score": rng(i).randrange(-2, 90),
            "ViewCount": rng(i, 2).randrange(9000),
        },
    ),
)
case(
    "se-duplicates.csv",
    "pair",
    {"Duplicate Title": "A", "Original Title": "P", "Post Link": "O"},
    None,
    rows(
        30,
        lambda i: {
            "Post Link": f"https://stackoverflow.com/q/{71234 + i}",
            "Duplicate Title": CODE.question(i),
            "Original Title": CODE.paraphrase(i),
        },
    ),
)
case(
    "se-preference.jsonl",
    "labeled-list|grouped|qa",
    "question:A answers:P qid:I date:O",
    "?",
    rows(
        16,
        lambda i: {
            "qid": i,
            "question": SUPPORT.question(i),
            "answers": [
                {
                    "answer_id": i * 10 + k,
                    "author": f"user{k}",
                    "author_id": k,
                    "pm_score": [5, 2, 0][k],
                    "selected": k == 0,
                    "text": [SUPPORT.passage(i), SUPPORT.hard(i), SUPPORT.far(i)][k],
                }
                for k in range(3)
            ],
            "date": "2016/02/15",
            "metadata": ["https://superuser.com/questions/" + str(i)],
        },
    ),
)
case(
    "upvote-preference.jsonl",
    "",
    {},
    "?",
    rows(
        20,
        lambda i: {
            "post_id": hexid(i, length=6),
            "domain": "askculinary_train",
            "upvote_ratio": 0.9,
            "history": ITALIAN.question(i),
            "c_root_id_A": hexid(i, "a", 7),
            "c_root_id_B": hexid(i, "b", 7),
            "human_ref_A": ITALIAN.passage(i),
            "human_ref_B": ITALIAN.passage(i, salt=3),
            "labels": i % 2,
            "seconds_difference": 400.0 * i,
            "score_A": 3 + i,
            "score_B": 9 + i * (i % 2),
            "score_ratio": 2.5,
        },
    ),
    "the label says which side is better",
    refuse=True,
)
case(
    "dpo-scores.jsonl",
    "triplet-scores|triplet|triplet-margin",
    "prompt:A chosen:P rejected:N",
    "?",
    rows(
        24,
        lambda i: {
            "system": "You are a helpful assistant.",
            "prompt": SUPPORT.question(i),
            "chosen": SUPPORT.passage(i, 4),
            "rejected": SUPPORT.passage(i, 2, salt=8),
            "chosen_score": [9.0, 8.5, 10.0][i % 3],
            "rejected_score": [4.0, 6.5, 3.0, 7.0][i % 4],
        },
    ),
)
case(
    "dpo-system.parquet",
    "triplet",
    "question:A chosen:P rejected:N system:O",
    None,
    rows(
        24,
        lambda i: {
            "system": ["You are an AI assistant.", "", "Think step by step."][i % 3],
            "question": LAW.question(i),
            "chosen": LAW.passage(i, 4),
            "rejected": LAW.hard(i, 1, 3),
        },
    ),
)
case(
    "transcripts.jsonl",
    "",
    {},
    "?",
    rows(
        16,
        lambda i: {
            "chosen": f"\n\nHuman: {SUPPORT.question(i)}\n\nAssistant: {SUPPORT.passage(i)}",
            "rejected": f"\n\nHuman: {SUPPORT.question(i)}\n\nAssistant: {SUPPORT.far(i)}",
        },
    ),
    "no question of its own; any reading should be unsure",
    refuse=True,
)
case(
    "helpfulness.jsonl",
    "graded-pair|pair-score",
    "prompt:A response:P",
    "?",
    rows(
        32,
        lambda i: {
            "prompt": judged(SUPPORT, i)[0],
            "response": judged(SUPPORT, i)[1],
            "helpfulness": judged(SUPPORT, i)[2] + 1,
            "correctness": judged(SUPPORT, i)[2],
            "coherence": 4 - i % 2,
            "complexity": i % 3,
            "verbosity": i * 5 % 4,
        },
    ),
)
case(
    "kto.jsonl",
    "labeled-pair",
    "prompt:A completion:P label:L",
    "label:binary",
    rows(
        28,
        lambda i: {
            "prompt": SUPPORT.question(i),
            "completion": SUPPORT.passage(i) if i % 2 else SUPPORT.far(i),
            "label": bool(i % 2),
        },
    ),
)
case(
    "ranked-answers.jsonl",
    "labeled-list|grouped",
    "prompt:A answers:P",
    "?",
    rows(
        14,
        lambda i: {
            "prompt": SPANISH.question(i),
            "answers": [
                {
                    "answer": [SPANISH.passage(i), SPANISH.hard(i), SPANISH.hard(i, 2), SPANISH.far(i)][k],
                    "model": ["gpt-4", "llama", "vicuna", "alpaca"][(i + k) % 4],
                    "rank": float(k + 1),
                }
                for k in range(4)
            ],
            "turns": 1,
            "num_responses": 4,
            "source": ["lmsys"],
        },
    ),
)
case(
    "bench-chosen.parquet",
    "triplet",
    "prompt:A chosen:P rejected:N id:I subset:O",
    None,
    rows(
        24,
        lambda i: {
            "prompt": SCIENCE.question(i),
            "chosen": SCIENCE.passage(i),
            "chosen_model": ["gpt-4", "human"][i % 2],
            "rejected": SCIENCE.far(i),
            "rejected_model": ["llama", "gpt-3.5"][i // 2 % 2],
            "subset": ["math-prm", "hep-python"][i % 2],
            "id": i,
        },
    ),
)
case(
    "instruct-input.json",
    "pair",
    "instruction:A input:R output:P",
    None,
    rows(
        28,
        lambda i: {
            "instruction": SUPPORT.question(i),
            "input": "" if i % 3 else SUPPORT.slots(i)[0],
            "output": SUPPORT.passage(i),
        },
    ),
    whole=True,
)
case(
    "dolly-german.jsonl",
    "pair|qa",
    "instruction:A response:P category:O",
    None,
    rows(
        28,
        lambda i: {
            "instruction": GERMAN.question(i),
            "context": GERMAN.passage(i, 4) if i % 3 == 0 else "",
            "response": GERMAN.passage(i, 2, salt=3),
            "category": ["open_qa", "closed_qa", "creative_writing"][i % 3],
        },
    ),
)
case(
    "collection-inputs.jsonl",
    "pair",
    "inputs:A targets:P task_name:O template_type:O",
    None,
    rows(
        28,
        lambda i: {
            "inputs": LAW.question(i),
            "targets": LAW.passage(i, 2),
            "task_source": "Flan2021",
            "task_name": ["natural_questions_open:10.0.0", "trivia_qa"][i % 2],
            "template_type": ["zs_opt", "fs_noopt"][i % 2],
        },
    ),
)
case(
    "sharegpt.json",
    "",
    {},
    "?",
    rows(
        12,
        lambda i: {
            "id": hexid(i, length=7) + "_0",
            "conversations": [
                {"from": "human", "value": SUPPORT.question(i)},
                {"from": "gpt", "value": SUPPORT.passage(i)},
                {"from": "human", "value": "Thanks, and then?"},
                {"from": "gpt", "value": SUPPORT.far(i)},
            ],
        },
    ),
    "chat logs",
    refuse=True,
    whole=True,
)
case(
    "chat-finetune.jsonl",
    "",
    {},
    "?",
    rows(
        12,
        lambda i: {
            "messages": [
                {"role": "system", "content": "Answer politely."},
                {"role": "user", "content": DUTCH.question(i)},
                {"role": "assistant", "content": DUTCH.passage(i)},
            ]
        },
    ),
    "chat logs",
    refuse=True,
)

# -- texts that a language model wrote ---------------------------------------------------------------------------------

case(
    "synthetic-retrieval.jsonl",
    "triplet",
    "task:O user_query:A positive_document:P hard_negative_document:N",
    None,
    rows(
        22,
        lambda i: {
            "task": [
                "Find opinions of consumers on a product.",
                "Retrieve statutes that answer a question.",
                "Find instructions.",
            ][i % 3],
            "user_query": LAW.question(i),
            "positive_document": LAW.passage(i, 4),
            "hard_negative_document": LAW.hard(i, 2, 4),
        },
    ),
)
case(
    "synthetic-sts.jsonl",
    "triplet",
    "S1:A S2:P S3:N",
    None,
    rows(30, lambda i: {"S1": DUTCH.question(i), "S2": DUTCH.paraphrase(i), "S3": DUTCH.paraphrase(i + 10)}),
)
case(
    "synthetic-classes.jsonl",
    "triplet",
    "input_text:A label:P misleading_label:N",
    None,
    rows(
        24,
        lambda i: {
            "task": "Sort the request by what the customer wants.",
            "input_text": SUPPORT.passage(i, 3),
            "label": f"wants to {SUPPORT.slots(i)[1]} {SUPPORT.slots(i)[0]}",
            "misleading_label": f"wants to {SUPPORT.slots(i + 10)[1]} {SUPPORT.slots(i + 10)[0]}",
        },
    ),
    "the label is the positive text",
)
case(
    "synthetic-reasoned.json",
    "grouped|n-tuple",
    "query:A positive:P hard_negatives:N reasoning:O difficulty:O",
    None,
    rows(
        18,
        lambda i: {
            "query": SCIENCE.question(i),
            "positive": SCIENCE.passage(i, 3),
            "hard_negatives": [SCIENCE.hard(i, k) for k in (1, 2, 3)],
            "reasoning": f"The positive explains it, the negatives only mention {SCIENCE.slots(i)[0]}.",
            "difficulty": ["hard", "medium", "easy"][i % 3],
        },
    ),
    whole=True,
)
case(
    "nemo-retriever.json",
    "collection",
    {},
    "?",
    {
        "corpus": {"path": "/data/corpus/"},
        "data": rows(
            18,
            lambda i: {
                "question_id": f"q{i}",
                "question": SUPPORT.question(i),
                "corpus": "support",
                "pos_doc": [{"id": f"d{i * 4}"}],
                "neg_doc": [{"id": f"d{i * 4 + k}"} for k in range(1, 5)],
            },
        ),
    },
    "documents stand as ids",
    refuse=True,
    raw=True,
)
case(
    "pos-neg-doc.jsonl",
    "grouped",
    "question:A pos_doc:P neg_doc:N question_id:I",
    "?",
    rows(
        18,
        lambda i: {
            "question_id": f"q{i}",
            "question": SUPPORT.question(i),
            "pos_doc": [SUPPORT.passage(i)],
            "neg_doc": [SUPPORT.hard(i, k) for k in (1, 2, 3, 4)],
            "pos_score": [0.9],
            "neg_score": [0.4, 0.3, 0.2, 0.1],
        },
    ),
)
case(
    "simlm-train.jsonl",
    "collection",
    "query_id:I query:A",
    "?",
    rows(
        18,
        lambda i: {
            "query_id": f"{121352 + i}",
            "query": SCIENCE.question(i),
            "positives": {"doc_id": [f"{i * 977}"], "score": [1.0]},
            "negatives": {
                "doc_id": [str(rng(i, k).randrange(10**6)) for k in range(6)],
                "score": [round(9 - k / 3, 3) for k in range(6)],
            },
        },
    ),
    "documents stand as ids",
)
case(
    "qwen-chinese.jsonl",
    "grouped",
    "id:I query:A pos:P neg:N",
    None,
    rows(
        20,
        lambda i: {
            "id": hexid(i, length=32),
            "query": CHINESE.question(i),
            "pos": [CHINESE.passage(i), CHINESE.passage(i, salt=7)][: 1 + i % 2],
            "neg": [CHINESE.hard(i, k) for k in range(1, 4 + i % 2)],
        },
    ),
)
case(
    "positives-only.jsonl",
    "grouped|pair|collection",
    "query:A positive_passages:P query_id:I",
    None,
    rows(
        20,
        lambda i: {
            "query_id": str(i),
            "query": KOREAN.question(i),
            "positive_passages": [{"docid": f"k{i}#0", "title": KOREAN.title(i), "text": KOREAN.passage(i)}],
            "negative_passages": [],
        },
    ),
)
case(
    "dpr-two-lists.json",
    "grouped",
    "question:A positive_ctxs:P hard_negative_ctxs:N negative_ctxs:N",
    "?",
    rows(
        16,
        lambda i: {
            "dataset": "nq_train_psgs_w100",
            "question": SCIENCE.question(i),
            "answers": [SCIENCE.slots(i)[1]],
            "positive_ctxs": [
                {
                    "title": SCIENCE.title(i),
                    "text": SCIENCE.passage(i, 4),
                    "score": 1000,
                    "title_score": 1,
                    "passage_id": str(i),
                }
            ],
            "negative_ctxs": [
                {
                    "title": SCIENCE.title(i + 4),
                    "text": SCIENCE.far(i, k),
                    "score": 0,
                    "title_score": 0,
                    "passage_id": str(i * 9 + k),
                }
                for k in (1, 2)
            ],
            "hard_negative_ctxs": [
                {
                    "title": SCIENCE.title(i + 10),
                    "text": SCIENCE.hard(i, k),
                    "score": 14.3,
                    "title_score": 0,
                    "passage_id": str(i * 99 + k),
                }
                for k in (1, 2)
            ],
        },
    ),
    "two lists of negatives",
    whole=True,
)
case(
    "ctxs-only.jsonl",
    "grouped|pair",
    "question:A positive_ctxs:P",
    None,
    rows(
        18,
        lambda i: {
            "question": LAW.question(i),
            "positive_ctxs": [
                {"title": LAW.title(i), "text": LAW.passage(i)},
                {"title": LAW.title(i), "text": LAW.passage(i, salt=4)},
            ],
        },
    ),
)

# -- sentence-transformers on the hub ----------------------------------------------------------------------------------

case(
    "parallel-talks.parquet",
    "pair",
    "english:A non_english:P",
    None,
    rows(30, lambda i: {"english": SUPPORT.sentence(i), "non_english": GERMAN.sentence(i)}),
)
case(
    "captions.parquet",
    "pair",
    "caption1:A caption2:P",
    None,
    rows(
        30, lambda i: {"caption1": NLI["en"].pair(i)[0], "caption2": NLI["en"].pair(i)[0].replace(" is ", " was seen ")}
    ),
)
case(
    "abstract-citation.parquet",
    "pair",
    "abstract:A citation:P",
    None,
    rows(20, lambda i: {"abstract": SCIENCE.passage(i, 5), "citation": SCIENCE.passage(i, 5, salt=6)}),
)
case(
    "margin-list.parquet",
    "triplet-scores",
    "query:A positive:P negative:N score:L",
    "score:scores",
    rows(
        26,
        lambda i: {
            "query": MEDICINE.question(i),
            "positive": MEDICINE.passage(i),
            "negative": MEDICINE.hard(i),
            "score": [round(9 + rng(i).random(), 3), round(rng(i, 1).uniform(-6, 5), 3)],
        },
    ),
)
case(
    "margin-float.parquet",
    "triplet-margin",
    "query:A positive:P negative:N score:L",
    "score:margin",
    rows(
        26,
        lambda i: {
            "query": MEDICINE.question(i),
            "positive": MEDICINE.passage(i),
            "negative": MEDICINE.hard(i),
            "score": round(rng(i).uniform(-2.5, 15), 4),
        },
    ),
)
case(
    "triplet-ids.parquet",
    "collection",
    "query:O positive:O negative:O",
    "?",
    rows(
        30,
        lambda i: {
            "query": 300674 + i,
            "positive": rng(i).randrange(8 * 10**6),
            "negative": rng(i, 1).randrange(8 * 10**6),
        },
    ),
    "ids only",
    refuse=True,
)
case(
    "labelled-ids.parquet",
    "collection",
    "query_id:I doc_ids:O",
    "?",
    rows(
        20,
        lambda i: {
            "query_id": f"{i * 7}",
            "doc_ids": [f"{rng(i, k).randrange(10**6)}" for k in range(10)],
            "labels": [1] + [0] * 9,
        },
    ),
    "ids only",
    refuse=True,
)
case(
    "five-negatives.parquet",
    "n-tuple",
    "anchor:A positive:P negative_1:N negative_5:N",
    None,
    rows(
        20,
        lambda i: {
            "anchor": KOREAN.question(i),
            "positive": KOREAN.passage(i),
            **{f"negative_{k}": KOREAN.hard(i, k) for k in range(1, 6)},
        },
    ),
)
case(
    "qa-judged-hub.parquet",
    "labeled-pair",
    "question:A answer:P label:L",
    "label:binary",
    rows(
        36,
        lambda i: {
            "question": SUPPORT.question(i // 3),
            "answer": [SUPPORT.passage(i // 3), SUPPORT.hard(i // 3), SUPPORT.far(i // 3)][i % 3],
            "label": int(i % 3 == 0),
        },
    ),
)
case(
    "news-summary.parquet",
    "pair",
    "article:? summary:?",
    None,
    rows(20, lambda i: {"article": LAW.passage(i, 6), "summary": LAW.sentence(i, 5)}),
)
case(
    "wiki-simple.parquet",
    "pair",
    "text:A simplified:P",
    None,
    rows(24, lambda i: {"text": SCIENCE.passage(i, 2), "simplified": SCIENCE.sentence(i, 2)}),
)
case(
    "paper-titles.parquet",
    "triplet",
    "anchor:A positive:P negative:N",
    None,
    rows(
        30,
        lambda i: {
            "anchor": SCIENCE.title(i),
            "positive": SCIENCE.paraphrase(i),
            "negative": SCIENCE.paraphrase(i + 3),
        },
    ),
)
case(
    "teacher-vectors.parquet",
    "text-embedding",
    "english:? non_english:? label:L",
    "label:embedding",
    rows(
        20,
        lambda i: {
            "english": SUPPORT.sentence(i),
            "non_english": FRENCH.sentence(i),
            "label": [round(rng(i, k).gauss(0, 0.2), 5) for k in range(32)],
        },
    ),
)
case(
    "squad-titles.parquet",
    "pair",
    "question:A answer:P",
    None,
    rows(28, lambda i: {"question": SCIENCE.question(i), "answer": SCIENCE.passage(i, 3)}),
)

# -- task files of MTEB and its kin ------------------------------------------------------------------------------------

case(
    "crosslingual-sts.jsonl",
    "pair-score",
    "sentence1:S sentence2:S score:L lang:O",
    "score:score",
    rows(
        36,
        lambda i: {
            "sentence1": similar(SPANISH, i)[0],
            "sentence2": similar(SPANISH, i)[1],
            "score": round(similar(SPANISH, i)[2] * 5, 2),
            "lang": "es-es",
        },
    ),
)
case(
    "pair-classification-wide.json",
    "labeled-pair|pair-class",
    {},
    "?",
    [
        {
            "sentence1": [duo(FRENCH, i)[0] for i in range(40)],
            "sentence2": [duo(FRENCH, i)[1] for i in range(40)],
            "labels": [duo(FRENCH, i)[2] for i in range(40)],
        }
    ],
    "one row holds the whole split, column by column",
    refuse=True,
)
case(
    "pair-classification.parquet",
    "labeled-pair|pair-class",
    "sentence1:S sentence2:S labels:L",
    "labels:binary|class",
    rows(36, lambda i: dict(zip(("sentence1", "sentence2", "labels"), duo(RUSSIAN, i), strict=True))),
)
case(
    "reranking-task.jsonl",
    "grouped",
    "query:A positive:P negative:N",
    None,
    rows(
        16,
        lambda i: {
            "query": JAPANESE.question(i),
            "positive": [JAPANESE.paraphrase(i)],
            "negative": [JAPANESE.paraphrase(i + k) for k in (10, 20, 3, 4, 5)],
        },
    ),
)
case(
    "bitext.parquet",
    "pair",
    "sentence1:A sentence2:P lang:O",
    None,
    rows(30, lambda i: {"sentence1": GERMAN.sentence(i), "sentence2": SUPPORT.sentence(i), "lang": "de-en"}),
)
case(
    "bitext-codes.tsv",
    "pair",
    "deu_Latn:A rus_Cyrl:P",
    None,
    rows(30, lambda i: {"deu_Latn": GERMAN.sentence(i), "rus_Cyrl": RUSSIAN.sentence(i)}),
)
case(
    "bitext-five.csv",
    "pair",
    "id:I domain:O eng_Latn:?",
    None,
    rows(
        24,
        lambda i: {
            "id": i + 1,
            "domain": ["wikinews", "wikivoyage"][i % 2],
            "eng_Latn": SUPPORT.sentence(i),
            "fra_Latn": FRENCH.sentence(i),
            "spa_Latn": SPANISH.sentence(i),
            "jpn_Jpan": JAPANESE.sentence(i),
            "arb_Arab": ARABIC.sentence(i),
        },
    ),
    "five translations: some two of them are a pair",
)
case(
    "clustering-wide.jsonl",
    "single-class",
    "sentences:T labels:L",
    "?",
    rows(
        8,
        lambda i: {
            "sentences": [SCIENCE.title(i * 12 + k) for k in range(12)],
            "labels": [["physics", "biology", "geology"][k % 3] for k in range(12)],
        },
    ),
    "lists of texts with a class each",
)
case(
    "clustering-flat.parquet",
    "single-class",
    "sentences:T labels:L",
    "labels:class",
    rows(
        40, lambda i: {"sentences": SCIENCE.title(i), "labels": ["physics", "biology", "geology", "maths"][i % 10 % 4]}
    ),
)
case(
    "summary-scores.jsonl",
    "labeled-list",
    "text:A machine_summaries:D relevance:L",
    "relevance:labels|scores",
    rows(
        10,
        lambda i: {
            "machine_summaries": [LAW.sentence(i + (k > 2) * 3, k) for k in range(6)],
            "human_summaries": [LAW.sentence(i, 20 + k) for k in range(4)],
            "relevance": [round(4.7 - k * 0.6, 2) for k in range(6)],
            "coherence": [round(4 - k * 0.3, 2) for k in range(6)],
            "text": LAW.passage(i, 6),
            "id": f"cnn-test-{hexid(i, length=10)}",
        },
    ),
)
case(
    "multilabel.jsonl",
    "single|single-class",
    "text:T",
    "?",
    rows(28, lambda i: {"text": RUSSIAN.sentence(i), "label": sorted({i % 5, i * 3 % 7})}),
    "several classes a text; no loss takes them",
)

# -- help desks and shops ----------------------------------------------------------------------------------------------

case(
    "help-articles.csv",
    "pair|single",
    "article_id:I title:? body:? locale:O updated_at:O html_url:O",
    None,
    rows(
        24,
        lambda i: {
            "article_id": 360001 + i,
            "title": SUPPORT.question(i),
            "body": f"<p>{SUPPORT.passage(i, 4)}</p>",
            "section": ["Account", "Billing"][i % 2],
            "locale": "en-us",
            "vote_sum": i % 7,
            "updated_at": stamp(i),
            "html_url": f"https://help.example.com/hc/{i}",
        },
    ),
)
case(
    "help-tickets.csv",
    "pair",
    {"Ticket ID": "I", "Subject": "A", "Description": "R", "Agent reply": "P", "Status": "O", "Requester": "O"},
    None,
    rows(
        26,
        lambda i: {
            "Ticket ID": 88100 + i,
            "Subject": SUPPORT.title(i),
            "Description": SUPPORT.paraphrase(i) + " It is urgent.",
            "Status": ["Solved", "Closed"][i % 2],
            "Priority": ["Low", "High", "Normal"][i % 3],
            "Requester": f"user{i}@mail.example",
            "Created at": stamp(i),
            "Agent reply": "Hello, " + SUPPORT.passage(i, 2),
        },
    ),
)
case(
    "shop-products.csv",
    "pair|single|single-class",
    {"Handle": "I", "Title": "?", "Body (HTML)": "?", "Variant SKU": "I", "Published": "O", "Variant Price": "O"},
    "?",
    rows(
        30,
        lambda i: {
            "Handle": SHOP.slots(i)[0].replace(" ", "-") + f"-{i}",
            "Title": SHOP.passage(i, 1),
            "Body (HTML)": f"<p>{SHOP.passage(i, 4)}</p>",
            "Vendor": ["Nordhaus", "Acme"][i % 2],
            "Type": SHOP.slots(i)[0].split()[-1].title(),
            "Tags": "sale, new",
            "Published": "TRUE",
            "Variant SKU": f"NH-{i:05d}",
            "Variant Price": f"{19.9 + i:.2f}",
        },
    ),
)
case(
    "shop-faq.csv",
    "pair",
    "Question:A Answer:P Category:O Position:O",
    None,
    rows(
        22,
        lambda i: {
            "Question": SHOP.question(i).capitalize() + "?",
            "Answer": SHOP.passage(i, 2),
            "Category": ["Shipping", "Products"][i % 2],
            "Position": i + 1,
        },
    ),
)
case(
    "faq-france.csv",
    "pair",
    {"Intitulé": "A", "Réponse type": "P", "Thème": "O"},
    None,
    rows(
        24,
        lambda i: {
            "Thème": ["Papiers", "Impôts"][i % 2],
            "Intitulé": FRENCH.question(i),
            "Réponse type": FRENCH.passage(i),
        },
    ),
    sep=";",
)
case(
    "star-glyphs.csv",
    "single-class",
    "Review:T Stars:L",
    "Stars:class|grade|score",
    rows(30, lambda i: {"Review": SHOP.passage(i, 2), "Stars": "★" * (i * 3 % 5 + 1) + "☆" * (4 - i * 3 % 5)}),
)
case(
    "star-words.csv",
    "single-class",
    "Title:TT Comment:T Rating:L",
    "Rating:class|grade|score",
    rows(
        30,
        lambda i: {
            "Title": SHOP.keywords(i),
            "Comment": SHOP.passage(i, 3),
            "Rating": f"{i * 3 % 5 + 1} stars" if i * 3 % 5 else "1 star",
        },
    ),
)
case(
    "étoiles.csv",
    "pair-score|graded-pair",
    "question:A réponse:P note:L",
    "note:score|grade",
    rows(
        32,
        lambda i: {
            "question": judged(FRENCH, i)[0],
            "réponse": judged(FRENCH, i)[1],
            "note": f"{judged(FRENCH, i)[2] + 1} étoiles",
        },
    ),
)
case(
    "review-replies.csv",
    "pair|single-class",
    "Review:? Reply:?",
    "?",
    rows(
        26,
        lambda i: {
            "Date": stamp(i)[:10],
            "Rating": i % 5 + 1,
            "Review": SPANISH.passage(i, 2),
            "Reply": "Gracias. " + SPANISH.sentence(i, 4),
        },
    ),
)
case(
    "form-answers.csv",
    "graded-pair|pair-score",
    {"Timestamp": "O", "Query": "A", "Result": "P", "How relevant is this result? (1-5)": "L"},
    "How relevant is this result? (1-5):grade|score",
    rows(
        32,
        lambda i: {
            "Timestamp": f"5/{i % 28 + 1}/2024 14:0{i % 10}:11",
            "Query": judged(SUPPORT, i)[0],
            "Result": judged(SUPPORT, i)[1],
            "How relevant is this result? (1-5)": judged(SUPPORT, i)[2] + 1 + (i % 8 == 0),
        },
    ),
)

# -- tools for annotators ----------------------------------------------------------------------------------------------

case(
    "label-studio.csv",
    "labeled-pair|pair-class",
    "text1:S text2:S choice:L annotator:O lead_time:O id:I",
    "choice:binary|class",
    rows(
        30,
        lambda i: {
            "id": i + 1,
            "text1": duo(SUPPORT, i)[0],
            "text2": duo(SUPPORT, i)[1],
            "choice": ["Different", "Same"][duo(SUPPORT, i)[2]],
            "annotator": i % 3 + 1,
            "annotation_id": 900 + i,
            "created_at": stamp(i),
            "updated_at": stamp(i + 1),
            "lead_time": 3.2 + i / 7,
        },
    ),
)
case(
    "label-studio-min.json",
    "single-class",
    "text:T sentiment:L annotator:O lead_time:O id:I",
    "sentiment:class|binary",
    rows(
        30,
        lambda i: {
            "text": PORTUGUESE.sentence(i),
            "id": i + 1,
            "sentiment": ["Positive", "Neutral", "Negative"][i % 3],
            "annotator": i % 2 + 1,
            "annotation_id": i + 100,
            "created_at": stamp(i),
            "updated_at": stamp(i),
            "lead_time": 2.5 + i / 9,
        },
    ),
    whole=True,
)
case(
    "label-studio-full.json",
    "single-class",
    {},
    "?",
    rows(
        20,
        lambda i: {
            "id": i,
            "annotations": [
                {
                    "id": 70 + i,
                    "completed_by": 1,
                    "result": [
                        {
                            "value": {"choices": [["Bug", "Question", "Praise"][i % 3]]},
                            "id": hexid(i, length=10),
                            "from_name": "kind",
                            "to_name": "text",
                            "type": "choices",
                        }
                    ],
                    "was_cancelled": False,
                    "lead_time": 4.2,
                }
            ],
            "predictions": [],
            "data": {"text": SUPPORT.passage(i, 2)},
            "created_at": stamp(i),
            "project": 3,
        },
    ),
    "the class lies four levels deep",
    refuse=True,
    whole=True,
)
case(
    "prodigy-accept.jsonl",
    "labeled-pair",
    "text1:S text2:S answer:L _input_hash:I _task_hash:I",
    "answer:binary|class",
    rows(
        30,
        lambda i: {
            "text1": duo(POLISH, i)[0],
            "text2": duo(POLISH, i)[1],
            "_input_hash": rng(i).randrange(-(2**31), 2**31),
            "_task_hash": rng(i, 1).randrange(-(2**31), 2**31),
            "_view_id": "html",
            "answer": ["reject", "accept"][duo(POLISH, i)[2]],
            "_timestamp": 1714000000 + i,
        },
    ),
)
case(
    "prodigy-textcat.jsonl",
    "single-class",
    "text:T label:L answer:LL",
    "?",
    rows(
        30,
        lambda i: {
            "text": SUPPORT.passage(i, 2),
            "meta": {"source": "GitHub"},
            "label": ["BUG", "DOCS", "FEATURE"][i % 3],
            "_input_hash": rng(i).randrange(2**31),
            "_task_hash": rng(i, 1).randrange(2**31),
            "answer": ["accept", "accept", "accept", "reject"][i % 4],
        },
    ),
)
case(
    "argilla-similarity.csv",
    "pair-score|graded-pair|pair-class",
    {"sentence-1": "S", "sentence-2": "S", "similarity": "L", "id": "I", "status": "O"},
    "similarity:score|grade|class",
    rows(
        30,
        lambda i: {
            "id": hexid(i, length=32),
            "status": "completed",
            "sentence-1": similar(PORTUGUESE, i)[0],
            "sentence-2": similar(PORTUGUESE, i)[1],
            "similarity": round(similar(PORTUGUESE, i)[2] * 6) + 1,
            "similarity.suggestion.agent": "mpnet",
        },
    ),
)
case(
    "argilla-records.json",
    "single-class",
    {},
    "?",
    rows(
        24,
        lambda i: {
            "id": hexid(i, length=32),
            "status": "completed",
            "fields": {"text": ITALIAN.sentence(i)},
            "metadata": {"split": "train"},
            "suggestions": {},
            "responses": {"label": [{"value": ["dolce", "salato"][i % 2], "user_id": hexid(1), "status": "submitted"}]},
            "vectors": {},
        },
    ),
    "the class lies three levels deep",
    whole=True,
)
case(
    "doccano.jsonl",
    "single-class",
    "id:I text:T label:L",
    "label:class|binary",
    rows(30, lambda i: {"id": 500 + i, "text": JAPANESE.sentence(i), "label": [["肯定", "否定", "中立"][i % 3]]}),
)
case(
    "ground-truth.jsonl",
    "single-class",
    "source:T intent:L",
    "intent:class",
    rows(
        28,
        lambda i: {
            "source": SUPPORT.question(i),
            "intent": i % 4,
            "intent-metadata": {
                "class-name": ["a", "b", "c", "d"][i % 4],
                "confidence": 0.7 + i % 3 / 10,
                "human-annotated": "yes",
                "creation-date": stamp(i),
                "type": "groundtruth/text-classification",
            },
        },
    ),
)
case(
    "turk-batch.csv",
    "pair-score|graded-pair|pair-class",
    {"HITId": "I", "WorkerId": "O", "Input.sentence1": "S", "Input.sentence2": "S", "Answer.similarity": "L"},
    "Answer.similarity:score|grade|class",
    rows(
        32,
        lambda i: {
            "HITId": hexid(i, length=30).upper(),
            "WorkerId": f"A{hexid(i % 4, length=12).upper()}",
            "WorkTimeInSeconds": 20 + i,
            "Input.sentence1": similar(SUPPORT, i)[0],
            "Input.sentence2": similar(SUPPORT, i)[1],
            "Answer.similarity": round(similar(SUPPORT, i)[2] * 5),
        },
    ),
)
case(
    "three-annotators.csv",
    "labeled-pair|pair-class",
    "q1:S q2:S majority:L",
    "majority:binary|class",
    rows(
        30,
        lambda i: {
            "q1": duo(MEDICINE, i)[0],
            "q2": duo(MEDICINE, i)[1],
            "annotator_a": duo(MEDICINE, i)[2],
            "annotator_b": int(duo(MEDICINE, i)[2] ^ (i % 7 == 0)),
            "annotator_c": int(duo(MEDICINE, i)[2] ^ (i % 5 == 0)),
            "majority": duo(MEDICINE, i)[2],
        },
    ),
)

# -- inference in many languages ---------------------------------------------------------------------------------------


def nli(language: str, n: int, words: list[Any], names: list[str]) -> list[dict[str, Any]]:
    return [
        dict(zip(names, (first, second, words[verdict]), strict=True))
        for first, second, verdict in (NLI[language].pair(i) for i in range(n))
    ]


case(
    "nli-de.csv",
    "pair-class",
    {"Prämisse": "S", "Hypothese": "S", "Urteil": "L"},
    "Urteil:class",
    nli("de", 36, ["Folgerung", "neutral", "Widerspruch"], ["Prämisse", "Hypothese", "Urteil"]),
    sep=";",
)
case(
    "nli-fr.tsv",
    "pair-class",
    {"prémisse": "S", "hypothèse": "S", "étiquette": "L"},
    "étiquette:class",
    nli("fr", 36, ["implication", "neutre", "contradiction"], ["prémisse", "hypothèse", "étiquette"]),
)
case(
    "nli-es.jsonl",
    "pair-class",
    "oracion1:S oracion2:S etiqueta:L",
    "etiqueta:class",
    nli("es", 36, ["implicación", "neutral", "contradicción"], ["oracion1", "oracion2", "etiqueta"]),
)
case(
    "nli-ru.parquet",
    "pair-class",
    "premise:S hypothesis:S label:L",
    "label:class",
    nli("ru", 36, ["следует", "нейтрально", "противоречит"], ["premise", "hypothesis", "label"]),
)
case(
    "nli-zh.json",
    "pair-class",
    "前提:S 假设:S 标签:L",
    "标签:class",
    nli("zh", 36, ["蕴含", "中立", "矛盾"], ["前提", "假设", "标签"]),
    whole=True,
)
case(
    "nli-tr.tsv",
    "pair-class",
    "column_1:S column_2:S column_3:L",
    "column_3:class",
    [list(row.values()) for row in nli("tr", 36, [0, 1, 2], ["a", "b", "c"])],
    header=False,
)
case(
    "nli-ar.csv",
    "pair-class",
    "column_1:L column_2:S column_3:S",
    "column_1:class",
    [[c, a, b] for a, b, c in (row.values() for row in nli("ar", 36, ["استلزام", "محايد", "تناقض"], ["a", "b", "c"]))],
    header=False,
)
case(
    "nli-hi.jsonl",
    "pair-class",
    "premise:S hypothesis:S label:L",
    "label:class",
    nli("hi", 36, ["e", "n", "c"], ["premise", "hypothesis", "label"]),
)
case(
    "nli-ko.tsv",
    "pair-class",
    "sentence1:S sentence2:S gold_label:L",
    "gold_label:class",
    nli("ko", 36, ["entailment", "neutral", "contradiction"], ["sentence1", "sentence2", "gold_label"]),
)
case(
    "nli-ja.csv",
    "pair-class",
    "前提:S 仮説:S ラベル:L",
    "ラベル:class",
    nli("ja", 36, ["含意", "中立", "矛盾"], ["前提", "仮説", "ラベル"]),
)
case(
    "nli-pl.tsv",
    "pair-class",
    "pair_ID:I sentence_A:S sentence_B:S entailment_judgment:L",
    "entailment_judgment:class",
    [
        {"pair_ID": i + 1, **row}
        for i, row in enumerate(
            nli(
                "pl",
                36,
                ["ENTAILMENT", "NEUTRAL", "CONTRADICTION"],
                ["sentence_A", "sentence_B", "entailment_judgment"],
            )
        )
    ],
)

# -- what people do to their files -------------------------------------------------------------------------------------

case(
    "index-column.csv",
    "triplet",
    {"a": "A", "p": "P", "n": "N"},
    None,
    rows(28, lambda i: {"": i, "a": GERMAN.question(i), "p": GERMAN.passage(i), "n": GERMAN.hard(i)}),
    "short names and a pandas index",
    index=True,
)
case(
    "orient-index.json",
    "pair-score",
    "sentence1:S sentence2:S score:L",
    "score:score",
    {str(i): dict(zip(("sentence1", "sentence2", "score"), similar(DUTCH, i), strict=True)) for i in range(30)},
    "pandas, orient=index",
    raw=True,
)
case(
    "orient-split.json",
    "labeled-pair",
    "question:A passage:P relevant:L",
    "relevant:binary",
    {
        "columns": ["question", "passage", "relevant"],
        "index": list(range(28)),
        "data": [[POLISH.question(i), POLISH.passage(i) if i % 2 else POLISH.hard(i), i % 2] for i in range(28)],
    },
    "pandas, orient=split",
    raw=True,
)
case(
    "orient-columns.json",
    "triplet",
    "query:A pos:P neg:N",
    None,
    {
        "query": {str(i): SPANISH.question(i) for i in range(26)},
        "pos": {str(i): SPANISH.passage(i) for i in range(26)},
        "neg": {str(i): SPANISH.hard(i) for i in range(26)},
    },
    "pandas, orient=columns",
    raw=True,
)
case(
    "data-key.json",
    "pair",
    "frage:A antwort:P",
    None,
    {"version": "1.2", "data": rows(24, lambda i: {"frage": GERMAN.question(i), "antwort": GERMAN.passage(i)})},
    "rows under one key",
    raw=True,
)
case(
    "decimal-comma.csv",
    "pair-score",
    {"Satz A": "S", "Satz B": "S", "Ähnlichkeit": "L"},
    "Ähnlichkeit:score",
    rows(
        32,
        lambda i: {
            "Satz A": similar(GERMAN, i)[0],
            "Satz B": similar(GERMAN, i)[1],
            "Ähnlichkeit": f"{similar(GERMAN, i)[2]:.2f}".replace(".", ","),
        },
    ),
    sep=";",
)
case(
    "upper-case-bom.csv",
    "labeled-pair",
    "QUERY:A DOKUMENT:P RELEVANT:L",
    "RELEVANT:binary",
    rows(
        30,
        lambda i: {
            "QUERY": GERMAN.question(i),
            "DOKUMENT": GERMAN.passage(i) if i % 2 else GERMAN.far(i),
            "RELEVANT": ["NEIN", "JA"][i % 2],
        },
    ),
    sep=";",
    encoding="utf-8-sig",
)
case(
    "report-above.csv",
    "labeled-pair",
    "query:A passage:P relevant:L",
    "relevant:binary",
    rows(
        28,
        lambda i: {
            "query": SUPPORT.question(i),
            "passage": SUPPORT.passage(i) if i % 3 == 0 else SUPPORT.far(i),
            "relevant": int(i % 3 == 0),
        },
    ),
    "two report lines and an empty one above the header",
    above=["Relevance export", "Generated 2024-05-01 by search-team", ""],
)
case(
    "report-above-wide.tsv",
    "pair-score",
    "text_a:S text_b:S similarity:L",
    "similarity:score",
    rows(28, lambda i: dict(zip(("text_a", "text_b", "similarity"), similar(ITALIAN, i), strict=True))),
    "comment lines above the header",
    above=["# project: recipes", "# rater: 3"],
)
case(
    "tick-x.csv",
    "labeled-pair",
    "Anfrage:A Treffer:P passend:L",
    "passend:binary",
    rows(
        28,
        lambda i: {
            "Anfrage": GERMAN.question(i),
            "Treffer": GERMAN.passage(i) if i % 3 else GERMAN.hard(i),
            "passend": "x" if i % 3 else "",
        },
    ),
    "x or nothing",
    sep=";",
)
case(
    "tick-mark.csv",
    "labeled-pair",
    "pregunta:A fragmento:P correcto:L",
    "correcto:binary",
    rows(
        28,
        lambda i: {
            "pregunta": SPANISH.question(i),
            "fragmento": SPANISH.passage(i) if i % 2 else SPANISH.far(i),
            "correcto": "✓" if i % 2 else "",
        },
    ),
    "a tick or nothing",
)
case(
    "fraction-rating.csv",
    "pair-score|graded-pair",
    "phrase_a:S phrase_b:S rating:L",
    "rating:score|grade",
    rows(
        32,
        lambda i: {
            "phrase_a": similar(FRENCH, i)[0],
            "phrase_b": similar(FRENCH, i)[1],
            "rating": f"{round(similar(FRENCH, i)[2] * 5)}/5",
        },
    ),
)
case(
    "fraction-relevance.tsv",
    "graded-pair|pair-score",
    "zapytanie:A dokument:P ocena:L",
    "ocena:grade|score",
    rows(
        32,
        lambda i: {
            "zapytanie": judged(POLISH, i)[0],
            "dokument": judged(POLISH, i)[1],
            "ocena": f"{judged(POLISH, i)[2]}/3",
        },
    ),
)
case(
    "percent-sign.csv",
    "pair-score",
    "texto1:S texto2:S semelhança:L",
    "semelhança:score",
    rows(
        32,
        lambda i: {
            "texto1": similar(PORTUGUESE, i)[0],
            "texto2": similar(PORTUGUESE, i)[1],
            "semelhança": f"{round(similar(PORTUGUESE, i)[2] * 100)} %",
        },
    ),
)
case(
    "russian-yes-no.csv",
    "labeled-pair",
    "вопрос:A ответ:P подходит:L",
    "подходит:binary",
    rows(
        30,
        lambda i: {
            "вопрос": RUSSIAN.question(i),
            "ответ": RUSSIAN.passage(i) if i % 2 else RUSSIAN.far(i),
            "подходит": ["нет", "да"][i % 2],
        },
    ),
    sep=";",
    encoding="cp1251",
)
case(
    "chinese-related.tsv",
    "labeled-pair",
    "column_1:A column_2:P column_3:L",
    "column_3:binary",
    rows(30, lambda i: [CHINESE.question(i), CHINESE.passage(i) if i % 2 else CHINESE.far(i), ["无关", "相关"][i % 2]]),
    header=False,
)
case(
    "japanese-hai.csv",
    "labeled-pair|pair-class",
    "質問1:S 質問2:S 同じ意味:L",
    "同じ意味:binary|class",
    rows(
        30,
        lambda i: {
            "質問1": duo(JAPANESE, i)[0],
            "質問2": duo(JAPANESE, i)[1],
            "同じ意味": ["いいえ", "はい"][duo(JAPANESE, i)[2]],
        },
    ),
)
case(
    "thumbs.jsonl",
    "labeled-pair",
    "question:A answer:P feedback:L session_id:I",
    "feedback:binary|class",
    rows(
        28,
        lambda i: {
            "session_id": hexid(i),
            "question": SUPPORT.question(i),
            "answer": SUPPORT.passage(i) if i % 3 else SUPPORT.far(i),
            "feedback": "👍" if i % 3 else "👎",
        },
    ),
)
case(
    "list-strings.csv",
    "labeled-list",
    "query:A docs:D labels:L",
    "labels:labels",
    rows(
        18,
        lambda i: {
            "query": DUTCH.question(i),
            "docs": str([DUTCH.hard(i, 1, 1), DUTCH.passage(i, 1), DUTCH.far(i, 1, 1)]),
            "labels": "[0, 1, 0]",
        },
    ),
)
case(
    "nested-judgement.jsonl",
    "graded-pair|pair-score|labeled-pair",
    "query.text:A document.text:P judgement.grade:L query.id:I",
    "judgement.grade:grade|score",
    rows(
        32,
        lambda i: {
            "query": {"id": f"q{i // 4}", "text": judged(LAW, i)[0]},
            "document": {"id": f"d{i}", "text": judged(LAW, i)[1]},
            "judgement": {"grade": judged(LAW, i)[2], "by": "expert-2"},
        },
    ),
)
case(
    "cached-vectors.parquet",
    "text-embedding|pair",
    "question:? answer:?",
    "?",
    rows(
        20,
        lambda i: {
            "question": SUPPORT.question(i),
            "answer": SUPPORT.passage(i),
            "embedding": [rng(i, k).gauss(0, 0.1) for k in range(24)],
            "tokens": 40 + i,
        },
    ),
    "a vector kept beside a pair, or a teacher's",
)
case(
    "ocr-noise.csv",
    "damaged-pair|pair",
    "ocr_text:X ground_truth:Y",
    None,
    rows(
        28,
        lambda i: {
            "ocr_text": "".join(c for k, c in enumerate(GERMAN.sentence(i)) if (k * 7 + i) % 11).replace("e", "c", 2),
            "ground_truth": GERMAN.sentence(i),
        },
    ),
    "pair reading would do, with sentence_a and sentence_b",
)
case(
    "shuffled-names.csv",
    "triplet",
    "neg:N q:A pos:P",
    None,
    rows(28, lambda i: {"neg": HINDI.hard(i), "q": HINDI.question(i), "pos": HINDI.passage(i)}),
)
case(
    "polish-triplet.csv",
    "triplet",
    "zapytanie:A pasujący:P niepasujący:N",
    None,
    rows(26, lambda i: {"zapytanie": POLISH.question(i), "pasujący": POLISH.passage(i), "niepasujący": POLISH.hard(i)}),
)
case(
    "vietnamese-triplet.jsonl",
    "triplet",
    "câu_hỏi:A đoạn_đúng:P đoạn_sai:N",
    None,
    rows(
        26,
        lambda i: {
            "câu_hỏi": VIETNAMESE.question(i),
            "đoạn_đúng": VIETNAMESE.passage(i),
            "đoạn_sai": VIETNAMESE.hard(i),
        },
    ),
)
case(
    "turkish-triplet.csv",
    "triplet",
    "soru:A doğru_cevap:P yanlış_cevap:N",
    None,
    rows(
        26,
        lambda i: {
            "soru": TURKISH.question(i),
            "doğru_cevap": TURKISH.passage(i, 2),
            "yanlış_cevap": TURKISH.hard(i, 1, 2),
        },
    ),
    sep=";",
)
case(
    "missing-negatives.csv",
    "n-tuple",
    "pergunta:A resposta:P negativo_1:N negativo_3:N",
    None,
    rows(
        26,
        lambda i: {
            "pergunta": PORTUGUESE.question(i),
            "resposta": PORTUGUESE.passage(i),
            "negativo_1": PORTUGUESE.hard(i),
            "negativo_2": PORTUGUESE.hard(i, 2) if i % 3 else "",
            "negativo_3": PORTUGUESE.hard(i, 3) if i % 2 else "",
        },
    ),
)
case(
    "teacher-first.tsv",
    "triplet-scores",
    "column_1:L column_2:L column_3:A column_4:P column_5:N",
    "?",
    rows(
        26,
        lambda i: [
            round(rng(i).uniform(7, 11), 4),
            round(rng(i, 1).uniform(-4, 6), 4),
            SCIENCE.question(i),
            SCIENCE.passage(i),
            SCIENCE.hard(i),
        ],
    ),
    header=False,
)
case(
    "ranker-logits.csv",
    "pair-score",
    "q:A d:P logit:L",
    "logit:score",
    rows(
        36,
        lambda i: {
            "q": LAW.question(i),
            "d": [LAW.passage(i), LAW.hard(i), LAW.far(i)][i % 3],
            "logit": round([7.2, -1.4, -9.8][i % 3] + rng(i).uniform(-2, 2), 4),
        },
    ),
)
case(
    "llm-judge.jsonl",
    "graded-pair|pair-score",
    "query:A passage:P gpt4_relevance:L explanation:O",
    "gpt4_relevance:grade|score",
    rows(
        32,
        lambda i: {
            "query": judged(VIETNAMESE, i)[0],
            "passage": judged(VIETNAMESE, i)[1],
            "gpt4_relevance": judged(VIETNAMESE, i)[2],
            "explanation": "The passage is "
            + ["off topic", "related", "useful", "perfect"][judged(VIETNAMESE, i)[2]]
            + " because of its subject.",
        },
    ),
)
case(
    "caption-files.csv",
    "single|single-class",
    "image:O caption:T",
    "?",
    rows(
        30,
        lambda i: {"image": f"{1000268201 + i // 3}_{hexid(i // 3, length=10)}.jpg", "caption": NLI["en"].pair(i)[0]},
    ),
)
case(
    "german-squad.jsonl",
    "qa",
    "frage:A kontext:P id:I",
    "?",
    rows(
        20,
        lambda i: {
            "id": hexid(i),
            "kontext": GERMAN.passage(i, 4),
            "frage": GERMAN.question(i),
            "antworten": {
                "text": [GERMAN.slots(i)[1]],
                "answer_start": [GERMAN.passage(i, 4).find(GERMAN.slots(i)[1])],
            },
        },
    ),
)
case(
    "input-example.jsonl",
    "pair-score",
    {},
    "label:score",
    rows(30, lambda i: {"texts": list(similar(SUPPORT, i)[:2]), "label": similar(SUPPORT, i)[2]}),
    "two texts in a list",
)
case(
    "llama-index.json",
    "collection",
    {},
    "?",
    {
        "queries": {hexid(i, "q", 32): SUPPORT.question(i) for i in range(20)},
        "corpus": {hexid(i, "c", 32): SUPPORT.passage(i) for i in range(20)},
        "relevant_docs": {hexid(i, "q", 32): [hexid(i, "c", 32)] for i in range(20)},
        "mode": "text",
    },
    "queries, corpus and relevant_docs in one object",
    raw=True,
)
case(
    "headerless-triplet.csv",
    "triplet",
    "column_1:I column_2:A column_3:P column_4:N",
    None,
    rows(26, lambda i: [f"T{i:04d}", FRENCH.question(i), FRENCH.passage(i), FRENCH.hard(i)]),
    header=False,
)
case(
    "text-to-sql.json",
    "pair",
    "question:A query:P db_id:O",
    None,
    rows(
        26,
        lambda i: {
            "db_id": ["concert_singer", "pets_1"][i % 2],
            "question": SHOP.question(i).capitalize(),
            "query": f"SELECT name, price FROM {SHOP.slots(i)[0].split()[-1]} "
            f"WHERE note = '{SHOP.slots(i)[1]}' ORDER BY price",
        },
    ),
    whole=True,
)
case(
    "bug-duplicates.csv",
    "labeled-pair|pair-class",
    "summary_1:S summary_2:S duplicate:L bug_id_1:I",
    "duplicate:binary|class",
    rows(
        28,
        lambda i: {
            "bug_id_1": 10000 + i,
            "summary_1": SUPPORT.title(i),
            "description_1": SUPPORT.passage(i, 2),
            "bug_id_2": 20000 + i,
            "summary_2": duo(SUPPORT, i)[1],
            "description_2": SUPPORT.passage(i if duo(SUPPORT, i)[2] else i + 10, 2, salt=6),
            "duplicate": bool(duo(SUPPORT, i)[2]),
        },
    ),
)
case(
    "entity-matching.csv",
    "labeled-pair|pair-class",
    {"ltable_name": "S", "rtable_name": "S", "label": "L", "_id": "I"},
    "label:binary|class",
    rows(
        34,
        lambda i: {
            "_id": i,
            "ltable_id": i * 3,
            "rtable_id": i * 5,
            "ltable_name": SHOP.passage(i, 1),
            "ltable_price": 10.5 + i,
            "rtable_name": SHOP.passage(i if i % 2 else i + 10, 1, salt=2),
            "rtable_price": 11.0 + i,
            "label": i % 2,
        },
    ),
)
case(
    "resume-fit.csv",
    "graded-pair|pair-class",
    "resume_text:S job_description_text:S label:L",
    "label:class|grade",
    rows(
        27,
        lambda i: {
            "resume_text": LAW.passage(i, 5),
            "job_description_text": LAW.passage(i if i % 3 else i + 3, 4, salt=4),
            "label": ["No Fit", "Good Fit", "Potential Fit"][i % 3],
        },
    ),
)
case(
    "tool-retrieval.tsv",
    "labeled-pair|graded-pair",
    {"query_id": "I", "query": "A", "docid": "I", "api_description": "P", "label": "L"},
    "label:binary|grade",
    rows(
        32,
        lambda i: {
            "query_id": i // 4,
            "query": judged(SUPPORT, i)[0],
            "docid": 700 + i,
            "api_description": json.dumps(
                {
                    "tool_name": SUPPORT.slots(i // 4)[0],
                    "api_name": "manage",
                    "api_description": judged(SUPPORT, i, 2)[1],
                }
            ),
            "label": int(judged(SUPPORT, i)[2] > 1),
        },
    ),
)
case(
    "click-log.csv",
    "pair-score|graded-pair|pair",
    "query:A title:P url:O",
    "?",
    rows(
        34,
        lambda i: {
            "query": judged(SHOP, i)[0],
            "url": f"https://shop.example/p/{i}",
            "title": judged(SHOP, i, 1)[1],
            "impressions": 900 + i * 13,
            "clicks": [2, 11, 30, 90][judged(SHOP, i)[2]],
            "ctr": round([2, 11, 30, 90][judged(SHOP, i)[2]] / (900 + i * 13), 4),
        },
    ),
    "clicks are a label only to those who want them to be",
)
case(
    "numbers-only.csv",
    "",
    {},
    "?",
    rows(
        40,
        lambda i: {"qid": i // 4, "feature_1": rng(i).random(), "feature_2": rng(i, 2).random() * 30, "grade": i % 3},
    ),
    "no text",
    refuse=True,
)
case(
    "hs-codes.csv",
    "single-class",
    "goods_description:T hs_code:L",
    "hs_code:class",
    rows(
        40,
        lambda i: {
            "goods_description": SHOP.passage(i, 1),
            "hs_code": ["8471.30", "6404.11", "8715.00", "8516.71", "9403.60"][i % 5],
            "country": ["DE", "CN", "FR"][i % 3],
        },
    ),
)
case(
    "cohere-rerank.jsonl",
    "grouped",
    "query:A relevant_passages:P hard_negatives:N",
    None,
    rows(
        18,
        lambda i: {
            "query": HINDI.question(i),
            "relevant_passages": [HINDI.passage(i)],
            "hard_negatives": [HINDI.hard(i, k) for k in (1, 2, 3)],
        },
    ),
)
