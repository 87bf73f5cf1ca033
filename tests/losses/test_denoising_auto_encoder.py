"""The denoising auto-encoder: the same training, with shared weights and without, and the encoder left as it was."""

import copy
from types import SimpleNamespace

import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer import losses as theirs
from sentence_transformers.sentence_transformer.modules import Dense, Pooling, StaticEmbedding, Transformer
from torch import nn
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertModel,
    BertTokenizerFast,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
)

from losses import sentence_transformer as ours
from losses.sentence_transformer.denoising_auto_encoder_loss import without_tokens
from tests.losses.oracle import ROWS, assert_same_step, gradients

SIZES = {"vocab_size": 40, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24}
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"w{n}" for n in range(35))]


def save(folder, words, model):
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    model.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Folders of small models: the encoder, two other decoders, and one whose hidden size is another."""
    folder = tmp_path_factory.mktemp("tsdae")
    torch.manual_seed(0)
    config = BertConfig(hidden_size=16, max_position_embeddings=40, initializer_range=0.3, **SIZES)
    wide = BertConfig(hidden_size=32, max_position_embeddings=40, **SIZES)
    gpt = GPT2Config(
        vocab_size=40, n_embd=16, n_layer=1, n_head=2, n_positions=40, eos_token_id=3, initializer_range=0.3
    )
    save(folder / "gpt", WORDS, GPT2LMHeadModel(gpt))
    plain = BertTokenizerFast(str(folder / "gpt" / "vocab.txt")).backend_tokenizer
    PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="[SEP]", unk_token="[UNK]").save_pretrained(
        folder / "gpt"
    )
    return {
        "encoder": save(folder / "encoder", WORDS, BertForMaskedLM(config)),
        "same": save(folder / "same", WORDS, BertForMaskedLM(config)),
        "shuffled": save(folder / "shuffled", WORDS[:5] + WORDS[:4:-1], BertForMaskedLM(config)),
        "wide": save(folder / "wide", WORDS, BertForMaskedLM(wide)),
        "gpt": str(folder / "gpt"),
    }


@pytest.fixture
def make(folders):
    def make(*more, mode="cls"):
        transformer = Transformer(folders["encoder"])
        return SentenceTransformer(modules=[transformer, Pooling(16, mode), *more], device="cpu")

    return make


@pytest.fixture
def pairs(make):
    generator = torch.Generator().manual_seed(3)

    def texts(longest):
        lengths = torch.randint(2, longest, (ROWS,), generator=generator).tolist()
        return [" ".join(f"w{n}" for n in torch.randint(0, 35, (size,), generator=generator)) for size in lengths]

    damaged, original = texts(5), texts(12)
    model = make()
    return lambda: [model.preprocess(damaged), model.preprocess(original)]


class Named(nn.Module):
    """Their loss, whose model is called as ours is."""

    def __init__(self, loss):
        super().__init__()
        self.loss = loss
        self.forward = loss.forward

    def named_parameters(self, *args, **kwargs):
        for name, parameter in self.loss.named_parameters(*args, **kwargs):
            yield name.replace("encoder.", "model.", 1) if name.startswith("encoder.") else name, parameter


def both(make, *args, **kwargs):
    losses = []
    for library in (ours, theirs):
        torch.manual_seed(4)  # what the decoder has and the encoder has not is drawn
        losses.append(library.DenoisingAutoEncoderLoss(make(), *args, **kwargs))
    return losses


@pytest.mark.parametrize("decoder", [None, "same", "gpt"])
@pytest.mark.parametrize("dropout", [True, False])
def test_same_step(decoder, dropout, make, folders, pairs):
    own, peer = both(make) if decoder is None else both(make, folders[decoder], tie_encoder_decoder=False)
    for loss in (own, peer):
        loss.train(dropout)
        loss.train = lambda mode=True: None
    assert_same_step(own, Named(peer), pairs, None)
    assert own.get_config_dict() == peer.get_config_dict()
    assert own.citation.split("title")[0].split() == peer.citation.split("title")[0].split()
    assert own.encoder is own.model
    names = set(gradients(own))
    assert any(name.startswith("decoder.") and "attention" in name for name in names)
    tied = {id(parameter) for parameter in own.decoder.parameters()} & {id(each) for each in own.model.parameters()}
    assert bool(tied) == (decoder is None)
    assert len(own.state_dict()) == len(peer.state_dict())


def test_another_vocabulary_of_the_same_kind_is_read_anew(make, folders, pairs):
    """There the kind of the tokenizer decides, so that this decoder would have to write other words."""
    own, peer = both(make, folders["shuffled"], tie_encoder_decoder=False)
    assert own.need_retokenization
    assert not peer.need_retokenization
    peer.need_retokenization = True
    assert_same_step(own, Named(peer), pairs, None)
    original = pairs()[1]["input_ids"]
    anew = own.retokenize(pairs()[1])["input_ids"]
    words = lambda tokenizer, tokens: tokenizer.batch_decode(tokens, skip_special_tokens=True)  # noqa: E731
    assert not torch.equal(original, anew)
    assert words(own.tokenizer_encoder, original) == words(own.tokenizer_decoder, anew)


def test_a_trained_encoder_keeps_its_weights(make):
    """There they are overwritten by those of the checkpoint."""
    model = make()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 1.0
    before = copy.deepcopy(model.state_dict())
    parameters = list(map(id, model.parameters()))
    loss = ours.DenoisingAutoEncoderLoss(model)
    assert list(map(id, model.parameters())) == parameters
    torch.testing.assert_close(model.state_dict(), before, rtol=0, atol=0)
    bert = loss.decoder.bert
    assert bert.encoder.layer[0].output.dense.weight is model[0].auto_model.encoder.layer[0].output.dense.weight
    assert loss.decoder.cls.predictions.decoder.weight is model[0].auto_model.embeddings.word_embeddings.weight


def test_a_model_that_was_never_saved(pairs, make):
    config = BertConfig(hidden_size=16, max_position_embeddings=40, **SIZES)
    model = make()
    model[0].auto_model = BertModel(config)
    loss = ours.DenoisingAutoEncoderLoss(model)
    loss(pairs(), None).backward()
    assert loss.decoder.bert.embeddings.word_embeddings.weight is model[0].auto_model.embeddings.word_embeddings.weight
    assert not config.is_decoder


@pytest.mark.parametrize("resized", [True, False])
def test_a_vocabulary_that_has_grown(resized, make, caplog):
    model = make()
    model.tokenizer.add_tokens(["new", "newer"])
    if resized:
        model[0].auto_model.resize_token_embeddings(len(model.tokenizer))
    loss = ours.DenoisingAutoEncoderLoss(model)
    assert ("made to fit" in caplog.text) != resized
    assert not loss.need_retokenization
    features = [model.preprocess(["new w1", "w3"]), model.preprocess(["new newer w1 w2", "w3 w4"])]
    value = loss(features, None)
    value.backward()
    assert value.isfinite()
    assert loss.decoder.get_output_embeddings().weight.shape[0] == 42
    assert loss.decoder.get_output_embeddings().weight is model[0].auto_model.get_input_embeddings().weight


def test_it_learns(make):
    torch.manual_seed(0)
    model = make()
    loss = ours.DenoisingAutoEncoderLoss(model)
    texts = ["w1 w2 w3 w4", "w5 w6 w7", "w8 w9 w10 w11 w12", "w13 w14"]
    optimizer = torch.optim.Adam(loss.parameters(), lr=3e-3)
    values = []
    for _ in range(30):
        optimizer.zero_grad()
        value = loss([model.preprocess(texts)])
        value.backward()
        optimizer.step()
        values.append(value.item())
    assert values[-1] < values[0] / 2


# texts that it damages itself


def test_texts_alone_are_damaged(make):
    model = make().eval()
    loss = ours.DenoisingAutoEncoderLoss(model).eval()
    texts = ["w1 w2 w3 w4 w5 w6", "w7", "w8 w9"]
    torch.manual_seed(5)
    value = loss([model.preprocess(texts)])
    torch.manual_seed(5)
    special = model.tokenizer.all_special_ids
    damaged = without_tokens(model.preprocess(texts), 0.6, special)
    torch.testing.assert_close(value, loss([damaged, model.preprocess(texts)]))


def test_what_is_dropped():
    tokens = torch.tensor([[2, *range(10, 30), 3], [2, 11, 3] + [0] * 19, [2, 3] + [0] * 20])
    mask = (tokens > 0).long()
    column = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": tokens + 100, "prompt_length": 1}
    counts = []
    for seed in range(40):
        torch.manual_seed(seed)
        dropped = without_tokens(column, 0.6, [0, 2, 3])
        kept = [
            row[there.bool()].tolist()
            for row, there in zip(dropped["input_ids"], dropped["attention_mask"], strict=True)
        ]
        assert kept[1:] == [[2, 11, 3], [2, 3]]
        assert kept[0][0] == 2
        assert kept[0][-1] == 3
        assert kept[0][1:-1] == sorted(set(kept[0][1:-1]))  # in order
        assert len(kept[0]) > 2
        assert dropped["input_ids"].shape[1] == max(map(len, kept))
        assert torch.equal(dropped["token_type_ids"], dropped["input_ids"] + 100)
        assert dropped["prompt_length"] == 1
        counts.append(len(kept[0]) - 2)
    assert 6 < sum(counts) / len(counts) < 10  # 8 of 20
    assert len(without_tokens(column, 1.0, [0, 2, 3])["input_ids"][0]) == 3
    assert torch.equal(without_tokens(column, 0.0, [0, 2, 3])["input_ids"], tokens)
    with pytest.raises(ValueError, match="--output-format damaged-pair"):
        without_tokens({"input_ids": torch.arange(4), "offsets": torch.tensor([0])}, 0.5, [])


def test_originals_that_are_empty(make):
    model = make()
    loss = ours.DenoisingAutoEncoderLoss(model).eval()
    column = {"input_ids": torch.tensor([[2, 0], [2, 0]]), "attention_mask": torch.tensor([[1, 0], [1, 0]])}
    value = loss([dict(column), dict(column)], None)
    value.backward()
    assert value.item() == 0


# wrong input


def test_wrong_options(make, folders, sentence_transformer):
    with pytest.raises(ValueError, match="decoder_name_or_path must say"):
        ours.DenoisingAutoEncoderLoss(make(), tie_encoder_decoder=False)
    with pytest.raises(ValueError, match="16 dimensions for a decoder of 32"):
        ours.DenoisingAutoEncoderLoss(make(), folders["wide"], tie_encoder_decoder=False)
    with pytest.raises(ValueError, match="8 dimensions for a decoder of 16"):
        ours.DenoisingAutoEncoderLoss(make(Dense(16, 8)))
    tokenizer = sentence_transformer().tokenizer.backend_tokenizer
    static = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu")
    with pytest.raises(ValueError, match="DenoisingAutoEncoderLoss got a model of type SentenceTransformer"):
        ours.DenoisingAutoEncoderLoss(static)


def test_a_decoder_that_is_none(make, folders, tmp_path):
    from transformers import T5Config, T5EncoderModel

    config = T5Config(vocab_size=40, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    save(tmp_path / "t5", WORDS, T5EncoderModel(config))
    with pytest.raises(ValueError, match=r"DenoisingAutoEncoderLoss got .*t5 for its decoder"):
        ours.DenoisingAutoEncoderLoss(make(), str(tmp_path / "t5"), tie_encoder_decoder=False)


def test_weights_of_another_shape(make):
    model = make()
    model[0].auto_model.embeddings.position_embeddings = nn.Embedding(50, 16)
    with pytest.raises(ValueError, match=r"position_embeddings.weight is \(50, 16\) in the model but \(40, 16\)"):
        ours.DenoisingAutoEncoderLoss(model)


def test_what_is_pointed_out(make, folders, caplog):
    ours.DenoisingAutoEncoderLoss(make(), folders["same"])
    assert "decoder_name_or_path is ignored" in caplog.text


def test_wrong_input(make, pairs):
    model = make()
    loss = ours.DenoisingAutoEncoderLoss(model)
    with pytest.raises(ValueError, match=r"got 3 text column.*--output-format damaged-pair"):
        loss([*pairs(), *pairs()[:1]], None)
    short = {key: value[:2] for key, value in pairs()[0].items() if isinstance(value, torch.Tensor)}
    with pytest.raises(ValueError, match="columns of 2, 6 rows"):
        loss([short, pairs()[1]], None)
    with pytest.raises(ValueError, match="got embeddings of 8 dimensions"):
        ours.MatryoshkaLoss(model, loss, [16, 8])(pairs(), None)
    with pytest.raises(ValueError, match="the tokens of the original texts"):
        loss.compute_loss_from_embeddings([torch.ones(2, 16)])


def test_layers_too(make, pairs):
    own, peer = make(), make()
    torch.manual_seed(4)
    inner = ours.DenoisingAutoEncoderLoss(own)
    torch.manual_seed(4)
    their_inner = theirs.DenoisingAutoEncoderLoss(peer)
    loss = ours.AdaptiveLayerLoss(own, inner, n_layers_per_step=-1).eval()
    their = theirs.AdaptiveLayerLoss(peer, their_inner, n_layers_per_step=-1).eval()
    torch.testing.assert_close(loss(pairs(), None), their(pairs(), None))


def test_nothing_foreign_is_run(make, monkeypatch):
    """No code that comes with a checkpoint is run."""
    from transformers import AutoConfig, AutoModelForCausalLM

    seen = SimpleNamespace(calls=[])
    for cls in (AutoConfig, AutoModelForCausalLM):
        original = cls.from_pretrained

        def watched(*args, original=original, **kwargs):
            seen.calls.append(kwargs)
            return original(*args, **kwargs)

        monkeypatch.setattr(cls, "from_pretrained", watched)
    ours.DenoisingAutoEncoderLoss(make())
    assert len(seen.calls) >= 2
    assert not any(kwargs.get("trust_remote_code") for kwargs in seen.calls)
