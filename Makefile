# Outage Timeline. `make` or `make help` lists what can be done here.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --unsafe-package pip \
	--no-emit-find-links --no-emit-index-url --no-emit-trusted-host

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help install run test format bench screenshot lock clean

help: ## List these targets
	@echo "Outage Timeline"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "Settings: PYTHON=python3.12 chooses the interpreter, ARGS='...' is passed on to what run, test, bench"
	@echo "and lock start, TIMELINE_DATABASE=path (default incidents.db) names the database."

install: .venv/program ## Make .venv with the pinned packages and .venv/bin/timeline
	@echo "Ready: $(BIN)/timeline"

run: .venv/program ## Serve the timeline on http://127.0.0.1:8000, creating the database on the first run
	@exec $(BIN)/timeline serve $(ARGS)

test: .venv/program .venv/development ## Check style, types and layers, then run all tests (ARGS='-k moment')
	$(BIN)/ruff check --quiet .
	@echo "$(BIN)/ruff format --check ."
	@$(BIN)/ruff format --quiet --check . || { echo "'make format' rewrites the files named above." >&2; exit 1; }
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest $(ARGS)

format: .venv/development ## Rewrite the Python files in the project's style
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

bench: .venv/program .venv/development ## Run every benchmark, scripts/bench_*.py (ARGS=--strict: a missed goal is an error)
	@set -e; for script in scripts/bench_*.py; do \
		echo "== $$script"; $(BIN)/python -m "scripts.$$(basename "$$script" .py)" $(ARGS); \
	done

screenshot: .venv/program .venv/development ## Take the README's picture, docs/timeline.png (needs Chromium)
	@$(BIN)/python -m scripts.screenshot $(ARGS)

lock: .venv/development ## Pin all packages with hashes anew (ARGS=--upgrade for newer releases)
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) $(ARGS) --output-file requirements.txt pyproject.toml requirements.in
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) $(ARGS) --output-file requirements-dev.txt requirements-dev.in

clean: ## Remove .venv and all caches; never a database
	@rm -rf .venv build dist ./*.egg-info .coverage htmlcov \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name .git -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

# The stamps in .venv: each is a copy of the file that its step read when it last succeeded. A step runs again
# only when that file's content has changed, so a second start needs neither pip nor the network. A package that
# was taken off the lists stays until `make clean`.

.venv/program: pyproject.toml .venv/runtime
	@cmp -s pyproject.toml $@ || $(INSTALL) --no-deps --no-build-isolation --editable .
	@cp pyproject.toml $@

.venv/runtime: requirements.txt .venv/place
	@cmp -s requirements.txt $@ || { echo "Installing the packages of requirements.txt"; \
		$(INSTALL) --no-deps --require-hashes -r requirements.txt; } || { $(NOT_INSTALLED); }
	@cp requirements.txt $@

.venv/development: requirements-dev.txt .venv/runtime
	@cmp -s requirements-dev.txt $@ || { echo "Installing the packages of requirements-dev.txt"; \
		$(INSTALL) --no-deps --require-hashes -r requirements-dev.txt; } || { $(NOT_INSTALLED); }
	@cp requirements-dev.txt $@

NOT_INSTALLED = echo "pip could not install the packages; its reason stands above. The first run needs the" \
	"network, or a package index that pip is set up for. Then run make again." >&2; exit 1

# Programs in .venv hold its path, and its python leads to the interpreter it was made with: where it was copied
# or moved, or that interpreter is gone, it is made again.
ifneq ($(shell test -x $(BIN)/python && test "$$(cat .venv/place 2>/dev/null)" = "$$(pwd -P)" && echo current),current)
.PHONY: .venv/place
endif

.venv/place:
	@command -v $(PYTHON) >/dev/null || { \
		echo "There is no '$(PYTHON)' here. Install Python 3.11 or newer, or name one: PYTHON=/path/to/python3 make ..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name a newer one: PYTHON=python3.12 make ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' lacks its venv module. On Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version 2>&1)"
	@$(PYTHON) -m venv --clear .venv
	@pwd -P > $@
