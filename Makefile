# Everything a developer or CI runs. Needs python3 (3.11 or later) with its venv module, make, and a package registry.
#
#   make demo      make the environment, index seeds/, ask a question
#   make check     all that CI runs: format, lint, types, import rules, tests, evaluation gate
#   make offline   the tests again in a network namespace that has nothing but loopback
#   make bench     the public benchmarks, from the folder named by NEWSQA_BENCH
#   make clients   run the real packages of OpenAI, LangChain and LlamaIndex against a server of ours
#   make torture   kill an ingest again and again, and load the server
#   make pins      write constraints.txt anew from the environment
#   make docs      write the generated pages of docs/ anew

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .newsqa/demo

# Nothing that is installed here may phone home or fetch a model, also where a library would by default.
export ANONYMIZED_TELEMETRY := False
export DO_NOT_TRACK := 1
export HF_HUB_OFFLINE := 1
export HF_HUB_DISABLE_TELEMETRY := 1
export TRANSFORMERS_OFFLINE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo check env format lint types imports test gate offline bench clients torture pins docs clean

help:
	@sed -n 's/^#   //p' Makefile

# --- environment --------------------------------------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "newsqa needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 demo" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Dependency groups need pip 25.1; Debian 12 brings 23.0.
$(VENV)/.pip: constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install -qq --upgrade pip --constraint constraints.txt
	@touch $@

$(VENV)/.runtime: pyproject.toml constraints.txt $(VENV)/.pip
	$(BIN)/python -m pip install -qq --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt $(VENV)/.pip
	$(BIN)/python -m pip install -qq --constraint constraints.txt --editable . --group dev
	@touch $(VENV)/.runtime $@

env: $(VENV)/.dev

# --- what people run ----------------------------------------------------------------------------------------------

demo: $(VENV)/.runtime
	$(BIN)/newsqa index seeds --index $(DEMO) || $(BIN)/newsqa index seeds --index $(DEMO) --rebuild
	$(BIN)/newsqa ask "What did Blinken say?" --index $(DEMO)

check: env format lint types imports test gate

format: env
	$(BIN)/ruff format --check .

lint: env
	$(BIN)/ruff check .

types: env
	$(BIN)/mypy

imports: env
	$(BIN)/lint-imports

test: env
	$(BIN)/pytest -n auto --dist loadfile -rs --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

FOLDER := eval/folders/assorted
gate: env
	$(BIN)/newsqa eval
	$(BIN)/newsqa eval --golden $(FOLDER)/golden.jsonl --corpus $(FOLDER)/articles --baseline $(FOLDER)/baseline.json --output out/assorted

# Compiled libraries open sockets that pytest-socket does not see; here there is nothing to reach. Whoever is root
# needs no namespace of users, in which there would be nobody else for a test to become.
offline: env
	unshare $$(test "$$(id -u)" = 0 || echo --map-root-user) --net sh -c '$(BIN)/python scripts/loopback.py && exec $(BIN)/pytest -n auto --dist loadfile $(PYTEST_ARGS)'

bench: env
	$(BIN)/python scripts/bench.py

clients: env
	$(BIN)/python scripts/clients.py

torture: env
	NEWSQA_TORTURE_ROUNDS=100 $(BIN)/python -m pytest -q -s tests/torture
	PYTHONPATH=. $(BIN)/python scripts/torture.py $(TORTURE_ARGS)

pins: env
	$(BIN)/python scripts/pins.py > constraints.new && mv constraints.new constraints.txt

docs: env
	$(BIN)/python scripts/configuration.py > docs/configuration.new && mv docs/configuration.new docs/configuration.md

clean:
	rm -rf $(DEMO) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov build dist .coverage
