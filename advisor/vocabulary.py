"""What the names of columns tell: words that datasets use, in several languages, and what each of them suggests.

A name is a hint and never a proof: the values of a column can outweigh it. Names are compared in lower case, without
accents, cut into words where the case changes, at digits and at anything that is no letter.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

#: The words that suggest something, by what they suggest. A label's words may also suggest its kind.
_SAID: Mapping[str, str] = {
    "anchor": """
        anchor query queries search question questions frage fragen suchanfrage anfrage pregunta preguntas
        consulta pergunta perguntas requete domanda domande vraag pytanie zapytanie soru sorgu вопрос вопросы
        запрос fraga sporgsmal sporsmal kysymys otazka intrebare cau_hoi ερωτηση
        问题 問題 质问 質問 提问 查询 クエリ 질문 쿼리 سؤال السؤال استعلام प्रश्न q qtext docstring
        documentation prompt instruction
    """,
    "sentence_a": """
        premise pramisse premisse premisa premissa premesse przeslanka посылка onerme 前提 전제
        text_a sentence_a source_sentence
    """,
    "sentence_b": """
        hypothesis hypothese hipotesis hipotese ipotesi hipoteza гипотеза hipotez 假设 仮説 가설
        text_b sentence_b claim conclusion
    """,
    "positive": """
        positive positives pos answer answers response responses reply antwort antworten respuesta respuestas
        resposta respostas reponse reponses svar vastaus odpoved raspuns risposta risposte antwoord odpowiedz cevap
        yanit ответ ответы 答案 回答 回复
        答え 답변 대답 جواب الجواب उत्तर completion output selected chosen accepted gold_passage summary
        highlights abstract
    """,
    "document": """
        passage document doc documents_text context paragraph para article dokument absatz artikel documento
        pasaje passaggio документ текст_документа статья 文档 段落 文章 文書 문서 وثيقة d product code evidence
        snippet
    """,
    "documents": """
        documents docs passages candidates ctxs contexts paragraphs kandidaten documentos 候选
    """,
    "negative": """
        negative negatives neg negs hn hns distractor distractors wrong rejected incorrect irrelevant
        nonrelevant unrelated negativ negativo negatif negativa falsch faux fausse errada errado yanlis bledna
        неверный неправильный отрицательный
    """,
    "damaged": """
        damaged corrupted noisy noised masked ocr typo typos misspelled garbled erroneous verrauscht bruite
        ruidoso corrompido beschadigt
    """,
    "original": """
        original clean unmasked denoised corrected
    """,
    "text": """
        text sentence sentences sent title body content contents review tweet post message comment caption
        description headline subject subreddit_title satz texte texto testo tekst metin frase zin phrase zdanie
        cumle beschreibung titel titulo titre titolo nachricht kommentar текст предложение заголовок 文本 句子
        标题 テキスト 文 텍스트 문장 نص جملة वाक्य utterance utt string src tgt s input name term keyword
        keywords
    """,
    "label": """
        label labels etykieta ergebnis resultado risultato resultat sonuc wynik outcome result decision
        etiquette etiqueta etichetta метка 标签 ラベル 라벨 레이블 gold gold_label target y truth ground_truth
        verdict judgement judgment annotation
        urteil einstufung jugement juicio giudizio julgamento oordeel omdome osad karar
    """,
    "label:class": """
        class classes category intent topic sentiment emotion klasse klass kategorie categoria categorie
        kategoria klasa kategori sinif класс категория 类别 分类 カテゴリ 분류 تصنيف فئة entailment nli polarity
        stance department priority genre
    """,
    "label:score": """
        score scores similarity sim relatedness rating cosine stars star aehnlichkeit ahnlichkeit bewertung
        puntuacion puntaje similitud similaridade nota punteggio somiglianza similarite gelijkenis score_a
        benzerlik puan podobienstwo ocena оценка сходство балл 相似度 得分 分数 スコア 類似度 유사도 점수 درجة
        logit logits margin delta note noten punkte puntos punti points
    """,
    "label:grade": """
        grade relevance rel relevancy relevanz relevancia relevance_label esci gain qrel pertinence pertinenza
        trafnosc релевантность 相关性 関連度 관련도
    """,
    "label:binary": """
        clicked selected duplicate paraphrase equivalent helpful relevant match matched correct same similar
        quality duplikat is_duplicate isduplicate passend zutreffend korrekt pertinent pertinente relevante
        correcto correto corretto doublon duplicado duplicato pasuje подходит совпадает
    """,
    "label:embedding": """
        embedding embeddings emb vector vectors vec embeds features representation
    """,
    "id": """
        id ids idx index uuid guid key qid pid did docid docno sid hash md5 sha asin sku isbn doi nr no num
        number identifier pairid promptid rowid unnamed slug
    """,
    "ignored": """
        url urls uri link links lang langs language languages locale split source origin timestamp date datetime
        time author user username userid users assignee worker annotator price brand color colour year month day
        len length lengths votes views count counts size channel domain section tags tag meta metadata version
        created updated verified session ip impressions upvotes downvotes likes rank position start
        offset end fold subset dataset license country city status sprache datum autor idioma fecha langue path
        file filename image img email phone type lines parse tree tokens pos_tags repo repository sha1 partition
        config task duration seconds speaker actor positions ranks words chars characters salary company
        difficulty level template subreddit forum board community shard batch chunk website host server device
        browser os platform prediction predictions predicted pred prob probability probabilities confidence
        jaccard page pages retweets replies shares model models favorites favourites followers reposts karma
    """,
}


def _bare(text: str) -> str:
    """The text without accents."""
    parts = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(each for each in parts if not unicodedata.combining(each)))


_WORDS: dict[str, str] = {_bare(word): role for role, said in reversed(list(_SAID.items())) for word in said.split()}


def word_set(words: str) -> frozenset[str]:
    """The words of a text, without accents."""
    return frozenset(map(_bare, words.split()))


#: Words that say what the value is made of, so that the words before them say what it is for: `answer_text`.
_GENERIC = word_set(
    """
    text texts term terms keyword keywords content contents string str body title sentence sentences list doc docs
    document passage passages raw data value field col column txt full
    """
)

#: Words of a title, which stands before a text and belongs to it.
_TITLES = word_set(
    """
    title headline subject titel titulo titre titolo heading betreff asunto assunto zagolowok заголовок 标题
    제목 タイトル
    """
)

#: Words of the text that a title stands before.
_BODIES = word_set(
    """
    text body content contents description overview synopsis plot lyrics abstract passage document paragraph
    article selftext bullet review comment details beschreibung inhalt texto texte testo conteudo contenido
    текст описание 内容
    正文 본문 本文
    """
)


@dataclass(frozen=True)
class Hint:
    """What a name suggests.

    Attributes:
        role: a role, or the empty text where the name suggests none.
        kind: for a label, the kind that the name suggests; else empty.
        side: `positive` or `negative` where a name speaks of one beside its role, as `pos_score` does; else empty.
        title: whether it is the name of a title.
        body: whether it is the name of a text that a title stands before.
        derived: whether it is the name of what was made from another text: cleaned, tokenized, annotated.
    """

    role: str = ""
    kind: str = ""
    side: str = ""
    title: bool = False
    body: bool = False
    derived: bool = False


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The lower-case words and numbers that a name is made of: `hardNegative_2` gives hard, negative, 2."""
    signed = re.sub(r"\+$", " pos", re.sub(r"(?<=[A-Za-z])-$", " neg", name.strip()))
    spaced = re.sub(
        r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|[\W_]+",
        " ",
        _bare(signed),
    )
    return tuple(spaced.lower().split())


