"""How options are written down for model cards."""

import functools

import pytest
from sentence_transformers import util
from sentence_transformers.sentence_transformer import losses as theirs

from losses import functional as F
from losses import sentence_transformer as ours
from losses.configuration import full_name, function_name, member_name


class Metric:
    def __call__(self, a, b):
        return a @ b.T

    def get_config_dict(self):
        return {"top_k": 3}


@pytest.mark.parametrize("measure", ["cosine", "dot", "euclidean", "manhattan"])
@pytest.mark.parametrize("method", ["similarity", "similarity_pairwise"])
def test_a_models_own_similarity(method, measure, sentence_transformer):
    model = sentence_transformer()
    model.similarity_fn_name = measure
    own, peer = ours.MarginMSELoss(model, getattr(model, method)), theirs.MarginMSELoss(model, getattr(model, method))
    assert own.get_config_dict() == peer.get_config_dict()


@pytest.mark.parametrize("measure", ["maxsim", "meanmaxsim"])
@pytest.mark.parametrize("method", ["similarity", "similarity_pairwise"])
def test_a_late_interaction_models_own_similarity(method, measure, multi_vector_encoder):
    model = multi_vector_encoder()
    model.similarity_fn_name = measure
    assert function_name(getattr(model, method)) == util.similarity_fct_name(getattr(model, method))


def test_names():
    assert function_name(F.cos_sim) == "cos_sim"
    assert function_name(Metric()) == util.similarity_fct_name(Metric()) == "Metric(top_k=3)"
    bound = functools.partial(F.cos_sim, b=1)
    assert function_name(bound) == "cos_sim(b=1)"
    assert function_name(functools.partial(max, 2)) == "max(2)"
    assert full_name(Metric()) == full_name(Metric) == f"{__name__}.Metric"
    assert full_name(3) == "int"
    assert member_name(Metric, F.cos_sim) == "cos_sim"
