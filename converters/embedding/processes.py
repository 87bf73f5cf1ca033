"""Several processes, on GPUs or on the CPU, that run one model of sentence-transformers."""

import logging
import weakref
from collections.abc import Sequence
from typing import Any, Literal

from converters.errors import InputError, quote


class Processes:
    """The processes of a model, which start when they are first needed.

    They are those of sentence-transformers, one for each device. Each loads the caller's program anew, so that a script
    has to begin its work under `if __name__ == "__main__":`.

    Args:
        model: has `start_multi_process_pool`.
        name: what to call it in messages.
        devices: names such as `cuda:0` or `cpu`; True for all GPUs, or four processes on the CPU.

    Raises:
        InputError: the model cannot run in processes, or those are no devices.
    """

    def __init__(self, model: Any, name: str, devices: bool | Sequence[str]) -> None:
        if not callable(getattr(model, "start_multi_process_pool", None)):
            raise InputError(
                f"model {quote(name)} cannot run in several processes: use_multi_process is for models of "
                "sentence-transformers"
            )
        self._model = model
        self._devices = None if isinstance(devices, bool) else known_devices(devices)
        self._end: weakref.finalize[Any, Any] | None = None
        self._pool: Any = None

    @property
    def count(self) -> int:
        """How many processes there are, or will be."""
        if self._pool is not None:
            return len(self._pool["processes"])
        if self._devices is not None:
            return len(self._devices)
        import torch

        return max(1, torch.cuda.device_count()) if torch.cuda.is_available() else 4

    def pool(self) -> Any:
        """What the model's methods take as `pool`; starts the processes where they do not run."""
        if self._pool is None:
            logger = logging.getLogger("sentence_transformers")
            before = logger.level
            logger.setLevel(max(before, logging.WARNING))
            try:
                self._pool = self._model.start_multi_process_pool(target_devices=self._devices)
            finally:
                logger.setLevel(before)
            self._end = weakref.finalize(self, self._model.stop_multi_process_pool, self._pool)
        return self._pool

    def close(self) -> None:
        """Ends the processes."""
        if self._end is not None:
            self._end()
        self._pool, self._end = None, None


def known_devices(devices: Any) -> list[str]:
    """Checks a list of names of devices.

    Raises:
        InputError: it is no list of names, or torch does not know one of them, or has none of it here.
    """
    wanted = (
        'use_multi_process has to be True, False or a list of devices such as ["cuda:0", "cuda:1"] or ["cpu", "cpu"]'
    )
    if isinstance(devices, str) or not isinstance(devices, Sequence) or not devices:
        raise InputError(f"{wanted}, not {quote(devices)}")
    for each in devices:
        check_device(each, wanted)
    return [str(each) for each in devices]


def check_device(device: Any, wanted: str = "device has to be a name such as cuda:0 or cpu") -> None:
    """Checks the name of a device, if there is one.

    Raises:
        InputError: torch does not know it, or has none of it here.
    """
    if device is None:
        return
    import torch

    try:
        known = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise InputError(f"{wanted}; there is no device {quote(device)}") from error
    if known.type == "cuda" and (known.index or 0) >= torch.cuda.device_count():
        raise InputError(f"{wanted}; there is no {quote(device)} here, torch sees {torch.cuda.device_count()} GPUs")


def spread(devices: Sequence[str], count: int | None) -> tuple[str | None, list[str] | Literal[False]]:
    """What to run on which device, as `device` and `use_multi_process` say it.

    Args:
        devices: names; by default all GPUs, or the CPU.
        count: how many processes; by default one for each device that is named, else one.

    Raises:
        InputError: there are more devices than processes, or there is no such number or device.
    """
    if count is not None and count < 1:
        raise InputError(f"processes: there have to be 1 process or more, not {count}")
    if count is not None and len(devices) > count:
        raise InputError(
            f"processes: {count} cannot run on {len(devices)} devices: name fewer devices or more processes"
        )
    for each in devices:
        check_device(each)
    wanted = count or len(devices) or 1
    if wanted == 1:
        return (devices[0] if devices else None), False
    places = list(devices)
    if not places:
        import torch

        places = [f"cuda:{i}" for i in range(torch.cuda.device_count())] or ["cpu"]
    return None, [places[i % len(places)] for i in range(wanted)]
