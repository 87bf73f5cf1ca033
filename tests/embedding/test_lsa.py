import numpy as np
import pytest

from converters.embedding import LsaEncoder
from converters.embedding.lsa import characters, terms

TEXTS = [
    "the cat sat on the mat",
    "a cat and a dog",
    "the dog chased the cat",
    "stocks fell on monday",
    "stocks and bonds rose",
    "the bank raised its rates",
]


def fitted(corpus, **options):
    encoder = LsaEncoder(**options)
    encoder.fit(corpus)
    return encoder


def test_texts_that_share_words_are_near():
    encoder = fitted(TEXTS, dimensions=4)
    documents = encoder.encode_documents(TEXTS)
    query = encoder.encode_queries(["a dog, a cat!"])
    assert documents.shape == (6, 4)
    assert documents.dtype == query.dtype == np.float32
    assert np.linalg.norm(documents, axis=1) == pytest.approx(np.ones(6), abs=1e-6)
    assert set(np.argsort(-(query @ documents.T)[0])[:2].tolist()) == {1, 2}


def test_a_small_corpus_keeps_the_ranking_of_plain_tf_idf():
    from sklearn.feature_extraction.text import TfidfVectorizer

    encoder = fitted(TEXTS)
    vectorizer = TfidfVectorizer(analyzer=terms, sublinear_tf=True)
    plain = vectorizer.fit_transform(TEXTS).toarray()
    documents = encoder.encode_documents(TEXTS)
    assert documents @ documents.T == pytest.approx(plain @ plain.T, abs=1e-5)
    queries = ["the cat", "bank stocks", "monday dog mat"]
    ours = encoder.encode_queries(queries) @ documents.T
    theirs = vectorizer.transform(queries).toarray() @ plain.T
    ratio = ours.max(axis=1, keepdims=True) / theirs.max(axis=1, keepdims=True)  # one factor for each query
    assert ours == pytest.approx(theirs * ratio, abs=1e-5)


def test_dimensions_are_bounded_by_documents_terms_and_choice():
    assert fitted(TEXTS).encode_documents(TEXTS).shape == (6, 6)
    assert fitted(TEXTS, dimensions=2).encode_documents(TEXTS).shape == (6, 2)
    assert fitted(["a b", "b a", "a", "b", "b b a"]).encode_documents(["a"]).shape == (1, 2)
    many = [f"word{i} word{i * 7 % 500} word{i * 3 % 500}" for i in range(500)]
    assert fitted(many).encode_documents(many[:3]).shape == (3, 256)
    assert fitted(many, vocabulary=10).encode_documents(many[:3]).shape[1] <= 10


@pytest.mark.parametrize("corpus", [["one text"], ["one text", "another"], ["a", "b", "c"], ["same", "same"], ["word"]])
def test_tiny_corpora(corpus):
    vectors = fitted(corpus).encode_documents(corpus)
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(corpus)), abs=1e-6)
    products = vectors @ vectors.T
    assert products == pytest.approx(np.array([[float(a == b) for a in corpus] for b in corpus]), abs=1e-6)


def test_texts_without_any_word_are_compared_by_their_signs():
    corpus = ["!!!", "???", "!!?"]
    encoder = fitted(corpus)
    nearest = np.argmax(encoder.encode_queries(["!!!!"]) @ encoder.encode_documents(corpus).T)
    assert corpus[nearest] == "!!!"


@pytest.mark.parametrize("corpus", [[""], ["", " "], ["\u200b"]])
def test_texts_of_nothing_become_zeros_or_units(corpus):
    vectors = fitted(corpus).encode_documents([*corpus, "word"])
    assert np.isfinite(vectors).all()


def test_a_text_of_unknown_words_is_like_nothing():
    assert not fitted(TEXTS).encode_queries(["zebra xylophone"]).any()


def test_the_same_corpus_gives_the_same_bytes():
    rng = np.random.default_rng(0)
    corpus = [" ".join(f"w{i}" for i in rng.integers(0, 800, 30)) for _ in range(400)]
    first, second = (fitted(corpus, dimensions=32).encode_documents(corpus).tobytes() for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("corpus", "query", "expected"),
    [
        (["東京は日本の首都です", "パンは小麦粉で作ります", "月は地球を回る"], "日本の首都はどこですか", 0),
        (["北京是中国的首都", "面包是用面粉做的", "月亮绕地球转"], "面包怎么做", 1),
        (["กรุงเทพเป็นเมืองหลวงของไทย", "ขนมปังทำจากแป้ง", "ดวงจันทร์โคจรรอบโลก"], "เมืองหลวงของไทยคือ", 0),
        (["दिल्ली भारत की राजधानी है", "रोटी आटे से बनती है", "चाँद पृथ्वी का चक्कर लगाता है"], "भारत की राजधानी", 0),
        (["القاهرة عاصمة مصر", "الخبز من الطحين", "القمر يدور حول الأرض"], "عاصمة مصر", 0),
        (["Москва столица России", "Хлеб пекут из муки", "Луна вращается"], "столица россии", 0),
        (["서울은 한국의 수도이다", "빵은 밀가루로 만든다", "달은 지구를 돈다"], "한국의 수도이다", 0),
    ],
)
def test_any_script(corpus, query, expected):
    encoder = fitted(corpus)
    assert np.argmax(encoder.encode_queries([query]) @ encoder.encode_documents(corpus).T) == expected


def test_terms():
    assert terms("Hello, World_2!") == ["hello", "world_2"]
    assert terms("Straße Café") == ["straße", "café"]
    assert terms("ﬁne Ｗｉｄｅ") == ["fine", "wide"]
    assert terms("भारत की") == ["भारत", "की"]
    assert terms("iPhone は高い") == ["iphone", "は", "高", "い", "は高", "高い"]
    assert terms("!!!") == []
    assert characters("Ab c") == ["a", "b", "c", "ab", "bc"]
