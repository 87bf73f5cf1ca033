"""Runs the command line, and makes of whatever ends it a status and a line."""

import sys
from collections.abc import Sequence

import typer

from advisor.cli.app import app
from advisor.cli.conversion_options import spelled_out
from advisor.cli.messages import StoppedError, tell
from converters.errors import InputError

#: The status of a program that Ctrl-C ended.
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits with its status."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its status: 0 done, 1 the data does not do, 2 the call was wrong."""
    try:
        status = app(args=spelled_out(sys.argv[1:] if arguments is None else arguments), standalone_mode=False)
        if status == INTERRUPTED:  # typer makes an exit of it, and says nothing
            return _interrupted()
        return status if isinstance(status, int) else 0
    except InputError as error:
        tell(f"error: {error}")
        return 2
    except StoppedError as stop:
        tell(f"interrupted: {stop}")
        return INTERRUPTED
    except typer.Abort:
        return _interrupted()
    except KeyboardInterrupt:
        return _interrupted()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            tell(f"error: the output cannot be written: {error.strerror or error}")
            return 2
        sys.stderr.close()
        return 0
    except Exception as error:
        message = getattr(error, "format_message", None)  # what typer has to say about the call
        if message is None:
            raise
        context = getattr(error, "ctx", None)
        said = " ".join(message().split()) or "no command is given"
        tell(f"error: {said} (see {context.command_path if context else 'advisor'} --help)")
        return 2


def _interrupted() -> int:
    tell("interrupted: nothing was written")
    return INTERRUPTED
