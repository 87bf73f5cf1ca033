"""A script with a loop in plain PyTorch: transformers alone, and the functions of `losses.functional`."""

from textwrap import indent

from advisor.catalogue import LOSSES
from advisor.script.choices import Choices
from advisor.script.data import Names, loading
from advisor.script.pieces import call, field, function, imports, literal, mapping
from advisor.script.plain_evaluation import evaluation
from advisor.script.plain_losses import Recipe, body_of, functions_of, recipe_of, takes
from advisor.script.plain_models import MODELS, model_class
from advisor.script.start import END, opening, settings_class, usage
from converters.errors import InputError
from converters.formats import FORMATS

#: Where a model does not tell how much it reads.
_USUAL_LENGTH = 256


def has_plain_form(family: str, loss: str, format: str) -> bool:
    """Whether a loss, on data of a format, can be written as a loop in plain PyTorch."""
    return recipe_of(family, loss, format) is not None


def plain_script(choices: Choices, name: str) -> str:
    """The source of the script, for a file of this name.

    Raises:
        InputError: something is asked for that only the trainers can do.
    """
    recipe = recipe_of(choices.family, choices.best.loss, choices.format)
    assert recipe is not None, choices.best.loss
    _refuse_what_has_no_form(choices, recipe)
    classes = choices.best.entry.outputs == "classes" or choices.best.loss == "SoftmaxLoss"
    loss, functions = _loss(choices, recipe)
    data, data_names = loading(choices)
    measured, metric, evaluation_names = evaluation(choices)
    model, model_names = model_class(choices, classes=classes)
    names: Names = {
        "advisor.checkpoints": {"checkpoint_of"},
        "advisor.hardware": {"found_hardware"},
        "advisor.models": {"refuse_too_long"},
        "converters": {"InputError"},
        "dataclasses": {"dataclass"},
        "losses.functional": functions,
        "pathlib": {"Path"},
        "torch": {"Tensor", "nn"},
        "transformers": {"HfArgumentParser", "get_linear_schedule_with_warmup", "set_seed"},
        "transformers.hf_argparser": {"HfArg"},
    }
    plain = {"torch", "math"}
    if "pad_sequence(" in loss:
        names["torch.nn.utils.rnn"] = {"pad_sequence"}
    for more in (data_names, evaluation_names, model_names):
        for module, own in more.items():
            if module:
                names.setdefault(module, set()).update(own)
            else:
                plain |= own
    batches, batch_names = _batches(choices)
    for module, own in batch_names.items():
        names.setdefault(module, set()).update(own)
    sections = [
        settings_class(choices, _fields(choices)),
        data,
        model,
        loss,
        batches,
        measured,
        _main(choices, metric, classes=classes),
        END,
    ]
    head = "\n".join([opening(choices, usage(_USAGE, name)), imports(names, plain)])
    return f"{head}\n\n{_constants(choices)}\n\n\n" + "\n\n\n".join(sections) + "\n"


#: Ways to run the script, after its name.
_USAGE = {
    "python {} --help": "what can be changed",
    "python {}": "trains; started again, goes on from the last checkpoint",
}


def _refuse_what_has_no_form(choices: Choices, recipe: Recipe) -> None:
    if not takes(recipe, choices.best.arguments):
        missing = ", ".join(name for name in choices.best.arguments if name not in recipe.arguments)
        raise InputError(f"{choices.best.loss} with {missing} has no form in plain PyTorch: leave --style plain out")
    if choices.family == "sparse-encoder" and choices.facts is not None and not choices.facts.masked_head:
        raise InputError(
            "a sparse encoder in plain PyTorch starts from a masked language model, and this model has no such head: "
            "choose another model, or leave --style plain out"
        )


def _constants(choices: Choices) -> str:
    used = {name: role for name, role in choices.report.roles.items() if role not in ("id", "ignored")}
    parts = [mapping("COLUMNS", used, "What the columns of the data are; the others are not used.")]
    texts = ", ".join(literal(name) for name in text_columns(choices))
    parts.append(f"# The columns with texts, as they are called from here on.\nTEXTS = [{texts}]")
    if choices.best.prompts:
        about = "What stands before the texts of a column, in training as in use."
        parts.append(mapping("PROMPTS", choices.best.prompts, about))
    return "\n\n".join(parts)


def text_columns(choices: Choices) -> list[str]:
    """The columns with texts, by their canonical names."""
    spec, facts = FORMATS[choices.format], choices.report.facts
    texts = max(2, len(facts.text_words)) if spec.repeats and facts else None
    return [name for name in spec.column_names(texts) if name != spec.label_name]


