"""What people also bring: instructions, preferences and chats, and tables that train no text model."""

import random
from pathlib import Path
from typing import Any

from tests.advisor.schemas.expected import ANCHOR, ASIDE, HUB, POSITIVE, REFUSED, Expected, case, read_as
from tests.advisor.schemas.layouts import delimited, json_file, jsonl, parquet, raw_tsv
from tests.advisor.schemas.sentences import Writer

#: A conversation trains no embedding model as it stands: refused, or read with doubt.
DOUBTFUL = Expected(refuse="may", max_confidence=0.6)


@case(
    "alpaca",
    HUB + "tatsu-lab/alpaca",
    read_as("pair", roles={"instruction": (*ANCHOR, "ignored"), "output": POSITIVE}, refuse="may", max_confidence=0.85),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, how in write.several(160, write.task):
        given = write.one("", "", write.sentence())
        told = "Below is an instruction that describes a task."
        prompt = f"{told}\n\n### Instruction:\nExplain how to {task}\n\n### Response:"
        output = write.answer(how)
        rows.append(
            {"instruction": f"Explain how to {task}.", "input": given, "output": output, "text": f"{prompt}{output}"}
        )
    return parquet(folder / "data" / "train-00000-of-00001.parquet", rows)


@case(
    "dolly",
    HUB + "databricks/databricks-dolly-15k",
    read_as(
        "pair",
        "qa",
        roles={"instruction": ANCHOR, "response": (*POSITIVE, "ignored"), "category": ASIDE},
        refuse="may",
        max_confidence=0.9,
    ),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(160, write.fact):
        closed = write.random.random() < 0.3
        category = (
            write.one("closed_qa", "information_extraction")
            if closed
            else write.one("open_qa", "general_qa", "brainstorming")
        )
        rows.append(
            {
                "instruction": fact.question,
                "context": write.passage(fact) if closed else "",
                "response": fact.statement,
                "category": category,
            }
        )
    return jsonl(folder / "databricks-dolly-15k.jsonl", rows)


@case("oasst1", HUB + "OpenAssistant/oasst1", DOUBTFUL)
def _(folder: Path, write: Writer) -> Path:
    rows: list[dict[str, Any]] = []
    for tree in range(60):
        parent = None
        for turn in range(write.one(2, 3, 4)):
            task, how = write.task()
            identity = f"{write.random.getrandbits(128):032x}"
            rows.append(
                {
                    "message_id": identity,
                    "parent_id": parent,
                    "user_id": f"{write.random.getrandbits(128):032x}",
                    "created_date": f"2023-02-{5 + tree % 20:02d}T14:23:{turn:02d}.484917+00:00",
                    "text": write.answer(how) if turn % 2 else write.ask(task),
                    "role": "assistant" if turn % 2 else "prompter",
                    "lang": write.one("en", "en", "es", "de"),
                    "review_count": 3,
                    "review_result": True,
                    "deleted": False,
                    "rank": turn % 3 if turn else None,
                    "synthetic": False,
                    "message_tree_id": f"{tree:032x}",
                    "tree_state": "ready_for_export",
                }
            )
            parent = identity
    return parquet(folder / "data" / "train-00000-of-00001.parquet", rows)


@case("hh-rlhf", HUB + "Anthropic/hh-rlhf", DOUBTFUL)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, how in write.several(140, write.task):
        turns = (write.ask(task), write.answer(write.task()[1]), write.sentence())
        shared = f"\n\nHuman: {turns[0]}\n\nAssistant: {turns[1]}\n\nHuman: {turns[2]}\n\nAssistant:"
        rows.append({"chosen": f"{shared} {how}", "rejected": f"{shared} {write.task()[1]}"})
    return jsonl(folder / "train.jsonl.gz", rows)


@case(
    "ultrafeedback-binarized",
    HUB + "HuggingFaceH4/ultrafeedback_binarized",
    Expected(("triplet", "triplet-scores"), refuse="may", max_confidence=0.9),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, how in write.several(120, write.task):
        asked = write.ask(task)
        good, bad = write.answer(how), write.answer(write.task()[1])
        rows.append(
            {
                "prompt": asked,
                "prompt_id": f"{write.random.getrandbits(256):064x}",
                "chosen": [{"content": asked, "role": "user"}, {"content": good, "role": "assistant"}],
                "rejected": [{"content": asked, "role": "user"}, {"content": bad, "role": "assistant"}],
                "messages": [{"content": asked, "role": "user"}, {"content": good, "role": "assistant"}],
                "score_chosen": write.one(8.5, 9.0, 7.5),
                "score_rejected": write.one(3.0, 6.5, 7.0),
            }
        )
    return parquet(folder / "data" / "train_prefs-00000-of-00001.parquet", rows)


@case("ultrachat", HUB + "HuggingFaceH4/ultrachat_200k", DOUBTFUL)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, how in write.several(100, write.task):
        asked = write.ask(task)
        turns = [asked, write.answer(how), write.ask(write.task()[0]), write.answer(write.task()[1])]
        rows.append(
            {
                "prompt": asked,
                "prompt_id": f"{write.random.getrandbits(256):064x}",
                "messages": [
                    {"content": turn, "role": "assistant" if at % 2 else "user"} for at, turn in enumerate(turns)
                ],
            }
        )
    return parquet(folder / "data" / "train_sft-00000-of-00003.parquet", rows)


@case("openai-chat-lines", "https://platform.openai.com/docs/guides/fine-tuning (messages)", DOUBTFUL)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, how in write.several(120, write.task):
        turns = [
            ("system", "You are a helpful assistant."),
            ("user", write.ask(task)),
            ("assistant", write.answer(how)),
        ]
        rows.append({"messages": [{"role": role, "content": content} for role, content in turns]})
    return jsonl(folder / "chat.jsonl", rows)


@case("lmsys-arena", HUB + "lmsys/chatbot_arena_conversations", DOUBTFUL)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for task, how in write.several(90, write.task):
        asked = {"content": write.ask(task), "role": "user"}
        rows.append(
            {
                "question_id": f"{write.random.getrandbits(128):032x}",
                "model_a": write.one("vicuna-13b", "koala-13b", "alpaca-13b"),
                "model_b": write.one("gpt-4", "claude-1", "dolly-v2-12b"),
                "winner": write.one("model_a", "model_b", "tie"),
                "judge": f"arena_user_{write.random.randint(1, 900)}",
                "conversation_a": [asked, {"content": write.answer(how), "role": "assistant"}],
                "conversation_b": [asked, {"content": write.answer(write.task()[1]), "role": "assistant"}],
                "turn": 1,
                "language": "English",
                "tstamp": 1682351591.0 + write.random.random() * 10**6,
            }
        )
    return parquet(folder / "data" / "train-00000-of-00001.parquet", rows)


@case(
    "mmlu",
    HUB + "cais/mmlu (abstract_algebra)",
    Expected(("labeled-list", "pair", "grouped"), refuse="may", max_confidence=0.85),
)
def _(folder: Path, write: Writer) -> Path:
    rows = []
    for fact in write.several(140, write.fact):
        answer = write.random.randrange(4)
        choices = [fact.answer if at == answer else write.fact().answer for at in range(4)]
        rows.append({"question": fact.question, "subject": "geography", "choices": choices, "answer": answer})
    return parquet(folder / "all" / "test-00000-of-00001.parquet", rows)


# Tables without texts


def _table(columns: dict[str, Any], rows: int, seed: str) -> list[dict[str, Any]]:
    """Rows of numbers and words; a column is a function of the source of chance, or a list to choose from."""
    chance = random.Random(seed)
    return [
        {name: each(chance) if callable(each) else chance.choice(each) for name, each in columns.items()}
        for _ in range(rows)
    ]


@case("titanic", "https://www.kaggle.com/c/titanic (train.csv)", REFUSED)
def _(folder: Path, write: Writer) -> Path:
    titles = {"male": "Mr.", "female": "Mrs."}
    rows = []
    for number in range(240):
        sex = write.one("male", "male", "female")
        rows.append(
            {
                "PassengerId": number + 1,
                "Survived": write.one(0, 0, 1),
                "Pclass": write.one(1, 2, 3, 3),
                "Name": f"{write.name()}, {titles[sex]} {write.name()}",
                "Sex": sex,
                "Age": write.one("", write.random.randint(1, 74)),
                "SibSp": write.one(0, 0, 1),
                "Parch": write.one(0, 0, 2),
                "Ticket": write.one(
                    f"A/5 {write.random.randint(10_000, 30_000)}", str(write.random.randint(10_000, 400_000))
                ),
                "Fare": round(write.random.expovariate(0.03), 4),
                "Cabin": write.one("", "", f"C{write.random.randint(1, 130)}"),
                "Embarked": write.one("S", "S", "C", "Q"),
            }
        )
    return delimited(folder / "train.csv", rows)


@case("mnist", "https://www.kaggle.com/c/digit-recognizer (train.csv)", REFUSED)
def _(folder: Path, write: Writer) -> Path:
    pixels = {
        f"pixel{number}": lambda chance: chance.choice([0, 0, 0, chance.randint(1, 255)]) for number in range(100)
    }
    return delimited(folder / "train.csv", _table({"label": list(range(10)), **pixels}, 120, "mnist"))


@case(
    "california-housing", "https://www.kaggle.com/datasets/camnugent/california-housing-prices (housing.csv)", REFUSED
)
def _(folder: Path, write: Writer) -> Path:
    columns = {
        "longitude": lambda chance: round(chance.uniform(-124, -114), 2),
        "latitude": lambda chance: round(chance.uniform(32, 42), 2),
        "housing_median_age": lambda chance: float(chance.randint(1, 52)),
        "total_rooms": lambda chance: float(chance.randint(100, 9000)),
        "median_income": lambda chance: round(chance.uniform(0.5, 12), 4),
        "median_house_value": lambda chance: float(chance.randint(20_000, 500_001)),
        "ocean_proximity": ["NEAR BAY", "<1H OCEAN", "INLAND", "NEAR OCEAN"],
    }
    return delimited(folder / "housing.csv", _table(columns, 200, "housing"))


@case("adult-census", "https://archive.ics.uci.edu/dataset/2/adult (adult.csv)", REFUSED)
def _(folder: Path, write: Writer) -> Path:
    columns = {
        "age": lambda chance: chance.randint(17, 80),
        "workclass": ["Private", "Self-emp-not-inc", "Local-gov", "?"],
        "fnlwgt": lambda chance: chance.randint(20_000, 600_000),
        "education": ["HS-grad", "Some-college", "Bachelors", "11th", "Masters"],
        "education.num": lambda chance: chance.randint(1, 16),
        "marital.status": ["Never-married", "Married-civ-spouse", "Divorced", "Widowed"],
        "occupation": ["Exec-managerial", "Craft-repair", "Prof-specialty", "Sales", "?"],
        "relationship": ["Husband", "Not-in-family", "Own-child", "Unmarried"],
        "race": ["White", "Black", "Asian-Pac-Islander"],
        "sex": ["Male", "Female"],
        "capital.gain": [0, 0, 0, 7688, 15024],
        "hours.per.week": lambda chance: chance.randint(1, 99),
        "native.country": ["United-States", "United-States", "Mexico", "?"],
        "income": ["<=50K", "<=50K", ">50K"],
    }
    return delimited(folder / "adult.csv", _table(columns, 260, "adult"))


@case("wine-quality", "https://archive.ics.uci.edu/dataset/186/wine+quality (winequality-red.csv)", REFUSED)
def _(folder: Path, write: Writer) -> Path:
    columns = {
        "fixed acidity": lambda chance: round(chance.gauss(8.3, 1.7), 1),
        "volatile acidity": lambda chance: round(chance.uniform(0.1, 1.3), 2),
        "citric acid": lambda chance: round(chance.uniform(0, 1), 2),
        "pH": lambda chance: round(chance.gauss(3.3, 0.15), 2),
        "alcohol": lambda chance: round(chance.uniform(8, 15), 1),
        "quality": [3, 4, 5, 5, 6, 6, 7, 8],
    }
    return delimited(folder / "winequality-red.csv", _table(columns, 240, "wine"), delimiter=";")


@case("movielens-ratings", "https://grouplens.org/datasets/movielens/100k (u.data)", REFUSED)
def _(folder: Path, write: Writer) -> Path:
    columns = {
        "user": lambda chance: chance.randint(1, 943),
        "item": lambda chance: chance.randint(1, 1682),
        "rating": [1, 2, 3, 3, 4, 4, 5],
        "timestamp": lambda chance: chance.randint(874_000_000, 893_000_000),
    }
    return raw_tsv(folder / "u.data.tsv", _table(columns, 260, "ratings"), header=False)


@case("bike-sharing", "https://www.kaggle.com/c/bike-sharing-demand (train.csv)", REFUSED)
def _(folder: Path, write: Writer) -> Path:
    columns = {
        "datetime": lambda chance: (
            f"2011-{chance.randint(1, 12):02d}-{chance.randint(1, 19):02d} {chance.randint(0, 23):02d}:00:00"
        ),
        "season": [1, 2, 3, 4],
        "holiday": [0, 0, 0, 1],
        "weather": [1, 1, 2, 3],
        "temp": lambda chance: round(chance.uniform(0.8, 41), 2),
        "count": lambda chance: chance.randint(1, 977),
    }
    return delimited(folder / "train.csv", _table(columns, 220, "bikes"))


@case("token-ids", "what a tokenizer leaves: input_ids and attention_mask", REFUSED)
def _(folder: Path, write: Writer) -> Path:
    def ids(chance: random.Random) -> list[int]:
        return [101, *(chance.randint(1000, 29_000) for _ in range(30)), 102]

    rows = _table({"input_ids": ids, "attention_mask": lambda _: [1] * 32, "label": [0, 1]}, 120, "tokens")
    return json_file(folder / "tokenized.json", rows)
