"""A script with the trainers of sentence-transformers: laid out from what was decided."""

import re
from collections.abc import Mapping
from textwrap import indent

from advisor.arguments import Code, CopyOfModel, FromLosses, TensorOf
from advisor.catalogue import LOSSES
from advisor.rules.memory import is_cached
from advisor.script.choices import Choices
from advisor.script.data import Names, loading
from advisor.script.evaluators import evaluating
from advisor.script.pieces import call, clean, field, function, imports, literal, mapping
from advisor.script.start import END, opening, settings_class, usage

#: What the classes of a family are called.
CLASSES: Mapping[str, str] = {
    "sentence-transformer": "SentenceTransformer",
    "cross-encoder": "CrossEncoder",
    "sparse-encoder": "SparseEncoder",
    "multi-vector-encoder": "MultiVectorEncoder",
}

#: Losses that can compare with the texts of other processes, beside their own.
GATHERING = frozenset(
    {
        *("MultipleNegativesRankingLoss", "CachedMultipleNegativesRankingLoss", "SupervisedContrastiveLoss"),
        *("MultipleNegativesSymmetricRankingLoss", "CachedMultipleNegativesSymmetricRankingLoss"),
        *("GISTEmbedLoss", "CachedGISTEmbedLoss", "DebiasedMultipleNegativesRankingLoss", "SigmoidContrastiveLoss"),
        *("SparseMultipleNegativesRankingLoss", "SparseCachedMultipleNegativesRankingLoss"),
        *("SparseGISTEmbedLoss", "SparseCachedGISTEmbedLoss"),
        *("MultiVectorMultipleNegativesRankingLoss", "CachedMultiVectorMultipleNegativesRankingLoss"),
    }
)

#: What a loss is called that computes the same in mini-batches.
CACHED: Mapping[str, str] = {
    "MultipleNegativesRankingLoss": "CachedMultipleNegativesRankingLoss",
    "MultipleNegativesSymmetricRankingLoss": "CachedMultipleNegativesSymmetricRankingLoss",
    "GISTEmbedLoss": "CachedGISTEmbedLoss",
    "SparseMultipleNegativesRankingLoss": "SparseCachedMultipleNegativesRankingLoss",
    "SparseGISTEmbedLoss": "SparseCachedGISTEmbedLoss",
    "MultiVectorMultipleNegativesRankingLoss": "CachedMultiVectorMultipleNegativesRankingLoss",
}

#: Losses that learn something themselves, which the trainers' checkpoints do not keep.
LEARNING = frozenset(
    {
        *("SoftmaxLoss", "DenoisingAutoEncoderLoss", "SigmoidContrastiveLoss"),
        *("ContrastiveTensionLoss", "ContrastiveTensionLossInBatchNegatives"),
    }
)


def trainer_script(choices: Choices, name: str) -> str:
    """The source of the script, for a file of this name."""
    kind = CLASSES[choices.family]
    data, data_names = loading(choices)
    evaluator, metric, evaluator_names = evaluating(choices)
    names: Names = {
        "dataclasses": {"dataclass"},
        "transformers": {"HfArgumentParser", "set_seed"},
        "transformers.hf_argparser": {"HfArg"},
        "sentence_transformers": {kind, f"{kind}Trainer", f"{kind}TrainingArguments"},
        "converters": {"InputError"},
        "advisor.hardware": {"found_hardware"},
        "advisor.checkpoints": {"checkpoint_of", "keep_result", "tells_result"},
        "advisor.hub": {"push", "refuse_to_push"},
    }
    if choices.max_length:
        names["advisor.models"] = {"refuse_too_long"}
    plain = {"torch"} if _needs_torch(choices) else set()
    if any(isinstance(each, CopyOfModel) for each in _given(choices)) and not _guided(choices):
        plain.add("copy")
    loss, given, loss_names = _loss(choices)
    for more in (data_names, evaluator_names, loss_names):
        for module, own in more.items():
            if module:
                names.setdefault(module, set()).update(own)
            else:
                plain |= own
    if ": Hardware" in loss:
        names["advisor.hardware"].add("Hardware")
    if _schedules(choices):
        names["sentence_transformers.sparse_encoder.callbacks.splade_callbacks"] = {
            "SpladeRegularizerWeightSchedulerCallback"
        }
    if _learns(choices):
        names["advisor.checkpoints"] |= {"keeping_loss", "restore_loss"}
    if choices.lora and choices.family == "cross-encoder":
        names["advisor.adapters"] = {"heads_of", "keep_outputs"}
    sections = [
        _constants(choices),
        settings_class(choices, _fields(choices)),
        data,
        _model(choices, kind),
        loss,
        evaluator,
    ]
    body = _main(choices, kind, metric, given)
    head = "\n".join([opening(choices, usage(_USAGE, name)), imports(names, plain)])
    head += f"\n\n{_ADAPTER_CHECK}" if choices.lora else ""
    rest = "\n\n\n".join(filter(None, [*sections[1:], body, END]))
    return f"{head}\n\n{sections[0]}\n\n\n{rest}\n"


