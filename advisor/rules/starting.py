"""Rules on the model to start from: what it is, and what has to be made of it."""

from collections.abc import Iterator

from advisor.catalogue import Loss
from advisor.rules.engine import Advice, rule
from advisor.rules.facts import Facts

#: From which dimension on shorter embeddings are worth having beside the whole ones.
WIDE = 256

#: How far Matryoshka dimensions are halved.
_SHORTEST = 32

_ARTICLES = {
    "sentence-transformer": "a sentence transformer",
    "cross-encoder": "a cross-encoder",
    "sparse-encoder": "a sparse encoder",
    "multi-vector-encoder": "a multi-vector encoder",
}


@rule
def models_of_another_family(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A model of another family can be loaded, but what makes it another family is lost."""
    model = facts.model
    if (model and model.family) == "sentence-transformer" and loss.family == "sparse-encoder":
        return  # a sparse autoencoder goes on top of all of it
    if model is not None and model.family is not None and model.family != loss.family:
        yield Advice(
            warning=f"the model is {_ARTICLES[model.family]}: as {_ARTICLES[loss.family]} it starts from its "
            "transformer alone, with a new head"
        )


@rule
def outputs_that_are_there(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A reranker with another number of outputs gets a new output layer."""
    model = facts.model
    if model is None or model.num_labels is None or loss.outputs is None:
        return
    wanted = 1 if loss.outputs == "one" else facts.classes
    if wanted and model.num_labels != wanted:
        yield Advice(
            warning=f"the model has {model.num_labels} outputs, the loss needs {wanted}: the last layer is made anew"
        )


@rule
def sparse_heads(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """SPLADE scores the vocabulary with a masked language model's head; other models get a sparse autoencoder."""
    model = facts.model
    if loss.family != "sparse-encoder":
        return
    if facts.autoencoder and loss.wrapper == "SpladeLoss":
        yield Advice(
            reason="wrapped in CSRLoss: the model makes its vectors sparse with an autoencoder, not over a vocabulary",
            wrapper="CSRLoss",
            wrapper_arguments={},
        )
        if model is not None and model.sparse is None:
            yield Advice(
                warning="the model has no head for masked language modelling, so SparseEncoder puts a sparse "
                "autoencoder on top of it; for SPLADE start from a masked language model"
            )
    elif loss.wrapper == "SpladeLoss":
        yield Advice(
            reason="wrapped in SpladeLoss, which keeps the vectors sparse",
            warning="the two regularizer weights decide how sparse the vectors become: tune them",
        )


@rule
def dimensions_to_cut(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Embeddings that can be cut short make search cheaper, at hardly any cost in training."""
    if loss.family != "sentence-transformer" or loss.name in ("MSELoss", "EmbedDistillLoss", "SoftmaxLoss"):
        return
    if loss.name == "DenoisingAutoEncoderLoss" or "ContrastiveTension" in loss.name:
        return
    if facts.task in (None, "retrieval", "similarity", "clustering") and facts.model is not None:
        dimension = facts.model.dimension
        if dimension and dimension >= WIDE and facts.model.family in (None, "sentence-transformer"):
            sizes, size = [dimension], dimension // 2
            while size >= _SHORTEST and len(sizes) < 5:
                sizes.append(size)
                size //= 2
            shown = ", ".join(map(str, sizes))
            yield Advice(
                suggestion=f"embeddings of {dimension:,} numbers can be cut short after training in "
                f"MatryoshkaLoss(model, loss, matryoshka_dims=[{shown}])"
            )


@rule
def embeddings_to_spread(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Where nothing pushes unrelated texts apart, a regularizer can."""
    if loss.name in ("TripletLoss", "CosineSimilarityLoss") and facts.task in (None, "retrieval", "similarity"):
        yield Advice(
            suggestion="nothing in it keeps unrelated texts apart: GlobalOrthogonalRegularizationLoss(model), added to "
            "it, spreads them"
        )


@rule
def decoders_learn_otherwise(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A model that reads from left to right knows the whole text at its last token, and is tuned with an adapter."""
    if facts.model is None or not facts.model.decoder:
        return
    if loss.family == "sentence-transformer":
        yield Advice(
            reason="the model reads from left to right: pool its last token, and train an adapter (LoRA) with a higher "
            "learning rate, such as 1e-4, where memory is short"
        )
    elif loss.family == "cross-encoder":
        yield Advice(
            warning="a model that reads from left to right needs a padding token for batches of more than one: check "
            "that its tokenizer has one"
        )


@rule
def code_of_its_own(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A model with code of its own runs that code on loading."""
    if facts.model is not None and facts.model.custom_code:
        yield Advice(warning="the model needs code of its own (trust_remote_code=True): read it before you run it")


@rule
def scales_of_token_vectors(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """MaxSim sums over the tokens of the query, so that its scores need no temperature."""
    if loss.family == "multi-vector-encoder" and "MultipleNegatives" in loss.name:
        yield Advice(
            reason="MaxSim sums over the query's tokens, so a scale of 1 (the default) is right, and the 20 of cosines "
            "is not; with a mean over tokens, take about the number of tokens of a query"
        )
