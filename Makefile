# Everyday commands. Each one sets up what it needs first.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
LOCK := --generate-hashes --universal --python-version 3.11 --no-header --quiet

.PHONY: setup run test check audit bench model lock
.DEFAULT_GOAL := test

setup: $(STAMP)  ## make .venv from the lock file

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $(STAMP)

run: setup  ## the bot; with no tokens, the sandbox in your browser
	$(BIN)/python -m bot run

test: setup  ## all tests, on all cores
	$(BIN)/python -m pytest -n auto --dist loadgroup

check: setup  ## style, types, content
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit -q -c pyproject.toml -r bot
	$(BIN)/python -m bot check

audit: setup  ## known vulnerabilities of what is locked; without advisories at hand it says so and is no failure
	@$(BIN)/pip-audit -r requirements.lock --require-hashes --disable-pip --progress-spinner off >.venv/audit.txt 2>&1; \
	status=$$?; if grep -qE "(Connection|Proxy)Error" .venv/audit.txt; \
	then echo "The advisory service can't be reached, so nothing was looked up."; exit 0; fi; \
	missed=$$(grep -c "could not be audited" .venv/audit.txt); \
	if [ $$missed -gt 0 ]; then \
	echo "$$missed packages could not be looked up: the package index in use has no advisories for them."; \
	grep -vE "could not be audited|No known vulnerabilities|^Name +Skip|^-+ -+$$" .venv/audit.txt; \
	else cat .venv/audit.txt; fi; exit $$status

bench: setup  ## speeds, as ratios measured side by side
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	$(BIN)/python -m bench

model: requirements-model.lock  ## train the second reader again (about forty minutes on two cores)
	$(PYTHON) -m venv .venv-model
	# torch is pinned by version, not by hash: its builds differ from machine to machine
	.venv-model/bin/pip install --quiet --disable-pip-version-check torch==2.13.0
	.venv-model/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-model.lock
	.venv-model/bin/python bench/train_reader.py

lock: setup  ## the lock files, from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev $(LOCK) -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml $(LOCK) -o requirements-run.lock
	$(BIN)/uv pip compile pyproject.toml --extra bench $(LOCK) -o requirements-bench.lock
	$(BIN)/uv pip compile pyproject.toml --extra model --override bench/model-overrides.txt $(LOCK) -o requirements-model.lock
