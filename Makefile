# make run      make .venv, install what the app needs, serve it on http://127.0.0.1:8501
# make test     the same environment plus what tests need, then every test, browser tests included
# make lint     style, formatting and import direction
# make models   rebuild the pretrained checkpoints in models/
# make pictures redraw the pictures in docs/ from the real app
# make demo-data  regenerate the film club's files
#
# Settings: PYTHON=python3.12 PORT=8501 ADDRESS=127.0.0.1 VENV=.venv
#           TORCH_INDEX=https://download.pytorch.org/whl/cpu   the small CPU build of torch on Linux

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8501
ADDRESS ?= 127.0.0.1
TORCH_INDEX ?=

PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
TORCH := $(shell sed -n 's/^\(torch==[^ ]*\).*/\1/p' requirements.txt)

.PHONY: run install test browser lint models pictures demo-data

run: $(VENV)/.installed
	@exec $(PY) -m gnnrec serve --port $(PORT) --address $(ADDRESS)

install: $(VENV)/.installed

# The stamps are newer than the requirements they stand for, so a second start installs nothing.
$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' || { \
	  echo "gnnrec needs Python 3.11 to 3.14, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 2; }
	@echo "Installing into $(VENV) what requirements.txt lists. To download, where pip has not kept it already:"
	@echo "  Linux: about 2.9 GB with torch's CUDA build; 0.4 GB with TORCH_INDEX=https://download.pytorch.org/whl/cpu"
	@echo "  macOS and Windows: about 0.3 GB"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || { \
	  echo "Python has no venv module here; on Debian and Ubuntu: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 2; }
ifneq ($(strip $(TORCH_INDEX)),)
	$(PIP) install --no-deps --index-url $(TORCH_INDEX) $(TORCH)
endif
	$(PIP) install -r requirements.txt
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed requirements-test.txt
	@echo "Installing what the tests need: about 60 MB."
	$(PIP) install -r requirements-test.txt
	@touch $@

# One thread per process: two pytest processes with two threads each only get in each other's way on two cores.
test: export OMP_NUM_THREADS ?= 1
test: $(VENV)/.installed-test browser
	$(PY) -m pytest -n 2 -m "not browser" --durations=15
	$(PY) -m pytest -n 2 --dist worksteal -m browser --durations=10

# Finds a Chromium for the browser tests, or installs one where it can; only in CI is a missing one an error.
browser: $(VENV)/.installed-test
	@$(PY) -m tests.chromium

lint: $(VENV)/.installed-test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/lint-imports

models: $(VENV)/.installed
	$(PY) -m gnnrec.runs.shipped

pictures: $(VENV)/.installed-test browser
	$(PY) docs/pictures.py
	$(PY) docs/long_tail.py

demo-data: $(VENV)/.installed
	$(PY) -m gnnrec.datasets.film_club
