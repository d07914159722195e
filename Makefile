# Fleet: everything a developer types. `make` alone lists the targets.
PORT ?= 8000
STATE ?= .state
unexport PYTHONDONTWRITEBYTECODE # every process would compile the whole product again
PY := .venv/bin/python
MANAGE := $(PY) manage.py
SOURCES := accounts audit cars contracts customers files fleet notifications deploy tests manage.py
# Commands for developers reach the services of `make up` (or of a running demo) through the file it writes.
DEV = test -f "$(STATE)/env" || { echo "Nothing runs from $(STATE): make up first." >&2; exit 1; }; . "$(STATE)/env";
PRODUCTION := FLEET_ENVIRONMENT=production FLEET_ALLOWED_HOSTS=fleet.example.com \
	FLEET_SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')"

.DEFAULT_GOAL := help
.PHONY: help demo test check inspect types style settings schema fmt up down migrate seed worker shell bench load

help: ## List what make can do here
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/ready: bootstrap.sh pyproject.toml uv.lock
	@./bootstrap.sh
	@touch $@

demo: .venv/ready ## Run the company until Ctrl-C: PORT=8000 STATE=.state choose where
	@exec $(MANAGE) demo --port "$(PORT)" --state "$(STATE)"

test: .venv/ready ## Run all tests in parallel on real PostgreSQL, Valkey and S3
	@exec .venv/bin/pytest -n auto --dist loadfile --no-loadscope-reorder

check: .venv/ready ## Everything CI demands: format, lint, layers, settings, schema, types, tests
	@FLEET_ENVIRONMENT=test $(PY) -m fleet.local.run -- $(MAKE) --no-print-directory inspect
	@$(MAKE) --no-print-directory test

# The part of `check` that runs no test; it needs the services because Django's own checks ask the database.
inspect:
	@$(MAKE) --no-print-directory --jobs 2 --output-sync types style settings schema

types:
	.venv/bin/mypy --no-incremental # a warm cache loses related managers of models that changed

style:
	.venv/bin/ruff format --check --quiet $(SOURCES)
	.venv/bin/ruff check --quiet $(SOURCES)
	.venv/bin/lint-imports

settings:
	$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run

schema:
	$(MANAGE) spectacular --validate --fail-on-warn --file /dev/null

fmt: .venv/ready ## Format the code and repair what the linter can
	@.venv/bin/ruff check --fix-only --quiet $(SOURCES)
	@.venv/bin/ruff format $(SOURCES)

up: .venv/ready ## Start PostgreSQL, Valkey and S3 in the background
	@exec $(MANAGE) up --state "$(STATE)"

down: .venv/ready ## Stop what make up has started
	@exec $(MANAGE) down --state "$(STATE)"

migrate: .venv/ready ## Apply migrations to the database of make up
	@$(DEV) exec $(MANAGE) migrate

seed: .venv/ready ## Fill the database of make up with a believable company
	@$(DEV) exec $(MANAGE) seed

worker: .venv/ready ## Run a Celery worker with beat beside make up
	@$(DEV) exec .venv/bin/celery -A fleet worker --loglevel INFO --beat --schedule "$(STATE)/beat-schedule"

shell: .venv/ready ## Open a Python shell with the models loaded
	@$(DEV) exec $(MANAGE) shell

load: .venv/ready ## Two minutes of staff, integrators and 2,000 connections: writes docs/performance.md
	@UV_PROJECT_ENVIRONMENT=.tools/load ./bootstrap.sh --only-group load
	@FLEET_ENVIRONMENT=test exec $(PY) -m fleet.local.run -- $(PY) -m tests.load.run

bench: .venv/ready ## Measure the hot endpoints on services of its own
	@FLEET_ENVIRONMENT=test exec $(PY) -m fleet.local.run -- $(MANAGE) bench
