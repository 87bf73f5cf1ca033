"""Lists the cases that are not read right, one a line, and then how far the confidence can be trusted."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.advisor.held_out.cases import CASES
from tests.advisor.held_out.measuring import calibration, measure


def main(words: list[str]) -> None:
    """Measures every case, or those whose name contains one of the words."""
    chosen = [each for each in CASES if not words or any(word in each.name for word in words)]
    with TemporaryDirectory() as folder:
        outcomes = [measure(each, Path(folder)) for each in chosen]
    failing = [each for each in outcomes if each.wrong]
    print(*failing, sep="\n")  # noqa: T201
    print(f"\n{len(outcomes) - len(failing)} of {len(outcomes)} are read right\n")  # noqa: T201
    print("confidence    readings  right   share")  # noqa: T201
    print(*calibration(outcomes), sep="\n")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
