"""What a training script finds where it runs: precision, memory, processes. The generated scripts import it."""

import os
from dataclasses import dataclass
from typing import Any

from advisor.rules.memory import ACTIVATION, LOGIT, PARAMETER

#: GB that are reckoned with where no device tells: on a CPU, or on one whose memory cannot be asked for.
USUAL_MEMORY = 16.0

#: Share of the memory that training may fill: the rest is for what an estimate does not see.
SHARE = 0.8

#: More rows than any batch has, where a model says nothing of its shape.
_ANY_NUMBER = 1 << 20


@dataclass(frozen=True)
class Hardware:
    """What there is to train with.

    Attributes:
        memory: GB of the device, or of each of them.
        cpu: whether there is nothing but a CPU.
        processes: how many processes train together (`torchrun`, `accelerate launch`).
        bf16: whether to train in bfloat16: fast, half the memory, and no loss scaling.
        fp16: whether to train in half precision, on devices that know no bfloat16.
    """

    memory: float = USUAL_MEMORY
    cpu: bool = True
    processes: int = 1
    bf16: bool = False
    fp16: bool = False

    def rows_at_once(self, model: Any, tokens: int, adapter: bool = False) -> int:
        """How many rows of a batch fit into the memory in one training step, by estimate: a power of two.

        The estimate is that of full precision, so that half precision leaves room.

        Args:
            model: the model to train, of sentence-transformers or of transformers.
            tokens: how many tokens a row has, of all its texts.
            adapter: whether only an adapter is trained, which needs no optimizer's memory for the rest.
        """
        network = getattr(model, "transformers_model", model)
        config: Any = getattr(network, "config", None)
        config = getattr(config, "text_config", config)
        layers = getattr(config, "num_hidden_layers", None)
        width = getattr(config, "hidden_size", None)
        if not layers or not width:
            return _ANY_NUMBER
        weights = sum(each.numel() for each in model.parameters()) * (PARAMETER / 4 if adapter else PARAMETER)
        token = layers * width * ACTIVATION
        if type(network).__name__.endswith("ForMaskedLM"):
            token += config.vocab_size * LOGIT
        room = self.memory * 1e9 * SHARE - weights
        rows = int(room / (token * max(1, tokens)))
        return 1 << (rows.bit_length() - 1) if rows > 0 else 1


def found_hardware() -> Hardware:
    """The hardware of this process. On a CPU training is in full precision."""
    import torch

    processes = int(os.environ.get("WORLD_SIZE", "1"))
    if not torch.cuda.is_available():
        return Hardware(cpu=not torch.accelerator.is_available(), processes=processes)
    device = int(os.environ.get("LOCAL_RANK", "0"))
    bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    memory = torch.cuda.get_device_properties(device).total_memory / 1e9
    return Hardware(memory, cpu=False, processes=processes, bf16=bf16, fp16=not bf16)
