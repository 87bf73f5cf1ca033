"""Runs a training script for `advisor train`, in a process of its own.

    python advisor/script_runner.py train.py [OPTIONS]

It imports nothing of this package. What the script refuses is told on standard output, for the command to say it in
its one line. An interruption is left to the command, which ends this process: no traceback of it comes between.
"""

import runpy
import signal
import sys

#: What stands before the line of a refusal.
REFUSED = "refused: "

_ERROR = "error: "


def main() -> int:
    """Runs the script that the command line names, with the rest of the command line; its status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.argv = sys.argv[1:]
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as stop:
        if isinstance(stop.code, str) and stop.code.startswith(_ERROR):
            print(REFUSED + stop.code.removeprefix(_ERROR), flush=True)  # noqa: T201
            return 2
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
