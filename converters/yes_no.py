"""Words for yes and no: that a pair belongs together, and that it does not."""

from collections.abc import Iterable


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: How people write that a pair belongs together, in lower case.
YES = _words(
    """
    1 1.0 true yes y t positive pos relevant match matched matching same similar duplicate
    equivalent paraphrase correct related accept accepted approve approved good ok pass p + 👍 ✓ ✔ ✅ ja oui sí si sim
    da да tak evet vero vrai verdadero wahr richtig prawda doğru верно 是 对 相关 相似 有关 匹配 正确 はい 예 네 نعم हाँ
    """
)

#: How people write that it does not.
NO = _words(
    """
    0 0.0 -1 -1.0 false no n f negative neg irrelevant unrelated different dissimilar mismatch
    incorrect wrong unmatched reject rejected decline declined bad nok fail - 👎 ✗ ✘ ❌ diff nein non não nao nie нет
    hayır falso faux falsch fałsz yanlış неверно 否 不是 不对 不相关 不相似 无关 不匹配 错误 いいえ 아니요 아니오 لا नहीं
    """
)

_DENIALS = (
    *("not ", "non ", "no ", "un", "in", "ir", "dis", "mis", "kein ", "keine ", "nicht ", "pas ", "no es ", "não "),
    *("nao ", "non è ", "niet ", "geen ", "nie ", "ikke ", "inte ", "не ", "нет ", "不", "非", "没有", "değil "),
)


def yes_and_no(words: Iterable[str]) -> tuple[frozenset[str], frozenset[str]] | None:
    """Which of the words mean yes and which no; None where they are not all one or the other.

    A word that is not known can mean yes beside one that denies it: `helpful` beside `not helpful`.

    Args:
        words: in lower case, without space around them.
    """
    given = frozenset(words)
    if given and given <= {*YES, *NO}:
        return given & frozenset(YES), given & frozenset(NO)
    if len(given) == 2:
        spaced = {word: " ".join(word.replace("_", " ").replace("-", " ").split()) for word in given}
        for yes in given:
            (no,) = given - {yes}
            if any(spaced[no] == denial + spaced[yes] for denial in _DENIALS):
                return frozenset({yes}), frozenset({no})
            if spaced[no] in NO and spaced[yes] in YES:
                return frozenset({yes}), frozenset({no})
    return None
