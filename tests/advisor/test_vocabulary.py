"""What names of columns suggest, in the words and the spelling that people use."""

import pytest

from advisor.vocabulary import hint_of, number_of, stem_of, words_of


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("query", "anchor"),
        ("QUERY", "anchor"),
        ("query_text", "anchor"),
        ("search_term", "anchor"),
        ("Frage", "anchor"),
        ("вопрос", "anchor"),
        ("问题", "anchor"),
        ("질문", "anchor"),
        ("السؤال", "anchor"),
        ("answer", "positive"),
        ("risposta", "positive"),
        ("positive_passages", "positive"),
        ("docPos", "positive"),
        ("d+", "positive"),
        ("d-", "negative"),
        ("hardNegative_2", "negative"),
        ("neg_doc", "negative"),
        ("passage_text", "document"),
        ("func_code_string", "document"),
        ("source_text", "text"),
        ("PageText", "text"),
        ("is_duplicate", "label"),
        ("gold_label", "label"),
        ("relevance_label", "label"),
        ("category_id", "label"),
        ("Class Index", "label"),
        ("question_id", "id"),
        ("Unnamed: 0", "id"),
        ("promptID", "id"),
        ("country_code", "ignored"),
        ("text_lang", "ignored"),
        ("pred_label", "ignored"),
        ("impressions", "ignored"),
        ("clicks", ""),  # one or none of them are judgements, thousands are facts: the values tell
        ("column_3", ""),
        ("", ""),
        ("xyzzy", ""),
    ],
)
def test_roles(name: str, role: str) -> None:
    assert hint_of(name).role == role


@pytest.mark.parametrize(
    ("name", "kind", "side"),
    [
        ("score", "score", ""),
        ("Ähnlichkeit", "score", ""),
        ("aehnlichkeit", "score", ""),
        ("pos_score", "score", "positive"),
        ("score_neg_1", "score", "negative"),
        ("relevance", "grade", ""),
        ("intent", "class", ""),
        ("embedding", "embedding", ""),
        ("label", "", ""),
    ],
)
def test_kinds_of_labels(name: str, kind: str, side: str) -> None:
    hint = hint_of(name)
    assert (hint.role, hint.kind, hint.side) == ("label", kind, side)


def test_titles_bodies_and_what_is_derived() -> None:
    assert hint_of("product_title").title
    assert hint_of("Review Text").body
    assert hint_of("clean_text").derived
    assert not hint_of("clean").derived


def test_words_numbers_and_stems() -> None:
    assert words_of("sentence1") == ("sentence", "1")
    assert words_of("hardNegative_2") == ("hard", "negative", "2")
    assert (number_of("sentence2"), number_of("text_b"), number_of("text")) == (2, 2, None)
    assert stem_of("negative_12") == stem_of("negative_3") == "negative"
