# Every command of the project. `make test` and `make check` are exactly what CI runs.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
RUNTIME := $(VENV)/.runtime-ready
DEVELOPMENT := $(VENV)/.development-ready
MUTATION := .venv-mutation/.ready
SOURCES := domain store workflows projections api tests benchmarks
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

.PHONY: help setup run test check gates bench bench-quick mutation format reference screenshots lock clean

help: ## print this list
	@echo "Jaminan: event-sourced claims engine for social insurance. Commands:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(DEVELOPMENT) ## make .venv with everything that running, testing and checking need
	@echo "Ready: $(BIN)/jaminan"

run: $(RUNTIME) ## start everything, with the demonstration city of 817 workers
	@exec $(BIN)/jaminan serve --demo --seed

test: $(DEVELOPMENT) ## run the test suite
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(DEVELOPMENT) ## format, lint, types, import contracts, house rules; changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/architecture

gates: $(DEVELOPMENT) ## run the store gates in their long form
	JAMINAN_GATES=long $(BIN)/python -m pytest -m gate -v --timeout 3600

bench: $(DEVELOPMENT) ## measure everything beside its peers; keeps what it has when it is broken off
	$(BIN)/python -m benchmarks

bench-quick: $(DEVELOPMENT) ## measure in under two minutes; the rest is shown from the last full run
	$(BIN)/python -m benchmarks --quick

mutation: $(MUTATION) ## change the calculators in every small way and see whether a test notices (half an hour)
	nice -n 10 $(dir $(MUTATION))bin/mutmut run --max-children 1
	$(dir $(MUTATION))bin/mutmut results

format: $(DEVELOPMENT) ## put all sources into the house format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

reference: $(DEVELOPMENT) ## write what follows from the code: docs/reference, examples of new events
	$(BIN)/python -m tests.architecture.reference
	$(BIN)/python -m tests.history.record

screenshots: $(DEVELOPMENT) ## take the pictures of the README anew, in the Chromium of this machine
	$(BIN)/python -m tests.browser.pictures

lock: $(DEVELOPMENT) ## compile requirements/*.txt anew from pyproject.toml; versions move only with UPGRADE=1
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra dev pyproject.toml -o requirements/dev.txt
	$(COMPILE) --constraint requirements/dev.txt pyproject.toml -o requirements/runtime.txt
	$(COMPILE) --constraint requirements/dev.txt --extra dev --extra mutation pyproject.toml -o requirements/mutation.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) benchmarks/peers.in -o benchmarks/peers.txt
	printf 'setuptools\n' | $(COMPILE) --constraint requirements/dev.txt - -o requirements/build.txt

clean: ## remove .venv, caches and build products; never data
	rm -rf $(VENV) $(dir $(MUTATION)) mutants build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find $(SOURCES) scripts -type d -name __pycache__ -exec rm -rf {} +

# pip is the last thing that venv makes; a half-made environment is removed, so that the next try starts afresh.
$(BIN)/pip:
	@python=$$(sh scripts/find-python) && echo "Making $(VENV) with $$python" && \
	    { "$$python" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }; }

# The full set contains the runtime set in the same versions, so it satisfies `make run` as well.
$(DEVELOPMENT): requirements/dev.txt pyproject.toml | $(BIN)/pip
	@echo "Installing the locked development set (about a minute, once)"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(RUNTIME) $@

$(RUNTIME): requirements/runtime.txt requirements/build.txt pyproject.toml | $(BIN)/pip
	@echo "Installing the locked runtime set (about half a minute, once)"
	@$(PIP) install --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# Not editable: what is tested is the copy in which one line at a time is changed.
$(MUTATION): requirements/mutation.txt
	@python=$$(sh scripts/find-python) && "$$python" -m venv --clear $(dir $@)
	@echo "Installing what mutation testing needs (about a minute, once)"
	@$(dir $@)bin/python -m pip --quiet --disable-pip-version-check --no-input install --require-hashes -r $<
	@touch $@
