"""A few steps with the trainers of sentence-transformers: the loss is finite and the parameters move."""

import pytest
import torch
from datasets import Dataset
from sentence_transformers import (
    CrossEncoderTrainer,
    CrossEncoderTrainingArguments,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
    SparseEncoderTrainer,
    SparseEncoderTrainingArguments,
)
from sentence_transformers.base.sampler import BatchSamplers
from sentence_transformers.sparse_encoder import losses as their_sparse
from sentence_transformers.sparse_encoder.callbacks.splade_callbacks import SpladeRegularizerWeightSchedulerCallback
from transformers import TrainerCallback

from losses import cross_encoder as cross_losses
from losses import sentence_transformer as dense_losses
from losses import sparse_encoder as sparse_losses

ROWS = 16


def dataset(texts, columns, **labels):
    names = ["anchor", "positive", "negative_1", "negative_2"][:columns]
    return Dataset.from_dict({name: texts[i * ROWS : (i + 1) * ROWS] for i, name in enumerate(names)} | labels)


def train(trainer_class, arguments_class, loss, data, folder, callbacks=None, **kwargs):
    arguments = arguments_class(
        output_dir=str(folder),
        per_device_train_batch_size=4,
        learning_rate=1e-3,
        max_steps=kwargs.pop("max_steps", 3),
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
        dataloader_pin_memory=False,
        seed=11,
        **kwargs,
    )
    before = {name: parameter.detach().clone() for name, parameter in loss.named_parameters()}
    trainer = trainer_class(
        model=loss.model, args=arguments, train_dataset=data, loss=loss, callbacks=list(callbacks or [])
    )
    trainer.train()
    history = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    assert len(history) == arguments.max_steps
    assert torch.tensor(history).isfinite().all()
    moved = [name for name, parameter in loss.named_parameters() if not torch.equal(parameter, before[name])]
    assert moved
    return trainer, moved


LABELS = [i % 2 for i in range(ROWS)]
CLASSES = [i % 3 for i in range(ROWS)]
SCORES = [i / ROWS for i in range(ROWS)]


@pytest.mark.parametrize(
    ("name", "kwargs", "columns", "labels"),
    [
        ("MultipleNegativesRankingLoss", {}, 2, {}),
        ("MultipleNegativesRankingLoss", {}, 4, {}),
        ("CoSENTLoss", {}, 2, {"score": SCORES}),
        ("CosineSimilarityLoss", {}, 2, {"score": SCORES}),
        ("SoftmaxLoss", {"embedding_dimension": 32, "num_labels": 3}, 2, {"label": CLASSES}),
        ("ContrastiveLoss", {}, 2, {"label": LABELS}),
        ("OnlineContrastiveLoss", {}, 2, {"label": LABELS}),
        ("TripletLoss", {}, 3, {}),
        ("BatchAllTripletLoss", {}, 1, {"label": CLASSES}),
    ],
)
def test_sentence_transformer_trainer(name, kwargs, columns, labels, sentence_transformer, texts, tmp_path):
    loss = getattr(dense_losses, name)(sentence_transformer(), **kwargs)
    sampler = BatchSamplers.GROUP_BY_LABEL if name == "BatchAllTripletLoss" else BatchSamplers.BATCH_SAMPLER
    _, moved = train(
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
        loss,
        dataset(texts, columns, **labels),
        tmp_path,
        batch_sampler=sampler,
    )
    assert ("classifier.weight" in moved) == (name == "SoftmaxLoss")
    card = loss.model.model_card_data
    card.set_losses([loss])
    assert f"loss:{name}" in card.tags


