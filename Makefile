# `make` alone says what there is. Everything runs in .venv; nothing is installed outside the checkout.
SHELL := /bin/sh
VENV := .venv
RUN := $(VENV)/bin/python
STAMP := $(VENV)/.setup-done
FOLDER_OPTION = $(if $(FOLDER),--folder "$(FOLDER)")

.DEFAULT_GOAL := help
.PHONY: help setup run status demo test test-all mutants lint format bench backup restore lock

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make .venv with everything in it (once; the other commands do it when needed)

$(STAMP): requirements-all.txt
	@sh deploy/setup.sh $(VENV) requirements-all.txt
	@touch $@

# The rivals that the screen is measured against are large, and nothing else needs them.
$(VENV)/.benchmarks-done: $(STAMP) requirements-benchmarks.txt
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-benchmarks.txt
	@touch $@

run: $(STAMP) ## Start the whole suite and keep it running      [PORT=8080] [FOLDER=.local]
	@$(RUN) -m deploy run $(FOLDER_OPTION) --log-format console

status: $(STAMP) ## Say which processes run                          [FOLDER=.local]
	@$(RUN) -m deploy status $(FOLDER_OPTION)

demo: $(STAMP) ## Run one whole cycle                              [CYCLE=vietnam or ihr] [ONCE=1 ends when it is done]
	@$(RUN) -m deploy demo $(if $(CYCLE),--cycle "$(CYCLE)") $(if $(ONCE),--once) $(FOLDER_OPTION)

# Lint runs beside the tests. Each of the two processes of tests has servers of its own.
LINT = $(MAKE) --no-print-directory lint
TWO := --numprocesses 2

test: $(STAMP) ## Lint and test in eight minutes, two processes at once [ARGS="-k outbox": pytest alone, with these words]
ifdef ARGS
	@$(RUN) -m pytest $(ARGS)
else
	@HYPOTHESIS_PROFILE=small sh tests/beside.sh "$(LINT)" "$(RUN) -m pytest $(TWO) -m 'not whole and not lint'"
endif

test-all: $(STAMP) ## The same with every long test, at its whole size
	@HYPOTHESIS_PROFILE=whole sh tests/beside.sh "$(LINT)" "$(RUN) -m pytest $(TWO) -m 'not lint'"

mutants: $(STAMP) ## Change the pure rules, say what no test notices [MODULES="shared/criteria/ticks.py" TESTS="tests/unit/criteria"]
	@$(RUN) -m tests.mutants $(MODULES) $(if $(TESTS),--tests $(TESTS))

lint: $(STAMP) ## Check imports, style, format and types
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

format: $(STAMP) ## Put the format right
	@$(VENV)/bin/ruff check --fix-only --quiet .
	@$(VENV)/bin/ruff format --quiet .

bench: $(VENV)/.benchmarks-done ## Measure, as ratios against a baseline of the same run [ARGS=ranking]
	@$(RUN) -m tests.benchmarks $(ARGS)

backup: $(STAMP) ## Write databases, evidence and keys into a folder [TO=folder] [FOLDER=.local]
	@$(RUN) -m deploy backup $(FOLDER_OPTION) $(if $(TO),--to "$(TO)")

restore: $(STAMP) ## Put a backup in place of what is there           FROM=folder [FOLDER=.local]
	@test -n "$(FROM)" || { echo 'restore: say which backup: make restore FROM=folder' >&2; exit 2; }
	@$(RUN) -m deploy restore $(FOLDER_OPTION) --from "$(FROM)"

LOCK := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml

lock: $(STAMP) ## Resolve the dependencies anew into requirements*.txt [ARGS=--upgrade]
	@$(LOCK) $(ARGS) --output-file requirements.txt
	@$(LOCK) $(ARGS) --extra embedded --extra development --output-file requirements-all.txt
	@$(LOCK) $(ARGS) --all-extras --output-file requirements-benchmarks.txt