def _fields(choices: Choices) -> list[str]:
    trainer = choices.best.trainer
    known = choices.facts.max_seq_length if choices.facts else None
    fields = [
        field("batch_size", "int", int(trainer["per_device_train_batch_size"]), "rows of a step"),
        field("learning_rate", "float", float(trainer["learning_rate"]), "the highest learning rate"),
    ]
    if not choices.max_length:
        length = min(known or _USUAL_LENGTH, 512)
        fields.append(field("max_length", "int", length, "tokens after which texts are cut off"))
    return fields


def _loss(choices: Choices, recipe: Recipe) -> tuple[str, set[str]]:
    """The function `loss_of`, and what it uses of `losses.functional`."""
    body = body_of(recipe, choices.best.arguments)
    label = FORMATS[choices.format].label_name
    body = body.replace("LABEL", literal(label)) if "[LABEL]" in body else body
    functions = functions_of(recipe, body)
    given = [f"model: {MODELS[choices.family]}", "rows: dict[str, list]"]
    if _priced(choices):
        body = _kept_sparse(choices, body)
        functions.add("flops_loss")
        given.append("share: float")
    entry = LOSSES[choices.family, choices.best.loss]
    return function("loss_of", given, "Tensor", entry.summary, body), functions


def _priced(choices: Choices) -> bool:
    """Whether the dimensions of a sparse model have a price."""
    return choices.family == "sparse-encoder" and choices.best.entry.wrapper is not None


def _kept_sparse(choices: Choices, body: str) -> str:
    """The loss with the price on dimensions, which rises with `share`."""
    weights = {name: each.as_code() for name, each in choices.best.entry.wrapper_arguments.items()}
    first, others = ("anchors", "documents") if "anchors, *documents" in body else ("first", "[second]")
    own = weights.get("document_regularizer_weight", "3e-5").replace("e-0", "e-")
    if weights.get("use_document_regularizer_only") == "True":
        price = f"{own} * flops_loss(torch.cat([{first}, *{others}]))"
    else:
        asked = weights.get("query_regularizer_weight", "5e-5").replace("e-0", "e-")
        price = f"{own} * flops_loss(torch.cat({others}))"
        price = f"{price}\nprice = price + {asked} * flops_loss({first})"
    start, end = body.rsplit("return ", 1)
    note = "# Dimensions have a price, so that few of them are used."
    return f"{start}loss = {end}\n{note}\nprice = {price}\nreturn loss + share * price"


def _batches(choices: Choices) -> tuple[str, Names]:
    """The function `batches`, which plans the rows of every step beforehand."""
    given = ["data: Dataset", "settings: Settings"]
    sampler = choices.best.entry.batch_sampler
    if sampler == "no_duplicates":
        about = "The rows of every step, in a random order; no text stands in a batch twice."
        body = """
            random = torch.Generator().manual_seed(settings.seed)
            texts = [set(row) for row in zip(*(data[name] for name in TEXTS), strict=True)]
            plan = []
            for _ in range(math.ceil(settings.epochs)):
                waiting = deque(torch.randperm(len(data), generator=random).tolist())
                while waiting:
                    batch, seen, later = [], set(), []
                    while waiting and len(batch) < settings.batch_size:
                        row = waiting.popleft()
                        if texts[row] & seen:
                            later.append(row)
                        else:
                            batch.append(row)
                            seen |= texts[row]
                    waiting.extendleft(reversed(later))
                    plan.append(batch)
            return plan[: round(len(plan) * settings.epochs / math.ceil(settings.epochs))]
        """
        names: Names = {"collections": {"deque"}}
    elif sampler == "group_by_label":
        about = "The rows of every step, in a random order, always two of a class together."
        body = """
            random = torch.Generator().manual_seed(settings.seed)
            labels = torch.tensor(data["label"])
            plan = []
            for _ in range(math.ceil(settings.epochs)):
                pairs = []
                for label in labels.unique():
                    own = torch.nonzero(labels == label).squeeze(1)
                    own = own[torch.randperm(len(own), generator=random)]
                    pairs.append(own[: len(own) // 2 * 2].reshape(-1, 2))
                rows = torch.cat(pairs)
                rows = rows[torch.randperm(len(rows), generator=random)].flatten()
                plan += [each.tolist() for each in rows.split(settings.batch_size)]
            return plan[: round(len(plan) * settings.epochs / math.ceil(settings.epochs))]
        """
        names = {}
    else:
        about = "The rows of every step, in a random order."
        body = """
            random = torch.Generator().manual_seed(settings.seed)
            plan = []
            for _ in range(math.ceil(settings.epochs)):
                rows = torch.randperm(len(data), generator=random)
                plan += [each.tolist() for each in rows.split(settings.batch_size)]
            return plan[: round(len(plan) * settings.epochs / math.ceil(settings.epochs))]
        """
        names = {}
    code = function("batches", given, "list[list[int]]", about, body)
    if choices.best.prompts:
        prompted = function(
            "prompted",
            ["rows: dict[str, list]"],
            "dict[str, list]",
            "The rows with a prompt before their texts.",
            """
            return {
                name: [PROMPTS[name] + text for text in own] if name in PROMPTS else own
                for name, own in rows.items()
            }
            """,
        )
        code = f"{code}\n\n\n{prompted}"
    return code, names


