# make run, make test: the two commands. Everything else serves them.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv --quiet
SYNC := $(UV) pip sync --python $(BIN)/python --require-hashes --compile-bytecode requirements/setup.txt
INSTALL := $(UV) pip install --python $(BIN)/python --no-deps --no-index --no-build-isolation --editable .

.PHONY: help run setup test test-setup system lint types check bench pictures accessibility docs audit lock clean

help:            ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

run: setup       ## make what is missing, import the samples, serve on 127.0.0.1:8501
	@$(BIN)/kpi serve

setup: .venv/run.done        ## .venv with the kpi command

test: test-setup system      ## everything CI runs: format, lint, imports, types, tests
	@$(MAKE) --no-print-directory check
	$(BIN)/pytest

test-setup: .venv/test.done  ## .venv with what the tests need

system:          ## bring Debian's chromium and Japanese fonts if they are missing
	@sh tests/system.sh

check:           ## format, lint, who may import whom, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

bench: test-setup system     ## speed, each line beside what it is compared with
	$(BIN)/python -m benchmarks

pictures: test-setup system  ## the pictures in docs/, taken from the running program
	$(BIN)/python docs/make_pictures.py
	$(BIN)/python docs/make_report_pictures.py
	$(BIN)/python docs/make_screens.py

accessibility: test-setup system  ## docs/accessibility.md: what axe finds on every screen
	$(BIN)/python docs/make_accessibility.py

docs: test-setup             ## the generated pages of docs/
	$(BIN)/python docs/make_pages.py
	$(BIN)/python docs/make_backtest.py

audit: $(BIN)/uv             ## known weaknesses of the locked packages; asks the network
	@$(UV) venv --allow-existing .venv/audit
	@$(UV) pip sync --python .venv/audit/bin/python --require-hashes requirements/audit.txt
	@.venv/audit/bin/pip-audit --strict --disable-pip --progress-spinner off $(LOCKED) \
	  || { echo "Weaknesses were found, or it could not be asked for all packages: see above." >&2; exit 1; }

LOCKED := $(foreach lock,setup run test audit,-r requirements/$(lock).txt)

lock: $(BIN)/uv              ## resolve requirements/*.txt anew, with hashes and without addresses
	$(UV) pip compile $(LOCK) requirements/setup.in -o requirements/setup.txt
	$(UV) pip compile $(LOCK) requirements/audit.in -o requirements/audit.txt
	$(UV) pip compile $(LOCK) pyproject.toml -o requirements/run.txt
	$(UV) pip compile $(LOCK) pyproject.toml --extra test -c requirements/run.txt -o requirements/test.txt

LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade

$(BIN)/uv: requirements/setup.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed. / Python 3.11以上が必要です。"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/setup.txt
	@touch $@

.venv/run.done: $(BIN)/uv requirements/run.txt pyproject.toml
	$(SYNC) requirements/run.txt
	$(INSTALL)
	@rm -f .venv/test.done && touch $@

.venv/test.done: $(BIN)/uv requirements/test.txt pyproject.toml
	$(SYNC) requirements/test.txt
	$(INSTALL)
	@touch .venv/run.done $@

clean:           ## remove .venv and caches, keep var/ with its database
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
