"""Single texts with a class: intents, topics, sentiment, and how they come in csv files."""

import csv
from pathlib import Path

from tests.advisor.schemas.expected import ASIDE, HUB, LABEL, TEXT, Expected, case, read_as
from tests.advisor.schemas.layouts import INT8, INT32, classes, delimited, jsonl, parquet, raw_tsv, saved
from tests.advisor.schemas.layouts import text as text_file
from tests.advisor.schemas.sentences import Writer

#: A title beside the text: both may be learned from.
BESIDE = ("text", "ignored")


def classified(text: str, label: str, **aside: tuple[str, ...]) -> Expected:
    kinds = ("class", "binary")
    return read_as("single-class", roles={text: TEXT, label: LABEL, **aside}, label=label, kind=kinds)


INTENTS = {
    "card_arrival": ("When will my new card arrive?", "I am still waiting on my card", "My card has not come in yet"),
    "lost_or_stolen_card": ("I lost my card", "Someone took my card, what now?", "My card was stolen last night"),
    "change_pin": ("How do I change my PIN?", "I want a new PIN", "Where can I set another PIN?"),
    "exchange_rate": ("What is your exchange rate?", "How do you come up with exchange rates?", "Is the rate good?"),
    "top_up_failed": ("My top up failed", "Why was my top-up not accepted?", "The app would not top up my account"),
    "refund_not_showing_up": ("My refund is missing", "Where is my refund?", "I was promised a refund weeks ago"),
    "card_payment_fee_charged": ("Why was I charged a fee?", "There is a fee for paying by card?", "Explain this fee"),
}
EXTRAS = ("", " please", ", thanks", " - it is urgent", " for my business", " while I am abroad", " since Monday")


def utterance(write: Writer) -> tuple[str, str]:
    """What a customer says, and the intent."""
    intent = write.one(*INTENTS)
    said = write.one(*INTENTS[intent]).rstrip("?") + write.one(*EXTRAS) + write.one("", "?", "?", ".")
    return said.replace("  ", " "), intent


@case(
    "banking77-csv", "https://github.com/PolyAI-LDN/task-specific-datasets (train.csv)", classified("text", "category")
)
def _(folder: Path, write: Writer) -> Path:
    rows = [{"text": said, "category": intent} for said, intent in write.several(220, lambda: utterance(write))]
    return delimited(folder / "train.csv", sorted(rows, key=lambda row: row["category"]))


@case("banking77", HUB + "PolyAI/banking77", classified("text", "label"))
def _(folder: Path, write: Writer) -> Path:
    made = write.several(220, lambda: utterance(write))
    rows = [{"text": said, "label": list(INTENTS).index(intent)} for said, intent in made]
    return parquet(folder / "data" / "train-00000-of-00001.parquet", rows, label=classes(*INTENTS))


@case("clinc-oos", HUB + "clinc/clinc_oos (plus)", classified("text", "intent"))
def _(folder: Path, write: Writer) -> Path:
    made = write.several(220, lambda: utterance(write))
    rows = [{"text": said.lower().rstrip("?."), "intent": 3 * list(INTENTS).index(intent)} for said, intent in made]
    names = [name for intent in INTENTS for name in (intent, f"{intent}_again", f"{intent}_other")]
    return parquet(folder / "plus" / "train-00000-of-00001.parquet", rows, intent=classes(*names))


