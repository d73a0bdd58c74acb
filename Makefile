# KhachQuen: every task, documented by `make help`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Byte code is written on first import, whatever the shell prefers: seven processes share it.
unexport PYTHONDONTWRITEBYTECODE

VENV ?= .venv
SHOP ?= shop
PORT ?= 8900
BIN := $(VENV)/bin
# The newest Python that is 3.11 or later; name another with `make PYTHON=...`.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# One call, nothing to resolve (the lock is complete), nothing to compile before it is needed.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
LOCKED := --no-deps --require-hashes --no-compile

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | \
		while IFS=$$'\t' read -r name words; do printf '  make %-12s %s\n' "$$name" "$$words"; done

.PHONY: run
run: $(VENV)/.run ## From a clone to a running demo shop: installs, fills it, serves it
	@exec $(BIN)/python scripts/first_shop.py --data $(SHOP) --port $(PORT)

# Parts that meet a database only behind the front door say the same over either; tests that know
# none are left out by tests/conftest.py.
RUN_ONCE := clients demo understand
# Tests side by side, each process with a data folder and a database of its own.
WORKERS ?= 2
SUITE := $(BIN)/python -m pytest -n $(WORKERS)
# What tests write, in memory where there is room: they sync as the product does, and a disk that is
# slow to sync would be most of what is measured. Set TMPDIR to have it elsewhere.
ROOM_KB := 4194304
TMPDIR ?= $(shell [ -w /dev/shm ] && [ $$(df -Pk /dev/shm | awk 'NR==2 {print $$4}') -ge $(ROOM_KB) ] \
	&& echo /dev/shm || echo /tmp)
.PHONY: test
test: export TMPDIR := $(TMPDIR)
test: $(VENV)/.dev ## The whole suite on SQLite, then on PostgreSQL what knows a database
	@$(BIN)/python scripts/system_packages.py
	@$(MAKE) -j2 clients
	@echo "== on SQLite =="
	@env -u DATABASE_URL $(SUITE)
	@echo "== on PostgreSQL =="
	@exec $(BIN)/python scripts/with_postgres.py -- $(SUITE) -m "not chromium" \
		$(foreach part,$(RUN_ONCE),--ignore=tests/$(part))

# The published clients disagree about what they need: each gets a folder of its own. Nothing of
# them is part of KhachQuen, and nothing is run while they are installed.
NODE_CLIENTS := tests/clients/node
PYTHON_CLIENTS := $(patsubst tests/clients/python/%.txt,%,$(wildcard tests/clients/python/*.txt))
.PHONY: clients
clients: .clients/node.done $(PYTHON_CLIENTS:%=.clients/python/%.done) ## Install the published clients the tests run
	@:

.clients/python/%.done: tests/clients/python/%.txt | $(BIN)/python
	@rm -rf .clients/python/$*
	@$(PIP_INSTALL) --quiet $(LOCKED) --target .clients/python/$* -r $<
	@touch $@

# Not `npm ci`: see scripts/check_assets.py. Without npm the tests say what is missing.
.clients/node.done: $(NODE_CLIENTS)/package.json $(NODE_CLIENTS)/package-lock.json
	@mkdir -p $(@D)
	@! command -v npm > /dev/null || { cd $(NODE_CLIENTS) && \
		npm install --no-save --no-audit --no-fund --ignore-scripts --loglevel=error > /dev/null \
		&& touch $(CURDIR)/$@; }

# Each part is a target of its own: `make -k lint` shows everything that is wrong, not the first.
LINT := format-check ruff types imports sizes house-rules reference-check assets-check
.PHONY: lint $(LINT)
lint: $(LINT) ## Format, ruff, types, import contracts, sizes, house rules, docs drift, assets
$(LINT): $(VENV)/.dev
format-check:
	$(BIN)/ruff format --check --quiet .
ruff:
	$(BIN)/ruff check --quiet .
types:
	$(BIN)/mypy
imports:
	$(BIN)/python scripts/doors.py
	$(BIN)/lint-imports --no-cache
sizes:
	$(BIN)/python scripts/sizes.py
house-rules:
	$(BIN)/python scripts/house_rules.py
reference-check:
	$(BIN)/python scripts/dictionary.py --check
assets-check:
	$(BIN)/python scripts/system_packages.py
	$(BIN)/python scripts/check_assets.py

.PHONY: check
check: lint test ## Everything a change must pass: lint, then the tests

.PHONY: format
format: $(VENV)/.dev ## Write every file the way `make lint` wants it
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

.PHONY: bench
bench: $(VENV)/.run ## Measure the ingest line beside its baseline of the same run
	@exec $(BIN)/khachquen bench ingest

.PHONY: looks
looks: $(VENV)/.dev ## Every page in every width, theme and language, with axe
	@exec $(SUITE) tests/ui/test_every_page.py --every-look

.PHONY: crash
crash: $(VENV)/.dev ## Kill the line at every step, again and again, and count what is left
	@exec $(BIN)/python -m pytest -m crash --crash-kills=$(or $(ROUNDS),200) \
		--storm-events=$(or $(EVENTS),20000)

.PHONY: crash-send
crash-send: $(VENV)/.dev ## Kill the sender again and again while letters leave, and count them
	@exec $(BIN)/python -m pytest tests/crash/test_send_storm.py tests/crash/test_channel_storm.py \
		--crash-kills=$(or $(ROUNDS),50) --send-people=$(or $(PEOPLE),100000)

.PHONY: prove
prove: $(VENV)/.dev ## Try every law ten times as often (TIMES), on examples never seen before
	@PROVE=$(or $(TIMES),10) exec $(SUITE) -m hypothesis

.PHONY: assets
assets: ## Build the web assets from their sources (needs Node.js)
	@cd web/assets && npm install --no-save --no-audit --no-fund && npm run build

.PHONY: screenshots
screenshots: $(VENV)/.dev ## Draw every page: languages, widths, light and dark, full, empty, error
	@$(BIN)/python scripts/system_packages.py
	@exec $(BIN)/python scripts/screenshots.py

.PHONY: messages
messages: $(VENV)/.dev ## Collect new words from templates and code, and compile the translations
	@exec $(BIN)/python scripts/messages.py

.PHONY: reference
reference: $(VENV)/.dev ## Write docs/reference from the code
	@exec $(BIN)/python scripts/dictionary.py

COMPILE := pip compile --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet
.PHONY: lock
lock: $(BIN)/python ## Lock the newest allowed dependencies, with hashes, for every Python we support
	@$(PIP_INSTALL) 'uv>=0.9'
	@$(BIN)/uv $(COMPILE) pyproject.toml --extra matching --group build \
		-o requirements/run.txt > /dev/null
	@$(BIN)/uv $(COMPILE) pyproject.toml --extra matching --group build --group dev -c requirements/run.txt \
		-o requirements/dev.txt > /dev/null
	@for wanted in tests/clients/python/*.in; do \
		$(BIN)/uv $(COMPILE) $$wanted -o $${wanted%.in}.txt > /dev/null; done

.PHONY: clean
clean: ## Remove the environment and caches (never the shop)
	@rm -rf $(VENV) .clients $(NODE_CLIENTS)/node_modules .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "KhachQuen needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "This Python cannot make environments; on Debian: apt install python3-venv"; exit 1; }

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing what KhachQuen runs on (once) ..."
	@$(PIP_INSTALL) $(LOCKED) -r requirements/run.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --no-compile --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the tests need (once) ..."
	@$(PIP_INSTALL) $(LOCKED) -r requirements/dev.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --no-compile --editable .
	@touch $@ $(VENV)/.run
