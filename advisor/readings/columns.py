"""What a column alone says: whether it is a text, what its name says of a role, what leaving it out costs."""

from collections.abc import Iterator, Mapping

from advisor.profiles import ColumnProfile
from advisor.readings.evidence import Evidence
from advisor.vocabulary import Hint, hint_of, words_of
from converters.errors import quote
from converters.formats import Role

FIRST = frozenset({"anchor", "query", "sentence_a", "damaged"})
SECOND = frozenset({"positive", "document", "sentence_b", "original"})

#: Fields of the records that a conversation is made of.
_TURNS = ({"role", "content"}, {"from", "value"}, {"speaker", "text"}, {"role", "text"})

#: Words of names that only say where a column stands.
_PLACES = frozenset(["column", "col", "field", "text", "sentence", "sent", "string", "unnamed", "feature", "f", "var"])

#: Words that stand in few places of a name and make it that of an identifier, however its values look.
_UNTEXTUAL = frozenset({"id", "ignored"})


def is_chat(column: ColumnProfile) -> bool:
    """Whether the column holds conversations: lists of turns with a speaker."""
    return column.nature == "records" and any(turn <= set(column.fields) for turn in _TURNS)


def is_constant(column: ColumnProfile) -> bool:
    """Whether the column says the same in every row."""
    flat = column.nature not in ("texts", "numbers", "records", "nested")
    return flat and column.distinct <= 1 and column.filled > 1


def equivalent(role: str) -> frozenset[str]:
    """The words that a user may use for a role: an anchor is a query or a first sentence, and so on."""
    if role in FIRST:
        return FIRST
    return SECOND if role in SECOND else frozenset({role})


def leftover(column: ColumnProfile) -> Role:
    """The role of a column that a reading has no use for."""
    identifies = hint_of(column.name).role == "id" or (
        column.nature in ("token", "integer") and column.uniqueness > 0.95 and column.filled > 1
    )
    return "id" if identifies else "ignored"


def as_text(column: ColumnProfile, given: Mapping[str, str]) -> Evidence | None:
    """What speaks against training on the column as text; None where it cannot be one at all."""
    name, role = column.name, given.get(column.name)
    if role is not None:  # a list that is said to be one side of a group is no single text
        usable = role not in ("label", "id", "ignored", "documents") and column.nature not in ("texts", "records")
        return Evidence(0.0, "", name) if usable else None
    hint = hint_of(name)
    if column.nature not in ("text", "category"):
        return None
    weight = 0.0
    if is_constant(column):
        if hint.role not in FIRST or {"instruction", "prompt"} & set(words_of(name)):
            return None
        weight -= 1.5
    if hint.role in _UNTEXTUAL:
        weight -= 3.0 if column.nature == "text" and column.mean_words > 6 else 6.0
    if hint.role == "label":
        weight -= 1.0 if _is_written(column) else 4.0
    if column.missing > 0.3 * column.rows:
        weight -= 1.5
    if hint.derived:
        weight -= 2.5
    if column.mean_words < 6 and words_of(name)[-1:] in (("name",), ("names",)):
        weight -= 1.0
    if column.nature == "category":
        weight -= 4.0 if column.distinct <= 12 else 2.5 if column.distinct <= 50 else 1.0
        phrases = column.mean_words > 1.3 or column.distinct > 12
        weight = max(weight, -0.3) if phrases and hint.role in FIRST | SECOND | {"negative"} else weight
    elif column.mean_words < 1.5 and hint.role not in FIRST | SECOND | {"text", "negative"}:
        weight -= 1.0
    return Evidence(weight, f"{quote(name)} hardly looks like a text to train on" if weight else "", name)


def _is_written(column: ColumnProfile) -> bool:
    """Whether the texts are too long for names of classes."""
    return column.nature == "text" and (column.mean_words > 3 or column.uniqueness > 0.5)


