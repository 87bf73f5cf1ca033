"""The command line: parse, call one function of the Python API, render.

Results go to standard output, everything else to standard error. Exit status: 0 done; 1 the data does not do what was
asked; 2 the call was wrong or the input cannot be read, with one line that says what to try; 130 interrupted.

A command is a function in a module of its own, which `app` puts into the app. What it needs for its work is imported
when it is called.
"""

from advisor.cli.app import app
from advisor.cli.running import main, run

__all__ = ["app", "main", "run"]
