"""Tags and entities of HTML in texts, and texts that are code, in which they mean something."""

import html
import re
from html.entities import name2codepoint

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.wording.code_points import Mask

#: Tags that part the texts around them, and tags inside a line or a word. `<s>` is the token of a tokenizer.
_PARTING = (
    "address|article|aside|blockquote|body|br|button|caption|center|col|colgroup|dd|details|dialog|div|dl|dt|fieldset|"
    "figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|img|input|label|legend|li|link|"
    "main|meta|nav|noscript|ol|option|p|param|pre|section|select|script|source|style|summary|svg|table|tbody|td|"
    "template|textarea|tfoot|th|thead|title|tr|ul|video|audio|canvas|object|embed"
)
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|nobr|nowiki|picture|q|ref|ruby|rp|rt|"
    "samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_ATTRIBUTES = r"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))*"""
_PARTING_TAG = rf"</?(?:{_PARTING}){_ATTRIBUTES}\s*/?>"
_INLINE_TAG = rf"</?(?:{_INLINE}){_ATTRIBUTES}\s*/?>"
_HIDDEN = r"<script\b[^<>]*>.*?</script\s*>|<style\b[^<>]*>.*?</style\s*>|<!--.*?-->|<!doctype\b[^<>]*>"
_SPACE = r"&(?:nbsp|#160|#xa0);"
_ENTITY = rf"&(?:{'|'.join(sorted(name2codepoint))}|apos|AMP|LT|GT|QUOT|#[0-9]{{1,7}}|#[xX][0-9a-fA-F]{{1,6}});"
MARKUP = rf"(?is){_PARTING_TAG}|{_INLINE_TAG}|{_HIDDEN}|(?-i:{_ENTITY})"

#: The same, roughly, for Python's regular expressions.
TAG_OR_ENTITY = r"</?[A-Za-z!][^<>]*>|&#?\w+;"

#: Lines that only programs have.
_CODE = (
    r"(?m)^\s*(?:def \w+\(|class \w+\s*[:({]|import [\w.{*]|from [\w.]+ import |#include\s*<|package [\w.]+;?$|"
    r"(?:public|private|protected|static) \w|function\s*\w*\s*\(|(?:var|let|const)\s+\w+\s*=|using [\w.:]+;|"
    r"SELECT .* FROM |return\b.*;)|[;{]\s*$|=>\s*\{|\)\s*\{|\w::\w|\w\(\)[;.]|std::"
)

#: Markup other than HTML: enough of it in a text to be counted. Formulas are content and do not count.
HEAVY = {
    "Markdown": r"(?m)^#{1,6} \S|\*\*[^*\n]+\*\*|\[[^\]\n]+\]\([^)\s]+\)|^```",
    "wiki markup": r"(?m)\[\[[^\]\n]+\]\]|\{\{[^}\n]+\}\}|'''|^==+[^=\n]+==+\s*$",
    "LaTeX markup": r"\\(?:begin|end|section|subsection|cite[tp]?|ref|label|textbf|textit|emph|usepackage|footnote)\{",
}

#: Signs of such markup that a text needs to be full of it.
_SIGNS = 3

#: `&amp;amp;` and so on: rounds of undoing.
_ROUNDS = 10


def has_markup(texts: pa.StringArray) -> Mask:
    """True for each text with a tag or an entity of HTML."""
    return np.asarray(pc.match_substring_regex(texts, MARKUP))


def without_markup(texts: pa.StringArray) -> pa.StringArray:
    """The texts without tags, with entities as the characters that they stand for."""
    for _ in range(_ROUNDS):
        texts = pc.replace_substring_regex(texts, rf"(?is)(?:\s*(?:{_HIDDEN}|{_PARTING_TAG}))+\s*", " ")
        texts = pc.replace_substring_regex(texts, rf"(?i){_INLINE_TAG}", "")
        texts = pc.replace_substring_regex(texts, rf"(?i)(?:\s*{_SPACE})+\s*", " ")
        # One text at a time: what stands for an entity is looked up, and Arrow cannot do that.
        texts = pa.array(
            [None if each is None else _PYTHON_ENTITY.sub(_meant, each) for each in texts.to_pylist()], pa.string()
        )
        if not has_markup(texts).any():
            break
    return pc.utf8_trim_whitespace(texts)


def is_code(texts: pa.StringArray) -> bool:
    """Whether most of the texts are programs."""
    return len(texts) > 0 and bool(np.asarray(pc.match_substring_regex(texts, _CODE)).mean() > 0.5)


def heavy(texts: pa.StringArray, kind: str) -> Mask:
    """True for each text that is full of a kind of markup."""
    return np.asarray(pc.count_substring_regex(texts, HEAVY[kind])) >= _SIGNS


def _meant(entity: re.Match[str]) -> str:
    """The character that an entity stands for; none for one that is no character, or that nobody sees."""
    char = html.unescape(entity.group())
    return char if char.isprintable() and char != "\ufffd" else " " if char.isspace() else ""


_PYTHON_ENTITY = re.compile(_ENTITY)
