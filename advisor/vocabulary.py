"""What the names of columns tell: words that datasets use, and the role each of them suggests.

A name is a hint and never a proof: every hint carries a weight that the values of the column can outweigh. Weights are
in logits (natural logarithm of odds), like all evidence in `advisor.readings`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

#: The roles that a word suggests, strongest first. The label's word may also suggest its kind, after a colon.
_WORDS: Mapping[str, str] = {
    "anchor": "anchor",
    "query": "anchor",
    "queries": "anchor",
    "question": "anchor",
    "premise": "sentence_a",
    "sentence_a": "sentence_a",
    "sentencea": "sentence_a",
    "hypothesis": "sentence_b",
    "sentence_b": "sentence_b",
    "sentenceb": "sentence_b",
    "positive": "positive",
    "pos": "positive",
    "answer": "positive",
    "response": "positive",
    "reply": "positive",
    "positives": "positive",
    "passage": "document",
    "document": "document",
    "doc": "document",
    "context": "document",
    "documents": "documents",
    "docs": "documents",
    "passages": "documents",
    "candidates": "documents",
    "negative": "negative",
    "neg": "negative",
    "negatives": "negative",
    "damaged": "damaged",
    "corrupted": "damaged",
    "noisy": "damaged",
    "original": "original",
    "clean": "original",
    "text": "text",
    "sentence": "text",
    "title": "text",
    "body": "text",
    "content": "text",
    "review": "text",
    "utterance": "text",
    "tweet": "text",
    "label": "label",
    "labels": "label",
    "class": "label:class",
    "category": "label:class",
    "intent": "label:class",
    "topic": "label:class",
    "sentiment": "label:class",
    "gold": "label",
    "target": "label",
    "score": "label:score",
    "scores": "label:score",
    "similarity": "label:score",
    "sim": "label:score",
    "relatedness": "label:score",
    "rating": "label:score",
    "grade": "label:grade",
    "relevance": "label:grade",
    "rel": "label:grade",
    "duplicate": "label:binary",
    "equivalent": "label:binary",
    "paraphrase": "label:binary",
    "helpful": "label:binary",
    "relevant": "label:binary",
    "match": "label:binary",
    "correct": "label:binary",
    "entailment": "label:class",
    "embedding": "label:embedding",
    "vector": "label:embedding",
    "id": "id",
    "ids": "id",
    "idx": "id",
    "index": "id",
    "uuid": "id",
    "guid": "id",
    "key": "id",
    "url": "ignored",
    "link": "ignored",
    "lang": "ignored",
    "language": "ignored",
    "split": "ignored",
    "source": "ignored",
    "timestamp": "ignored",
    "date": "ignored",
    "time": "ignored",
    "author": "ignored",
    "user": "ignored",
    "username": "ignored",
    "price": "ignored",
    "year": "ignored",
    "len": "ignored",
    "length": "ignored",
    "votes": "ignored",
    "views": "ignored",
    "count": "ignored",
    "size": "ignored",
    "channel": "ignored",
    "domain": "ignored",
    "section": "ignored",
    "tags": "ignored",
    "meta": "ignored",
    "metadata": "ignored",
    "version": "ignored",
    "created": "ignored",
    "updated": "ignored",
    "verified": "ignored",
    "session": "ignored",
    "ip": "ignored",
}


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The lower-case words and numbers that a name is made of: `hardNegative_2` gives hard, negative, 2."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|[^0-9A-Za-z]+", " ", name)
    return tuple(spaced.lower().split())


@lru_cache(maxsize=4096)
def hint_of(name: str) -> str | None:
    """The role that a column's name suggests, or None: `label:score` where it suggests the kind of a label too."""
    words = words_of(name)
    if not words:
        return None
    whole = "_".join(words)
    if whole in _WORDS:
        return _WORDS[whole]
    if words[-1] in ("id", "ids", "idx") and len(words) > 1:
        return "id"
    plain = [word for word in words if not word.isdigit()]
    if any(word in ("negative", "neg", "negatives") for word in plain) and not any("score" in word for word in plain):
        return "negative"
    for word in reversed(plain):  # the last word is the head of the compound: "question_answer_score" is a score
        if word in _WORDS:
            return _WORDS[word]
    return None


def number_of(name: str) -> int | None:
    """The number that a name ends with: 2 for `sentence2`."""
    words = words_of(name)
    return int(words[-1]) if words and words[-1].isdigit() else None