_ADAPTER_CHECK = clean(
    """
    try:
        from peft import LoraConfig, TaskType
    except ImportError:
        raise SystemExit("error: an adapter is trained by peft: pip install peft") from None
    """
)


#: Ways to run the script, after its name.
_USAGE = {
    "python {} --help": "what can be changed",
    "python {}": "trains; started again, goes on from the last checkpoint",
    "torchrun --nproc_per_node 2 {}": "trains on two GPUs; so does accelerate launch",
}


def _fields(choices: Choices) -> list[str]:
    trainer = choices.best.trainer
    return [
        field(
            "batch_size", "int", int(trainer["per_device_train_batch_size"]), "rows of a step, of all devices together"
        ),
        field("learning_rate", "float", float(trainer["learning_rate"]), "the highest learning rate"),
        field("push_to_hub", "str | None", None, "a name on the hub to put the model under"),
    ]


def _needs_torch(choices: Choices) -> bool:
    tensors = any(isinstance(each, TensorOf) for each in _given(choices))
    return tensors or any(isinstance(value, Code) for value in choices.best.model.values())


def _given(choices: Choices) -> list[object]:
    return [*choices.best.arguments.values(), *choices.best.entry.wrapper_arguments.values()]


def _guided(choices: Choices) -> bool:
    return choices.teacher is not None and choices.teacher.lesson == "guide"


def _schedules(choices: Choices) -> bool:
    """Whether the price of the regularizers rises during training."""
    return choices.best.entry.wrapper in ("SpladeLoss", "CachedSpladeLoss")


def _learns(choices: Choices) -> bool:
    return choices.best.loss in LEARNING or "projection_dim" in choices.best.arguments


def _constants(choices: Choices) -> str:
    used = {name: role for name, role in choices.report.roles.items() if role not in ("id", "ignored")}
    parts = [mapping("COLUMNS", used, "What the columns of the data are; the others are not used.")]
    if choices.best.prompts:
        about = "What stands before the texts of a column, in training as in use."
        parts.append(mapping("PROMPTS", choices.best.prompts, about))
    return "\n\n".join(parts)


def _model(choices: Choices, kind: str) -> str:
    settings = {}
    given = ["settings: Settings", *(["classes: int"] if choices.best.entry.outputs == "classes" else [])]
    if choices.family == "cross-encoder":
        settings["num_labels"] = "classes" if choices.best.entry.outputs == "classes" else "1"
        settings |= {"max_length": "settings.max_length"} if choices.max_length else {}
        settings |= {name: str(value) for name, value in choices.best.model.items() if isinstance(value, Code)}
    lines = [call("model = ", kind, settings, "settings.model")]
    if choices.max_length and choices.family != "cross-encoder":
        lines.append("model.max_seq_length = settings.max_length")
    lines += _prompts(choices)
    if choices.lora:
        task = "SEQ_CLS" if choices.family == "cross-encoder" else "FEATURE_EXTRACTION"
        adapter = {
            "task_type": f"TaskType.{task}",
            "r": "16",
            "lora_alpha": "32",
            "lora_dropout": "0.05",
            "target_modules": '"all-linear"',
        }
        if choices.family == "cross-encoder":
            adapter |= {"# The head may be new: it is trained as a whole.": "", "modules_to_save": "heads_of(model)"}
        lines.append(call("adapter = ", "LoraConfig", adapter))
        lines.append("model.add_adapter(adapter)")
        lines += ["keep_outputs(model)"] if choices.family == "cross-encoder" else []
    lines.append("return model")
    if len(lines) == 2:
        lines = [lines[0].replace("model = ", "return ", 1)]
    about = "The model to start from."
    return function("make_model", given, kind, about, "\n".join(lines))


def _prompts(choices: Choices) -> list[str]:
    """Gives the model the prompts, so that it is evaluated and used with those that it is trained with."""
    prompts = list(choices.best.prompts.values())
    if not prompts:
        return []
    names = list(choices.best.prompts)
    texts = _text_columns(choices)
    if len(names) == len(texts) and len(set(prompts)) == 1:  # everything is read alike
        first = names[0]
        return [
            f'model.prompts.update(query=PROMPTS["{first}"], document=PROMPTS["{first}"])',
            'model.default_prompt_name = "query"',
        ]
    asked = f'PROMPTS["{texts[0]}"]' if texts[0] in names else '""'
    found = f'PROMPTS["{texts[1]}"]' if len(texts) > 1 and texts[1] in names else '""'
    return [f"model.prompts.update(query={asked}, document={found})"]


