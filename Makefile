PYTHON ?= .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help venv run check format lint types layers test faults browser bench translations

help: ## what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 16

venv: ## a virtual environment with all that tests and checks need
	python3 -m venv .venv
	.venv/bin/pip install -r requirements-dev.txt -r requirements-district.txt

run: ## the demo at http://127.0.0.1:8080
	$(PYTHON) run.py --demo

check: lint types layers translations test ## everything that needs no browser and no server

format: ## lay the code out and sort imports
	$(PYTHON) -m ruff check --fix-only --quiet .
	$(PYTHON) -m ruff format .

lint: ## style and likely mistakes
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types: ## types, strict for the platform and the services
	$(PYTHON) -m mypy

layers: ## imports go downward only
	$(dir $(PYTHON))lint-imports

test: ## the suite on SQLite
	$(PYTHON) -m pytest

faults: ## the real server killed, starved and cut off
	$(PYTHON) -m pytest -m faults

browser: ## journeys in Chromium
	$(PYTHON) -m pytest -m browser

bench: ## what it costs to find somebody among 500,000 people, and how fifty people at work fare
	$(PYTHON) -m benchmarks.people
	$(PYTHON) -m benchmarks.load

translations: ## each word has its Chinese
	$(PYTHON) -m app.catalog check
