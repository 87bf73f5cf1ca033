"""Rules on the texts themselves: how long they are, whether both sides are alike, what stands before them."""

from collections.abc import Iterator, Mapping

from advisor.arguments import Plain
from advisor.catalogue import Loss
from advisor.rules.engine import Advice, rule
from advisor.rules.facts import Facts
from converters.formats import FORMATS

#: Formats whose first text searches for the others.
_SEARCHED = ("pair", "triplet", "n-tuple", "triplet-margin", "n-tuple-margins", "triplet-scores", "n-tuple-scores")

#: Families of models that were trained with prompts, by a part of their name: what stands before a query, and before a
#: document. From their model cards. The first part that is found counts.
_PROMPTS: Mapping[str, tuple[str, str]] = {
    "e5-mistral": ("Instruct: Given a query, retrieve passages that answer it\nQuery: ", ""),
    "e5-large-instruct": ("Instruct: Given a query, retrieve passages that answer it\nQuery: ", ""),
    "e5-": ("query: ", "passage: "),
    "nomic-embed": ("search_query: ", "search_document: "),
    "modernbert-embed": ("search_query: ", "search_document: "),
    "bge-m3": ("", ""),
    "bge-": ("Represent this sentence for searching relevant passages: ", ""),
    "mxbai-embed": ("Represent this sentence for searching relevant passages: ", ""),
    "arctic-embed-l-v2": ("query: ", ""),
    "arctic-embed-m-v2": ("query: ", ""),
    "arctic-embed": ("Represent this sentence for searching relevant passages: ", ""),
    "qwen3-embedding": (
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:",
        "",
    ),
    "embeddinggemma": ("task: search result | query: ", "title: none | text: "),
}

#: What models that know several tasks put before a text that is not searched for.
_TASK_PROMPTS: Mapping[str, Mapping[str, str]] = {
    "nomic-embed": {"classification": "classification: ", "clustering": "clustering: "},
    "modernbert-embed": {"classification": "classification: ", "clustering": "clustering: "},
    "e5-": {"classification": "query: ", "clustering": "query: ", "similarity": "query: "},
}


@rule
def prompts_of_the_model(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A model that was trained with prompts wants them in training as well, the same ones as in use."""
    if facts.model is None or loss.family in ("cross-encoder", "multi-vector-encoder"):
        return
    query, document, source = _prompts(facts)
    names = FORMATS[facts.format].column_names(max(2, len(facts.text_words)) if FORMATS[facts.format].repeats else None)
    label = FORMATS[facts.format].label_name
    texts = [name for name in names if name != label]
    alike = facts.format not in _SEARCHED or (facts.symmetric and facts.task in ("similarity", "clustering", None))
    if facts.task in ("classification", "clustering", "similarity") and (said := _task_prompt(facts)):
        prompts = dict.fromkeys(texts, said)
    elif facts.format in _SEARCHED and not (alike and not document):
        prompts = {name: query if i == 0 else document for i, name in enumerate(texts)}
    elif source == "name" and query == "query: ":  # E5 wants one everywhere, and this one where no side searches
        prompts = dict.fromkeys(texts, query)
    else:
        prompts = {}
    prompts = {name: prompt for name, prompt in prompts.items() if prompt}
    if prompts:
        whose = "its files name them" if source == "model" else "its authors trained it so"
        yield Advice(
            prompts=prompts,
            reason=f"the model wants prompts before its texts ({whose}): the same in training as in use",
        )


def _prompts(facts: Facts) -> tuple[str, str, str]:
    """The prompts of a query and of a document, and whether the model or its name tells them."""
    assert facts.model is not None
    own = facts.model.prompts
    query = own.get("query") or own.get("search_query") or own.get("retrieval.query") or ""
    document = own.get("document") or own.get("passage") or own.get("search_document") or own.get("corpus") or ""
    if query or document:
        return query, document, "model"
    name = facts.model.name.lower().rstrip("/").rsplit("/", 1)[-1]
    for part, (before_query, before_document) in _PROMPTS.items():
        if part in name:
            return before_query, before_document, "name"
    return "", "", ""


def _task_prompt(facts: Facts) -> str | None:
    assert facts.model is not None
    task = facts.task or ""
    own = facts.model.prompts
    for key in (task, task.capitalize(), {"similarity": "STS"}.get(task, task)):
        if own.get(key):
            return own[key]
    name = facts.model.name.lower().rstrip("/").rsplit("/", 1)[-1]
    return next((prompts.get(task) for part, prompts in _TASK_PROMPTS.items() if part in name), None)


@rule
def questions_and_passages(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Short questions and long passages: one side searches, the other is found."""
    if facts.format not in ("pair", "triplet", "n-tuple") or not facts.asymmetric:
        return
    first, second = facts.text_words[:2]
    shown = f"anchors of {first:.0f} words and positives of {second:.0f}"
    if "Symmetric" in loss.name:
        yield Advice(weight=-0.1, warning=f"{shown} are no two of a kind: nobody searches for questions with passages")
    elif loss.family == "multi-vector-encoder" and second > 20:
        yield Advice(reason=f"{shown}: token by token, a short query finds its place in a long document")
    elif loss.family == "sparse-encoder":
        yield Advice(reason=f"{shown}: words of the query are matched in the document, and words that mean the same")


@rule
def texts_of_one_kind(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Two texts of a kind: searching makes sense from either side, and one price on dimensions fits both."""
    if not facts.symmetric or facts.format not in ("pair", "triplet", "n-tuple", "pair-score"):
        return
    first, second = facts.text_words[:2]
    shown = f"both texts are of a kind ({first:.0f} and {second:.0f} words)"
    if "Symmetric" in loss.name:
        yield Advice(weight=0.1, reason=f"{shown}, so either may search for the other")
    elif loss.family == "sparse-encoder" and loss.wrapper == "SpladeLoss" and not facts.autoencoder:
        yield Advice(
            reason=f"{shown}: one price on dimensions for both",
            wrapper_arguments={
                "document_regularizer_weight": Plain(5e-5),
                "use_document_regularizer_only": Plain(True),
            },
        )
    elif loss.family == "multi-vector-encoder":
        yield Advice(warning=f"{shown}: token vectors cost much memory, and pay off for passages rather than sentences")


@rule
def texts_that_are_cut_off(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """What stands behind the last token that a model reads is not there for it."""
    limit = facts.model.max_seq_length if facts.model else None
    if not limit or not facts.text_tokens:
        return
    if loss.family == "cross-encoder" and len(facts.text_tokens) > 1:
        longest, what = facts.text_tokens[0] + max(facts.text_tokens[1:]), "pairs"
    else:
        longest, what = max(facts.text_tokens), "texts"
    if longest > limit:
        yield Advice(
            warning=f"5 % of the {what} have more than about {longest:,} tokens, and the model reads {limit:,}: what "
            "stands behind that is cut off"
        )


@rule
def short_texts_hold_little_to_rebuild(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A denoising autoencoder wants sentences: of three words, 60 % deleted leave one."""
    if facts.format == "single" and loss.name == "DenoisingAutoEncoderLoss" and 0 < facts.words < 5:
        yield Advice(
            weight=-0.15,
            warning=f"texts of {facts.words:.0f} words: with most of them deleted there is nothing to go by",
        )
