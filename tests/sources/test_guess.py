"""Texts in legacy code pages, of which nobody says which one it is."""

from pathlib import Path

import pytest

from converters.errors import InputError
from converters.sources import open_source

SENTENCES = {
    "Portuguese": ("cp1252", "A educação é a arma mais poderosa. Não há razão para não seguir o coração."),
    "German": ("cp1252", "Der Fluß fließt über die Brücke; größere Städte liegen südlich."),
    "French": ("cp1252", "Où êtes-vous allé cet été ? C’est très agréable, à Nîmes, garçon."),
    "Spanish": ("cp1252", "¿Dónde está el niño? Mañana será otro día, señor. ¡Qué lástima!"),
    "Swedish": ("cp1252", "Räksmörgås är gott på sommaren när man åker båt."),
    "Icelandic": ("cp1252", "Það er gaman að ferðast þangað á sumrin með góðum vinum."),
    "English": ("cp1252", "He said “don’t do it” – and left the café."),
    "Polish": ("cp1250", "Zażółć gęślą jaźń. Wczoraj poszliśmy do kościoła, a później na kolację."),
    "Polish of Unix": ("iso8859-2", "Zażółć gęślą jaźń. Wczoraj poszliśmy do kościoła, a później na kolację."),
    "Czech": ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy. Dnes večer půjdeme do divadla."),
    "Hungarian": ("cp1250", "Hogyan működik ez a gép, és miért ilyen gyönyörű az idő?"),
    "Romanian": ("cp1250", "Bucureşti este capitala României şi cel mai mare oraş."),
    "Turkish": ("cp1254", "Işık hızı çok yüksektir, çünkü doğa böyle çalışır."),
    "Lithuanian": ("cp1257", "Žmonės gyvena gražiame mieste, čia šaltą žiemą."),
    "Latvian": ("cp1257", "Rīga ir Latvijas galvaspilsēta. Kā jūs šodien jūtaties?"),
    "Russian": ("cp1251", "Москва является столицей России. Сегодня хорошая погода, и мы идём гулять."),
    "Russian of Unix": ("koi8-r", "Москва является столицей России. Сегодня хорошая погода, и мы идём гулять."),
    "Russian of DOS": ("cp866", "Москва является столицей России. Сегодня хорошая погода, и мы идём гулять."),
    "Ukrainian": ("cp1251", "Київ є столицею України. Сьогодні гарна погода, і ми йдемо гуляти."),
    "Greek": ("cp1253", "Η Αθήνα είναι η πρωτεύουσα της Ελλάδας. Σήμερα ο καιρός είναι καλός."),
    "Hebrew": ("cp1255", "ירושלים היא בירת ישראל. מזג האוויר יפה היום ונצא לטייל."),
    "Arabic": ("cp1256", "القاهرة هي عاصمة مصر. الطقس جميل اليوم وسنذهب في نزهة."),
    "Chinese": ("gbk", "北京是中华人民共和国的首都。今天天气很好，我们去公园散步。"),
    "Chinese of Taiwan": ("big5", "臺北是臺灣的首都。今天天氣很好，我們去公園散步。"),
    "Japanese": ("shift_jis", "東京は日本の首都です。今日は天気がいいので、公園を散歩しましょう。"),
    "Japanese of Unix": ("euc-jp", "東京は日本の首都です。今日は天気がいいので、公園を散歩しましょう。"),
    "Korean": ("euc-kr", "서울은 대한민국의 수도입니다. 오늘은 날씨가 좋아서 공원에서 산책합시다."),
    "German of Mac": ("mac_roman", "Der Fluß fließt über die Brücke; größere Städte liegen südlich."),
    "German of DOS": ("cp850", "Der Fluß fließt über die Brücke; größere Städte liegen südlich."),
    "two bytes": ("utf-16-le", "Der Fluß fließt über die Brücke; größere Städte liegen südlich."),
    "two bytes, Japanese": ("utf-16-be", "東京は日本の首都です。今日は天気がいいので、公園を散歩しましょう。"),
}


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("rows", [1, 40])
@pytest.mark.parametrize("name", ["x.tsv", "x.jsonl"])
def test_text_is_read_right(tmp_path: Path, language: str, rows: int, name: str) -> None:
    encoding, sentence = SENTENCES[language]
    if name == "x.tsv":
        text = "text\tlabel\n" + "".join(f"{sentence}\t{i}\n" for i in range(rows))
    else:
        text = "".join(f'{{"text": "{sentence}", "label": {i}}}\n' for i in range(rows))
    (tmp_path / name).write_bytes(text.encode(encoding))
    split = open_source(tmp_path / name).splits["train"]
    assert split.table().column("text").to_pylist() == [sentence] * rows
    assert split.encoding is not None


def test_what_needs_no_guess_has_none(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "ascii"):
        text = "text,label\nGrüße,1\n" if encoding != "ascii" else "text,label\na,1\n"
        (tmp_path / "x.csv").write_text(text, encoding=encoding)
        assert open_source(tmp_path / "x.csv").splits["train"].encoding is None
    (tmp_path / "x.csv").write_text("text,label\nGrüße,1\n", encoding="cp1252")
    assert open_source(tmp_path / "x.csv", encoding="cp1252").splits["train"].encoding is None
    assert open_source(tmp_path / "x.csv").splits["train"].encoding == "cp1252"


def test_far_into_a_file_and_not_only_read_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("converters.sources.open.GLANCE_BYTES", 1 << 16)
    lines = [f"just English of number {i},{i}\n" for i in range(40_000)]
    lines[35_000:] = [f"Größe und Höhe der Brücke {i},{i}\n" for i in range(35_000, 40_000)]
    (tmp_path / "x.csv").write_text("text,label\n" + "".join(lines), encoding="cp1252")
    for scan in (True, False):
        split = open_source(tmp_path / "x.csv", scan=scan).splits["train"]
        assert (split.encoding, split.rows) == ("cp1252", 40_000)
    assert split.sample is not None
    assert split.sample(64).column("text").to_pylist()[-1] == "Größe und Höhe der Brücke 39999"


@pytest.mark.parametrize(
    "text",
    [
        "text,label\nGrüße aus Köln und Zürich,1\n".encode() * 9 + b"text\xff,2\n",
        b"text,label\nsome \xff\xfe\xfd text,1\n",
        b"text,label\n" + bytes(range(128, 256)) + b",1\n",
        b"text,label\nplain\xc3",
    ],
)
def test_what_is_plausible_in_no_encoding_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(text)
    with pytest.raises(InputError, match="is not UTF-8: give its encoding") as caught:
        open_source(tmp_path / "x.csv")
    assert str(caught.value).isprintable()
