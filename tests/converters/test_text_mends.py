"""Every mend of texts mends what its finding is about, and leaves all other texts as they are, byte for byte."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import advisor
from advisor.cli import run
from converters.mends import MENDS, mend
from tests.advisor.clean_texts import KINDS, SENTENCES
from tests.advisor.test_findings_texts import CLEAN, OTHERS, TEXTS, essays, looked_at

CODES = sorted(code for code in MENDS if code.startswith("TXT"))
EVERY_CLEAN = [text for texts in (*SENTENCES.values(), *KINDS.values()) for text in texts]


def mended(code: str, *texts: str) -> list[str]:
    """These texts, mended among clean ones, which have to stay as they are."""
    table, _ = mend(pa.table({"text": [*CLEAN, *texts]}), "single", [code])
    done: list[str] = table["text"].to_pylist()
    assert done[: len(CLEAN)] == CLEAN
    return done[len(CLEAN) :]


@pytest.mark.parametrize("code", CODES)
def test_clean_texts_keep_every_byte(code: str) -> None:
    table = pa.table({"text": EVERY_CLEAN})
    done, said = mend(table, "single", [code])
    assert done.equals(table)
    assert said.to_dict() == {}


@pytest.mark.parametrize(
    ("garbled", "meant"),
    [
        ("cafÃ© au lait", "café au lait"),
        ("cafÃƒÂ© au lait", "café au lait"),
        ("donâ€™t “quote” it", "don’t “quote” it"),
        ("Itâ€™s Ã©tÃ© â€“ Ã¡", "It’s été – á"),
        ("It\x92s \x93here\x94\x81", "It’s “here”"),
        ("100Â\xa0km at 20 Â°C", "100\xa0km at 20 °C"),
        ("ï»¿First", "First"),
        ("ðŸ˜€ great", "😀 great"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚, Ð¼Ð¸Ñ€", "Привет, мир"),
        ("РџСЂРёРІРµС‚, РјРёСЂ", "Привет, мир"),
        ("вЂњQuoteвЂќ", "“Quote”"),
        ("æ—¥æœ¬èªž", "日本語"),
        ("Å‚Ã³dÅº", "łódź"),
        ("cafÃ© “AMANHÃ”", "café “AMANHÃ”"),
    ],
)
def test_garbled_texts_are_read_again(garbled: str, meant: str) -> None:
    assert mended("TXT003", garbled) == [meant]


@pytest.mark.parametrize("page", ["cp1252", "latin-1", "cp1251"])
@pytest.mark.parametrize("language", SENTENCES)
def test_sentences_come_back_from_a_wrong_encoding(language: str, page: str) -> None:
    garbled = ["".join(_read(byte, page) for byte in text.encode("utf-8")) for text in SENTENCES[language]]
    assert mended("TXT003", *garbled) == list(SENTENCES[language])


def _read(byte: int, page: str) -> str:
    try:
        return bytes([byte]).decode(page)
    except UnicodeDecodeError:
        return chr(byte)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("<p>One</p>\n<p>two</p>", "One two"),
        ("one<br /><br/>two", "one two"),
        ("<b>H</b>ello, H<sub>2</sub>O", "Hello, H2O"),
        ('see <a href="https://example.org/?a=1&amp;b=2">here</a>.', "see here."),
        ("Tom &amp; Ann &lt;3", "Tom & Ann <3"),
        ("a&nbsp;&nbsp;b", "a b"),
        ("it&#39;s &#x201C;so&#x201D; &eacute;", "it's “so” é"),
        ("&amp;amp;amp; more", "& more"),
        ("&lt;br&gt;twice &amp;lt;i&amp;gt;", "twice"),
        ("<script>var a = 1 < 2;</script>text<!-- hidden -->", "text"),
        ("mail <ann@example.org>, a < b, AT&T; &unknown;<br>", "mail <ann@example.org>, a < b, AT&T; &unknown;"),
        ("&#0;&#9999999;&shy;odd", "odd"),
        ("kept\n\nlines <i>here</i>\tand  there", "kept\n\nlines here\tand  there"),
    ],
)
def test_markup_is_taken_out(text: str, clean: str) -> None:
    assert mended("TXT004", text) == [clean]


def test_programs_keep_their_markup() -> None:
    table = pa.table({"text": [f"function draw{i}() {{\n  return '<b>' + x{i} + '</b>';\n}}" for i in range(40)]})
    assert mend(table, "single", ["TXT004"])[0].equals(table)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("[CLS] a text [SEP] and more [SEP]", "a text and more"),
        ("<s>text</s>", "text"),
        ("one<|endoftext|>two", "one two"),
        ("<|im_start|>user\nhi there<|im_end|>", "hi there"),
    ],
)
def test_tokens_are_taken_out(text: str, clean: str) -> None:
    assert mended("TXT005", text) == [clean]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("zero\u200bwidth", "zerowidth"),
        ("\ufeffmark \u200eof\u202c", "mark of"),
        ("soft\xadhyphen", "softhyphen"),
        ("one\x0ctwo\x00", "one two"),
        ("a\u200d joiner, 👨‍👩‍👧 and می‌خواهم", "a joiner, 👨‍👩‍👧 and می‌خواهم"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿 hid\U000e0041\U000e0042den", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 hidden"),
        ("עברית \u200e2.0\u200f\x07", "עברית \u200e2.0\u200f"),
    ],
)
def test_invisible_characters_are_taken_out(text: str, clean: str) -> None:
    assert mended("TXT006", text) == [clean]


def test_prompts_are_taken_out_column_by_column() -> None:
    table = pa.table({"anchor": [f"query: {text}" for text in CLEAN], "positive": OTHERS})
    done, said = mend(table, "pair", ["TXT013"])
    assert done["anchor"].to_pylist() == CLEAN
    assert done["positive"].to_pylist() == OTHERS
    assert list(said.rewritten.values()) == [80]


def test_texts_that_say_nothing_go_with_their_rows() -> None:
    table = pa.table({"anchor": ["n/a", *CLEAN[1:]], "positive": [*OTHERS[:-1], " - "]})
    done, said = mend(table, "pair", ["TXT008"])
    assert done.equals(table.slice(1, 78))
    assert (said.rejects[0].code, said.rejects[0].rows.num_rows) == ("TXT008", 2)


def test_a_text_of_which_nothing_is_left_goes_with_its_row() -> None:
    table = pa.table({"anchor": ["<br/>", "<br/>two", "three"], "positive": ["a", "b", "c"]})
    done, said = mend(table, "pair", ["TXT004"])
    assert done.to_pydict() == {"anchor": ["two", "three"], "positive": ["b", "c"]}
    assert sum(said.dropped.values()) == 1


def test_documents_in_lists_are_mended_with_their_labels() -> None:
    table = pa.table(
        {
            "query": ["one", "two", "three"],
            "documents": [["<p>a b</p>", "<br>", "c d"], ["n/a", "", "e &amp; f"], ["g h", "i j"]],
            "labels": [[1, 0, 0], [0, 0, 1], [1, 0]],
        }
    )
    done, _ = mend(table, "labeled-list", ["TXT004", "TXT001", "TXT008"])
    assert done["documents"].to_pylist() == [["a b", "c d"], ["e & f"], ["g h", "i j"]]
    assert done["labels"].to_pylist() == [[1, 0], [1], [1, 0]]
    assert done.schema.equals(table.schema)


def test_rows_that_nearly_repeat_go() -> None:
    long = essays(30)
    near = " ".join("sunflower" if place == 25 else word for place, word in enumerate(long[4].split()))
    table = pa.table({"text": [*CLEAN, *long, CLEAN[3].upper(), near, CLEAN[5], f"«{CLEAN[3]}»"]})
    done, said = mend(table, "single", ["TXT009"])
    assert done["text"].to_pylist() == [*CLEAN, *long, CLEAN[5]]  # the very same row is another finding
    assert sum(said.dropped.values()) == 3


def test_chains_of_near_rows_leave_nothing_to_find() -> None:
    words, texts = essays(1, seed=3)[0].split(), []
    for place in range(0, 40, 2):
        words[place] = f"sunflower{place}"
        texts.append(" ".join(words))
    done, _ = mend(pa.table({"text": texts}), "single", ["TXT009"])
    assert 1 <= done.num_rows < 20
    assert not any(each.code == "TXT009" for each in looked_at(done, "single", {"text": "text"}))


def test_near_negatives_and_near_pairs_go() -> None:
    table = pa.table(
        {
            "anchor": [CLEAN[0], CLEAN[1], CLEAN[2]],
            "positive": [OTHERS[0], CLEAN[1].upper(), OTHERS[2]],
            "negative_1": ["Nobody was there.", "Nobody came.", "Nobody left."],
            "negative_2": [f"“{OTHERS[0]}”", "It rained.", "It snowed."],
        }
    )
    assert mend(table, "n-tuple", ["TXT010"])[0].equals(table.slice(1))
    assert mend(table, "n-tuple", ["TXT011"])[0].equals(table.take([0, 2]))


def test_near_positives_leave_their_lists() -> None:
    table = pa.table(
        {
            "query": ["one", "two"],
            "documents": [["The Boat leaves", "the boat leaves!", "rain"], ["snow", "snow", "wind"]],
            "labels": [[1, 0, 0], [1, 0, 0]],
        }
    )
    roles = {"query": "query", "documents": "documents", "labels": "label"}
    (told,) = (each for each in looked_at(table, "labeled-list", roles) if each.code == "TXT010")
    assert told.rows == 1
    assert told.examples == ("'the boat leaves!'",)
    done, said = mend(table, "labeled-list", ["TXT010"])
    assert done["documents"].to_pylist() == [["The Boat leaves", "rain"], ["snow", "snow", "wind"]]
    assert done["labels"].to_pylist() == [[1, 0], [1, 0, 0]]
    assert list(said.rewritten.values()) == [1]
    assert not any(each.code == "TXT010" for each in looked_at(done, "labeled-list", roles))


FAULTS: dict[str, list[str]] = {
    "TXT001": ["", " \t"],
    "TXT003": ["cafÃ© au lait", "donâ€™t", "It\x92s", "РџСЂРёРІРµС‚"],
    "TXT004": ["<p>one text</p>", "Tom &amp; Ann here", "x<br>y, both of them"],
    "TXT005": ["[CLS] a text [SEP]", "one<|endoftext|> more of it"],
    "TXT006": ["zero\u200bwidth here", "nul\x00 and more"],
    "TXT008": ["n/a", "-", "None"],
    "TXT009": [CLEAN[0].upper(), f"{CLEAN[1]}!"],
}


@pytest.mark.parametrize("code", FAULTS)
def test_the_command_of_a_finding_mends_it(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shlex

    from typer.testing import CliRunner

    from advisor.cli import app

    monkeypatch.chdir(tmp_path)
    pq.write_table(pa.table({"text": [*CLEAN, *FAULTS[code]]}), "data.parquet")
    before = {each.code: each for each in advisor.inspect("data.parquet", format="single").findings}
    command = shlex.split(before[code].fix or "")
    assert command[0] == "advisor"
    done = CliRunner().invoke(app, command[1:])
    assert done.exit_code == 0, done.output
    out = command[command.index("-o") + 1]
    assert code not in {each.code for each in advisor.inspect(out, format="single").findings}
    assert pq.read_table(out)["text"].to_pylist()[: len(CLEAN)] == CLEAN


@settings(max_examples=60)
@given(st.lists(TEXTS.map(lambda text: text or "word"), min_size=1, max_size=12), st.sampled_from(CODES))
def test_mending_leaves_nothing_to_mend(texts: list[str], code: str) -> None:
    table = pa.table({"text": texts})
    once, _ = mend(table, "single", [code])
    twice, said = mend(once, "single", [code])
    assert twice.equals(once)
    assert said.to_dict() == {}
    assert code not in {each.code for each in looked_at(once, "single", {"text": "text"}) if each.fix}


def test_chunks_and_slices_are_mended_like_whole_columns() -> None:
    texts = [*CLEAN, "<p>one</p>", "cafÃ© au lait", "zero\u200bwidth"]
    whole = pa.table({"text": texts})
    parts = pa.concat_tables([whole.slice(0, 7), whole.slice(7, 70), whole.slice(77)])
    for code in CODES:
        assert mend(parts, "single", [code])[0].to_pydict() == mend(whole, "single", [code])[0].to_pydict()


def test_metadata_stays() -> None:
    schema = pa.schema([pa.field("text", pa.string(), metadata={"a": "b"})], metadata={"huggingface": "{}"})
    table = pa.table({"text": ["<p>one</p>", "two"]}, schema=schema)
    done, _ = mend(table, "single", ["TXT004"])
    assert done.schema.equals(schema, check_metadata=True)
    assert done["text"].to_pylist() == ["one", "two"]


@pytest.mark.parametrize(
    ("code", "wrong", "told"),
    [
        ("TXT003", "cafÃ© au lait", "rows with a text read in the wrong encoding, read again"),
        ("TXT004", "<p>a red lamp</p>", "rows with HTML in a text, without it"),
        ("TXT005", "[CLS] a red lamp [SEP]", "rows with tokens of a tokenizer in a text, without them"),
        ("TXT006", "a red\u200b lamp\x07", "rows with invisible characters in a text, without them"),
    ],
)
def test_rows_are_counted_and_not_their_texts(
    code: str, wrong: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {"anchor": [*CLEAN, f"{wrong} one", "an anchor"], "positive": [*OTHERS, f"{wrong} two", f"{wrong} three"]}
    path, out = tmp_path / "pairs.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.table(rows), path)
    assert run(["convert", str(path), "--output-format", "same", "--fix", code, "-o", str(out)]) == 0
    assert f"mended 2 {told} ({code})" in capsys.readouterr().out
    assert wrong not in " ".join(text for column in pq.read_table(out).columns for text in column.to_pylist())
