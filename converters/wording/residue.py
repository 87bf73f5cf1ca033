"""What templates, chats and tokenizers leave behind in texts."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.wording.code_points import Mask

#: Tokens that tokenizers put in by themselves, or that chat templates mark turns with.
SPECIAL = (
    r"\[(?:CLS|SEP|PAD|UNK|EOS|BOS)\]|</?s>|<(?:pad|unk|bos|eos|cls|sep)>|<\|im_start\|>(?:system|user|assistant)?|"
    r"<\|start_header_id\|>(?:system|user|assistant)?|<\|[a-zA-Z][a-zA-Z0-9_ -]{1,30}\|>|<｜[^｜<>]{1,30}｜>|"
    r"<(?:start|end)_of_turn>|\[/?INST\]|<</?SYS>>"
)
_MASK = r"\[MASK\]|<mask>"

#: Turns of a chat, as templates write them.
TURNS = (
    r"(?m)^\s*#{2,4} (?:Instruction|Response|Input|Output|Human|Assistant|System|User)s?:|"
    r"^\s*(?:Human|User)\s*: (?s:.*)\n\s*(?:Assistant|AI|Bot)\s*:"
)

#: Places of a template that nobody filled in.
PLACEHOLDERS = (
    r"""(?i)lorem ipsum|\{\{\s*[a-z_][\w. ]{0,40}\}\}|\$\{[a-z_]\w{0,40}\}|%\([a-z_]\w{0,40}\)s|"""
    r"""(?:^|[\s"'(,])\{[a-z]{3}[a-z_]{0,38}\}(?:$|[\s"'),.!?:;])|"""
    r"""(?-i:[<\[](?:(?:FIRST|LAST|FULL|YOUR|USER|COMPANY|PRODUCT)[_ ])?"""
    r"""(?:NAME|EMAIL|PHONE|ADDRESS|CITY|COMPANY|PERSON|ORGANIZATION|ORGANISATION|LOCATION|PRODUCT|QUESTION|ANSWER|CONTEXT|TEXT|QUERY|DOCUMENT|TITLE)[>\]])|"""
    r"""\[(?:your|insert) [a-z ]{2,30}\]"""
)


def has_special_tokens(texts: pa.StringArray, masks: bool = True) -> Mask:
    """True for each text with a token of a tokenizer; with `masks`, a mask counts as one."""
    return np.asarray(pc.match_substring_regex(texts, _special(masks)))


def without_special_tokens(texts: pa.StringArray, masks: bool = True) -> pa.StringArray:
    """The texts without tokens of tokenizers."""
    while True:  # what stood around a token may be one then: each round takes characters away
        found = pc.replace_substring_regex(texts, rf"\s*(?:{_special(masks)})(?:\s|{_special(masks)})*", " ")
        if not has_special_tokens(found, masks).any():
            return pc.utf8_trim_whitespace(found)
        texts = found


def has_turns(texts: pa.StringArray) -> Mask:
    """True for each text that holds the turns of a chat."""
    likely = np.asarray(pc.match_substring_regex(texts, r"\n\s*(?:Assistant|AI|Bot)\s*:|## ?[A-Z]"))
    found = np.zeros(len(texts), dtype=bool)
    if likely.any():
        found[likely] = np.asarray(pc.match_substring_regex(texts.filter(pa.array(likely)), TURNS))
    return found


def has_placeholders(texts: pa.StringArray) -> Mask:
    """True for each text with a place that nobody filled in."""
    return np.asarray(pc.match_substring_regex(texts, PLACEHOLDERS))


def _special(masks: bool) -> str:
    return f"{SPECIAL}|{_MASK}" if masks else SPECIAL
