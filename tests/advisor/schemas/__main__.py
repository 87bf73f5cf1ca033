"""Prints which cases are read wrong, and how far the confidence can be trusted."""

import sys
import tempfile
from pathlib import Path

from tests.advisor.schemas import CASES
from tests.advisor.schemas.outcome import inspect_all, summary

with tempfile.TemporaryDirectory() as folder:
    chosen = [CASES[name] for name in sys.argv[1:]] or list(CASES.values())
    sys.stdout.write(summary(inspect_all(chosen, Path(folder))))
