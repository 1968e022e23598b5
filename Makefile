# Medius. `make run` and `make test` set up everything they need on a fresh machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := run
.PHONY: run test lint bench serve docs accuracy setup setup-dev clean help

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Medius needs Python 3.11 or newer: set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --ignore-scripts
	@touch $@

$(VENV)/.models: node_modules/.package-lock.json $(VENV)/.runtime
	$(BIN)/medius models prepare
	@touch $@

setup: $(VENV)/.runtime $(VENV)/.models  ## install what Medius needs to run

setup-dev: setup $(VENV)/.dev  ## install what its tests need
	scripts/install-browser

run: setup  ## analyse the sample runner; results in out/
	$(BIN)/medius analyse samples/runner/rear.mp4 samples/runner/side.mp4 --height 1.79 --out out

lint: $(VENV)/.dev  ## style, types, and which room may import which
	$(BIN)/ruff check src tests scripts
	$(BIN)/ruff format --check src tests scripts
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: setup-dev lint  ## everything that must be green
	$(BIN)/pytest -n 2 --dist worksteal

bench: setup-dev  ## speed, as ratios in one run
	$(BIN)/python -m scripts.bench

accuracy: setup-dev  ## measure against known truth; writes docs/accuracy.md
	$(BIN)/python -m scripts.accuracy

docs: setup-dev  ## remake the generated pages under docs/
	$(BIN)/python -m scripts.docs

serve:  ## open the app (not there yet)
	@echo "The app is not built yet. Run 'make run' and open out/report.html, or use the medius command line."; exit 1

clean:  ## remove everything that was made
	rm -rf $(VENV) node_modules out build
