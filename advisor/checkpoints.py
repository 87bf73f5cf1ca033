"""Going on from the last checkpoint of a run: the generated scripts import this module."""

import json
import os
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from converters.errors import InputError, quote
from converters.fingerprints import difference, fingerprint_of_source

if TYPE_CHECKING:
    from transformers import TrainerCallback

#: Where a run keeps what it was started with.
SETTINGS_FILE = "settings.json"

#: Where a run that is finished keeps what came of it.
RESULT_FILE = "result.json"

#: Where a checkpoint keeps what the loss has learned.
LOSS_FILE = "loss.safetensors"

#: The checkpoint of a loop in plain PyTorch.
PLAIN_FILE = "checkpoint.pt"

#: What a checkpoint has once it is whole.
_WRITTEN_LAST = "trainer_state.json"

#: Names of what belongs to the model that is trained, in a loss and in those around it.
_OF_MODEL = re.compile(r"(loss\.)*model\.")

#: What to do about a folder that another run holds, by the option of the scripts.
ELSEWHERE = "choose another folder with --output, or remove it"

#: Settings that may change from one start to the next: they change nothing that a checkpoint holds.
_MAY_CHANGE = ("output", "push_to_hub")

#: What is kept beside the settings: which loss it was, and what the data were.
_LOSS, _DATA = "loss", "data"


def checkpoint_of(settings: Any, *, loss: str | None = None) -> str | None:
    """The checkpoint that a run goes on from; None for one that starts. Its settings are kept for the next start.

    Args:
        settings: a dataclass, whose `output` is the folder of the run. Of its `dataset` a fingerprint is kept.
        loss: what is trained with.

    Raises:
        InputError: the folder holds a run with other settings, another loss, other data, or something else.
    """
    folder = Path(settings.output)
    own = {name: value for name, value in asdict(settings).items() if name not in _MAY_CHANGE}
    own |= {_LOSS: loss} if loss is not None else {}
    own |= {_DATA: fingerprint_of_source(settings.dataset)} if hasattr(settings, "dataset") else {}
    file = folder / SETTINGS_FILE
    checkpoint = last_checkpoint(folder)
    if checkpoint is not None or file.is_file():
        _refuse_another(folder, _read(file), own, started=checkpoint is not None)
    if os.environ.get("RANK", "0") == "0":  # of several processes the first one writes
        from converters.writing.whole import whole_file

        try:
            folder.mkdir(parents=True, exist_ok=True)
            with whole_file(file) as temporary:
                temporary.write_text(json.dumps(own, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            if checkpoint is None:  # what is kept came of a run that is gone
                (folder / RESULT_FILE).unlink(missing_ok=True)
        except OSError as error:
            raise InputError(f"{quote(str(folder), 200)} cannot be written: {error.strerror or error}") from error
    return checkpoint if (folder / PLAIN_FILE).is_file() else _to_go_on_from(folder)


def keep_result(settings: Any, metric: str, before: float, after: float) -> None:
    """Keeps what came of a run, once its model is written: started again, it has nothing left to do."""
    from converters.writing.whole import whole_file

    result = {"metric": metric, "before": float(before), "after": float(after)}
    with whole_file(Path(settings.output) / RESULT_FILE) as temporary:
        temporary.write_text(json.dumps(result) + "\n", encoding="utf-8")


def tells_result(settings: Any) -> bool:
    """Whether a run is finished; then its result is told again, and nothing is left to train."""
    folder = Path(settings.output)
    result = _read(folder / RESULT_FILE)
    try:
        metric, before, after = str(result["metric"]), float(result["before"]), float(result["after"])
    except (KeyError, TypeError, ValueError):
        return False
    if last_checkpoint(folder) is None or not (folder / "final").is_dir():
        return False
    if os.environ.get("RANK", "0") == "0":
        print(f"{settings.output} holds this run already, and it is finished")  # noqa: T201
        print(f"before training: {metric} = {before:.4f}")  # noqa: T201
        print(f"after training:  {metric} = {after:.4f} (was {before:.4f})")  # noqa: T201
        print(f"the model is in {settings.output}/final")  # noqa: T201
    return True


def last_checkpoint(folder: Path) -> str | None:
    """The last whole checkpoint in the folder of a run: its state is what the trainers write last.

    A loop in plain PyTorch has one only, a file.
    """
    if (folder / PLAIN_FILE).is_file():
        return str(folder / PLAIN_FILE)
    found = _whole_checkpoints(folder)
    return str(found[-1]) if found else None


def _to_go_on_from(folder: Path) -> str | None:
    """The last checkpoint before the end: from the end itself the trainers would go a step too far."""
    going = [each for each in _whole_checkpoints(folder) if not _is_at_end(_read(each / _WRITTEN_LAST))]
    return str(going[-1]) if going else None


def _is_at_end(state: dict[str, Any]) -> bool:
    step, steps = state.get("global_step"), state.get("max_steps")
    return isinstance(step, int) and isinstance(steps, int) and step >= steps > 0


def _whole_checkpoints(folder: Path) -> list[Path]:
    """The checkpoints of the trainers, in the order of their steps."""
    found = {}
    for file in folder.glob(f"checkpoint-*/{_WRITTEN_LAST}"):
        steps = file.parent.name.removeprefix("checkpoint-")
        if steps.isdecimal():
            found[int(steps)] = file.parent
    return [found[steps] for steps in sorted(found)]


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _refuse_another(folder: Path, kept: dict[str, Any], own: dict[str, Any], *, started: bool) -> None:
    """Refuses to go on from the checkpoint of a run with other settings: what would come out is neither."""
    changed = [name for name in own if kept.get(name) != own[name] and name != _DATA]
    if not started:
        return
    if changed:
        name = changed[0]
        was = f"was {quote(kept[name])} and is {quote(own[name])} now" if name in kept else "is not known"
        raise InputError(f"{quote(str(folder), 200)} holds the checkpoints of another run ({name} {was}): {ELSEWHERE}")
    if (what := _other_data(kept.get(_DATA), own.get(_DATA))) is not None:
        raise InputError(
            f"{quote(str(folder), 200)} holds the checkpoints of a run on other data (of {quote(own['dataset'], 200)}, "
            f"{what}): {ELSEWHERE}"
        )


def _other_data(before: Any, now: Any) -> str | None:
    """In what the data of a run differ from those it started with; None where they do not, or nobody can tell."""
    if not isinstance(before, dict) or not isinstance(now, dict):
        return None
    if now.get("kind") == "hub" and None in (before.get("revision", ""), now.get("revision")):
        return None  # the hub could not be asked
    return difference(before, now)


def keeping_loss(loss: Any) -> "TrainerCallback":
    """A callback that keeps what a loss has learned itself, such as a classifier, in each checkpoint.

    The trainers keep the model alone.
    """
    from safetensors.torch import save_file
    from transformers import TrainerCallback

    class KeepLoss(TrainerCallback):
        def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.is_world_process_zero:
                folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
                save_file(_own(loss), str(folder / LOSS_FILE))

    return KeepLoss()


def restore_loss(loss: Any, checkpoint: str | None) -> None:
    """Gives a loss what it had learned by the time of a checkpoint."""
    from safetensors.torch import load_file

    if checkpoint is not None and (file := Path(checkpoint) / LOSS_FILE).is_file():
        loss.load_state_dict(load_file(str(file)), strict=False)


def _own(loss: Any) -> dict[str, Any]:
    """What a loss holds beside the model: by a copy, as weights that are shared with the model cannot be saved."""
    return {
        name: value.detach().clone().contiguous()
        for name, value in loss.state_dict().items()
        if not _OF_MODEL.match(name)
    }
