# Each target sets up what it needs: a virtual environment in .venv, made anew when
# pyproject.toml or constraints.txt changed.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

# to be timed beside others, name a Python that has them, and this project's dependencies:
#   make bench BENCH_PYTHON=/path/to/python
BENCH_PYTHON ?= $(BIN)/python

.PHONY: run test browser kills lint bench clean

run: $(READY)  ## train on a real table, write a report, show one prediction step by step
	@mkdir -p out
	$(BIN)/workings train examples/penguins.csv --target species --seed 0 \
	  -o out/penguins.workings --report out/penguins.html
	@echo
	$(BIN)/workings show out/penguins.workings examples/new_penguins.csv --row 1
	$(BIN)/workings predict out/penguins.workings examples/new_penguins.csv --proba
	@echo
	@echo "Look at out/penguins.html, or try: $(BIN)/workings show article"

test: $(READY)  ## every test, and every example in the documentation
	$(BIN)/python -m pytest -n auto

browser: $(READY)  ## the playground's page, driven in Chromium
	WORKINGS_BROWSER=1 $(BIN)/python -m pytest tests/play/browser

kills: $(READY)  ## 200 trainings killed at some moment, on each engine, and gone on with
	WORKINGS_KILLS=200 $(BIN)/python -m pytest -s tests/faults/test_killed.py

lint: $(READY)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)  ## everybody side by side; some ten minutes on a machine with nothing else to do
	PYTHONPATH=src $(BENCH_PYTHON) -m workings bench -o benchmarks $(BENCH)

clean:  ## everything that can be made again
	rm -rf .venv out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)