@lru_cache(maxsize=4096)
def hint_of(name: str) -> Hint:
    """What a column's name suggests."""
    words = words_of(name)
    plain = tuple(word for word in words if not word.isdigit())
    if not plain:
        return Hint()
    if _SCORED & set(plain) and {"pos", "positive", "neg", "negative"} & set(plain):  # pos_score, score_neg_1
        return _hint("label:score", plain, title=False, body=False)
    title, body = plain[-1] in _TITLES, plain[-1] in _BODIES
    said = _WORDS.get("_".join(plain)) or _WORDS.get("".join(plain))
    if said and len(plain) > 1:
        return _hint(said, plain, title, body)
    known = [(word, _WORDS.get(word) or _WORDS.get(word.removesuffix("s"), "")) for word in plain]
    if plain[0].startswith("pred") and len(plain) > 1:  # pred_label, predicted_score
        return _hint("ignored", plain, title, body)
    head = known[-1][1]
    classes = [role for _, role in known if role == "label:class"]
    if head == "id" and classes:  # category_id, class index
        return _hint(classes[0], plain, title, body)
    if known[-1][0] in _FACTS and any(role == "ignored" for _, role in known):  # country_code, user_name
        return _hint("ignored", plain, title, body)
    if head in ("id", "ignored") or head.startswith("label"):  # query_id, text_lang, question_answer_score
        return _hint(head, plain, title, body)
    if plain[-1] == "label" or (plain[0] in ("is", "has") and len(plain) > 1):  # is_duplicate, has_answer
        return _hint("label:binary" if plain[0] in ("is", "has") else "label", plain, title, body)
    if plain[0] in ("id", "unnamed"):
        return _hint("id", plain, title, body)
    roles = [role for _, role in known if role]
    for wanted in ("negative", "damaged", "original"):
        if wanted in roles:
            return _hint(wanted, plain, title, body)
    if "positive" in roles and any(word in ("pos", "positive", "positives") for word in plain):
        return _hint("positive", plain, title, body)
    for word, role in reversed(known):  # the last word is the head of the compound, unless it says little
        if role and word not in _GENERIC and not (known[-1][0] in _GENERIC and role in ("id", "ignored")):
            return _hint(role, plain, title, body)
    said_of = [role for role in roles if role not in ("id", "ignored")]  # source_text is a text
    telling = [role for role in said_of if role != "text"] or said_of or roles
    return _hint(telling[-1] if telling else "", plain, title, body)


def _hint(said: str, words: tuple[str, ...], title: bool, body: bool) -> Hint:
    role, _, kind = said.partition(":")
    sides = {_WORDS.get(word) for word in words if word[:3] in ("pos", "neg")} & {"positive", "negative"}
    side = ("negative" if "negative" in sides else "positive" if sides else "") if role == "label" else ""
    return Hint(role, kind, side, title, body, derived=len(words) > 1 and bool(_DERIVED & set(words)))


#: Words of scores, and words that say which fact about something is meant.
_SCORED = word_set("score scores logit logits similarity sim")
_FACTS = word_set("code name type number value")

#: Words for what was made from another text.
_DERIVED = word_set(
    """
    clean cleaned processed preprocessed lower lowercase lowercased tokenized tokenised lemmatized lemmatised
    stemmed normalized normalised annot annotated parsed
    """
)


def number_of(name: str) -> int | None:
    """The number that a name ends with: 2 for `sentence2`; for a single letter its place in the alphabet."""
    words = words_of(name)
    if words and words[-1].isdigit():
        return int(words[-1])
    if len(words) > 1 and len(words[-1]) == 1 and words[-1] in "abcdefgh":
        return "abcdefgh".index(words[-1]) + 1
    return None


def stem_of(name: str) -> str:
    """The name without the numbers in it."""
    return " ".join(word for word in words_of(name) if not word.isdigit())
