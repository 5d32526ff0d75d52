# Everything a person types in this repository. It needs Python 3.11 or newer and make; the rest is set up in .venv.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH_READY := $(VENV)/.ready-bench
WORKERS ?= 2
OTHER_PYTHONS ?= 3.12 3.13

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow test-pythons test-dap test-vscode lint format bench clean

help:  ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

setup: $(READY)  ## Set up the virtual environment

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(BENCH_READY): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	@touch $@

demo: $(READY)  ## Trace an example app, replay it, find its fault
	@PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python examples/demo.py

test: $(READY)  ## The tests that run on every change
	$(BIN)/python -m pytest -q -n $(WORKERS) -m 'not slow'

test-slow: $(READY)  ## The slow suites
	$(BIN)/python -m pytest -q -n $(WORKERS) -m slow --ignore tests/dap_clients

test-pythons:  ## The quick tests again, on the other versions of Python that are found
	WORKERS=$(WORKERS) tests/pythons $(OTHER_PYTHONS)

test-dap: $(READY)  ## The debug adapter, driven by real clients: VS Code's test client, Emacs, Neovim
	tests/dap_clients/setup
	$(BIN)/python -m pytest -q -rs -n $(WORKERS) tests/dap_clients

test-vscode: $(READY)  ## The VS Code extension, in a real VS Code (set up from the registries; INSTALL_APT=1 for apt too)
	cd vscode-extension && npm ci --ignore-scripts
	cd vscode-extension && npm run typecheck && npm run lint && npm run test:unit && npm run test:grammar
	cd vscode-extension && npm run package
	$(BIN)/python vscode-extension/test/package.py
	vscode-extension/test/web/install.sh
	cd vscode-extension && npm run test:host && npm run test:e2e

lint: $(READY)  ## Style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)  ## Lay out the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

bench: $(BENCH_READY)  ## Measure against peers and floors, at 10 thousand, 100 thousand and a million events
	$(BIN)/python -m benchmarks --events 10000
	$(BIN)/python -m benchmarks --events 100000
	$(BIN)/python -m benchmarks --events 1000000
	$(BIN)/python -m benchmarks.dap

clean:  ## Remove what was set up
	rm -rf $(VENV) .venv-3.* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/dap_clients/node_modules
	rm -rf vscode-extension/node_modules vscode-extension/dist vscode-extension/.test vscode-extension/*.vsix
