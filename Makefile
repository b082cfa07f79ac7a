# The words to learn. `make` alone lists them; CONTRIBUTING.md says when to use which.

.DEFAULT_GOAL := help
.PHONY: help run setup test quick check format dev watch bench bench-peers conformance shape coverage contracts faults mutants lock openapi \
	ui ui-check screenshots
MAKEFLAGS += --no-print-directory
# Byte code is kept, whatever the caller's environment says: each process that a test starts would compile all of it anew.
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
# A process that ends in mid-test isn't replaced: what it had before it would wait for ever.
PYTEST := $(PY) -m pytest -n 4 --dist loadfile --no-loadscope-reorder --max-worker-restart 0
UV := .venv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-annotate --no-header
ARGS ?=

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## start prosa on http://127.0.0.1:3000 (builds its environment and the web app first; ARGS="--port 3001" is passed on)
	@sh checks/environment.sh run
	@exec .venv/bin/prosa serve $(ARGS)

setup: ## build the environment and the web app only: .venv/bin/prosa is there afterwards
	@sh checks/environment.sh run

dev: ## prepare the development environment: tests, checks, benchmarks
	@sh checks/environment.sh dev
	@echo 'Ready. Next: "make watch" serves with reload, "make quick" tests in two minutes, "make check" before you commit.'

watch: ## serve with reload on every change: the server's and the web app's, at one address
	@sh checks/environment.sh dev
	@exec $(PY) -m checks.ui.watch $(ARGS)

ui: ## build the web app where ui/ changed (Node is brought for it); a running server shows it at once
	@sh checks/environment.sh run
	@[ ! -e src/prosa/web/assets/index.html ] || echo 'The web app stands in src/prosa/web/assets.'

ui-check: ## the web app's lock, house rules, API types, types, lint, tests, sizes
	@sh checks/environment.sh dev
	@$(PY) -m checks.ui check

screenshots: ## the pages' pictures for README and guides, from a running prosa in a real browser
	@sh checks/environment.sh dev
	@$(PY) -m tests.journeys.screenshots $(ARGS)

test: ## every test but the fault counts, with coverage (fails under 91 %)
	@sh checks/environment.sh dev
	@sh checks/clients.sh
	@sh checks/interpreter.sh
	$(PYTEST) -m "not faults" --measure $(ARGS)
	@$(PY) -m coverage report --format=total >build/coverage/total || \
		{ echo "coverage: $$(cat build/coverage/total) %, less than promised; make coverage shows where"; exit 1; }
	@echo "coverage: $$(cat build/coverage/total) %"

quick: ## the tests without browser, slow and fault cases; under two minutes
	@sh checks/environment.sh dev
	$(PYTEST) -m "not browser and not slow and not faults" $(ARGS)

faults: ## the fault cases with their full counts
	@sh checks/environment.sh dev
	$(PYTEST) -m faults $(ARGS)

mutants: ## take each guard away in turn; the tests have to notice (ARGS="csrf" picks some)
	@sh checks/environment.sh dev
	@$(PY) -m checks.mutants $(ARGS)

conformance: ## the public suites for OpenAI's APIs against a running prosa (ARGS="chat" picks some; see checks/conformance)
	@sh checks/environment.sh dev
	@$(PY) -m checks.conformance $(ARGS)

check: ## format, lint, types, import contracts, sizes, house lints, generated files; and ui-check
	@sh checks/environment.sh dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo
	$(PY) -m checks sizes
	$(PY) -m checks lints
	$(PY) -m checks generated
	$(PY) -m checks.ui check

format: ## put code into its form and mend what the linter can mend
	@sh checks/environment.sh dev
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

contracts: ## a line for each promise of docs/promises.md: pass, fail, part, not yet
	@sh checks/environment.sh dev
	@$(PY) -m checks.contracts $(ARGS)

coverage: ## what the last "make test" covered: here, and as pages in build/coverage/html
	@sh checks/environment.sh dev
	@[ -e build/coverage/data ] || { echo 'coverage: nothing is measured yet; "make test" measures as it runs'; exit 1; }
	@$(PY) -m coverage report --fail-under=0 --ignore-errors && $(PY) -m coverage html --quiet --fail-under=0 --ignore-errors
	@echo "pages: build/coverage/html/index.html"

shape: ## the figures of readability, each with its target
	@sh checks/environment.sh dev
	@$(PY) -m checks.shape

bench: ## measure prosa beside the direct call and the peers that are installed
	@sh checks/environment.sh dev
	@$(PY) -m bench $(ARGS)

bench-peers: ## install the peers that "make bench" compares with, each in its own environment
	@sh checks/environment.sh dev
	@$(PY) -m bench.peers $(ARGS)

openapi: ## write docs/api/openapi.json anew from the code, and the web app's types from that
	@sh checks/environment.sh dev
	@$(PY) -m checks.generated
	@$(PY) -m checks.ui openapi

lock: ## renew the hash-pinned locks (ARGS="--upgrade" takes newer versions)
	@sh checks/environment.sh dev
	$(UV) $(ARGS) pyproject.toml requirements.in --output-file requirements.txt
	$(UV) $(ARGS) requirements-interpreter.in --output-file src/prosa/interpreter/requirements.txt
	$(UV) $(ARGS) requirements-ui.in --output-file requirements-ui.txt
	$(UV) $(ARGS) requirements-dev.in --constraints requirements.txt --constraints requirements-ui.txt --output-file requirements-dev.txt
	$(UV) $(ARGS) checks/conformance/suites.in --constraints requirements.txt --constraints requirements-dev.txt --output-file checks/conformance/suites.txt
