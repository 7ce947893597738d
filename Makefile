# Each target sets up what it needs: a virtual environment in .venv, made anew when
# pyproject.toml or constraints.txt changed.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DOCS_READY := .venv/.docs-ready

# to be timed beside others, name a Python that has them, and this project's dependencies:
#   make bench BENCH_PYTHON=/path/to/python
BENCH_PYTHON ?= $(BIN)/python

.PHONY: run test docs docs-test browser kills faults faults-page fuzz flood soak lint bench clean

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
	$(BIN)/python -m pytest -n auto --dist loadgroup

docs: $(DOCS_READY)  ## the site in build/docs: every page executed, every link followed
	rm -rf build/docs build/doctrees docs/made
	$(BIN)/sphinx-build -b html -d build/doctrees -j 2 -n -W --keep-going -q docs build/docs
	$(BIN)/python docs/_site/checking.py build/docs

docs-test:  ## the pages that `make docs` has made, looked at in Chromium
	WORKINGS_SITE=build/docs $(BIN)/python -m pytest -n auto tests/test_site.py

browser: $(READY)  ## the playground's page, driven in Chromium
	WORKINGS_BROWSER=1 $(BIN)/python -m pytest tests/play/browser

kills: $(READY)  ## 400 trainings killed at some moment, on each engine, and gone on with
	WORKINGS_KILLS=200 $(BIN)/python -m pytest -s tests/faults/test_killed.py

faults: $(READY)  ## 10 000 hostile model files, every bit of one flipped; what was said, to be read
	@rm -f out/faults.txt; mkdir -p out
	FAULTS_ALL=1 FAULTS_SAID=$(CURDIR)/out/faults.txt \
	  $(BIN)/python -m pytest -n auto --dist loadgroup tests/faults
	@sort -u out/faults.txt

faults-page: $(READY)  ## docs/faults.md, made from the marks of the tests
	PYTHONPATH=tests $(BIN)/python -m faults.mapping > docs/faults.md.new
	mv docs/faults.md.new docs/faults.md

fuzz: $(READY)  ## the readers of tables, models and programs, a minute each
	for reader in tables models programs; do \
	  PYTHONPATH=src:tests $(BIN)/python -m faults.fuzz_readers $$reader -max_total_time=60 || exit 1; \
	done

lint: $(READY)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)  ## everybody side by side; some ten minutes on a machine with nothing else to do
	PYTHONPATH=src $(BENCH_PYTHON) -m workings bench -o benchmarks $(BENCH)

flood: $(READY)  ## two hundred connections to the playground, fifty of them hostile, for a minute
	$(BIN)/python benchmarks/flood.py

soak: $(READY)  ## an hour of training and of playground use; fails if anything grows
	$(BIN)/python benchmarks/soak.py

clean:  ## everything that can be made again
	rm -rf .venv out build dist docs/made .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)

$(DOCS_READY): $(READY)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	@touch $(DOCS_READY)
