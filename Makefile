# Everything starts from Python 3.11+ and make; the environment is built from the hashed locks.
PYTHON ?= python3
VENV := .venv
PACKAGES := bot handlers storage tracking pandapon sandbox
BIN := $(VENV)/bin
# Tests wait more than they reckon: twice as many workers as a small machine has cores.
WORKERS ?= 4
# The tests' files lie in memory where it has room for them and programs may run from it: no commit waits for a disk.
MEMORY := $(shell awk '$$2 == "/dev/shm" && $$4 !~ /noexec/' /proc/mounts 2>/dev/null | grep -q . \
	&& df -Pk /dev/shm | awk 'NR == 2 && $$4 > 4000000 {print "/dev/shm"}')
PYTEST = $(if $(MEMORY),TMPDIR=$(MEMORY) )$(BIN)/pytest -n $(WORKERS) --dist worksteal -q
# What Python compiles lies in .venv, for the next start and for each process that a test starts, and nowhere else.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/compiled

.DEFAULT_GOAL := help
.PHONY: help install extras demo test coverage check collected audit format lock bench gallery translations clean

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

# The pip of PYTHON installs into .venv where it can (22.3 and later): unpacking another one takes longer than half of
# the packages. The locks are complete, so no dependency is searched for, and nothing is compiled before it is imported.
define INSTALL
@pip="$(PYTHON) -m pip --python $(BIN)/python"; $$pip --version >/dev/null 2>&1 \
|| { pip="$(BIN)/python -m pip"; $$pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; }; \
$$pip install --quiet --disable-pip-version-check --no-compile --no-deps
endef

$(VENV)/.packages: requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	$(INSTALL) --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.runtime: $(VENV)/.packages pyproject.toml
	$(INSTALL) --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

# Compiled beside the sources: a bot that is started without make finds it there, also one that may not write there, in a
# container or under systemd. Some packages ship templates that are no Python.
install: $(VENV)/.runtime  ## build the environment in .venv
	@env -u PYTHONPYCACHEPREFIX $(BIN)/python -m compileall -q -j 0 $(VENV)/lib $(PACKAGES) || true

extras: $(VENV)/.runtime  ## the same, with what PostgreSQL, traces and Sentry need
	$(INSTALL) --require-hashes -r requirements-extras.lock
	@$(MAKE) --no-print-directory install

demo: $(VENV)/.runtime  ## try the bot here, with no account anywhere
	@$(BIN)/pandabot demo

check: $(VENV)/.dev  ## lint, format check, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Apart from .venv and the locks: what looks for weaknesses has forty packages of its own, and none of them is shipped.
$(VENV)/audit/.ready: Makefile
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1 bandit==1.9.4
	@touch $@

audit: $(VENV)/audit/.ready  ## look for known weaknesses in the locked packages, and for new ones in the code
	@$(VENV)/audit/bin/bandit -q -c pyproject.toml -r $(PACKAGES) && echo "bandit: nothing found"
	@$(VENV)/audit/bin/python .ci/audit.py requirements.lock requirements-extras.lock requirements-dev.lock

# mypy takes one core. Beside it pytest compiles the tests on the other, once instead of in each worker at the same time.
test: $(VENV)/.dev  ## everything that CI runs
	@$(MAKE) --no-print-directory -j 2 check collected
	$(PYTEST)

# A test that cannot be imported is told by the run itself.
collected: $(VENV)/.dev
	@$(BIN)/pytest --collect-only -qq >/dev/null 2>&1 || true

# Apart from `make test`: the tracer more than doubles the processor time of the tests.
coverage: $(VENV)/.dev  ## which lines and branches no test runs
	$(PYTEST) --cov --cov-report=term:skip-covered

format: $(VENV)/.dev  ## format and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev  ## the performance figures, as ratios
	$(BIN)/python -m benchmarks

UV_COMPILE = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet
EXTRAS = --extra postgres --extra workspaces --extra otel --extra sentry

lock: $(VENV)/.dev  ## renew the hashed locks (needs uv)
	$(UV_COMPILE) --extra build -o requirements.lock
	$(UV_COMPILE) --extra build $(EXTRAS) -c requirements.lock -o requirements-extras.lock
	$(UV_COMPILE) --extra build --extra dev -c requirements-extras.lock -o requirements-dev.lock

gallery: $(VENV)/.dev  ## draw every message in every language, gallery/index.html, and from them the README's pictures
	@PYTHONPATH=tests $(BIN)/python -m support.gallery gallery docs  # needs Chromium and an emoji font

translations: $(VENV)/.dev  ## bring the translations in line with the code, and compile them
	$(BIN)/pybabel -q extract -k _ -k ngettext:1,2 --no-wrap --sort-output --no-location --project=pandabot --version= -o handlers/locale/pandabot.pot handlers bot
	$(BIN)/pybabel -q update -i handlers/locale/pandabot.pot -d handlers/locale -D pandabot --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d handlers/locale -D pandabot
	rm handlers/locale/pandabot.pot

clean:  ## remove what make built
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis .coverage