def _text_columns(choices: Choices) -> list[str]:
    from converters.formats import FORMATS

    spec, facts = FORMATS[choices.format], choices.report.facts
    texts = max(2, len(facts.text_words)) if spec.repeats and facts else None
    return [name for name in spec.column_names(texts) if name != spec.label_name]


def _loss(choices: Choices) -> tuple[str, list[str], Names]:
    """The function `make_loss`, what it is given, and what it imports."""
    best, kind = choices.best, CLASSES[choices.family]
    module = best.entry.module
    names: Names = {module: {best.loss}, "torch": {"nn"}}
    arguments = {name: each.as_code() for name, each in best.arguments.items()}
    for given in _given(choices):
        if isinstance(given, FromLosses):
            names.setdefault(given.module, set()).add(given.path.split(".")[0])
    if best.loss == "SoftmaxLoss":
        arguments["num_labels"] = "classes"
    if _guided(choices):
        arguments["guide"] = f"{kind}(settings.teacher)"
    if best.loss in GATHERING and choices.family != "cross-encoder":
        arguments["gather_across_devices"] = "hardware.processes > 1"
    lines: list[str] = []
    variant = _variant(choices)
    if is_cached(best.entry) and "mini_batch_size" in arguments:
        arguments["mini_batch_size"] = "at_once"
        lines.append(call("loss = ", best.loss, arguments, "model"))
    elif variant is not None:
        names[module].add(variant)
        small = {**arguments, "mini_batch_size": "at_once"}
        lines += [
            "if at_once == batch_size:",
            indent(call("loss = ", best.loss, arguments, "model"), "    "),
            "else:  # the same loss in less memory: a batch goes through the model in parts",
            indent(call("loss = ", variant, small, "model"), "    "),
        ]
    else:
        lines.append(call("loss = ", best.loss, arguments, "model"))
    if choices.matryoshka:
        names[module].add("MatryoshkaLoss")
        lines.append("loss = MatryoshkaLoss(model, loss, matryoshka_dims=dimensions_of(model))")
    if best.entry.wrapper is not None:
        around = {name: each.as_code() for name, each in best.entry.wrapper_arguments.items()}
        names[module].add(best.entry.wrapper)
        lines.append(call("loss = ", best.entry.wrapper, around, "model", "loss"))
    if len(lines) == 1:
        lines = [lines[0].replace("loss = ", "return ", 1)]
    else:
        lines.append("return loss")
    body = "\n".join(lines)
    parameters = _parameters(choices, body)
    given = [f"{name}: {kind}" for name, kind in parameters.items()]
    code = function("make_loss", given, "nn.Module", "The loss that is recommended, with its settings.", body)
    if choices.matryoshka:
        code = f"{_DIMENSIONS}\n\n\n{code}"
    return code, list(parameters), names


def _parameters(choices: Choices, body: str) -> dict[str, str]:
    """What the body of `make_loss` speaks of, with its type."""
    types = {"settings": "Settings", "hardware": "Hardware", "batch_size": "int", "at_once": "int", "classes": "int"}
    used = {name: kind for name, kind in types.items() if re.search(rf"(?<![\w_]){name}\b(?!=)", body)}
    return {"model": CLASSES[choices.family], **used}


_DIMENSIONS = clean(
    '''
    def dimensions_of(model: SentenceTransformer) -> list[int]:
        """The lengths that embeddings can be cut to: halved four times, down to 32."""
        whole = model.get_embedding_dimension()
        shorter = [whole // 2**i for i in range(1, 5) if whole // 2**i >= 32]
        return [whole, *shorter]
    '''
)


def _variant(choices: Choices) -> str | None:
    """The variant of the loss that computes in mini-batches, where there is one for it as it is."""
    found = CACHED.get(choices.best.loss)
    return found if found is not None and (choices.family, found) in LOSSES else None


