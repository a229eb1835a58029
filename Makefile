# Two commands matter: `make run` opens the dashboard, `make test` checks everything.
# Both make an environment of their own in .venv; they need make and Python 3.11 or newer.
# `make test` also needs Chromium, libfaketime, nginx and Caddy: apt-get install chromium faketime nginx-light caddy.

PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes

# Without bytecode every process would compile anew what it imports: seconds at each start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test lint format types lock messages reference docs screenshots bench clean
.DEFAULT_GOAL := help

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/ready-to-run  ## open the dashboard in the browser (PORT=8501)
	@$(BIN)/python -m compileall -q dashboard
	@$(BIN)/python -m dashboard open --port $(PORT)

# Three workers for two cores, since browsers wait; further threads of the linear algebra would
# wait for one another.
test: lint types  ## check everything: style, architecture, types, security, behaviour
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --quiet -rR --numprocesses 3

lint: $(VENV)/ready-to-test  ## style, architecture and security, without running anything
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive dashboard -ll

format: $(VENV)/ready-to-test  ## lay out the code and mend what can be mended by rule
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

types: $(VENV)/ready-to-test  ## mypy, strict
	@$(BIN)/mypy

lock: $(VENV)/ready-to-test  ## write requirements*.txt anew from pyproject.toml
	@$(BIN)/python tools/lock_requirements.py

messages: $(VENV)/ready-to-test  ## write the catalogue of messages anew from the code
	@$(BIN)/python -m tools.update_messages

reference: $(VENV)/ready-to-test  ## write the reference pages in docs/ from the program
	@$(BIN)/python -m tools.write_reference

docs: reference  ## build the documentation strictly into build/site
	@$(BIN)/mkdocs build --quiet --strict

screenshots: $(VENV)/ready-to-test  ## take the pictures of the documentation from the running product
	@$(BIN)/python -m tools.take_screenshots

bench: $(VENV)/ready-to-test  ## print what is measured: first chart, rerun, size of the figure
	@$(BIN)/python -m benchmarks

clean:  ## remove everything that these commands made
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# uv comes from the lock too; it installs the rest in seconds.
$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt

$(VENV)/ready-to-run: requirements.txt | $(BIN)/uv
	@echo "Installing what the dashboard needs into $(VENV) …"
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/ready-to-test: requirements-dev.txt | $(BIN)/uv
	@echo "Installing what the dashboard and its tests need into $(VENV) …"
	@$(INSTALL) -r requirements-dev.txt
	@touch $@
