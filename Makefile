# Everything a fresh machine with Python 3.11 and make needs; targets are the same for people and for CI.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo serve test test-long lint translations bench clean

demo: $(VENV)/.runs ## set up, live through a joint campaign of the sample city, serve it
	$(BIN)/yaohao demo --out demo

serve: $(VENV)/.runs ## show the finished demo on 127.0.0.1:8000
	$(BIN)/yaohao serve --database sqlite:///demo/demo.db

test: $(VENV)/.tests ## set up and run the tests
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-long: $(VENV)/.tests ## everything, with the tests that take long
	$(BIN)/python -m pytest -n 2 --dist worksteal --long

lint: $(VENV)/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

translations: $(VENV)/.runs ## collect the texts of the pages, and compile their English
	$(BIN)/pybabel -q extract -F web/translations/babel.cfg --no-location --sort-output -o web/translations/messages.pot web
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --width=110 -i web/translations/messages.pot -d web/translations -l en
	$(BIN)/pybabel -q compile -d web/translations
	rm web/translations/messages.pot

bench: $(VENV)/.benches ## measure, and write benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks.run

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; call make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runs: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.tests: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/.runs

$(VENV)/.benches: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,bench]'
	@touch $@ $(VENV)/.tests $(VENV)/.runs

clean:
	rm -rf $(VENV) demo build *.egg-info
