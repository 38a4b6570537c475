# make run   set everything up and open the window, connected to the local tenant (without a screen: a tour that writes pictures)
# make test  set everything up and run every check
# make venv  set everything up; then .venv/bin/optave-inspector runs
# make package        freeze the app into dist/ and prove it there (PACKAGE_ARGS=--twice, --start-time)
# make package-check  build wheel and sdist, install them into fresh environments from the index, run the self-test there
# make bench run the benchmarks, print a table, write build/bench.json

PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11; do \
	"$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo "$$candidate" && break; done)
BIN := .venv/bin
READY := .venv/.ready

.PHONY: run test venv bench check docs package package-check clean

run: $(READY)
	@$(BIN)/python packaging/qt_libraries.py --screen
	@$(BIN)/optave-inspector demo --output build/tour

test: check
	@$(BIN)/python packaging/qt_libraries.py
	@rm -f .coverage .coverage.*
	QT_QPA_PLATFORM=offscreen $(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

venv: $(READY)

bench: $(READY)
	@$(BIN)/python packaging/qt_libraries.py
	@mkdir -p build
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.benchmarks --output build/bench.json

docs: $(READY)
	@mkdir -p build
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m optave_inspector.ui.automation > build/automation.md && mv build/automation.md docs/automation.md
	$(BIN)/python -m optave_inspector.protocol.known_faults > build/sdk-faults.md && mv build/sdk-faults.md docs/sdk-faults.md
	$(BIN)/python -m optave_inspector.otlp.attributes > build/opentelemetry.md && mv build/opentelemetry.md docs/opentelemetry.md
	$(BIN)/python -m optave_inspector.repro.manual > build/recipes.md && mv build/recipes.md docs/recipes.md
	$(BIN)/python -m optave_inspector.repro.schema > build/recipe.schema.json && mv build/recipe.schema.json resources/recipes/
	$(BIN)/python -m optave_inspector.manual docs/manual
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m optave_inspector.ui.manual_shortcuts > build/shortcuts.md && mv build/shortcuts.md docs/manual/shortcuts.md
	sh packaging/make_pictures.sh

package: $(READY)
	@$(BIN)/python packaging/qt_libraries.py
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,packaging]'
	QT_QPA_PLATFORM=offscreen $(BIN)/python packaging/frozen.py $(PACKAGE_ARGS)

package-check: $(READY)
	@$(BIN)/python packaging/qt_libraries.py
	$(BIN)/python packaging/wheel_check.py

$(READY): pyproject.toml constraints.txt packaging/prepare_venv.sh
	@sh packaging/prepare_venv.sh "$(PYTHON)"
	@touch $(READY)

clean:
	rm -rf .venv build dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