@pytest.mark.parametrize(
    ("name", "num_labels", "columns", "labels"),
    [
        ("BinaryCrossEntropyLoss", 1, 2, {"label": LABELS}),
        ("BinaryCrossEntropyLoss", 1, 2, {"score": SCORES}),
        ("CrossEntropyLoss", 3, 2, {"label": CLASSES}),
        ("MultipleNegativesRankingLoss", 1, 2, {}),
        ("MultipleNegativesRankingLoss", 1, 4, {}),
    ],
)
def test_cross_encoder_trainer(name, num_labels, columns, labels, cross_encoder, texts, tmp_path):
    loss = getattr(cross_losses, name)(cross_encoder(num_labels))
    train(CrossEncoderTrainer, CrossEncoderTrainingArguments, loss, dataset(texts, columns, **labels), tmp_path)


def test_cross_encoder_trainer_with_lists(cross_encoder, texts, tmp_path):
    lengths = [1 + i % 4 for i in range(ROWS)]
    data = Dataset.from_dict(
        {
            "query": texts[:ROWS],
            "documents": [texts[20 + 4 * i : 20 + 4 * i + n] for i, n in enumerate(lengths)],
            "labels": [[float(j == i % n) for j in range(n)] for i, n in enumerate(lengths)],
        }
    )
    loss = cross_losses.LambdaLoss(cross_encoder())
    train(CrossEncoderTrainer, CrossEncoderTrainingArguments, loss, data, tmp_path)


class Weights(TrainerCallback):
    """What the regularisers weigh in each step."""

    def __init__(self, loss):
        self.loss, self.seen = loss, []

    def on_substep_end(self, *args, **kwargs):
        self.on_step_end()

    def on_step_end(self, *args, **kwargs):
        self.seen.append((self.loss.document_regularizer_weight, self.loss.query_regularizer_weight))


def splade(losses, model, **kwargs):
    inner = losses.SparseMultipleNegativesRankingLoss(model)
    return losses.SpladeLoss(
        model, inner, **({"document_regularizer_weight": 0.3, "query_regularizer_weight": 0.6} | kwargs)
    )


@pytest.mark.parametrize("kwargs", [{}, {"use_document_regularizer_only": True, "query_regularizer_weight": None}])
def test_splade_weights_are_scheduled_as_for_their_loss(kwargs, sparse_encoder, texts, tmp_path):
    runs = []
    for losses in (sparse_losses, their_sparse):
        loss = splade(losses, sparse_encoder(), **kwargs)
        weights = Weights(loss)
        trainer, _ = train(
            SparseEncoderTrainer,
            SparseEncoderTrainingArguments,
            loss,
            dataset(texts, 3),
            tmp_path,
            callbacks=[weights],
            max_steps=12,
        )
        logs = [
            {key: value for key, value in entry.items() if "weight" in key or "loss" in key}
            for entry in trainer.state.log_history
            if "loss" in entry
        ]
        runs.append((weights.seen, logs, loss.model.state_dict()))
    (seen, logs, parameters), (their_seen, their_logs, their_parameters) = runs
    assert seen == their_seen
    assert [document for document, _ in seen[:5]] == pytest.approx([0.0, 0.3 / 16, 0.3 / 4, 0.3 * 9 / 16, 0.3])
    assert seen[-1][0] == 0.3
    assert [entry.keys() for entry in logs] == [entry.keys() for entry in their_logs]
    for entry, their_entry in zip(logs, their_logs, strict=True):
        assert entry == pytest.approx(their_entry, rel=1e-4, abs=1e-3)
    for name, value in their_parameters.items():
        torch.testing.assert_close(parameters[name], value, rtol=1e-3, atol=1e-4)


def test_splade_takes_a_schedule_of_your_own(sparse_encoder, texts, tmp_path):
    loss = splade(sparse_losses, sparse_encoder())
    schedule = SpladeRegularizerWeightSchedulerCallback(loss, scheduler_type="linear", warmup_ratio=1.0)
    weights = Weights(loss)
    train(
        SparseEncoderTrainer,
        SparseEncoderTrainingArguments,
        loss,
        dataset(texts, 2),
        tmp_path,
        callbacks=[schedule, weights],
        max_steps=4,
    )
    assert [query for _, query in weights.seen] == pytest.approx([0.0, 0.15, 0.3, 0.45])
