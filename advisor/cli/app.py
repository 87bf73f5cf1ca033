"""The app: the commands in the order in which `--help` lists them."""

import typer

from advisor.cli.cache import cache
from advisor.cli.check import check
from advisor.cli.convert import convert
from advisor.cli.explain import losses, rule, schema
from advisor.cli.inspect import inspect
from advisor.cli.script import script
from advisor.cli.train import train

app = typer.Typer(
    name="advisor",
    help="Says which loss fits your training data and why, converts the data, and writes the training script.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (inspect, convert, script, train, check, losses, rule, schema):
    app.command()(command)
app.add_typer(cache, name="cache")
