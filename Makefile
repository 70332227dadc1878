# Everyday commands. Each one sets up what it needs first.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
LOCK := --generate-hashes --universal --python-version 3.11 --no-header --quiet

.PHONY: setup run test check bench lock
.DEFAULT_GOAL := test

setup: $(STAMP)  ## make .venv from the lock file

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $(STAMP)

run: setup  ## the bot; with no tokens, the sandbox in your browser
	$(BIN)/python -m bot run

test: setup  ## all tests
	$(BIN)/python -m pytest

check: setup  ## style, types, content
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m bot check

bench: setup  ## speeds, as ratios measured side by side
	$(BIN)/python -m bench

lock: setup  ## the lock files, from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev $(LOCK) -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml $(LOCK) -o requirements-run.lock
