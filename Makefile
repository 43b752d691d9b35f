# `make demo` and `make test` are the two commands; each makes the environment that it needs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
FUZZ_SEED ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test check fuzz bench run coverage format docs lock

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## Read the samples of four formats, validate, count and export, in a temporary folder
	$(BIN)/semainier demo

test: $(VENV)/.development ## Run the whole suite
	$(BIN)/pytest -n $(WORKERS)

check: $(VENV)/.development ## Style, types, layers, tables, migrations, and documents against the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/semainier doctor
	$(BIN)/python -m engine.store.migrations.check
	$(BIN)/python docs/write.py --check

fuzz: $(VENV)/.development ## Damage messages for ten minutes, two for each format; FUZZ_SEED=2 begins another sequence
	SEMAINIER_FUZZ_SECONDS=120 SEMAINIER_FUZZ_SEED=$(FUZZ_SEED) $(BIN)/pytest -rP tests/connectors/test_fuzzing.py

bench: $(VENV)/.development ## Print the figures of benchmarks/
	$(BIN)/semainier bench

run: $(VENV)/.runtime ## Start the embedded engine; everything it keeps is in ./semainier-data
	$(BIN)/semainier run --data semainier-data

coverage: $(VENV)/.development ## Run the suite and print the branch coverage of the rooms that must be right
	$(BIN)/pytest -n $(WORKERS) --cov --cov-report=term:skip-covered

format: $(VENV)/.development ## Lay out the code and put its imports in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.development ## Write the pages that come from the code: docs/commands.md, findings.md and posology.md
	$(BIN)/python docs/write.py

COMPILE = $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-annotate --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

lock: $(VENV)/.development ## Write requirements*.txt anew from pyproject.toml
	$(COMPILE) --upgrade --build-deps-for editable --output-file requirements.txt pyproject.toml
	$(COMPILE) --upgrade --build-deps-for editable --extra dev --output-file requirements-dev.txt pyproject.toml

# The environment. A stamp is newer than the list that it was made from.

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$$($(PYTHON) --version) is too old: Python 3.11 or newer is needed: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@
