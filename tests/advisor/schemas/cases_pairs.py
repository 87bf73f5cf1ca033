"""Pairs, triplets and n-tuples without a label: questions and answers, titles and bodies, translations, paraphrases."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from tests.advisor.schemas.expected import (
    ANCHOR,
    ASIDE,
    HUB,
    NEGATIVE,
    POSITIVE,
    TEXT,
    Expected,
    case,
    read_as,
)
from tests.advisor.schemas.layouts import (
    arrow,
    classes,
    delimited,
    jsonl,
    parquet,
    raw_tsv,
)
from tests.advisor.schemas.sentences import Writer

#: Where either side may be asked for the other.
EITHER_WAY = (*ANCHOR, *POSITIVE)
#: A title stands in front of a text as one document, or is left out.
TITLE = ("positive", "document", "ignored")


def pair(anchor: str, positive: str, **aside: tuple[str, ...]) -> Expected:
    return read_as("pair", roles={anchor: ANCHOR, positive: POSITIVE, **aside})


def pair_either_way(first: str, second: str, **aside: tuple[str, ...]) -> Expected:
    return read_as("pair", roles={first: EITHER_WAY, second: EITHER_WAY, **aside})


def triplet(anchor: str, positive: str, negative: str, **aside: tuple[str, ...]) -> Expected:
    return read_as("triplet", roles={anchor: ANCHOR, positive: POSITIVE, negative: NEGATIVE, **aside})


def simple_pairs(
    name: str, source: str, first: str, second: str, make: Callable[[Writer], tuple[str, str]], language: str = "en"
) -> None:
    """Enters a dataset of two columns in a parquet file, as the collection of sentence-transformers keeps them."""

    @case(name, HUB + source, pair_either_way(first, second), language)
    def _(folder: Path, write: Writer) -> Path:
        rows = [dict(zip((first, second), made, strict=True)) for made in write.several(160, lambda: make(write))]
        return parquet(folder / "train-00000-of-00001.parquet", rows)


def _asked(write: Writer) -> tuple[str, str]:
    fact = write.fact()
    return fact.question.lower().rstrip("?"), write.passage(fact)


def _how_to(write: Writer) -> tuple[str, str]:
    task, how = write.task()
    return write.ask(task), write.answer(how)


def _news(write: Writer) -> tuple[str, str]:
    fact = write.fact()
    return write.headline(write.random.randrange(4)), write.passage(fact, 6)


def _simplified(write: Writer) -> tuple[str, str]:
    scene = write.scene()
    return f"{write.tell(scene, 2)[:-1]}, as {write.name()} reported.", write.tell(scene, 0)


def _reworded(write: Writer) -> list[str]:
    """A sentence of an encyclopedia, and the same for learners of the language."""
    name, district, year = write.name(), write.name(), write.random.randint(1102, 1890)
    people = write.random.randint(200, 9000)
    return write.one(
        [
            f"{name}, a municipality of {people} inhabitants in the district of {district}, first named in {year}.",
            f"{name} is a town near {district}. People have lived there since {year}.",
        ],
        [
            f"The composer {name} {district} ({year} – {year + 61}) is chiefly remembered for his chamber music.",
            f"{name} {district} was a composer. He wrote music for small groups of players.",
        ],
        [
            f"Situated at the confluence of two rivers, {name} served as the capital of the duchy until {year}.",
            f"{name} was the capital city until {year}. Two rivers meet there.",
        ],
    )


def _captions(write: Writer) -> tuple[str, str]:
    scene = write.scene()
    return write.tell(scene, 0), write.paraphrase(scene)


def _documented(write: Writer) -> tuple[str, str]:
    _, doc, code = write.function()
    return doc, code


simple_pairs("natural-questions", "sentence-transformers/natural-questions", "query", "answer", _asked)
simple_pairs("gooaq", "sentence-transformers/gooaq", "question", "answer", _how_to)
simple_pairs("eli5", "sentence-transformers/eli5", "question", "answer", _how_to)
simple_pairs("sentence-compression", "sentence-transformers/sentence-compression", "text", "simplified", _simplified)
simple_pairs("coco-captions", "sentence-transformers/coco-captions", "caption1", "caption2", _captions)
simple_pairs("s2orc-titles", "sentence-transformers/s2orc (title-abstract-pair)", "title", "abstract", Writer.research)
simple_pairs("ccnews", "sentence-transformers/ccnews", "title", "article", _news)
simple_pairs("xsum-pairs", "sentence-transformers/xsum", "article", "summary", lambda write: _news(write)[::-1])
simple_pairs("codesearchnet-pairs", "sentence-transformers/codesearchnet", "comment", "code", _documented)


@case(
    "wikianswers-duplicates",
    HUB + "sentence-transformers/wikianswers-duplicates",
    pair("anchor", "positive"),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, _how in write.several(60, write.task):
        asked = write.random.sample(range(6), write.one(2, 3, 4))
        rows += [
            {"anchor": write.ask(task, a).lower(), "positive": write.ask(task, b).lower()} for a, b in pairwise(asked)
        ]
    return parquet(folder / "train-00000-of-00001.parquet", rows)


@case(
    "stackexchange-bodies",
    HUB + "sentence-transformers/stackexchange-duplicates (body-body-pair)",
    pair_either_way("body1", "body2"),
)
def _(folder: Path, write: Writer) -> Path:
    def body(task: str, how: str) -> str:
        code = f"\n\n<pre><code>sudo {write.name().lower()} --{write.name().lower()}\n</code></pre>\n\n"
        return f"<p>{write.ask(task)} {write.passage(None, 2)}</p>{code}<p>I have tried this: {how}</p>"

    rows = [{"body1": body(*both), "body2": body(both[0], write.task()[1])} for both in write.several(120, write.task)]
    return parquet(folder / "train-00000-of-00001.parquet", rows)


@case(
    "codesearchnet",
    HUB + "code-search-net/code_search_net (python)",
    read_as(
        "pair",
        roles={
            **dict.fromkeys(
                ("repository_name", "func_path_in_repository", "language", "split_name", "func_code_url"), ASIDE
            ),
            **dict.fromkeys(("func_name", "func_code_tokens", "func_documentation_tokens"), ASIDE),
            "func_documentation_string": EITHER_WAY,
            "func_code_string": (*EITHER_WAY, "ignored"),
            "whole_func_string": (*EITHER_WAY, "ignored"),
        },
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for name, doc, code in write.several(120, write.function):
        repository = f"{write.name().lower()}/{write.name().lower()}-tools"
        rows.append(
            {
                "repository_name": repository,
                "func_path_in_repository": f"src/{name.split('_')[1]}/core.py",
                "func_name": f"{name.split('_')[1].title()}.{name}",
                "whole_func_string": code,
                "language": "python",
                "func_code_string": code,
                "func_code_tokens": code.split(),
                "func_documentation_string": doc,
                "func_documentation_tokens": doc.split(),
                "split_name": "train",
                "func_code_url": f"https://github.com/{repository}/blob/{write.random.getrandbits(160):040x}/src/core.py#L12-L19",
            }
        )
    return parquet(folder / "python" / "train-00000-of-00001.parquet", rows)


@case("cnn-dailymail", HUB + "abisee/cnn_dailymail (3.0.0)", pair_either_way("article", "highlights", id=ASIDE))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(120):
        fact = write.fact()
        rows.append(
            {
                "article": f"({write.name()}) -- {write.passage(fact, 12)}",
                "highlights": f"{fact.statement[:-1]} .\n{write.sentence()[:-1]} .",
                "id": f"{write.random.getrandbits(160):040x}",
            }
        )
    return parquet(folder / "3.0.0" / "train-00000-of-00003.parquet", rows)


@case("xsum", HUB + "EdinburghNLP/xsum", pair_either_way("document", "summary", id=ASIDE))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(120):
        fact = write.fact()
        document = write.passage(fact, 9).replace(". ", ".\n")
        rows.append(
            {"document": document, "summary": fact.statement, "id": str(write.random.randint(10**7, 4 * 10**7))}
        )
    return jsonl(folder / "train.jsonl.zst", rows)


@case(
    "parallel-sentences",
    HUB + "sentence-transformers/parallel-sentences-talks (en-ru)",
    pair_either_way("english", "non_english"),
)
def _(folder: Path, write: Writer) -> Path:
    russian = Writer("talks", "ru")
    rows = [{"english": write.sentence(), "non_english": russian.sentence()} for _ in range(200)]
    return parquet(folder / "en-ru" / "train-00000-of-00001.parquet", rows)


@case("opus-100", HUB + "Helsinki-NLP/opus-100 (de-en)", read_as("pair", roles={}))
def _(folder: Path, write: Writer) -> Path:
    german = Writer("opus", "de")
    rows = [{"translation": {"de": german.sentence(), "en": write.sentence()}} for _ in range(200)]
    return parquet(folder / "de-en" / "train-00000-of-00001.parquet", rows)


@case(
    "tatoeba-links",
    "https://tatoeba.org/en/downloads (sentence pairs)",
    pair_either_way("column_2", "column_4", column_1=ASIDE, column_3=ASIDE),
)
def _(folder: Path, write: Writer) -> Path:
    spanish = Writer("tatoeba", "es")
    number = 1276
    rows = []
    for _ in range(200):
        number += write.random.randint(1, 40)
        cells = (number, write.sentence(), number + write.random.randint(1000, 900_000), spanish.sentence())
        rows.append({str(at): cell for at, cell in enumerate(cells)})
    return raw_tsv(folder / "en-es.tsv", rows, header=False)


@case("reddit-titles", HUB + "sentence-transformers/reddit-title-body", pair("title", "body", subreddit=ASIDE))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, how in write.several(150, write.task):
        body = f"{write.passage(None, 2)} {how} {write.answer(how)}"
        rows.append(
            {
                "title": write.ask(task),
                "body": body,
                "subreddit": write.one("linux", "AskReddit", "photography", "bicycling"),
            }
        )
    return jsonl(folder / "reddit_title_text_2021.jsonl.gz", rows)


@case(
    "yahoo-answers-topics",
    HUB + "yahoo_answers_topics",
    read_as(
        "pair",
        "single-class",
        roles={
            "id": ASIDE,
            "topic": ("ignored", "label"),
            "question_title": (*ANCHOR, "text"),
            "best_answer": ("positive", "text", "ignored"),
        },
        label=(None, "topic"),
        kind=("none", "class"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, (task, how) in enumerate(write.several(200, write.task)):
        content = write.one("", write.passage(None, 2))
        rows.append(
            {
                "id": number,
                "topic": write.random.randrange(10),
                "question_title": write.ask(task).lower(),
                "question_content": content,
                "best_answer": write.answer(how),
            }
        )
    topics = (
        "Society & Culture",
        "Science & Mathematics",
        "Health",
        "Education & Reference",
        "Computers & Internet",
        "Sports",
        "Business & Finance",
        "Entertainment & Music",
        "Family & Relationships",
        "Politics & Government",
    )
    return parquet(folder / "train-00000-of-00002.parquet", rows, topic=classes(*topics))


@case(
    "beir-generated-queries",
    HUB + "BeIR/scifact-generated-queries",
    read_as("pair", roles={"_id": ASIDE, "title": (*TITLE,), "text": POSITIVE, "query": ANCHOR}),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number in range(60):
        fact = write.fact()
        passage = write.passage(fact, 5)
        for _ in range(3):  # three queries are generated for every document
            rows.append(
                {
                    "_id": str(4983 + 31 * number),
                    "title": fact.name,
                    "text": passage,
                    "query": write.fact(fact.name).question.lower(),
                }
            )
    return jsonl(folder / "train.jsonl.gz", rows)


@case(
    "nomic-unsupervised",
    HUB + "nomic-ai/nomic-embed-unsupervised-data",
    pair("query", "document", dataset=ASIDE, shard=ASIDE),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for made in write.several(200, lambda: _news(write)):
        rows.append(
            {
                "query": made[0],
                "document": made[1],
                "dataset": write.one("reddit_title_body", "amazon_reviews", "paq"),
                "shard": write.random.randint(0, 40),
            }
        )
    return parquet(folder / "data" / "train-00000-of-00100.parquet", rows)


@case(
    "medquad",
    "https://www.kaggle.com/datasets/jpmiller/layoutlm (MedQuAD as one csv)",
    pair("question", "answer", source=ASIDE, focus_area=ASIDE),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number in range(120):
        ill = f"{write.name()} syndrome"
        question = write.one(
            "What is (are) {} ?",
            "What are the symptoms of {} ?",
            "What causes {} ?",
            "What are the treatments for {} ?",
        ).format(ill)
        answer = f"{ill} is a rare disorder. {write.research()[1]}"
        rows.append(
            {
                "question": question,
                "answer": "" if number == 50 else answer,
                "source": write.one("NIHSeniorHealth", "GARD", "CancerGov"),
                "focus_area": ill,
            }
        )
    return delimited(folder / "medquad.csv", rows)


@case(
    "pubmedqa",
    HUB + "qiaojin/PubMedQA (pqa_artificial)",
    read_as(
        "pair",
        "qa",
        roles={
            "pubid": ASIDE,
            "question": ANCHOR,
            "long_answer": (*POSITIVE, "ignored", "document"),
            "final_decision": ASIDE,
        },
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, (title, abstract) in enumerate(write.several(120, write.research)):
        parts = abstract.split(". ")
        rows.append(
            {
                "pubid": 25_429_730 + 7 * number,
                "question": f"Does {title[0].lower()}{title[1:]}?",
                "context": {
                    "contexts": parts[:3],
                    "labels": ["BACKGROUND", "METHODS", "RESULTS"],
                    "meshes": ["Humans", "Adult", write.name()],
                },
                "long_answer": parts[-1],
                "final_decision": write.one("yes", "yes", "no"),
            }
        )
    return parquet(folder / "pqa_artificial" / "train-00000-of-00001.parquet", rows)


# Three texts and more


@case(
    "simcse-nli", HUB + "princeton-nlp/datasets-for-simcse (nli_for_simcse.csv)", triplet("sent0", "sent1", "hard_neg")
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for scene in write.several(200, write.scene):
        rows.append(
            {
                "sent0": write.tell(scene, 0),
                "sent1": write.paraphrase(scene),
                "hard_neg": write.tell(write.change(scene, 2)),
            }
        )
    return delimited(folder / "nli_for_simcse.csv", rows)


@case("jina-negation", HUB + "jinaai/negation-dataset", triplet("anchor", "entailment", "negative"))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for scene in write.several(160, write.scene):
        entailed = write.paraphrase(scene)
        rows.append(
            {
                "anchor": write.tell(scene, 0),
                "entailment": entailed,
                "negative": entailed.replace(" is ", " is not ", 1),
            }
        )
    return jsonl(folder / "train.jsonl", rows)


@case(
    "quora-triplet", HUB + "sentence-transformers/quora-duplicates (triplet)", triplet("anchor", "positive", "negative")
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, _how in write.several(160, write.task):
        rows.append(
            {"anchor": write.ask(task, 0), "positive": write.ask(task, 1), "negative": write.ask(write.task()[0])}
        )
    return arrow(folder / "data-00000-of-00001.arrow", rows)


@case(
    "specter-lists",
    HUB + "sentence-transformers/embedding-training-data (specter_train_triples.jsonl.gz)",
    triplet("column_1", "column_2", "column_3"),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for title, _abstract in write.several(100, write.research):
        cited = f"{title.split(' for ')[0].split(':')[0]} revisited"
        rows += [[title, cited, write.research()[0]] for _ in range(write.one(1, 2, 3))]
    return jsonl(folder / "specter_train_triples.jsonl.gz", rows)


@case(
    "wikipedia-sections",
    "https://sbert.net/datasets/wikipedia-sections-triplets.zip (train.csv)",
    triplet("Sentence1", "Sentence2", "Sentence3", **{"Article Title": ASIDE, "Article Link": ASIDE}),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(160):
        fact = write.fact()
        near = write.fact(fact.name)
        rows.append(
            {
                "Sentence1": f"{fact.statement} {write.sentence()}",
                "Sentence2": near.statement,
                "Sentence3": write.fact(fact.name).statement,
                "Article Title": fact.name,
                "Article Link": f"/wiki/{fact.name}_({write.name()})",
            }
        )
    return delimited(folder / "train.csv", rows)


@case(
    "msmarco-triples",
    "https://msmarco.z22.web.core.windows.net/msmarcoranking/triples.train.small.tar.gz",
    triplet("column_1", "column_2", "column_3"),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(70, write.fact):
        positive = write.passage(fact)
        for _ in range(write.one(1, 2, 4)):
            negative = write.passage(write.fact(write.one(fact.name, write.name())))
            rows.append({"q": fact.question.lower().rstrip("?"), "p": positive, "n": negative})
    write.random.shuffle(rows)
    return raw_tsv(folder / "triples.train.small.tsv", rows, header=False)


@case(
    "gooaq-hard-negatives",
    HUB + "tomaarsen/gooaq-hard-negatives",
    read_as(
        "n-tuple",
        roles={"question": ANCHOR, "answer": POSITIVE, **{f"negative_{number}": NEGATIVE for number in range(1, 6)}},
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, how in write.several(120, write.task):
        row = {"question": write.ask(task, 0).lower(), "answer": write.answer(how)}
        rows.append(row | {f"negative_{number}": write.answer(write.task()[1]) for number in range(1, 6)})
    return parquet(folder / "train-00000-of-00001.parquet", rows)


@case(
    "msmarco-bm25-50",
    HUB + "sentence-transformers/msmarco-bm25 (triplet-50)",
    read_as(
        "n-tuple",
        roles={"query": ANCHOR, "positive": POSITIVE, **{f"negative_{number}": NEGATIVE for number in range(1, 51)}},
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    pool = [write.passage(None, 2) for _ in range(150)]
    for fact in write.several(80, write.fact):
        row = {"query": fact.question.lower(), "positive": write.passage(fact, 3)}
        rows.append(row | {f"negative_{number}": each for number, each in enumerate(write.random.sample(pool, 50), 1)})
    return parquet(folder / "triplet-50" / "train-00000-of-00008.parquet", rows)


@case("orca-dpo-pairs", HUB + "Intel/orca_dpo_pairs", triplet("question", "chosen", "rejected", system=ASIDE))
def _(folder: Path, write: Writer) -> Path:
    systems = (
        "",
        "You are an AI assistant. Explain your answer step by step.",
        "You are a helpful assistant, who always provides explanation.",
    )
    rows = []
    for task, how in write.several(140, write.task):
        rows.append(
            {
                "system": write.one(*systems),
                "question": write.ask(task),
                "chosen": write.answer(how) + " " + write.task()[1],
                "rejected": write.answer(write.task()[1]),
            }
        )
    return jsonl(folder / "orca_rlhf.jsonl", rows)


@case(
    "arabic-nli-triplet",
    HUB + "Omartificial-Intelligence-Space/Arabic-NLi-Triplet",
    triplet("anchor", "positive", "negative"),
    language="ar",
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for scene in write.several(160, write.scene):
        rows.append(
            {
                "anchor": write.tell(scene, 0),
                "positive": write.paraphrase(scene),
                "negative": write.tell(write.change(scene, 2)),
            }
        )
    return delimited(folder / "arabic_nli_triplet.csv", rows)


# One text, or many that mean the same


@case(
    "wiki1m",
    HUB + "princeton-nlp/datasets-for-simcse (wiki1m_for_simcse.txt, as a csv)",
    read_as("single", roles={"text": TEXT}),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [{"text": each} for each in write.several(300, lambda: write.one(write.sentence(), write.fact().statement))]
    return delimited(folder / "wiki1m_for_simcse.csv", rows)


@case(
    "oscar",
    HUB + "oscar-corpus/oscar (unshuffled_deduplicated_ru)",
    read_as("single", roles={"id": ASIDE, "text": TEXT}),
    language="ru",
)
def _(folder: Path, write: Writer) -> Path:
    rows = [{"id": number, "text": write.passage(None, 7)} for number in range(150)]
    return parquet(folder / "train-00000-of-00001.parquet", rows)


@case(
    "wikipedia",
    HUB + "wikimedia/wikipedia (20231101.fr)",
    read_as(
        "single",
        "pair",
        roles={"id": ASIDE, "url": ASIDE, "title": ("ignored", "text", *ANCHOR), "text": ("text", "positive")},
    ),
    language="fr",
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number in range(120):
        fact = write.fact()
        rows.append(
            {
                "id": str(3 + 11 * number),
                "url": f"https://fr.wikipedia.org/wiki/{fact.name}",
                "title": fact.name,
                "text": write.passage(fact, 5) + "\n\n" + write.passage(fact, 4),
            }
        )
    return parquet(folder / "20231101.fr" / "train-00000-of-00017.parquet", rows)


@case(
    "tatoeba-sentences",
    "https://tatoeba.org/en/downloads (sentences.csv)",
    read_as("single", roles={"column_1": ASIDE, "column_2": ASIDE, "column_3": TEXT}),
)
def _(folder: Path, write: Writer) -> Path:
    writers = {"deu": Writer("t", "de"), "fra": Writer("t", "fr"), "eng": write, "jpn": Writer("t", "ja")}
    rows = []
    for number in range(240):
        code = write.one(*writers)
        rows.append({"id": 77 + 3 * number, "lang": code, "text": writers[code].sentence()})
    return raw_tsv(folder / "sentences.tsv", rows, header=False)


@case(
    "caption-sets",
    HUB + "embedding-data/coco_captions_quintets",
    read_as("grouped", "pair", roles={}, refuse="may", max_confidence=0.85),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for scene in write.several(120, write.scene):
        rows.append({"set": [write.tell(scene, way) for way in range(5)]})
    return jsonl(folder / "coco_captions.jsonl.gz", rows)


@case("simple-wiki", HUB + "embedding-data/simple-wiki", pair_either_way("column_1", "column_2"))
def _(folder: Path, write: Writer) -> Path:
    return jsonl(folder / "SimpleWiki.jsonl.gz", [_reworded(write) for _ in range(180)])


@case(
    "flickr30k",
    HUB + "nlphuji/flickr30k (captions without the pictures)",
    read_as("grouped", "pair", "single", roles={"img_id": ASIDE, "filename": ASIDE}, refuse="may", max_confidence=0.85),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, scene in enumerate(write.several(120, write.scene)):
        rows.append(
            {
                "caption": [write.tell(scene, way) for way in range(5)],
                "sentids": [str(5 * number + at) for at in range(5)],
                "split": "train",
                "img_id": str(number),
                "filename": f"{write.random.randint(10**8, 10**10)}.jpg",
            }
        )
    return parquet(folder / "data" / "train-00000-of-00009.parquet", rows)


@case("paq", HUB + "embedding-data/PAQ_pairs", pair("column_1", "column_2"))
def _(folder: Path, write: Writer) -> Path:
    rows = [list(made) for made in write.several(180, lambda: _asked(write))]
    return jsonl(folder / "PAQ_pairs.jsonl.gz", rows)


@case(
    "amazon-qa",
    HUB + "sentence-transformers/embedding-training-data (amazon-qa.jsonl.gz)",
    pair("query", "answer"),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(170):
        title, query = write.product()
        rows.append({"query": f"Does this {query} fit? {title}", "answer": write.answer(write.review(4))})
    return arrow(folder / "amazon-qa-train.arrow", rows)


@case(
    "s2orc-citations", HUB + "sentence-transformers/s2orc (title-citation-pair)", pair_either_way("title", "citation")
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for title, _abstract in write.several(70, write.research):
        rows += [{"title": title, "citation": write.research()[0]} for _ in range(write.one(1, 2, 4))]
    return parquet(folder / "title-citation-pair" / "train-00000-of-00010.parquet", rows)


@case(
    "wmt-japanese",
    "https://www.kecl.ntt.co.jp/icl/lirg/jparacrawl (en-ja bicleaner tsv)",
    read_as(
        "pair",
        "pair-score",
        roles={
            **dict.fromkeys(("column_1", "column_2"), ASIDE),
            "column_3": ("ignored", "label"),
            "column_4": (*EITHER_WAY, "sentence_a"),
            "column_5": (*EITHER_WAY, "sentence_b"),
        },
        label=(None, "column_3"),
        kind=("none", "score"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    japanese = Writer("paracrawl", "ja")
    rows = []
    for _ in range(200):
        host = f"{write.name().lower()}.com"
        cells = (host, host, f"{write.random.uniform(0.5, 0.8):.3f}", write.sentence(), japanese.sentence())
        rows.append({str(at): cell for at, cell in enumerate(cells)})
    return raw_tsv(folder / "en-ja.bicleaner05.tsv", rows, header=False)
