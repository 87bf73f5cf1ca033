# `make demo` shows the main path on the example data; `make test` is everything that continuous integration runs.
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: install demo lint types test search proofs clean

install: .make/installed

# torch comes first and by its pinned version, so that nothing else chooses a build of it.
.make/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q "$$(grep '^torch==' constraints.txt)"
	$(BIN)/pip install -q -c constraints.txt -e ".[dev]"
	@mkdir -p .make && touch $@

demo: install
	PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

# In two processes, each with a thread of its own: a file of tests stays in one of them.
test: lint types
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

# Draws thousands of new examples where the suite draws the same hundred.
search: install
	HYPOTHESIS_PROFILE=search $(BIN)/python -m pytest tests/advisor/test_fuzz_tables.py tests/writing/test_round_trip.py

proofs: install
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m benchmarks.proofs

clean:
	rm -rf $(VENV) .make build dist *.egg-info demo-output