@case(
    "massive-spanish",
    HUB + "AmazonScience/massive (es-ES)",
    read_as(
        "single-class",
        roles={
            **dict.fromkeys(("id", "locale", "partition", "worker_id"), ASIDE),
            "utt": TEXT,
            "annot_utt": ("ignored",),
            "intent": ("label", "ignored"),
            "scenario": ("label", "ignored"),
        },
        label=("intent", "scenario"),
        kind="class",
    ),
    language="es",
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number, scene in enumerate(write.several(200, write.scene)):
        said = write.tell(scene).lower().rstrip(".")
        intent = write.random.randrange(12)
        rows.append(
            {
                "id": str(number),
                "locale": "es-ES",
                "partition": "train",
                "scenario": intent // 3,
                "intent": intent,
                "utt": said,
                "annot_utt": said.replace(scene.place, f"[place_name : {scene.place}]"),
                "worker_id": str(write.random.randint(0, 30)),
                "slot_method": {"slot": ["place_name"], "method": ["localization"]},
                "judgments": {"worker_id": ["5", "20"], "intent_score": [1, 1], "grammar_score": [4, 3]},
            }
        )
    types = {
        "scenario": classes("social", "transport", "calendar", "play"),
        "intent": classes(*(f"intent_{number}" for number in range(12))),
    }
    return parquet(folder / "es-ES" / "train-00000-of-00001.parquet", rows, **types)


@case(
    "trec-questions",
    HUB + "CogComp/trec",
    read_as(
        "single-class",
        roles={"text": TEXT, "coarse_label": ("label", "ignored"), "fine_label": ("label", "ignored")},
        label=("coarse_label", "fine_label"),
        kind="class",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(240, write.fact):
        coarse = {"Wha": 1, "Whe": 4, "Who": 3, "How": 5, "Why": 2}[fact.question[:3]]
        rows.append({"text": fact.question, "coarse_label": coarse, "fine_label": 8 * coarse + write.one(0, 1, 2)})
    types = {
        "coarse_label": classes("ABBR", "ENTY", "DESC", "HUM", "LOC", "NUM"),
        "fine_label": classes(*(f"fine:{number}" for number in range(50))),
    }
    return parquet(folder / "train-00000-of-00001.parquet", rows, **types)


@case(
    "ag-news-original",
    "https://github.com/mhjabreel/CharCnn_Keras (ag_news_csv/train.csv)",
    read_as(
        "single-class",
        roles={"column_1": LABEL, "column_2": BESIDE, "column_3": BESIDE},
        label="column_1",
        kind="class",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(240):
        topic = write.random.randrange(4)
        told = f"{write.name().upper()} (Reuters) - {write.passage(None, 2)}"
        rows.append({"class": str(topic + 1), "title": write.headline(topic), "description": told})
    return delimited(folder / "train.csv", rows, header=False, quoting=csv.QUOTE_ALL)


@case("ag-news", HUB + "fancyzhx/ag_news", classified("text", "label"))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(240):
        topic = write.random.randrange(4)
        rows.append({"text": f"{write.headline(topic)} (AP) AP - {write.passage(None, 2)}", "label": topic})
    types = {"label": classes("World", "Sports", "Business", "Sci/Tech")}
    return parquet(folder / "data" / "train-00000-of-00001.parquet", rows, **types)


@case("dbpedia-14", HUB + "fancyzhx/dbpedia_14", classified("content", "label", title=BESIDE))
def _(folder: Path, write: Writer) -> Path:
    names = ("Company", "EducationalInstitution", "Artist", "Athlete", "Village", "Animal", "Plant", "Album")
    rows = []
    for fact in write.several(240, write.fact):
        label = write.random.randrange(len(names))
        rows.append({"label": label, "title": fact.name, "content": f" {write.passage(fact, 3)}"})
    return parquet(folder / "dbpedia_14" / "train-00000-of-00001.parquet", rows, label=classes(*names))


@case("yelp-reviews", HUB + "Yelp/yelp_review_full", classified("text", "label"))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(250):
        stars = write.random.randint(1, 5)
        rows.append({"label": stars - 1, "text": write.review(stars).replace(". ", ".\\n", 1)})
    names = ("1 star", "2 star", "3 stars", "4 stars", "5 stars")
    return parquet(folder / "yelp_review_full" / "train-00000-of-00001.parquet", rows, label=classes(*names))


@case(
    "amazon-reviews-multi",
    HUB + "mteb/amazon_reviews_multi, as first published (de)",
    read_as(
        "single-class",
        roles={
            **dict.fromkeys(("review_id", "product_id", "reviewer_id", "language"), ASIDE),
            "stars": ("label", "ignored"),
            "product_category": ("label", "ignored"),
            "review_body": TEXT,
            "review_title": BESIDE,
        },
        label=("stars", "product_category"),
        kind=("class", "grade"),
    ),
    language="de",
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(200):
        rows.append(
            {
                "review_id": f"de_{write.random.randint(0, 999_999):07d}",
                "product_id": f"product_de_{write.random.randint(0, 999_999):07d}",
                "reviewer_id": f"reviewer_de_{write.random.randint(0, 999_999):07d}",
                "stars": str(write.random.randint(1, 5)),
                "review_body": write.passage(None, 3),
                "review_title": write.sentence().rstrip("."),
                "language": "de",
                "product_category": write.one("sports", "home", "toy", "book", "wireless", "drugstore"),
            }
        )
    return jsonl(folder / "dataset_de_train.json", rows)


@case(
    "imdb-csv",
    "https://www.kaggle.com/datasets/lakshmi25npathi/imdb-dataset-of-50k-movie-reviews",
    classified("review", "sentiment"),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(220):
        good = write.random.random() < 0.5
        told = write.review(5 if good else 1).replace(". ", ".<br /><br />", 1)
        rows.append(
            {"review": f"{told} {write.review(5 if good else 1)}", "sentiment": "positive" if good else "negative"}
        )
    return delimited(folder / "IMDB Dataset.csv", rows)


@case("glue-sst2", HUB + "nyu-mll/glue (sst2)", classified("sentence", "label", idx=ASIDE))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number in range(250):
        good = write.random.randint(0, 1)
        told = write.review(5 if good else 1).split(". ")
        rows.append({"sentence": f"{write.one(*told).lower().rstrip('.')} ", "label": good, "idx": number})
    types = {"label": classes("negative", "positive"), "idx": INT32}
    return parquet(folder / "sst2" / "train-00000-of-00001.parquet", rows, **types)


@case(
    "glue-cola-original",
    "https://nyu-mll.github.io/CoLA (in_domain_train.tsv)",
    read_as(
        "single-class",
        roles={"column_1": ASIDE, "column_2": LABEL, "column_3": ASIDE, "column_4": TEXT},
        label="column_2",
        kind=("class", "binary"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(240):
        fine = write.random.random() < 0.7
        words = write.sentence().rstrip(".").split()
        if not fine:
            write.random.shuffle(words)
        rows.append(
            {
                "source": write.one("gj04", "bc01", "l-93"),
                "label": int(fine),
                "mark": "" if fine else "*",
                "sentence": " ".join(words) + ".",
            }
        )
    return raw_tsv(folder / "in_domain_train.tsv", rows, header=False)


@case("tweet-eval", HUB + "cardiffnlp/tweet_eval (sentiment)", classified("text", "label"))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(240):
        label = write.random.choices([0, 1, 2], [16, 45, 39])[0]
        told = write.review((1, 3, 5)[label]).split(". ")[0]
        rows.append(
            {
                "text": f"{write.one('@user ', '', 'RT @user ')}{told} {write.one('', '#' + write.name(), '😂', 'http://t.co/x')}",
                "label": label,
            }
        )
    return parquet(
        folder / "sentiment" / "train-00000-of-00001.parquet", rows, label=classes("negative", "neutral", "positive")
    )


@case("emotion", HUB + "dair-ai/emotion (split)", classified("text", "label"))
def _(folder: Path, write: Writer) -> Path:
    feelings = {
        "sadness": "gloomy",
        "joy": "delighted",
        "love": "tender",
        "anger": "furious",
        "fear": "shaky",
        "surprise": "amazed",
    }
    rows = []
    for scene in write.several(240, write.scene):
        label = write.random.choices(range(6), [29, 34, 8, 13, 12, 4])[0]
        rows.append(
            {
                "text": f"i feel {list(feelings.values())[label]} because {write.tell(scene, 0).lower().rstrip('.')}",
                "label": label,
            }
        )
    return saved(
        folder / "split", {"train": rows, "validation": rows[:40], "test": rows[40:80]}, label=classes(*feelings)
    )


@case(
    "twenty-newsgroups",
    HUB + "SetFit/20_newsgroups",
    read_as(
        "single-class",
        roles={"text": TEXT, "label": ("label", "ignored"), "label_text": ("label", "ignored")},
        label=("label", "label_text"),
        kind="class",
    ),
)
def _(folder: Path, write: Writer) -> Path:
    groups = ("alt.atheism", "comp.graphics", "rec.autos", "sci.space", "talk.politics.misc", "misc.forsale")
    rows = []
    for number in range(200):
        label = write.random.randrange(len(groups))
        told = "" if number % 37 == 0 else f"{write.passage(None, 4)}\n\n> {write.sentence()}\n--\n{write.name()}"
        rows.append({"text": told, "label": label, "label_text": groups[label]})
    return jsonl(folder / "train.jsonl", rows)


@case(
    "sms-spam-kaggle",
    "https://www.kaggle.com/datasets/uciml/sms-spam-collection-dataset (spam.csv)",
    classified("v2", "v1"),
)
def _(folder: Path, write: Writer) -> Path:
    lines = ["v1,v2,,,"]
    for number in range(240):
        spam = write.random.random() < 0.13
        told = (
            f"WINNER!! Claim your £{write.random.randint(100, 900)} prize, call 0{write.random.getrandbits(32)} now"
            if spam
            else write.sentence()
        )
        rest = ',"' + write.sentence() + '",,' if number % 60 == 7 else ",,,"
        lines.append(f'{"spam" if spam else "ham"},"{told}"{rest}')
    return text_file(folder / "spam.csv", "\r\n".join(lines) + "\r\n", encoding="latin-1")


@case(
    "sentiment140",
    "http://help.sentiment140.com/for-students (training.1600000.processed.noemoticon.csv)",
    read_as(
        "single-class",
        roles={
            "column_1": LABEL,
            **dict.fromkeys(("column_2", "column_3", "column_4", "column_5"), ASIDE),
            "column_6": TEXT,
        },
        label="column_1",
        kind=("class", "binary"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number in range(240):
        good = write.random.random() < 0.5
        told = f"@{write.name().lower()} {write.review(5 if good else 1).split('. ')[0]} {write.one('', 'é', '...')}"
        day = f"Mon Apr {write.random.randint(6, 27):02d} 22:{write.random.randint(10, 59)}:45 PDT 2009"
        rows.append(
            {
                "target": "4" if good else "0",
                "id": str(1_467_810_369 + 613 * number),
                "date": day,
                "flag": "NO_QUERY",
                "user": f"_{write.name()}{number}_",
                "text": told,
            }
        )
    path = delimited(folder / "training.csv", rows, header=False, quoting=csv.QUOTE_ALL)
    return text_file(path, path.read_text(encoding="utf-8"), encoding="latin-1")


@case(
    "toxic-comments",
    "https://www.kaggle.com/competitions/jigsaw-toxic-comment-classification-challenge (train.csv)",
    read_as(
        "single-class",
        roles={"id": ASIDE, "comment_text": TEXT},
        label=("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"),
        kind=("class", "binary"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(260):
        toxic = write.random.random() < 0.1
        marks = {
            name: int(toxic and write.random.random() < share)
            for name, share in (
                ("severe_toxic", 0.1),
                ("obscene", 0.5),
                ("threat", 0.05),
                ("insult", 0.5),
                ("identity_hate", 0.1),
            )
        }
        told = f'"{write.review(1)}\n\n{write.sentence()} ([[User talk:{write.name()}|talk]])"'
        rows.append({"id": f"{write.random.getrandbits(64):016x}", "comment_text": told, "toxic": int(toxic), **marks})
    return delimited(folder / "train.csv", rows, quoting=csv.QUOTE_ALL)


@case(
    "insincere-questions",
    "https://www.kaggle.com/c/quora-insincere-questions-classification (train.csv)",
    classified("question_text", "target", qid=ASIDE),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(260, write.fact):
        rows.append(
            {
                "qid": f"{write.random.getrandbits(80):020x}",
                "question_text": fact.question,
                "target": int(write.random.random() < 0.06),
            }
        )
    return delimited(folder / "train.csv", rows)


@case(
    "news-categories",
    "https://www.kaggle.com/datasets/rmisra/news-category-dataset (News_Category_Dataset_v3.json)",
    read_as(
        "single-class",
        "pair",
        roles={
            **dict.fromkeys(("link", "authors", "date"), ASIDE),
            "headline": ("text", "anchor", "ignored"),
            "short_description": ("text", "positive", "ignored"),
            "category": ("label", "ignored"),
        },
        label=("category", None),
        kind=("class", "none"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number in range(240):
        topic = write.random.randrange(4)
        headline = write.headline(topic)
        rows.append(
            {
                "link": f"https://www.huffpost.com/entry/{headline.lower().replace(' ', '-')}_n_{number:x}",
                "headline": headline,
                "category": ("WORLD NEWS", "SPORTS", "BUSINESS", "SCIENCE")[topic],
                "short_description": write.one(write.passage(None, 1), write.passage(None, 2), ""),
                "authors": write.one("", f"{write.name()} {write.name()}", f"{write.name()} {write.name()}, AP"),
                "date": f"20{write.random.randint(12, 22)}-0{write.one(1, 7)}-{write.random.randint(10, 28)}",
            }
        )
    return jsonl(folder / "News_Category_Dataset_v3.json", rows)


@case(
    "clothing-reviews",
    "https://www.kaggle.com/datasets/nicapotato/womens-ecommerce-clothing-reviews",
    read_as(
        "single-class",
        roles={
            **dict.fromkeys(("Clothing ID", "Age", "Positive Feedback Count"), ASIDE),
            "Title": BESIDE,
            "Review Text": TEXT,
        },
        label=("Rating", "Recommended IND", "Division Name", "Department Name", "Class Name"),
        kind=("class", "binary", "grade"),
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for number in range(220):
        stars = write.random.choices([1, 2, 3, 4, 5], [4, 7, 12, 22, 55])[0]
        rows.append(
            {
                "": number,
                "Clothing ID": write.random.randint(700, 1100),
                "Age": write.random.randint(19, 80),
                "Title": write.one("", write.review(stars).split(".")[0]),
                "Review Text": "" if number % 30 == 0 else write.review(stars),
                "Rating": stars,
                "Recommended IND": int(stars > 3),
                "Positive Feedback Count": write.random.randint(0, 30),
                "Division Name": write.one("General", "General Petite", "Initmates"),
                "Department Name": write.one("Tops", "Dresses", "Bottoms", "Jackets"),
                "Class Name": write.one("Knits", "Dresses", "Blouses", "Pants", "Sweaters"),
            }
        )
    return delimited(folder / "Womens Clothing E-Commerce Reviews.csv", rows)


@case("twitter-financial", HUB + "zeroshot/twitter-financial-news-sentiment", classified("text", "label"))
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(240):
        rows.append(
            {
                "text": f"${write.name()[:4].upper()} - {write.headline(2)} https://t.co/{write.random.getrandbits(40):x}",
                "label": write.random.choices([0, 1, 2], [15, 20, 65])[0],
            }
        )
    return delimited(folder / "sent_train.csv", rows)


@case(
    "financial-phrasebank",
    HUB + "takala/financial_phrasebank (Sentences_50Agree, as csv)",
    read_as("single-class", roles={"column_1": LABEL, "column_2": TEXT}, label="column_1", kind="class"),
)
def _(folder: Path, write: Writer) -> Path:
    rows = [
        {"s": write.random.choices(["neutral", "positive", "negative"], [59, 28, 13])[0], "t": write.headline(2) + " ."}
        for _ in range(240)
    ]
    path = delimited(folder / "all-data.csv", rows, header=False)
    return text_file(path, path.read_text(encoding="utf-8").replace("Profit", "Profit in Åbo"), encoding="latin-1")


@case("chinese-sentiment", HUB + "lansinuote/ChnSentiCorp", classified("text", "label"), language="zh")
def _(folder: Path, write: Writer) -> Path:
    rows = [{"text": write.passage(None, 3), "label": write.random.randint(0, 1)} for _ in range(200)]
    return parquet(folder / "train-00000-of-00001.parquet", rows, label=INT8)


@case(
    "clustering-sets",
    HUB + "mteb/twentynewsgroups-clustering",
    read_as("single-class", roles={"sentences": TEXT, "labels": LABEL}, label="labels", kind="class", refuse="may"),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for _ in range(10):
        topics = [write.random.randrange(4) for _ in range(write.random.randint(100, 140))]
        rows.append({"sentences": [write.headline(topic) for topic in topics], "labels": topics})
    return jsonl(folder / "test.jsonl.gz", rows)
