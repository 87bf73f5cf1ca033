"""How a loss is held against that of sentence-transformers: same model, batch and seed, every gradient, same draws."""

import torch

ROWS = 6

FLOATS = torch.tensor([0.1, 0.9, 0.4, 0.4, 0.7, 0.0])
BINARY = torch.tensor([1, 0, 1, 0, 0, 1])
CLASSES = torch.tensor([0, 2, 1, 1, 0, 2])
PROBABILITIES = torch.tensor([[0.2, 0.3, 0.5], [0.6, 0.1, 0.3]] * 3)


def gradients(loss):
    # their batch losses call the model by another name, so compare what the names have in common
    return {
        name.removeprefix("sentence_embedder.").removeprefix("model."): parameter.grad
        for name, parameter in loss.named_parameters()
        if parameter.grad is not None
    }


def step(loss, inputs, labels, seed=7, **kwargs):
    loss.train()
    torch.manual_seed(seed)
    value = loss(inputs, labels, **kwargs)
    total = torch.stack(list(value.values())).sum() if isinstance(value, dict) else value
    total.backward()
    return value, total.detach(), gradients(loss), torch.rand(1)


def assert_same_step(ours, theirs, inputs, labels, **kwargs):
    value, loss, ours_gradients, ours_next = step(ours, inputs(), labels, **kwargs)
    their_value, their_loss, their_gradients, their_next = step(theirs, inputs(), labels, **kwargs)
    torch.testing.assert_close(loss, their_loss, rtol=1e-5, atol=1e-7)
    if isinstance(their_value, dict):
        assert list(value) == list(their_value)
        for name in their_value:
            torch.testing.assert_close(value[name], their_value[name], rtol=1e-5, atol=1e-7)
    assert ours_gradients.keys() == their_gradients.keys()
    assert ours_gradients
    largest = max(gradient.abs().max() for gradient in their_gradients.values())
    for name, expected in their_gradients.items():
        difference = (ours_gradients[name] - expected).norm()
        # gradients that are zero but for rounding (keys' biases) are compared with the largest of all
        assert difference <= 1e-5 * expected.norm() + 1e-6 * largest, name
    assert torch.equal(ours_next, their_next), "another number of random draws"
    assert loss.isfinite()


def tokenize(model, texts, columns):
    def make():
        return [model.preprocess(texts[i * ROWS : (i + 1) * ROWS]) for i in range(columns)]

    return make
