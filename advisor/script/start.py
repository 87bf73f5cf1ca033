"""How a script begins: what it does and why, and the settings that can be changed on the command line."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from textwrap import indent

from advisor.commands import convert_command
from advisor.script.choices import Choices
from advisor.script.pieces import bullets, clean, field, plain_text


def opening(choices: Choices, usage: str) -> str:
    """The docstring of the script."""
    best, report = choices.best, choices.report
    # What converting into shape mends is mended by the script itself.
    done = convert_command(report.dataset, report.format, said=report.said).split(" -o ")[0]
    said = [
        *(("", each) for each in best.reasons),
        *(("mind: ", each) for each in best.warnings if f"{done} -o" not in each),
        *(("try: ", each) for each in best.suggestions),
    ]
    data = plain_text(Path(report.dataset).name)
    taught = f", with what a teacher adds: {choices.format}" if choices.format != report.format else ""
    lines = [
        f"Trains a {choices.family} with {choices.wrapped}.",
        f"The data is {data}, read as {report.format}{taught}.",
        bullets(said),
        indent(usage, "    "),
    ]
    return '"""' + "\n\n".join(filter(None, lines)) + '\n"""\n'


def usage(ways: Mapping[str, str], name: str) -> str:
    """How the script is run, with what that does beside it; `{}` is where its name stands."""
    lines = {way.format(shlex.quote(plain_text(name))): about for way, about in ways.items()}
    width = max(len(line) for line in lines)
    return "\n".join(f"{line:{width}}      {about}" for line, about in lines.items())


def settings_class(choices: Choices, more: list[str]) -> str:
    """The class with the settings; `more` are fields that only some scripts have."""
    fields = [field("dataset", "str", choices.report.dataset, "the data to train on")]
    if choices.evaluation is not None:
        fields.append(field("eval_dataset", "str", choices.evaluation.dataset, "the data to evaluate on"))
    fields.append(field("model", "str", choices.model, "the model to start from"))
    if choices.teacher is not None:
        fields.append(field("teacher", "str", choices.teacher.name, "the model to learn from"))
    fields += [
        field("output", "str", choices.output, "the folder for checkpoints and the model"),
        field("epochs", "float", choices.epochs, "how often to go through the data"),
        field("max_steps", "int", -1, "stop after so many steps, whatever the epochs"),
        *more,
    ]
    if choices.max_length:
        fields.append(field("max_length", "int", choices.max_length, "tokens after which texts are cut off"))
    fields.append(field("seed", "int", choices.seed, "of the held-out part and of training"))
    body = "\n".join(fields)
    return f'@dataclass\nclass Settings:\n    """What can be changed on the command line."""\n\n{indent(body, "    ")}'


#: How every script ends.
END = clean(
    """
    if __name__ == "__main__":
        try:
            main()
        except InputError as error:
            raise SystemExit(f"error: {error}") from None
    """
)
