"""The console command and `python -m advisor`: small, so that Ctrl-C is met even while the rest is imported."""

import signal
import sys
from types import FrameType


def main() -> None:
    """Runs the command line and exits with its status; interrupted, with 130 and a line, wherever that happens."""
    heard = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        heard = True
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where it is ignored, as under nohup
        signal.signal(signal.SIGINT, stop)
    try:
        from advisor.cli import run

        status = run()
    except BaseException:  # a library may turn an interruption into an error of its own, as imports in C do
        if not heard:
            raise
        status = 130
        print("interrupted", file=sys.stderr)  # noqa: T201
    if heard or status == 130:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is left is to leave
        # An interruption within code in a string, of which dataclasses are made, stays noted in the interpreter, which
        # then ends by the signal and not with our status. Running other code in a string makes it forget.
        exec("")
    sys.exit(status)


if __name__ == "__main__":
    main()