def unused(
    column: ColumnProfile, *, labeled: bool, titled: bool, answered: bool, opposed: bool, spelled: bool
) -> Iterator[Evidence]:
    """What speaks against a reading that has no use for a column.

    Args:
        column: the column.
        labeled: whether the reading has a label already.
        titled: whether the reading uses the text of which this column is the title.
        answered: whether the reading has a document already.
        opposed: whether the reading has a column that is named like a negative for one.
        spelled: whether the column spells out the label in words.
    """
    name, hint = column.name, hint_of(column.name)
    if is_constant(column) and hint.role in FIRST and column.nature in ("text", "category"):
        yield Evidence(-2.0, f"{quote(name)} is named like a query, yet not used", name)
        return
    if column.nature in ("empty", "token") or is_constant(column) or (spelled and labeled):
        if column.nature == "token" and column.uniqueness < 0.5 and not labeled and hint.role not in ("id", "ignored"):
            yield Evidence(-0.6, f"{quote(name)} repeats, as classes do, and would not be used", name)
        return
    if hint.role in ("id", "ignored"):
        if column.nature == "text" and column.mean_words > 8:
            yield Evidence(-0.5, f"{quote(name)} (text) would not be used", name)
        return
    if hint.role == "label" and not _is_written(column):
        if labeled:
            yield Evidence(-0.6, f"{quote(name)} is named like a label too", name)
        elif hint.kind == "class":
            yield Evidence(-1.2, f"{quote(name)} may say what the texts are about, and would not be used", name)
        else:
            yield Evidence(-3.0, f"{quote(name)} is named like a label, yet not used", name)
        return
    weight = _unused_weight(column, hint, labeled=labeled, titled=titled, answered=answered, opposed=opposed)
    if weight:
        yield Evidence(weight, f"{quote(name)} ({column.nature}) would not be used", name)


def _unused_weight(
    column: ColumnProfile, hint: Hint, *, labeled: bool, titled: bool, answered: bool, opposed: bool
) -> float:
    if column.nature == "integer" and column.uniqueness > 0.95:
        return -0.1
    if column.nature in ("boolean", "integer", "number"):
        return -0.6 if labeled else -1.5
    if column.nature == "category":
        named = hint.role in FIRST | SECOND | {"negative"}
        return -4.0 if named else -0.4 if labeled else -1.0
    if column.nature == "text":
        if hint.title:
            return -0.8 if titled else -1.5
        if hint.role == "document" and answered:
            return -1.0
        if hint.derived:
            return -0.3
        if hint.role in FIRST | SECOND | {"negative"}:
            return -4.0
        if column.missing > 0.3 * column.rows:
            return -0.7
        return -2.0 if column.mean_words > 4 else -1.2 if column.mean_words > 1.5 else -0.4
    if column.nature == "records" and is_chat(column):
        return -4.0
    if "." in column.name and column.lengths is not None:  # a list inside of a record: one of several
        return -2.0 if hint.role in ("positive", "negative") and hint.body and column.nature == "texts" else -0.5
    if column.nature in ("texts", "records") and hint.role == "negative" and not opposed:
        return -4.0
    if column.nature == "texts" and answered:
        return -0.8
    if column.nature in ("nested", "records") and {"answers", "answer"} & set(words_of(column.name)):
        return -3.0
    return {"texts": -2.0, "records": -2.0, "numbers": -1.0, "nested": -0.5}.get(column.nature, 0.0)


def named(name: str, role: Role) -> Evidence | None:
    """What a column's name says about the role it is given."""
    hint = hint_of(name).role
    if role == "negative" and hint in ("", "text") and not is_nameless(name):
        return Evidence(-0.8, f"nothing says that {quote(name)} is a negative", name)
    if hint in ("", "text", "label") or role == "text" or (role in SECOND and hint_of(name).title):
        return None
    if role == "positive" and hint == role and {"pos", "positive", "positives"} & set(words_of(name)):
        return Evidence(1.5, f"{quote(name)} is named like a positive", name)
    if hint == role or (hint == "documents" and role == "documents"):
        return Evidence(1.5 if role == "negative" else 1.2, f"{quote(name)} is named like {_article(role)}", name)
    if (hint in FIRST and role in FIRST) or (hint in SECOND and role in SECOND):
        return Evidence(0.8, f"the name {quote(name)} suits {_article(role)}", name)
    if hint == "negative":
        return Evidence(-3.0, f"{quote(name)} is named like a negative", name)
    if role == "negative":
        numbered = hint == "positive" and {"pos", "positive"} & set(words_of(name))
        weight = -4.0 if numbered else -0.3 if hint == "document" else -1.8
        return Evidence(weight, f"{quote(name)} is not named like a negative", name)
    if role == "documents":
        return None
    return Evidence(-1.0, f"{quote(name)} is not named like {_article(role)}", name)


def is_nameless(name: str) -> bool:
    """Whether a name says nothing but where the column stands: column_3, text2, b."""
    words = [word for word in words_of(name) if not word.isdigit()]
    return all(word in _PLACES or len(word) == 1 for word in words)


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
