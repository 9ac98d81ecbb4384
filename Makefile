# On a fresh clone with nothing but Python (3.11 or newer) and make, every target does its own set-up.
#   make demo     compare the shipped policies on full-size Xicheng; opens with a report to read
#   make test     the tests
# Choose another interpreter with:  make test PYTHON=python3.12

SHELL := /bin/sh
.SHELLFLAGS := -ec
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
# -rs names every test that is skipped, and why.
PYTEST := $(BIN)/python -m pytest -q -rs
TEST_ARGS ?=
# One package's tests: make test ONLY=report (several: ONLY="report cli").
ONLY ?=
TESTS := $(if $(ONLY),$(addprefix tests/,$(ONLY)),tests)
# What a change breaks first: rules, statistics, the scenario language, the structure of the project.
QUICK := tests/rules tests/stats tests/scenario tests/project
TEST_JOBS ?= auto
TOGETHER := -n $(TEST_JOBS) --dist loadfile
DEMO_OUT ?= results/demo
FRONTIER_ARGS ?= --budget 20 --stress 80
FRONTIER_OUT ?= results/frontier
FRONTIER_TO ?= results/reference/frontier

# The first interpreter that is new enough, unless PYTHON says which.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; exit; }; done; echo none)

.PHONY: help demo claims claims-docs reference test quick test-all test-wheel test-browser test-versions lint docs docs-check reach tutorial match sensitivity frontier bench clean
help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

# --- the environment: one stamp for what the simulator needs, one for what its developers need ---------------

$(BIN)/python:
	@if [ "$(PYTHON)" = none ]; then \
		echo "Python 3.11 or newer was not found. Install it, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is older than Python 3.11. Name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) -c 'import sys; print("Python %d.%d.%d" % sys.version_info[:3])') ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) could not make a virtual environment (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the simulator and the versions it was tested with (a minute or two, once) ..."
	@$(PIP) install --constraint constraints.txt --editable .
	@$(BIN)/python -m compileall -qq sim
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the test and lint tools ..."
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the simulator and what the small set of tests needs ..."
	@$(PIP) install --no-compile --constraint constraints.txt --editable '.[test]'
	@touch $@

$(VENV)/.installed-browser: $(VENV)/.installed-dev
	@echo "Installing what drives a browser ..."
	@$(PIP) install --no-compile --constraint constraints.txt --editable '.[browser]'
	@touch $@

# --- what people come for ------------------------------------------------------------------------------------

demo: $(VENV)/.installed  ## compare the shipped policies on full-size Xicheng and write a report
	@$(BIN)/cgsim compare paths --out $(DEMO_OUT)

test: $(VENV)/.installed-dev  ## run the tests (make test ONLY=report: those of one package)
	@echo "Left out: tests marked slow (make test-all has them) and those in a browser (make test-browser)."
	@$(PYTEST) $(TOGETHER) $(TESTS) $(TEST_ARGS)

quick: $(VENV)/.installed-dev  ## a small set of the tests, within a minute
	@$(PYTEST) $(TOGETHER) $(QUICK) $(TEST_ARGS)

test-all: $(VENV)/.installed-dev  ## run every test, the slow ones too
	@$(PYTEST) -m 'not browser' $(TOGETHER) $(TESTS) $(TEST_ARGS)

test-wheel: $(VENV)/.installed-dev  ## build the wheel, install it in an empty folder and use it
	@$(PYTEST) -m slow tests/project/test_wheel.py $(TEST_ARGS)

# The browser itself: CHROMIUM=/path, one that is there, or Debian's (as root).
test-browser: $(VENV)/.installed-browser  ## open the brief in a real Chromium: network, accessibility, layout, print, numbers
	@found="$${CHROMIUM:-$$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"; \
	if [ -z "$$found" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Debian's chromium (once) ..."; \
		apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >/dev/null; \
		found=$$(command -v chromium || true); fi; \
	if [ -z "$$found" ]; then \
		echo "Chromium was not found. Install it (Debian and Ubuntu: apt install chromium), or name it: CHROMIUM=/path make test-browser" >&2; \
		exit 1; fi; \
	CHROMIUM="$$found" $(PYTEST) -m browser tests/browser $(TEST_ARGS)

test-versions: $(VENV)/.installed-test  ## the small set that must hold on every Python and Mesa
	@$(PYTEST) -m versions tests/model tests/project tests/rules tests/tutorial $(TOGETHER) $(TEST_ARGS)

lint: $(VENV)/.installed-dev  ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/mypy

docs: $(VENV)/.installed  ## write the tables of docs/tables/ from the code and the YAML
	@$(BIN)/python docs/tables.py

reach: $(VENV)/.installed  ## measure how far each lever can move each outcome (minutes; writes docs/tables/lever_reach.md)
	@$(BIN)/python docs/tables.py --reach

tutorial: $(VENV)/.installed  ## run the commands of the tutorial again and show what they print (minutes)
	@$(BIN)/python docs/rerun.py

docs-check: $(VENV)/.installed  ## fail if those tables no longer say what the code does
	@$(BIN)/python docs/tables.py --check

match: $(VENV)/.installed  ## redo the history matching of the baseline (about an hour; goes on where it stopped)
	@$(BIN)/cgsim match

sensitivity: $(VENV)/.installed-dev  ## redo the reference results on what matters (minutes; goes on where it stopped)
	@$(BIN)/cgsim sensitivity --quick --points 32 --keep 8 --claims results/reference/claims \
		--out results/sensitivity --tables-to results/reference/sensitivity

# A smaller one: make frontier FRONTIER_ARGS='--quick --budget 20' FRONTIER_TO=results/frontier-quick-tables
frontier: $(VENV)/.installed-dev  ## search the packages of the reference results again at full size (half an hour or more; goes on where it stopped)
	@$(BIN)/cgsim frontier $(FRONTIER_ARGS) --out $(FRONTIER_OUT) --tables-to $(FRONTIER_TO)

claims: $(VENV)/.installed  ## try all claims of the paper at full size (under two hours; goes on where it stopped)
	@$(BIN)/cgsim claims --reference results/reference/claims --docs docs/claims.md \
	  $(if $(wildcard results/conditions/ledger),--conditions results/conditions) \
	  $(if $(wildcard results/map/map.csv),--map results/map)

# The claims of which a ledger says that they turn, and whose conditions are looked for.
TURNING ?= C10,C18,C30,C36,C37,C39,X3

reference: $(VENV)/.installed-dev  ## redo all reference results, one after the other (hours; goes on where it stopped)
	@$(BIN)/cgsim signmap --worlds 8 --seeds 1
	@$(BIN)/cgsim conditions --only $(TURNING)
	@$(MAKE) --no-print-directory claims
	@$(MAKE) --no-print-directory sensitivity frontier

claims-docs: $(VENV)/.installed  ## write docs/claims.md again from the shipped results
	@$(BIN)/cgsim claims --page results/reference/claims --docs docs/claims.md

bench: $(VENV)/.installed-dev  ## speed and size, as ratios within one run
	@$(BIN)/python benchmarks/run.py

clean:  ## remove the environment and everything built (results stay)
	rm -rf $(VENV) .venv-* build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find sim tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
