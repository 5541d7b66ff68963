# `make help` says what there is. Nothing here needs root; everything lands in .venv and var.
PORT ?= 8000
LMS_PORT ?= 8001
ONLY ?=
BIN := .venv/bin
# A process that compiles every module again, as some machines ask of Python, needs twice as long to begin.
COMPILING := unset PYTHONDONTWRITEBYTECODE &&
COMPILED := $(patsubst %.po,%.mo,$(wildcard lti_tool/translations/*/LC_MESSAGES/messages.po))
# A database with every migration applied, for Alembic to compare the models with.
SCRATCH = mkdir -p var && rm -f var/schema.sqlite3* && \
	export LTI_TOOL_DATABASE_URL=sqlite:///var/schema.sqlite3 LTI_TOOL_BASE_URL= LTI_TOOL_SECRET_KEY= && \
	$(BIN)/lti-tool db upgrade >/dev/null

.DEFAULT_GOAL := help
.PHONY: help install demo demo-reset test check bench openedx lock migration translations

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

install: .venv/.installed ## The environment alone, in .venv (PYTHON=python3.12 chooses another Python)

demo: .venv/.installed $(COMPILED) ## The tool in a small learning platform on this machine (PORT, LMS_PORT)
	@PORT=$(PORT) LMS_PORT=$(LMS_PORT) exec $(BIN)/lti-tool demo

demo-reset: ## Forget everything the demo has stored
	@rm -rf var && echo "The demo starts afresh next time."

test: .venv/.installed-dev $(COMPILED) ## The whole suite (ARGS="tests/quiz -x" chooses)
	@$(COMPILING) $(BIN)/python -m pytest -n auto -rs $(ARGS)

check: .venv/.installed-dev ## Style, types, directions of imports, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(COMPILING) $(SCRATCH) && $(BIN)/alembic check

bench: .venv/.installed-dev ## Measure; prints a table and writes .bench/results.json (ONLY=launch|arrivals|pool|inbox|matrix|import)
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

openedx: .venv/.installed-dev ## Open edX's platform code in an environment of its own, for its tests (200 MB)
	@$(BIN)/python -m tests.platforms.conftest

lock: .venv/.installed-dev ## Choose the newest versions anew and lock them with hashes, without addresses
	@for extras in "build:requirements" "build,dev:requirements-dev"; do \
		$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --upgrade --python-version 3.11 --quiet \
			--no-annotate --no-header --no-emit-index-url --no-emit-find-links \
			$$(echo "$${extras%%:*}" | sed 's/^/--extra /; s/,/ --extra /g') \
			-o "config/$${extras##*:}.txt" || exit 1; \
	done

migration: .venv/.installed-dev ## A new migration from what changed in the models (MESSAGE="add sessions")
	@$(SCRATCH) && $(BIN)/alembic revision --autogenerate -m "$(MESSAGE)" \
		--rev-id "$$(ls migrations/versions/*.py | wc -l | awk '{ printf "%04d", $$1 + 1 }')"

translations: .venv/.installed-dev ## Gather the texts anew, keep what is translated, compile
	@mkdir -p var
	@$(BIN)/pybabel -q extract -F config/babel.cfg -k _l --no-location --sort-output --omit-header -o var/messages.pot .
	@$(BIN)/pybabel -q update -i var/messages.pot -d lti_tool/translations \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(BIN)/pybabel -q compile -d lti_tool/translations

# An install compiles them, too; this is for a checkout whose translations changed since.
%.mo: %.po | .venv/.installed
	@$(BIN)/pybabel -q compile -i $< -o $@

.venv/.installed: config/requirements.txt config/install.sh config/hatch_build.py pyproject.toml
	@PYTHON="$(PYTHON)" sh config/install.sh config/requirements.txt
	@touch $@

.venv/.installed-dev: config/requirements-dev.txt .venv/.installed
	@PYTHON="$(PYTHON)" sh config/install.sh config/requirements-dev.txt
	@touch $@
