# `make demo` and `make test` need nothing but this checkout: they install what is missing first.
.DEFAULT_GOAL := help
PY := .venv/bin/python
PASSATK := .venv/bin/passatk
JOBS ?= $(shell nproc)

.PHONY: help setup demo test browser lint bench clean

help: ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.ready ## Install toolchains (as root) and .venv; skipped when done. LANGUAGES=all or names: optional ones too
ifdef LANGUAGES
	@tools/setup_languages.sh $(LANGUAGES)
endif

.venv/.ready: pyproject.toml constraints.txt tools/setup.sh
	@tools/setup.sh

demo: setup ## The embedded model writes programs; they are executed, scored, verified and shown on a page
	@tools/demo.sh

test: setup browser ## All tests, in parallel; installs a browser for them first
	@env -u MAKEFLAGS $(PY) -m pytest -q -n $(JOBS) --dist worksteal

browser: setup
	@tools/setup_tests.sh

ifneq ($(filter lint,$(MAKECMDGOALS)),) # both are asked for: the browser comes beside the linting, the tests thereafter
test: | lint
endif

lint: setup ## Style, types, architecture
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy -n 2
	@.venv/bin/lint-imports

bench: setup ## Throughput on the reference solutions and overhead of the sandbox
	@$(PY) bench/throughput.py

clean: ## Remove .venv, caches and runs
	rm -rf .venv runs .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache src/*.egg-info
