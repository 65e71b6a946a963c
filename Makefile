# make app    set up and start the app on http://localhost:8501
# make test   set up what the tests need, a browser, PostgreSQL and HAProxy too, and run every check
# The others: test-deep (with the slow tests and many more random examples: hours), dev (app that follows your edits), format,
# bench, load, look, clean.

PORT ?= 8501
HOST ?= localhost
# A worker more than two processors have: browser tests wait as long as they compute.
JOBS ?= 3
PYTEST_ARGS ?=
PAGES ?= / /data /compare
PEOPLE ?= 400
PROCESSES ?= 2
SECONDS ?= 60
PYTHON_VENV = .venv/bin/python
# What failed is run once more by itself, and that counts: beside the others a browser may wait too long for its turn. The first
# failure stands in the log.
ALONE = $(PYTHON_VENV) -m pytest --last-failed --last-failed-no-failures none
STREAMLIT = $(PYTHON_VENV) -m streamlit run app.py --server.address $(HOST) --server.port $(PORT)

.PHONY: app dev test test-deep check format bench load look browser servers clean
.DEFAULT_GOAL := app

app: .venv/.app
	@exec $(STREAMLIT)

dev: .venv/.app
	@exec $(STREAMLIT) --server.fileWatcherType auto --server.runOnSave true --client.showErrorDetails full

test: check browser servers
	@$(PYTHON_VENV) -m compileall -q app.py pages lmmcompare
	$(PYTHON_VENV) -m pytest -n $(JOBS) $(PYTEST_ARGS) || $(ALONE) $(PYTEST_ARGS)

# The workers share the cores already: BLAS threads on top of them only wait for one another.
test: export OPENBLAS_NUM_THREADS = 1
test: export OMP_NUM_THREADS = 1
# Apps, workers and readers are started by the dozen: none compiles what another has compiled.
test: export PYTHONDONTWRITEBYTECODE =

test-deep: export HYPOTHESIS_PROFILE = slow
test-deep:
	$(MAKE) test PYTEST_ARGS='-m "slow or not slow" $(PYTEST_ARGS)'

check: .venv/.dev
	$(PYTHON_VENV) -m ruff check .
	$(PYTHON_VENV) -m ruff format --check .
	$(PYTHON_VENV) -m mypy

format: .venv/.dev
	$(PYTHON_VENV) -m ruff check --fix .
	$(PYTHON_VENV) -m ruff format .

bench: browser
	@scripts/setup bench
	$(PYTHON_VENV) -m benchmarks --write docs/benchmarks.md

# Many people at once on the app as it is deployed, on this machine only: make load PEOPLE=400 PROCESSES=2 SECONDS=60
load: .venv/.dev
	@scripts/setup load
	$(PYTHON_VENV) -m benchmarks.load --people $(PEOPLE) --processes $(PROCESSES) --seconds $(SECONDS)

look: browser
	@if [ -e ../shared/tools/look.py ]; then $(PYTHON_VENV) ../shared/tools/look.py build/look $(PAGES); \
	else echo "make look needs ../shared/tools/look.py, which is not here"; fi

browser: .venv/.dev
	@scripts/setup browser

servers:
	@scripts/setup postgres
	@scripts/setup load

# Stamps: a second run starts at once.
.venv/.app: requirements.txt scripts/setup
	@scripts/setup app
	@touch $@

.venv/.dev: .venv/.app pyproject.toml
	@scripts/setup dev
	@touch $@

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
