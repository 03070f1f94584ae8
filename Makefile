# The same short verbs for people and for the build machine. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
PORT ?= 8000
ARGS ?=

# What only the tests need from Debian: a browser, the proxy and the pooler they are run behind, and an older server.
DEBIAN_TEST := chromium nginx-light openssl pgbouncer postgresql-15 systemd

# A stamp bears the hash of what it was made from, so that it also holds after a checkout.
hash_of = $(shell cat $(1) 2>/dev/null | sha256sum | cut -c1-16)
RUN_STAMP := .venv/.installed-run-$(call hash_of,requirements/run.txt requirements/build.txt pyproject.toml)
DEV_STAMP := .venv/.installed-dev-$(call hash_of,requirements/run.txt requirements/build.txt requirements/dev.txt)

.PHONY: help setup setup-dev demo test api-fuzz lint format bench docs pictures lock assets clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(RUN_STAMP) assets ## make .venv with what the product needs, and build the browser assets

setup-dev: setup $(DEV_STAMP) ## the same, with what tests and checks need

demo: setup ## start everything with a sample county and print the address and the accounts (PORT=8000)
	@$(BIN)/dangjian demo --port $(PORT) $(ARGS)

test: setup-dev ## run all tests, browser tests included (ARGS= goes to pytest)
	@sh scripts/debian.sh $(DEBIAN_TEST)
	@$(BIN)/python -m pytest -n auto --maxprocesses=4 --dist loadfile --ignore=tests/browser $(ARGS)
	@$(BIN)/python -m pytest -n auto --maxprocesses=2 --dist loadfile tests/browser $(ARGS)

api-fuzz: setup-dev ## call the API at random, ten times as much as `make test` does and otherwise each time (ARGS= goes to pytest)
	@DANGJIAN_FUZZ_SEED=$${DANGJIAN_FUZZ_SEED:-$$(date +%s)} DANGJIAN_FUZZ_EXAMPLES=$${DANGJIAN_FUZZ_EXAMPLES:-120} \
		$(BIN)/python -m pytest -n auto --maxprocesses=3 --dist loadfile --timeout=7200 tests/api/test_fuzz_admin.py \
		tests/api/test_fuzz_secretary.py tests/api/test_fuzz_auditor.py $(ARGS)

lint: setup-dev ## check style, types, layers, templates and migrations
	@sh scripts/lint.sh

format: setup-dev ## put the Python files into the house format
	@$(BIN)/ruff check --fix --quiet --exit-zero . && $(BIN)/ruff format --quiet .

bench: setup-dev ## measure our endpoints against the hand-written floor (ARGS=--quick for a short run)
	@$(BIN)/python -m bench.run $(ARGS)

docs: setup-dev ## check that every link and every command in the documentation holds
	@$(BIN)/python -m pytest -q tests/test_documentation.py

pictures: setup-dev ## take the documentation's pictures from a running `make demo` (PORT=8000)
	@PYTHONPATH=. $(BIN)/python scripts/pictures.py $(PORT)

lock: ## resolve requirements/*.in again (ARGS=--upgrade for newer versions of what they bring)
	@sh scripts/lock.sh $(ARGS)

assets: $(RUN_STAMP) ## build the browser assets, if what they are made of has changed
	@made=$$($(BIN)/python -m core.web.build) || { echo "$$made"; exit 1; }; case "$$made" in built*) echo "Browser assets: $$made" ;; esac

clean: ## remove everything that is made, except data/
	@rm -rf .venv node_modules core/web/static/dist build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage *.egg-info
	@find core plugins tenants tests bench migrations -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(RUN_STAMP):
	@sh scripts/venv.sh
	@echo "Installing the pinned requirements into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f .venv/.installed-run-* && touch $@

$(DEV_STAMP): $(RUN_STAMP)
	@echo "Installing what tests and checks need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt -r requirements/build.txt -r requirements/dev.txt
	@rm -f .venv/.installed-dev-* && touch $@
