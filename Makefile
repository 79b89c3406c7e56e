# The two commands that a newcomer needs are "make demo" and "make test".
VENV ?= .venv
PY := $(VENV)/bin
# Numeric libraries start a thread for each core; two test processes of one thread each are faster here.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
SOURCES := agent cli core perception planners prompts robots sim skills src tests tools examples setup.py

.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo test test-slow fuzz bench-planners bench-language bench-public api lint format types check media wheel clean

help:            ## show this list
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 14

setup:           ## make .venv with everything that running needs; seconds when nothing is missing
	@VENV=$(VENV) tools/setup.sh core

setup-test:      ## the same, with what the tests need
	@VENV=$(VENV) tools/setup.sh test

demo: setup      ## set up, then do the main job: one sentence in, one finished task out
	@$(PY)/handsel run "put the red block in the bowl"

test: setup-test ## set up what is missing, then run the tests
	@$(ONE_THREAD) $(PY)/pytest -q -m "not slow" -n 2 --dist loadfile

test-slow: setup-test ## the long tests
	@$(ONE_THREAD) $(PY)/pytest -q -m slow

lint: setup-test ## style of code and docstrings
	@$(PY)/ruff check $(SOURCES)
	@$(PY)/ruff format --check $(SOURCES)

format: setup-test ## put the code into its standard form
	@$(PY)/ruff check --fix $(SOURCES)
	@$(PY)/ruff format $(SOURCES)

types: setup-test ## check the types
	@$(PY)/pyright

check: lint types test ## lint, types and tests

fuzz: setup-test ## read 20,000 hostile texts: programs, ReKep's form and problem files
	@$(ONE_THREAD) $(PY)/python -m tests.planners.fuzzing --texts 20000 --json build/fuzz.json

bench-planners: setup ## measure the planners against the field's solver; long, and goes on where it was broken off
	@$(ONE_THREAD) $(PY)/python -m benchmarks.planners --out build/bench/planners.jsonl
	@$(ONE_THREAD) $(PY)/python -m benchmarks.joint_space --scenes 100 --seed 0 --json build/bench/joint_space.json
	@$(ONE_THREAD) $(PY)/python benchmarks/stages.py --scenes 100 --seed 0
	@$(ONE_THREAD) $(PY)/python -m benchmarks.value_maps --seeds 10 --json build/bench/value_maps.json

bench-language: setup-test ## weigh options with a local model: the prompt read once against once for each option
	@$(ONE_THREAD) $(PY)/python benchmarks/language.py --json build/language.json

bench-public: setup ## public benchmarks whose environment and instructions are there; lists what is missing
	@PY=$(PY) tools/bench_public.sh

api: setup-test  ## write the reference of every module, from its docstrings, into build/api
	@rm -rf build/api
	@$(ONE_THREAD) $(PY)/pdoc -d google --no-show-source -o build/api handsel
	@echo build/api/index.html

media: setup     ## make the README's moving picture from a real run
	@$(PY)/handsel run "put the red block in the bowl" --out build/media
	@$(PY)/python tools/make_media.py build/media docs/media/demo.gif

wheel: setup     ## build the wheel into dist/
	@rm -rf build/lib build/bdist* dist
	@$(PY)/python -m pip wheel -q --no-deps -w dist .

clean:           ## remove what was built; .venv stays
	@rm -rf build dist .dev *.egg-info .pytest_cache .ruff_cache .hypothesis
