"""DenoisingAutoEncoderLoss: write a text again from the embedding of a damaged copy (TSDAE)."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from losses import citations
from losses.checks import check_columns, reject
from losses.embedding import Compute, EmbeddingLoss, LossValue
from losses.functional import cross_entropy_loss
from losses.models import EmbeddingModel, Features

logger = logging.getLogger(__name__)


class DenoisingAutoEncoderLoss(EmbeddingLoss):
    """A decoder must write the whole text again from nothing but the embedding of a damaged copy of it (TSDAE).

    Data: ``damaged-pair`` (damaged, original), without labels; or ``single``, texts alone, of which the loss drops
    three tokens in five itself, others in every epoch.

    Recommended: ten thousand sentences of the domain or more, pooling by the first token, ``"cls"``, a learning rate
    of 3e-5, and afterwards training on what labelled data there is. The decoder takes as much memory again as the
    model, or less than that if they share their weights.

    Neighbours: ContrastiveTensionLossInBatchNegatives too needs nothing but texts. With pairs of texts that belong
    together use MultipleNegativesRankingLoss.

    The maths is in :func:`losses.functional.cross_entropy_loss`, of the next token; Wang et al. 2021,
    https://arxiv.org/abs/2104.06979.

    Args:
        model: the model to train, which must start with a transformer.
        decoder_name_or_path: where to load the decoder from: a causal language model of transformers with room for
            cross-attention. If weights are shared it is loaded from where the model was.
        tie_encoder_decoder: whether the decoder has the weights of the model's transformer. Weights are the model's as
            it is now; the decoder only adds what the model does not have.

    Example:
        ::

            from losses.sentence_transformer import DenoisingAutoEncoderLoss

            loss = DenoisingAutoEncoderLoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=damaged_and_originals, loss=loss)
    """

    #: How likely a token of a single text is dropped.
    deletion_ratio = 0.6

    def __init__(
        self, model: EmbeddingModel, decoder_name_or_path: str | None = None, tie_encoder_decoder: bool = True
    ) -> None:
        super().__init__(model)
        encoder = getattr(model, "transformers_model", None)
        if not isinstance(encoder, nn.Module):
            reject(self, f"a model of type {type(model).__name__} without a transformer", "one that starts with one")
        if tie_encoder_decoder and decoder_name_or_path is not None:
            logger.warning("decoder_name_or_path is ignored, since the decoder shares the weights of the model.")
        elif not tie_encoder_decoder and decoder_name_or_path is None:
            raise ValueError("decoder_name_or_path must say where the decoder is if tie_encoder_decoder=False.")
        self.tokenizer_encoder: Any = model.tokenizer  # type: ignore[attr-defined]
        if tie_encoder_decoder:
            self.decoder: Any = self._decoder_of(encoder)
            self.tokenizer_decoder = self.tokenizer_encoder
        else:
            assert decoder_name_or_path is not None
            from transformers import AutoConfig, AutoTokenizer

            self.decoder = self._load(AutoConfig.from_pretrained(decoder_name_or_path), decoder_name_or_path)
            self.tokenizer_decoder = AutoTokenizer.from_pretrained(decoder_name_or_path)
        self.need_retokenization: bool = self.tokenizer_encoder.get_vocab() != self.tokenizer_decoder.get_vocab()
        self._check_width()
        pad = self.tokenizer_decoder.pad_token_id
        self._pad_token_id: int = self.tokenizer_decoder.eos_token_id if pad is None else pad
        if pad is None and self.need_retokenization:
            self.tokenizer_decoder.pad_token = self.tokenizer_decoder.eos_token
        first = next(encoder.parameters())
        self.decoder.to(device=first.device, dtype=first.dtype)

    def _decoder_of(self, encoder: Any) -> Any:
        """A decoder with the weights of an encoder."""
        from transformers import AutoConfig

        name = getattr(encoder.config, "_name_or_path", "")
        config = AutoConfig.from_pretrained(name) if name else type(encoder.config)(**encoder.config.to_dict())
        decoder = self._load(config, name)
        size = len(self.tokenizer_encoder)
        if size > encoder.get_input_embeddings().weight.shape[0]:
            logger.warning("The tokenizer has %d tokens, more than the model: the model is made to fit.", size)
            encoder.resize_token_embeddings(size)
        if encoder.get_input_embeddings().weight.shape[0] != decoder.get_input_embeddings().weight.shape[0]:
            decoder.resize_token_embeddings(encoder.get_input_embeddings().weight.shape[0])
        _share_weights(encoder, decoder)
        return decoder

    def _load(self, config: Any, name: str) -> Any:
        """A causal language model that attends to an embedding: from a folder or a hub, or new if there is none."""
        from transformers import AutoModelForCausalLM

        config.is_decoder = True
        config.add_cross_attention = True
        try:
            if name:
                return AutoModelForCausalLM.from_pretrained(name, config=config)
            return AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
        except ValueError as error:
            wanted = 'a name or a folder of a model with a class "...LMHead..." or "...ForCausalLM" in transformers'
            raise ValueError(
                f"DenoisingAutoEncoderLoss got {name or type(config).__name__} for its decoder, but wants {wanted}."
            ) from error

    def _check_width(self) -> None:
        ask = getattr(self.model, "get_embedding_dimension", None)
        width = ask() if ask is not None else None
        if width is not None and width != self.decoder.config.hidden_size:
            got = f"embeddings of {width} dimensions for a decoder of {self.decoder.config.hidden_size}"
            reject(self, got, "as many in both: pooling of one kind, and no Dense after it that changes their number")

    @property
    def encoder(self) -> EmbeddingModel:
        """The model, by the name that it has in sentence-transformers."""
        return self.model

    def run(
        self,
        sentence_features: Iterable[Features],
        labels: Tensor | None,
        *,
        compute: Compute | None = None,
        model: EmbeddingModel | None = None,
        separate_first: bool = True,
    ) -> LossValue:
        """Embed the damaged texts: see :meth:`losses.embedding.EmbeddingLoss.run`.

        ``compute`` gets their embeddings, and the tokens of the originals as ``original``.
        """
        columns = list(sentence_features)
        if len(columns) not in (1, 2):
            wanted = "2 (damaged, original), or 1 (original), which it damages itself"
            reject(self, f"{len(columns)} text column(s)", wanted, "damaged-pair")
        check_columns(self, [column["input_ids"] for column in columns], ("text",), "damaged-pair", more=True)
        original = self.retokenize(columns[-1]) if self.need_retokenization else columns[-1]
        tokens: Tensor = original["input_ids"]  # before the model gets a chance to change the features
        damaged = columns[0]
        if len(columns) == 1:
            damaged = without_tokens(damaged, self.deletion_ratio, self.tokenizer_encoder.all_special_ids)
        embeddings = (model or self.model)(damaged)["sentence_embedding"]
        return (compute or self.compute_loss_from_embeddings)([embeddings], labels, original=tokens)

    def retokenize(self, sentence_features: Features) -> Features:
        """The features of the same texts for the decoder, whose tokenizer has another vocabulary."""
        tokens = sentence_features["input_ids"]
        texts = self.tokenizer_encoder.batch_decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=True)
        features: Features = self.tokenizer_decoder(
            texts, padding=True, truncation="longest_first", return_tensors="pt", max_length=None
        ).to(tokens.device)
        return features

    def compute_loss_from_embeddings(
        self, embeddings: Sequence[Tensor], labels: Tensor | None = None, *, original: Tensor | None = None
    ) -> Tensor:
        """Compute the loss from the embeddings of the damaged texts; labels are unused.

        Args:
            embeddings: one matrix, (rows, d), d as wide as the decoder.
            labels: unused.
            original: the tokens of the originals, for the decoder, (rows, length).
        """
        check_columns(self, embeddings, ("damaged",), "damaged-pair")
        (memory,) = embeddings
        if original is None:
            reject(self, "embeddings alone", "the tokens of the original texts, as original=, too")
        if memory.shape[-1] != self.decoder.config.hidden_size:
            got = f"embeddings of {memory.shape[-1]} dimensions for a decoder of {self.decoder.config.hidden_size}"
            reject(self, got, "whole embeddings: it cannot be wrapped in a loss that cuts them")
        logits: Tensor = self.decoder(
            input_ids=original[:, :-1],
            encoder_hidden_states=memory[:, None],
            encoder_attention_mask=torch.ones_like(original[:, :1]),
            use_cache=False,
        ).logits
        return cross_entropy_loss(logits.flatten(end_dim=1), original[:, 1:].flatten(), ignore_index=self._pad_token_id)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "decoder_name_or_path": self.decoder.config._name_or_path,
            "need_retokenization": self.need_retokenization,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.TSDAE


def _share_weights(encoder: nn.Module, decoder: Any) -> None:
    """Put an encoder's parameters in the place of a decoder's of the same name, wherever the decoder uses these.

    Raises:
        ValueError: two of the same name have different shapes.
    """
    own = dict(encoder.named_parameters())
    shared: dict[int, nn.Parameter] = {}
    for name, parameter in getattr(decoder, decoder.base_model_prefix).named_parameters():
        if name not in own:
            continue
        if own[name].shape != parameter.shape:
            raise ValueError(
                f"DenoisingAutoEncoderLoss: {name} is {tuple(own[name].shape)} in the model but "
                f"{tuple(parameter.shape)} in the decoder, so they cannot share it: use tie_encoder_decoder=False."
            )
        shared[id(parameter)] = own[name]
    if not shared:
        logger.warning("The decoder shares no weights with the model: their parameters have different names.")
    for module in decoder.modules():
        for name, parameter in module.named_parameters(recurse=False, remove_duplicate=False):
            if id(parameter) in shared:
                setattr(module, name, shared[id(parameter)])


def without_tokens(column: Features, ratio: float, special: Sequence[int]) -> Features:
    """A column with some of the tokens of each row dropped at random, but never all, and none of the special ones.

    Raises:
        ValueError: the rows are not padded to one width.
    """
    tokens = column["input_ids"]
    if tokens.ndim != 2 or "cu_seq_lens_q" in column or not isinstance(column.get("attention_mask"), Tensor):
        raise ValueError(
            "DenoisingAutoEncoderLoss can only damage texts itself whose tokens are padded to one width. To convert "
            "the data: advisor convert DATA --output-format damaged-pair -o OUT"
        )
    there = column["attention_mask"].bool()
    words = there & ~torch.isin(tokens, torch.tensor(list(special), device=tokens.device, dtype=tokens.dtype))
    luck = torch.rand(tokens.shape, device=tokens.device).masked_fill(~words, -1.0)
    luckiest = luck == luck.max(dim=1, keepdim=True).values
    kept = there & (~words | (luck >= ratio) | luckiest)
    order = (~kept).to(torch.uint8).argsort(dim=1, stable=True)[:, : int(kept.sum(dim=1).max())]
    width = tokens.shape[1]
    dropped: Features = {}
    for key, value in column.items():
        padded = isinstance(value, Tensor) and value.ndim == 2 and value.shape == (len(tokens), width)
        dropped[key] = value.gather(1, order) if padded else value
    dropped["attention_mask"] = kept.gather(1, order).to(column["attention_mask"].dtype)
    return dropped
