"""Grades that are written as words, from worst to best."""

from collections.abc import Iterable

#: Scales of relevance, each from worst to best; words of one place mean the same.
SCALES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("bad",), ("fair",), ("good",), ("excellent",), ("perfect",)),
    (
        ("poor", "very bad"),
        ("bad", "fair"),
        ("average", "ok", "okay", "neutral"),
        ("good",),
        ("very good", "excellent"),
    ),
    (
        ("irrelevant", "not relevant", "non relevant"),
        (
            "marginally relevant",
            "slightly relevant",
            "somewhat relevant",
            "partial",
            "partially relevant",
            "partly relevant",
        ),
        ("relevant", "fairly relevant", "mostly relevant"),
        ("highly relevant", "very relevant", "fully relevant", "exact", "perfectly relevant"),
    ),
    (("irrelevant", "i"), ("complement", "c"), ("substitute", "s"), ("exact", "e")),
    (("none", "no"), ("low",), ("medium", "moderate"), ("high",), ("very high",)),
    (("no match", "mismatch"), ("partial match", "partial"), ("match", "exact match", "full match")),
    (("unrelated",), ("loosely related", "somewhat related"), ("related",), ("closely related", "highly related")),
    (
        ("dissimilar", "different"),
        ("somewhat similar", "slightly similar"),
        ("similar",),
        ("very similar",),
        ("identical",),
    ),
)


def grades_of(words: Iterable[str]) -> dict[str, int] | None:
    """The grade of each word, 0 the worst, if the words are three or more of one scale; None otherwise.

    Args:
        words: as they stand in the data.
    """
    spelled = {word: " ".join(word.strip().lower().replace("_", " ").replace("-", " ").split()) for word in words}
    for scale in SCALES:
        place = {word: grade for grade, same in enumerate(scale) for word in same}
        if len(set(spelled.values())) >= 3 and all(each in place for each in spelled.values()):
            return {word: place[each] for word, each in spelled.items()}
    return None
