"""Every check of texts finds what it is for, and keeps quiet about texts that nothing is wrong with."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import advisor
from advisor.findings import CHECKS, Case
from advisor.findings.registry import finding
from advisor.models import ModelFacts
from advisor.profiles import profile_table
from advisor.readings import Reading
from advisor.report import Finding
from converters.wording.code_points import gathered, spread
from tests.advisor.clean_texts import KINDS, SENTENCES

PLACES = "harbour market bridge orchard library station meadow tower workshop garden".split()
PEOPLE = "baker fisherman teacher nurse gardener pilot tailor miller".split()
CLEAN = [f"The {who} walked to the {place} before noon." for who in PEOPLE for place in PLACES]
OTHERS = [f"A {place} is where one meets that {who}, mostly." for who in PEOPLE for place in PLACES]


def found(table: pa.Table, format: str = "single", **columns: str) -> dict[str, list[Finding]]:
    """What is said about the texts of a table, by code."""
    roles = columns or {"text": "text"}
    report = advisor.inspect(table, format=format, columns=roles)
    by_code: dict[str, list[Finding]] = {}
    for each in report.findings:
        if each.code.startswith("TXT"):
            by_code.setdefault(each.code, []).append(each)
    return by_code


def looked_at(table: pa.Table, format: str, roles: dict[str, str], model: ModelFacts | None = None) -> list[Finding]:
    """What is said about the texts of a table whose reading nobody doubts."""
    label = next((name for name, role in roles.items() if role == "label"), None)
    kind = {"pair-score": "score", "labeled-list": "labels"}.get(format, "none")
    reading = Reading(format, roles, label, kind, (), 1.0)  # type: ignore[arg-type]
    case = Case("data.csv", reading, profile_table(table), table, table.num_rows, model=model)
    checks = [each for each in CHECKS.values() if each.code.startswith("TXT")]
    return [finding(each, one) for each in checks for one in each.look(case)]


def single(*texts: str | None) -> dict[str, list[Finding]]:
    """What is said about these texts among clean ones."""
    return found(pa.table({"text": [*texts, *CLEAN]}))


def pairs(first: list[str], second: list[str]) -> dict[str, list[Finding]]:
    return found(pa.table({"a": first, "b": second}), "pair", a="anchor", b="positive")


def lists(*documents: str) -> dict[str, list[Finding]]:
    """What is said about these documents, in one list among lists of clean ones."""
    rows = [
        [*documents, "A last document that nothing is wrong with."],
        *([one, other] for one, other in zip(CLEAN, OTHERS, strict=True)),
    ]
    table = pa.table(
        {"query": ["who is it", *OTHERS], "documents": rows, "labels": [[1] + [0] * len(documents), *([[1, 0]] * 80)]}
    )
    return found(table, "labeled-list", query="query", documents="documents", labels="label")


@pytest.mark.parametrize("language", SENTENCES)
def test_clean_texts_of_any_language_have_no_findings(language: str) -> None:
    assert found(pa.table({"text": SENTENCES[language]})) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_clean_texts_of_any_kind_have_no_findings(kind: str) -> None:
    assert found(pa.table({"text": KINDS[kind]})) == {}


def test_clean_rows_have_no_findings() -> None:
    assert single() == {}
    assert pairs(CLEAN, OTHERS) == {}
    assert lists() == {}


def test_a_text_among_very_many_does_not_matter() -> None:
    table = pa.table({"text": ["<br>x", *(f"{text} {i}" for i in range(60) for text in CLEAN)]})
    assert found(table) == {}


def test_findings_say_in_how_many_rows_and_show_where() -> None:
    (told,) = lists("<p>one</p>", "<p>two</p>")["TXT004"]
    assert told.rows == 1
    assert told.message == "1 rows have a text in 'documents' with tags or entities of HTML"
    (told,) = single("a word " * 30 + "and here <br> it is, " + "a word " * 30)["TXT004"]
    assert "here <br> it is" in told.examples[0]


def test_the_columns_of_one_role_are_one_finding() -> None:
    table = pa.table({"a": CLEAN, "b": OTHERS, "c": ["x &amp; y"] * 80, "d": [f"{i} or so &lt; it" for i in range(80)]})
    (told,) = found(table, "n-tuple", a="anchor", b="positive", c="negative", d="negative")["TXT004"]
    assert "'c' to 'd'" in told.message
    assert told.rows == 80


# -- TXT001 and TXT008: nothing said ----------------------------------------------------------------------------------


def test_empty_texts() -> None:
    assert single("", None, " \t\u3000")["TXT001"][0].rows == 3
    (told,) = lists(" ", "")["TXT001"]
    assert told.rows == 1
    assert told.fix is not None
    assert "TXT001" in told.fix


@pytest.mark.parametrize(
    "text", ["-", "n/a", " N/A. ", "None", "null", "NaN", "test", "...", "???", "[removed]", "#REF!", "x", "无"]
)
def test_texts_that_say_nothing(text: str) -> None:
    (told,) = single(text)["TXT008"]
    assert told.rows == 1
    assert "TXT008" in (told.fix or "")


@pytest.mark.parametrize("text", ["ok", "No.", "5 > 3", "水", "😀", "C++", "A+", "π", "Testing times", "1912", "№ 5"])
def test_short_texts_that_say_something(text: str) -> None:
    assert "TXT008" not in single(text)


def test_many_texts_of_nothing_but_numbers() -> None:
    (told,) = single("12", "3,5", "$4.50", "10/10", "2024-01-01")["TXT008"]
    assert told.rows == 5
    assert told.fix is None


# -- TXT002 and TXT014: lengths ---------------------------------------------------------------------------------------


def test_long_texts_are_estimated_by_script() -> None:
    (told,) = single("word " * 1000)["TXT002"]
    assert told.rows == 1
    assert "estimate" in told.message
    assert "TXT002" in single("这是一个很长的文本吗" * 70)  # 700 characters
    assert "TXT002" not in single("word " * 140)  # 700 characters as well
    assert "TXT002" in single("Длинный текст про море. " * 80)
    assert "TXT002" not in single("A long text of the sea. " * 80)


def test_the_share_of_text_that_is_never_read() -> None:
    texts = [f"{i} " + "word " * 820 for i in range(20)]  # about twice 512 tokens each
    (told,) = found(pa.table({"text": texts}))["TXT002"]
    assert "50% of what stands there" in told.message
    assert told.rows == 20


def test_long_documents_in_lists() -> None:
    assert "'documents'" in lists("word " * 1000)["TXT002"][0].message


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of a tokenizer for which every word is a token."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    made = Tokenizer(models.WordLevel({"[UNK]": 0, "word": 1}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    made.save(str(path))
    return str(path)


def counted(texts: list[str], limit: int | None, tokenizer: str | None) -> list[Finding]:
    """What is said of the lengths of texts for a model."""
    model = ModelFacts("some-model", max_seq_length=limit, tokenizer_file=tokenizer)
    told = looked_at(pa.table({"text": texts}), "single", {"text": "text"}, model)
    return [each for each in told if each.code == "TXT002"]


def test_tokens_are_counted_with_the_tokenizer_of_the_model(tokenizer: str) -> None:
    texts = [*CLEAN, *(f"{i} " + "word " * 30 for i in range(5)), *(f"{i} " + "a,b;" * 20 for i in range(5))]
    (told,) = counted(texts, 32, tokenizer)
    assert told.rows == 5  # words are 31 tokens, letters and commas are 81
    assert "32 tokens that the model reads" in told.message
    assert "estimate" not in told.message
    assert counted(texts, 100, tokenizer) == []


def test_inspecting_with_a_model_counts_with_its_tokenizer(tiny_models: dict[str, str]) -> None:
    table = pa.table({"text": [*CLEAN, *(f"my app {i} " + "card " * 70 for i in range(5))]})
    model = tiny_models["sentence-transformer"]
    (told,) = (each for each in advisor.inspect(table, model=model).findings if each.code == "TXT002")
    assert told.rows == 5
    assert "64 tokens that the model reads:" in told.message


def test_without_a_tokenizer_the_limit_of_the_model_holds(tmp_path: Path) -> None:
    texts = [*CLEAN, *(f"{i} " + "word " * 60 for i in range(5))]
    for file in (None, str(tmp_path / "none.json")):
        (told,) = counted(texts, 64, file)
        assert told.rows == 5
        assert "64 tokens that the model reads, by an estimate" in told.message
    assert counted(texts, None, None) == []


def test_many_long_texts_are_counted_in_part(tokenizer: str) -> None:
    texts = [f"{i} " + "word " * 2000 for i in range(300)]  # three million characters
    (told,) = counted(texts, 500, tokenizer)
    assert told.rows == 300
    assert "75% of what stands there" in told.message


def essays(count: int, seed: int = 0) -> list[str]:
    """Long texts of words in no order."""
    draw = np.random.default_rng(seed)
    words = " ".join([*CLEAN, *OTHERS]).lower().replace(".", "").replace(",", "").split()
    return [" ".join(draw.choice(words, draw.integers(60, 120))) + "." for _ in range(count)]


def test_texts_cut_at_a_length() -> None:
    whole = essays(200)
    (told,) = found(pa.table({"text": [text[:512] for text in whole]}))["TXT014"]
    assert "exactly 512 characters" in told.message
    assert told.rows == sum(len(text) >= 512 for text in whole)
    assert "TXT014" not in found(pa.table({"text": whole}))


def test_texts_cut_at_a_number_of_bytes() -> None:
    whole = [text.replace("market", "märket") for text in essays(200)]
    cut = [text.encode()[:255].decode("utf-8", "ignore") for text in whole]
    (told,) = found(pa.table({"text": cut}))["TXT014"]
    assert "255" in told.message


def test_texts_that_happen_to_be_equally_long() -> None:
    assert "TXT014" not in found(pa.table({"text": [text[:400].rsplit(" ", 1)[0] + "." for text in essays(200)]}))
    same = "An export cuts nothing off here, it is the very same text over and over"
    assert "TXT014" not in single(*[same] * 30)


# -- TXT003 and TXT006: encodings and what nobody sees ----------------------------------------------------------------


@pytest.mark.parametrize("page", ["cp1252", "latin-1", "cp1251"])
@pytest.mark.parametrize(
    "language", ["French", "Portuguese", "Polish", "Russian", "Greek", "Vietnamese", "Hindi", "Japanese"]
)
def test_text_read_in_a_wrong_encoding(language: str, page: str) -> None:
    garbled = [_misread(text, page) for text in SENTENCES[language]]
    if garbled == list(SENTENCES[language]):
        pytest.skip("the page has no characters for some bytes")
    (told,) = single(*garbled)["TXT003"]
    assert told.rows == len(garbled)
    assert "TXT003" in (told.fix or "")


def _misread(text: str, page: str) -> str:
    """UTF-8 read as a code page; bytes without a character there become controls, as browsers have it."""
    return "".join(_char(byte, page) for byte in text.encode("utf-8"))


def _char(byte: int, page: str) -> str:
    try:
        return bytes([byte]).decode(page)
    except UnicodeDecodeError:
        return chr(byte)


@pytest.mark.parametrize(
    "text",
    [
        "cafÃ© au lait",
        "donâ€™t worry",
        "It\x92s here",
        "100Â\xa0km",
        "ï»¿First",
        "ðŸ˜€ great",
        "cafÃƒÂ© au lait",
        "20 Â°C",
    ],
)
def test_a_garbled_text(text: str) -> None:
    assert single(text)["TXT003"][0].rows == 1


def test_replacement_characters_cannot_be_mended() -> None:
    (told,) = single("caf\ufffd au lait")["TXT003"]
    assert told.rows == 1
    assert told.fix is None


@pytest.mark.parametrize(
    "text",
    [
        "zero\u200bwidth",
        "soft\xadhyphen",
        "\ufeffmark inside",
        "nul\x00 byte",
        "form\x0cfeed",
        "left\u200e mark",
        "a\u200d joiner",
        "hid\U000e0041\U000e0042den",
    ],
)
def test_invisible_characters(text: str) -> None:
    (told,) = single(text)["TXT006"]
    assert told.rows == 1
    assert all(shown.isprintable() for shown in told.examples)


def test_tabs_and_line_breaks_are_no_control_characters() -> None:
    assert single("one\ttwo\nthree\r\nfour, five and a half") == {}


# -- TXT004, TXT005 and TXT013: residue -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<p>One</p>",
        "one<br />two",
        'a <a href="x.html">link</a>',
        "Tom &amp; Ann",
        "a&nbsp;b",
        "it&#39;s",
        "<!-- note --> text",
        "&lt;b&gt;",
    ],
)
def test_markup(text: str) -> None:
    assert single(text)["TXT004"][0].rows == 1


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d",
        "x <b and c> y",
        "mail <ann@example.org> or <https://example.org>",
        "AT&T; R&D;",
        "<3 you",
        "List<String> names",
        "if a<b then p>q",
        "a &b; c",
        "<Berlin>",
    ],
)
def test_what_only_looks_like_markup(text: str) -> None:
    assert "TXT004" not in single(text)


def test_markup_among_programs_is_left_alone() -> None:
    programs = [f"function draw{i}() {{\n  return '<b>' + x{i} + '</b>';\n}}" for i in range(40)]
    (told,) = found(pa.table({"text": programs}))["TXT004"]
    assert "programs" in told.message
    assert told.fix is None


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Markdown", "## {0}\n\n**Note**: see [this](http://x.org/{0}) and [that](http://y.org)."),
        ("wiki", "'''{0}''' is a [[town]] in [[Sweden|the north]]. {{{{stub}}}}"),
        ("LaTeX", "\\section{{{0}}} As \\cite{{x}} and \\ref{{y}} say, it is \\textbf{{so}}."),
    ],
)
def test_heavy_markup_of_another_kind(kind: str, text: str) -> None:
    (told,) = found(pa.table({"text": [text.format(each) for each in CLEAN]}))["TXT004"]
    assert kind in told.message
    assert told.fix is None


@pytest.mark.parametrize(
    "text",
    [
        "[CLS] a text [SEP]",
        "<s>text</s>",
        "text<|endoftext|>",
        "<|im_start|>user\nhi<|im_end|>",
        "[INST] do it [/INST]",
        "the [MASK] is gone",
        "<start_of_turn>model",
    ],
)
def test_tokens_of_tokenizers(text: str) -> None:
    (told,) = single(text)["TXT005"]
    assert "tokens of a tokenizer" in told.message
    assert "TXT005" in (told.fix or "")


def test_masks_are_what_damages_a_damaged_text() -> None:
    table = pa.table({"a": [text.replace("walked", "[MASK]") for text in CLEAN], "b": CLEAN})
    roles = {"a": "damaged", "b": "original"}
    assert [each.code for each in looked_at(table, "damaged-pair", roles)] == []
    table = pa.table({"a": CLEAN, "b": [text.replace("walked", "[MASK]") for text in CLEAN]})
    assert [each.code for each in looked_at(table, "damaged-pair", roles)] == ["TXT005"]


@pytest.mark.parametrize(
    "text",
    [
        "### Instruction:\nSort them.\n### Response:\nDone.",
        "Human: hello there\nAssistant: hi",
        "User: hello\n\nAI: hello",
    ],
)
def test_turns_of_a_chat(text: str) -> None:
    (told,) = single(text)["TXT005"]
    assert "turns of a chat" in told.message


@pytest.mark.parametrize(
    "text",
    [
        "Dear {name}, hello",
        "Answer {{question}} now",
        "hello <NAME>!",
        "[Your name here]",
        "Lorem ipsum dolor sit",
        "Hi ${user}",
    ],
)
def test_places_that_nobody_filled_in(text: str) -> None:
    (told,) = single(text)["TXT005"]
    assert "filled in" in told.message


@pytest.mark.parametrize(
    "text",
    ["He said [sic] it", "a {x} b", "see [1] and [2]", "The assistant: a story", "#1 choice", "I am human: so what"],
)
def test_what_only_looks_like_residue(text: str) -> None:
    assert "TXT005" not in single(text)


@pytest.mark.parametrize(
    "prompt",
    [
        "query: ",
        "passage: ",
        "Represent this sentence for searching relevant passages: ",
        "Instruct: Find it.\nQuery: ",
        "Q：",
        "検索クエリ: ",
    ],
)
def test_a_prompt_that_all_texts_begin_with(prompt: str) -> None:
    result = pairs([prompt + text for text in CLEAN], OTHERS)
    (told,) = result["TXT013"]
    assert told.rows == 80
    assert "'a'" in told.message
    assert "`prompts`" in told.message
    assert set(result) == {"TXT013"}


def test_beginnings_that_are_no_prompt() -> None:
    assert "TXT013" not in pairs([f"The {text}" for text in CLEAN], [f"https://example.org/ {each}" for each in OTHERS])
    half = [f"query: {text}" if i % 2 else text for i, text in enumerate(CLEAN)]
    assert "TXT013" not in pairs(half, OTHERS)
    assert "TXT013" not in found(pa.table({"text": ["query: one", "query: two"]}))


# -- TXT007: scripts --------------------------------------------------------------------------------------------------


def test_texts_in_several_scripts() -> None:
    (told,) = single(*SENTENCES["Russian"], *SENTENCES["Korean"][:2])["TXT007"]
    assert told.rows == 7
    assert "Latin" in told.message
    assert "Cyrillic 6%" in told.message
    assert "Korean 2%" in told.message
    assert "TXT007" not in single(*SENTENCES["Polish"], *SENTENCES["Vietnamese"])


def test_parallel_texts() -> None:
    (told,) = pairs([*SENTENCES["Russian"], *SENTENCES["Ukrainian"]], [*SENTENCES["Chinese"], *SENTENCES["Japanese"]])[
        "TXT007"
    ]
    assert told.rows == 10
    assert "MSELoss" in told.message
    assert "Cyrillic, Chinese or Japanese" in told.message
    assert "TXT007" not in pairs(list(SENTENCES["Chinese"]), list(SENTENCES["Japanese"]))


# -- TXT009 to TXT012: what is nearly the same ------------------------------------------------------------------------


def test_rows_that_differ_in_case_and_punctuation() -> None:
    (told,) = single(CLEAN[0].upper(), f"  {CLEAN[1][:-1]} !", CLEAN[2].replace("T", "Ｔ"))["TXT009"]
    assert told.rows == 3
    assert "TXT009" in (told.fix or "")
    assert "TXT009" not in single(CLEAN[0], CLEAN[1])  # the very same rows are another finding


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is C?", "What is C++?"),
        ("a 5% share", "a 5 share"),
        ("½ cup", "1 cup"),
        ("ma", "má"),
        ("x²", "x2"),
        ("Is it -5?", "Is it 5?"),
    ],
)
def test_small_differences_that_matter(one: str, other: str) -> None:
    assert "TXT009" not in single(one, other)


def test_long_texts_that_share_nearly_all_phrases() -> None:
    texts = essays(60)
    words = texts[7].split()
    words[30] = "sunflower"
    near = " ".join(words)
    half = " ".join([*texts[9].split()[:40], *texts[10].split()[40:]])
    (told,) = found(pa.table({"text": [*texts, near, half]}))["TXT009"]
    assert told.rows == 1
    assert "TXT009" not in found(pa.table({"text": texts}))


def test_long_texts_in_a_script_without_spaces() -> None:
    text = "".join(SENTENCES["Japanese"])
    (told,) = found(pa.table({"text": [text, text.replace("祖父", "祖母"), *SENTENCES["Chinese"]]}))["TXT009"]
    assert told.rows == 1


def test_rows_are_compared_in_all_columns_and_with_their_label() -> None:
    first, second = [*CLEAN, CLEAN[0].upper()], [*OTHERS, OTHERS[1]]
    assert "TXT009" not in pairs(first, second)
    assert pairs(first, [*OTHERS, OTHERS[0].lower()])["TXT009"][0].rows == 1
    labels = [i % 2 for i in range(80)]
    for label, expected in ((0, True), (1, False)):
        table = pa.table({"text": first, "label": [*labels, label]})
        assert ("TXT009" in found(table, "single-class", text="text", label="label")) is expected


def test_a_negative_that_is_nearly_its_positive() -> None:
    negatives = [f"Nobody ever saw number {i} again." for i in range(80)]
    negatives[3] = OTHERS[3].upper()
    table = pa.table({"a": CLEAN, "p": OTHERS, "n": negatives})
    (told,) = found(table, "triplet", a="anchor", p="positive", n="negative")["TXT010"]
    assert told.rows == 1
    negatives[3] = OTHERS[3]  # the very same is another finding
    table = pa.table({"a": CLEAN, "p": OTHERS, "n": negatives})
    assert "TXT010" not in found(table, "triplet", a="anchor", p="positive", n="negative")


def test_an_anchor_that_is_nearly_its_positive() -> None:
    long = essays(3)
    edited = [text.replace(text.split()[20], "sunflower", 1) for text in long]
    (told,) = pairs([*CLEAN, *long], [CLEAN[0].lower(), *OTHERS[1:], *edited])["TXT011"]
    assert told.rows == 4
    assert "TXT011" not in pairs(CLEAN, [CLEAN[0], *OTHERS[1:]])
    scored = pa.table({"a": CLEAN, "b": [each.lower() for each in CLEAN], "s": [1.0, 0.9] * 40})
    assert "TXT011" not in found(scored, "pair-score", a="sentence_a", b="sentence_b", s="label")


def test_one_text_in_many_rows() -> None:
    (told,) = single(*["We are closed today."] * 20)["TXT012"]
    assert told.rows == 20
    assert told.examples == ("'We are closed today.'",)
    assert "TXT012" not in single(*CLEAN)
    assert "TXT012" not in found(pa.table({"text": ["Yes, of course.", "No, never ever."] * 50}))


def test_a_passage_that_many_texts_begin_or_end_with() -> None:
    note = "This message and its attachments are confidential and meant for the addressee only."
    (told,) = single(*(f"{text} {note}" for text in essays(40)))["TXT012"]
    assert told.rows == 40
    assert "end the same" in told.message
    assert "confidential" in told.examples[0]
    (told,) = single(*(f"{note} {text}" for text in essays(40)))["TXT012"]
    assert "begin the same" in told.message


# -- whatever table ---------------------------------------------------------------------------------------------------

ODD = st.sampled_from(
    [
        *("Ã", "Â©", "â€", "вЂ™", "РїС", "\x00", "\u200b", "\u200d", "\U000e0041", "\ufffd", "\x85", "<p>", "</", "&"),
        *("&amp;", "&#0;", "&#99999999;", "[CLS]", "<s>", "{{x}}", "query: ", "\n", ":", "\ud7ff", "🏴", "é", "\u0301"),
        *("𝔘", "½", "ﬁ", "n/a", "12", "Assistant:", "\nHuman:", "水", "ะ"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=12), st.lists(ODD | st.sampled_from(["a", " ", "word "]), max_size=8).map("".join), st.none()
)
SHAPES = [
    ("single", {"text": "text"}),
    ("pair", {"a": "anchor", "b": "positive"}),
    ("triplet", {"a": "anchor", "b": "positive", "c": "negative"}),
    ("pair-score", {"a": "sentence_a", "b": "sentence_b", "s": "label"}),
    ("labeled-list", {"q": "query", "d": "documents", "l": "label"}),
    ("grouped", {"a": "query", "p": "positive", "n": "negative"}),
    ("damaged-pair", {"a": "damaged", "b": "original"}),
]


@st.composite
def cases(draw: st.DrawFn) -> tuple[pa.Table, str, dict[str, str]]:
    format, roles = draw(st.sampled_from(SHAPES))
    rows = draw(st.integers(0, 12))
    kind = draw(st.sampled_from([pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())]))
    columns = {}
    for name, role in roles.items():
        if role == "label":
            label = st.floats(0, 1) if format == "pair-score" else st.lists(st.integers(0, 1), max_size=3)
            columns[name] = pa.array(
                draw(st.lists(label, min_size=rows, max_size=rows)),
                pa.float64() if format == "pair-score" else pa.list_(pa.int64()),
            )
        elif name in ("d", "p", "n"):
            inner = draw(
                st.sampled_from(
                    [
                        pa.list_(pa.string()),
                        pa.large_list(pa.string()),
                        pa.list_(pa.struct({"docid": pa.string(), "text": pa.string()})),
                    ]
                )
            )
            each = (
                TEXTS
                if not pa.types.is_struct(inner.value_type)
                else st.builds(lambda text: {"docid": "7", "text": text}, TEXTS)
            )
            columns[name] = pa.array(
                draw(st.lists(st.none() | st.lists(each, max_size=3), min_size=rows, max_size=rows)), inner
            )
        else:
            columns[name] = pa.array(draw(st.lists(TEXTS, min_size=rows, max_size=rows)), pa.string()).cast(kind)
    table = pa.table(columns)
    if draw(st.booleans()):
        table = pa.concat_tables([table.slice(0, rows // 2), table.slice(rows // 2)])
    return table, format, roles


@settings(max_examples=150)
@given(cases())
@example((pa.schema({"text": pa.string()}).empty_table(), "single", {"text": "text"}))
@example((pa.table({"text": pa.chunked_array([], pa.string())}), "single", {"text": "text"}))
def test_no_check_of_texts_stumbles(case: tuple[pa.Table, str, dict[str, str]]) -> None:
    table, format, roles = case
    for each in looked_at(table, format, roles):
        assert each.rows is None or 0 < each.rows <= table.num_rows
        assert all(shown.isprintable() for shown in (each.message, *each.examples))


def test_bytes_that_are_no_text_do_not_stop_a_check() -> None:
    broken = pa.StringArray.from_buffers(
        2, pa.py_buffer(np.array([0, 4, 8], np.int32)), pa.py_buffer(b"ab\xff\xfe\xed\xa0\x80d")
    )
    assert gathered(*spread(broken)).to_pylist() == ["ab\ufffd\ufffd", "\ufffd\ufffd\ufffdd"]
    assert pc.utf8_length(gathered(*spread(broken))).to_pylist() == [4, 4]
