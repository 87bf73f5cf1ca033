"""Rules on what a teacher left in the data: margins, scores, embeddings."""

from collections.abc import Iterator

from advisor.arguments import Plain
from advisor.catalogue import Loss
from advisor.rules.engine import Advice, rule
from advisor.rules.facts import Facts

_SCORED = ("triplet-scores", "n-tuple-scores")
_MARGINS = ("triplet-margin", "n-tuple-margins")

#: A temperature that makes cosines as sharp as the softmax of contrastive losses.
_SHARP = 0.05


@rule
def margins_have_to_be_in_reach(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Dot products of embeddings of length 1 are at most 1: a reranker's margins are out of their reach."""
    label, model = facts.label, facts.model
    if "MarginMSE" not in loss.name or label is None or label.minimum is None or label.maximum is None:
        return
    reach = label.maximum - label.minimum if facts.format in _SCORED else max(abs(label.minimum), abs(label.maximum))
    if loss.family == "sentence-transformer" and reach > 2:
        if model is not None and model.normalizes:
            yield Advice(
                weight=-0.3,
                warning=f"this model's embeddings have length 1, so that no margin can exceed 2, and the teacher's go "
                f"up to {reach:.3g}: take its Normalize module out, or scale the labels down",
            )
        elif model is None:
            yield Advice(
                warning=f"margins up to {reach:.3g} are for models that do not normalise: a dot product of embeddings "
                "of length 1 cannot reach beyond 2"
            )
    if reach <= 2 and loss.family == "sparse-encoder":
        yield Advice(
            warning=f"margins up to {reach:.3g} look like differences of cosines: sparse dot products are larger by "
            "far, so a reranker's margins teach them better"
        )


@rule
def temperatures_of_teachers(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """The softmax of cosines is all but even, and that of logits all but one-hot: a temperature puts both right."""
    label, model = facts.label, facts.model
    if "DistillKLDiv" not in loss.name or label is None or label.minimum is None or label.maximum is None:
        return
    if label.minimum >= -1 and label.maximum <= 1:
        yield Advice(
            arguments={"teacher_temperature": Plain(_SHARP)},
            reason=f"the teacher's scores lie between {label.minimum:.2g} and {label.maximum:.2g}: a temperature of "
            f"{_SHARP} makes their softmax tell the documents apart",
        )
    if loss.family == "sentence-transformer" and model is not None and model.normalizes:
        yield Advice(
            arguments={"student_temperature": Plain(_SHARP)},
            reason=f"this model's embeddings have length 1: a temperature of {_SHARP} lets its softmax become as sharp "
            "as the teacher's",
        )
    if loss.name == "DistillKLDivLoss" and model is not None and model.normalizes:
        yield Advice(weight=0.05)
    if label.maximum - label.minimum > 30:
        yield Advice(
            warning=f"scores from {label.minimum:.3g} to {label.maximum:.3g} make a softmax of one winner: raise "
            "teacher_temperature until several documents count"
        )


@rule
def teachers_that_disagree_with_the_labels(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A negative that the teacher scores above the positive is probably a positive nobody marked."""
    if facts.format in (*_SCORED, *_MARGINS) and facts.turned > 0.05:
        yield Advice(
            reason=f"in {facts.turned:.0%} of the rows the teacher scores a negative above the positive: the loss "
            "follows the teacher, where a contrastive one would follow the wrong label"
        )
    if facts.format in (*_SCORED, *_MARGINS) and facts.turned > 0.5:
        yield Advice(
            warning=f"in {facts.turned:.0%} of the rows the teacher scores a negative above the positive: make sure "
            "that the scores stand in the order of the documents, the positive first"
        )


@rule
def embeddings_of_another_length(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A teacher's embedding of another length cannot be copied without a projection."""
    label, model = facts.label, facts.model
    own = model.dimension_as(loss.family) if model is not None else None
    if facts.format != "text-embedding" or label is None or not own:
        return
    dimension = round(label.mean_length)
    if dimension == own or not dimension:
        return
    if loss.name == "EmbedDistillLoss":
        yield Advice(
            weight=0.3,
            arguments={"projection_dim": Plain(dimension)},
            reason=f"the teacher's embeddings have {dimension:,} numbers and the model's {own:,}: it "
            "learns a projection between them",
        )
    else:
        yield Advice(
            weight=-0.5,
            warning=f"the teacher's embeddings have {dimension:,} numbers and the model's {own:,}: they "
            "have to be equally long (for example by PCA of the teacher's)",
        )


@rule
def decoders_share_weights(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A denoising decoder with the encoder's weights needs no second model, and learns from few texts."""
    if loss.name != "DenoisingAutoEncoderLoss":
        return
    if facts.model is not None and facts.model.decoder:
        yield Advice(
            weight=-0.5,
            warning="a model that reads from left to right cannot share its weights with the decoder of this loss: "
            "start from an encoder, or give tie_encoder_decoder=False and a decoder_name_or_path",
        )
        return
    yield Advice(
        arguments={"tie_encoder_decoder": Plain(True)},
        reason="encoder and decoder share their weights, so that nothing but the embedding has to be learned",
    )
    if facts.format == "damaged-pair" and facts.text_words and facts.text_words[-1]:
        kept = facts.text_words[0] / facts.text_words[-1]
        if kept > 0.8:
            yield Advice(
                warning=f"the damaged texts keep {kept:.0%} of the words: the paper deletes 60 %, and with less there "
                "is little to write anew"
            )