def _main(choices: Choices, kind: str, metric: str, given: list[str]) -> str:
    best = choices.best
    lines = [
        "settings = HfArgumentParser(Settings).parse_args_into_dataclasses()[0]",
        *(["refuse_too_long(settings.model, settings.max_length)"] if choices.max_length else []),
        "refuse_to_push(settings.push_to_hub)",
        "hardware = found_hardware()",
        call("checkpoint = ", "checkpoint_of", {"loss": literal(choices.wrapped)}, "settings"),
        "if tells_result(settings):  # it is finished",
        "    if settings.push_to_hub:",
        f'        push({kind}(f"{{settings.output}}/final"), settings)',
        "    return",
        "set_seed(settings.seed)",
        "train, held_out = load_data(settings)",
    ]
    classes = best.entry.outputs == "classes" or best.loss == "SoftmaxLoss"
    lines += ['classes = len(train.features["label"].names)'] if classes else []
    lines.append(f"model = make_model(settings{', classes' if best.entry.outputs == 'classes' else ''})")
    checkpoints = not is_cached(best.entry) and _variant(choices) is None
    adapter = ", adapter=True" if choices.lora else ""
    lines += [
        "batch_size = max(1, settings.batch_size // hardware.processes)",
        f"fits = hardware.rows_at_once(model, tokens={choices.tokens}{adapter})",
    ]
    if "at_once" in given:
        lines.append("at_once = min(batch_size, fits)")
    elif checkpoints:
        lines += [
            "if fits < batch_size:  # what a step keeps for the way back is computed again",
            '    model.gradient_checkpointing_enable({"use_reentrant": False})',
        ]
    lines += [
        f"loss = make_loss({', '.join(given)})",
        *(["restore_loss(loss, checkpoint)"] if _learns(choices) else []),
        "evaluator = make_evaluator(train, held_out)",
        f"metric = {metric}",
        "",
    ]
    arguments = {
        "output_dir": "settings.output",
        "num_train_epochs": "settings.epochs",
        "max_steps": "settings.max_steps",
        "per_device_train_batch_size": "batch_size",
        "learning_rate": "settings.learning_rate",
        "warmup_steps": literal(best.trainer.get("warmup_steps", 0.1)),
        **{name: literal(value) for name, value in best.trainer.items() if name not in _SET},
        **({"prompts": "PROMPTS"} if best.prompts else {}),
        "# What the hardware allows.": "",
        "use_cpu": "hardware.cpu",
        "bf16": "hardware.bf16",
        "fp16": "hardware.fp16",
        "# Ten evaluations, each with a checkpoint; the best and the last are kept.": "",
        "eval_strategy": '"steps"',
        "eval_steps": "0.1",
        "save_strategy": '"steps"',
        "save_steps": "0.1",
        "save_total_limit": "2",
        "load_best_model_at_end": "True",
        "metric_for_best_model": 'f"eval_{metric}"',
        "logging_steps": "0.02",
        "report_to": '"none"',
        "seed": "settings.seed",
    }
    callbacks = []
    if _schedules(choices):
        callbacks.append("SpladeRegularizerWeightSchedulerCallback(loss)")
    if _learns(choices):
        callbacks.append("keeping_loss(loss)")
    lines.append(call("arguments = ", f"{kind}TrainingArguments", arguments))
    trainer = {
        "model": "model",
        "args": "arguments",
        "train_dataset": "train",
        "loss": "loss",
        "evaluator": "evaluator",
        **({"callbacks": f"[{', '.join(callbacks)}]"} if callbacks else {}),
    }
    lines.append(call("trainer = ", f"{kind}Trainer", trainer))
    lines += [
        "",
        'before = trainer.evaluate()[f"eval_{metric}"]',
        'trainer.accelerator.print(f"before training: {metric} = {before:.4f}")',
        "trainer.train(resume_from_checkpoint=checkpoint)",
        'after = trainer.evaluate()[f"eval_{metric}"]',
        'shown = f"{metric} = {after:.4f} (was {before:.4f})"',
        'trainer.accelerator.print(f"after training:  {shown}")',
        *(_CUT.splitlines() if choices.matryoshka else ()),
        "",
        "if trainer.is_world_process_zero():",
        '    model.save_pretrained(f"{settings.output}/final")',
        "    keep_result(settings, metric, before, after)",
        '    print(f"the model is in {settings.output}/final")',
        "    if settings.push_to_hub:",
        "        push(model, settings)",
        "trainer.accelerator.wait_for_everyone()  # no process leaves before the others",
        "trainer.accelerator.end_training()",
    ]
    return "def main() -> None:\n" + indent(
        '"""Measures the model, trains it, measures it again, and saves it."""\n' + "\n".join(lines), "    "
    )


#: Training arguments that the settings or the hardware decide.
_SET = ("per_device_train_batch_size", "learning_rate", "num_train_epochs", "warmup_steps")

_CUT = clean(
    """
    for dimension in dimensions_of(model)[1:]:
        model.truncate_dim = dimension
        cut = trainer.evaluate()[f"eval_{metric}"]
        trainer.accelerator.print(f"cut to {dimension}: {metric} = {cut:.4f}")
    model.truncate_dim = None
    """
)