def _main(choices: Choices, metric: str, *, classes: bool) -> str:
    share = ["share = min(1.0, 3 * step / len(plan)) ** 2"] if _priced(choices) else []
    rows = "prompted(train[chosen])" if choices.best.prompts else "train[chosen]"
    loss = call("loss = ", "loss_of", {}, "model", rows, *(["share"] if share else []))
    step = [
        *share,
        "with torch.autocast(device.type, torch.bfloat16, enabled=hardware.bf16):",
        f"    {loss}",
        "loss.backward()",
        "nn.utils.clip_grad_norm_(model.parameters(), 1.0)",
        "optimizer.step()",
        "schedule.step()",
        "optimizer.zero_grad()",
        "if step % every == 0 or step == len(plan):",
        "    value = evaluate(model, train, held_out)",
        '    print(f"step {step}: loss = {loss.item():.4f}, {METRIC} = {value:.4f}")',
        "    if value > best:",
        "        best = value",
        '        model.save(folder / "final")',
        "    state = {",
        '        "step": step,',
        '        "best": best,',
        '        "model": model.state_dict(),',
        '        "optimizer": optimizer.state_dict(),',
        '        "schedule": schedule.state_dict(),',
        "    }",
        '    torch.save(state, folder / "checkpoint.part")',
        '    (folder / "checkpoint.part").replace(folder / "checkpoint.pt")',
    ]
    lines = [
        "settings = HfArgumentParser(Settings).parse_args_into_dataclasses()[0]",
        "refuse_too_long(settings.model, settings.max_length)",
        "hardware = found_hardware()",
        call("checkpoint = ", "checkpoint_of", {"loss": literal(choices.wrapped)}, "settings"),
        "folder = Path(settings.output)",
        'device = torch.device("cpu")',
        "if not hardware.cpu:",
        "    device = torch.accelerator.current_accelerator()",
        "set_seed(settings.seed)",
        "train, held_out = load_data(settings)",
        *(['classes = len(train.features["label"].names)'] if classes else []),
        f"model = {MODELS[choices.family]}(settings{', classes' if classes else ''}).to(device)",
        "before = best = evaluate(model, train, held_out)",
        'print(f"before training: {METRIC} = {before:.4f}")',
        "",
        "plan = batches(train, settings)",
        "if settings.max_steps > 0:",
        "    plan = plan[: settings.max_steps]",
        "every = max(1, len(plan) // 10)",
        "optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate)",
        "schedule = get_linear_schedule_with_warmup(optimizer, len(plan) // 10, len(plan))",
        "done = 0",
        "if checkpoint:",
        "    state = torch.load(checkpoint, map_location=device, weights_only=True)",
        '    model.load_state_dict(state["model"])',
        '    optimizer.load_state_dict(state["optimizer"])',
        '    schedule.load_state_dict(state["schedule"])',
        '    done, best = state["step"], state["best"]',
        "else:",
        '    model.save(folder / "final")  # until there is a better one',
        "for step, chosen in enumerate(plan[done:], start=done + 1):",
        indent("\n".join(step), "    "),
        "",
        'print(f"after training:  {METRIC} = {best:.4f} (was {before:.4f})")',
        "print(f\"the model is in {folder / 'final'}\")",
    ]
    return (
        f'METRIC = "{metric}"\n\n\n'
        + "def main() -> None:\n"
        + indent('"""Measures the model, trains it, and keeps the best state of it."""\n' + "\n".join(lines), "    ")
    )
