# Every target makes what it needs first: Debian packages where it may, and the environment in .venv.

PYTHON ?= python3
BIN := .venv/bin
# The tests of the window need a screen; a virtual one does.
SCREEN := xvfb-run -a -s '-screen 0 1600x1000x24 +extension GLX'

# Downloads and settings are kept in the home folder; where none can be written, beside the build.
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export HOME := $(CURDIR)/build/home
endif
# Python keeps what it compiles in .venv: else each command would compile torch again, for ten seconds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo app test test-readme test-all lint installer demo-model ladder screenshots

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

demo: .venv/.ready ## Simulate a small screen, score it with the shipped model, show it
	$(BIN)/deepnoise demo --out demo

app: .venv/.ready ## Open the window
	$(BIN)/deepnoise

test: .venv/.ready ## Run the tests that take seconds
	OMP_NUM_THREADS=1 $(SCREEN) $(BIN)/python -m pytest -n 2 --dist worksteal -m 'not slow and not benchmark'

test-readme: .venv/.ready ## Run every command of the README, one after the other, without a network
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/packaging/test_readme.py

test-all: .venv/.ready ## Run all tests and benchmarks, one after the other
	$(SCREEN) $(BIN)/python -m pytest -s

lint: .venv/.ready ## Check style, types, imports and spelling
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/typos

installer: .venv/.ready ## Build the installers of this system into dist/
	$(BIN)/python installer/build.py

# In one thread: the number of cores changes what rounding leaves, and with it the model.
demo-model: .venv/.ready ## Train the shipped demo model anew (ten minutes or less)
	rm -rf build/demo-model
	$(BIN)/deepnoise simulate build/demo-model/screen --experiments 24 --unlabelled 0 --size 64
	OMP_NUM_THREADS=1 $(BIN)/deepnoise train build/demo-model/screen --recipe models/demo/recipe.toml --out build/demo-model/run
	cp build/demo-model/run/model/model.json build/demo-model/run/model/model.safetensors models/demo/

ladder: .venv/.ready ## Climb the ladders of docs/ladder.md anew (hours on two cores; goes on after a stop)
	$(BIN)/deepnoise ladder build/ladder/screen --out build/ladder/laptop --ladder laptop --simulate
	$(BIN)/deepnoise ladder build/ladder/screen-2 --out build/ladder/second --ladder second --simulate --no-beside
	$(BIN)/deepnoise ladder build/ladder/screen-3 --out build/ladder/sweep --ladder sweep --simulate

screenshots: .venv/.ready ## Take the pictures of the window anew, from simulated plates
	$(SCREEN) $(BIN)/python tests/screenshots.py
	PYTHONPATH=installer $(SCREEN) $(BIN)/python tests/installer/pictures.py resources/screenshots/setup

# uv installs, in seconds; pip only brings uv.
.venv/.ready: pyproject.toml constraints.txt
	@mkdir -p "$$HOME"
	@.ci/system-packages
	@test -x $(BIN)/python || "$(PYTHON)" -m venv --without-pip .venv
	@$(BIN)/python -c 'import uv' 2>/dev/null || uv pip install -q -p .venv uv 2>/dev/null || \
		{ $(BIN)/python -m ensurepip >/dev/null && $(BIN)/python -m pip install -q uv; }
	$(BIN)/python -m uv pip install -q -p .venv -c constraints.txt -e '.[app,harmony]' --group dev
	@touch $@
