# Two commands to start: `make run` to use it, `make test` to change it.
PYTHON ?= python3
# Prepare .venv, then continue inside it: with what runs the product, or with the tools too.
LOCAL = @$(PYTHON) backend/devstack/bootstrap.py local
DEV = @$(PYTHON) backend/devstack/bootstrap.py dev

.DEFAULT_GOAL := help
.PHONY: help run dev down cli test screenshots chaos bench races check fuzz fmt lock openapi clean reset

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Start everything and show where (Ctrl-C ends it)
	$(LOCAL) -m devstack run

dev: ## As run, but API, workers and dashboard reload when their code changes
	$(LOCAL) -m devstack dev

down: ## End a run from another terminal
	$(LOCAL) -m devstack down

cli: ## Run a command line of the product against the running stack: make cli ARGS="--help"
	$(LOCAL) -m devstack exec python -m app.cli $(ARGS)

test: ## Set up what tests need and run them all; some: make test ARGS=tests/unit
	$(DEV) -m devstack.test $(ARGS)

screenshots: export EVERY_LOOK = 1
screenshots: ## Picture every page, light and dark, wide and narrow, in both languages: artifacts/
	$(DEV) -m devstack.test tests/journeys

chaos: ## Kill, crash and cut everything while it sends, then judge: make chaos ARGS=--small
	$(DEV) -m chaos $(ARGS)

bench: ## Measure beside a baseline, into docs/bench: make bench ARGS=punctuality
	$(DEV) -m bench $(ARGS)

check: ## Types, style, layers, schema, contract, dead code
	$(DEV) -m devstack.check $(ARGS)

races: ## Races by the ten thousand, a crowd of a million, with times
	BENCH=1 $(PYTHON) backend/devstack/bootstrap.py dev -m devstack.test -m bench -n 0 -s $(ARGS)

fuzz: ## Try hostile input a hundred times as hard as the tests do
	FUZZ_FACTOR=$${FUZZ_FACTOR:-100} $(PYTHON) backend/devstack/bootstrap.py dev -m devstack.test -m fuzz -n 2 $(ARGS)

fmt: ## Format and mend what tools can mend
	$(DEV) -m devstack.fmt

lock: ## Compile requirements*.in to hashed requirements*.txt
	$(DEV) -m devstack.lock

openapi: ## Write docs/openapi.json, docs/states.md and the dashboard's types from the code
	$(DEV) -m devstack.contract write

clean: ## Remove what was built or downloaded (never the data)
	rm -rf .venv frontend/node_modules frontend/dist frontend/coverage artifacts
	find backend -name __pycache__ -prune -exec rm -rf {} +
	rm -rf backend/.mypy_cache backend/.ruff_cache backend/.import_linter_cache backend/.hypothesis

reset: ## Delete the data of run, after asking
	$(LOCAL) -m devstack reset
