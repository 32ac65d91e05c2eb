# LSTM Lessons. `make` alone lists what there is.
#
# Variables: PYTHON=/path/to/python3 for the first install, LAB_ARGS for JupyterLab
# (LAB_ARGS="--port=9000 --no-browser"), FRESH for the lessons to begin anew (FRESH="01 02"), TESTS
# and WORKERS for the tests (TESTS=tests/test_cell.py), NAMES for the notebooks to execute
# (NAMES="01 02"), PARTS for what `make bench` measures (PARTS="lessons slider playground decks site install"),
# BENCH_ARGS for the benchmarks and record-gpu (BENCH_ARGS="--device cuda" for the ladder;
# BENCH_ARGS=--help lists them), REPOSITORY for the site's links to Binder and Colab (REPOSITORY=owner/name on GitHub),
# ADDRESS for where the site will stand, if not on its GitHub Pages (ADDRESS=https://example.org/lstm/),
# UNTIL and WORD for when learners' copies open their solutions (UNTIL=2026-12-24), NBGRADER=1 for a course of nbgrader,
# FOLDER for what to grade and SECONDS for an answer (30).

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
TESTS   ?= notebooks tests
WORKERS ?= 2
JAVASCRIPT := 'lstm_lessons/**/*.{mjs,js}'

.DEFAULT_GOAL := help
.PHONY: help lab slides student grade worksheets site test test-cpu lint format notebooks study bench bench-ladder record-gpu clean
.DELETE_ON_ERROR:

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: $(VENV)/installed-lab  ## open your copies of the lessons, work/, in JupyterLab (installs on first use)
	@$(BIN)/python -m lstm_lessons.workcopy $(FRESH)
	@exec $(BIN)/jupyter lab --ip=127.0.0.1 --ServerApp.root_dir=. \
	  --LabApp.default_url=/lab/tree/work/00_start_here.ipynb \
	  --LabApp.workspaces_dir=$(CURDIR)/$(VENV)/share/jupyter/lab/workspaces \
	  --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate \
	  $$(test "$$(id -u)" != 0 || echo --allow-root) $(LAB_ARGS)

slides: $(VENV)/installed-publish  ## write each lesson's lecture as one file of slides, in build/slides
	@$(BIN)/python -m lstm_lessons.publish.slides $(if $(FULL),--full) $(NAMES)

student: $(VENV)/installed-publish  ## write the lessons for learners: no notes, no results, solutions locked
	@$(BIN)/python -m lstm_lessons.publish.student $(if $(UNTIL),--until "$(UNTIL)") $(if $(WORD),--word "$(WORD)") \
	  $(if $(NBGRADER),--nbgrader) $(NAMES)

grade: $(VENV)/installed-publish  ## grade a folder of handed-in notebooks, FOLDER=..., into build/grade
	@$(BIN)/python -m lstm_lessons.publish.grade "$(FOLDER)" $(if $(SECONDS),--seconds "$(SECONDS)")

worksheets: $(VENV)/installed-publish  ## write each lesson's worksheet, its key, and its questions in GIFT
	@$(BIN)/python -m lstm_lessons.publish.worksheets $(NAMES)

site: $(VENV)/installed-publish  ## write the lessons as a web site, in build/site
	@$(BIN)/python -m lstm_lessons.publish.site $(if $(REPOSITORY),--repository "$(REPOSITORY)") \
		$(if $(ADDRESS),--address "$(ADDRESS)")

# A worker takes a whole file at a time, in the order of tests/conftest.py; by itself xdist sorts by
# the number of tests, and a worker ends with seven lessons in JupyterLab. Some fifty kernels import
# our modules: where Python was told to keep no bytecode, each would compile them anew.
test: $(VENV)/installed-test  ## run every test, the notebooks too (installs on first use)
	@$(BIN)/python -m tests.browser.install
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
	  --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg --nbval-cell-timeout 300 $(TESTS)

# A claim must not hang on the order in which one kind of processor adds.
test-cpu: $(VENV)/installed-test  ## run the lessons again, with PyTorch's code for the plainest processor
	@ATEN_CPU_CAPABILITY=default $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile \
	  --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg --nbval-cell-timeout 300 notebooks

lint: $(VENV)/installed-test  ## check the style of the code, and the spelling of every text
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/oxlint --deny-warnings lstm_lessons
	@$(BIN)/oxfmt --check $(JAVASCRIPT)
	@$(BIN)/typos

format: $(VENV)/installed-test  ## bring the code and the notebooks into that style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/oxlint --fix lstm_lessons
	@$(BIN)/oxfmt $(JAVASCRIPT)
	@$(BIN)/python -m lstm_lessons.authoring.notebooks --no-run
	@$(BIN)/python -m lstm_lessons.authoring.article
	@$(BIN)/python -m lstm_lessons.authoring.course
	@$(BIN)/python -m lstm_lessons.authoring.minutes

notebooks: $(VENV)/installed-test  ## execute the notebooks and write them in the committed form
	@$(BIN)/python -m lstm_lessons.authoring.notebooks $(NAMES)

study: $(VENV)/installed-test  ## run the studies of lessons 4, 5 and 12 again (goes on where it stopped)
	@$(BIN)/python -m lstm_lessons.authoring.study notebooks/04_bidirectional_lstm.ipynb \
	  --folder build/study/voices --record lstm_lessons/data/voices_study.json
	@$(BIN)/python -m lstm_lessons.authoring.study notebooks/05_regularization.ipynb \
	  --folder build/study/regularization --record lstm_lessons/data/regularization_study.json
	@$(BIN)/python -m lstm_lessons.authoring.study notebooks/12_speech.ipynb --seeds 6 \
	  --folder build/study/speech --record lstm_lessons/data/speech_study.json

bench: $(VENV)/installed-test  ## measure what the lessons cost: time, memory, sliders, slides, site
	@$(BIN)/python -m tests.browser.install
	@$(BIN)/python -m tests.benchmarks.page $(NAMES) $(if $(PARTS),--parts $(PARTS)) $(BENCH_ARGS)

bench-ladder: $(VENV)/installed-lab  ## measure how long an LSTM takes, and how to make it faster
	@$(BIN)/python -m lstm_lessons.benchmark.lstm $(BENCH_ARGS)

# A machine with a GPU may have torch and no network: then its own Python runs the module.
record-gpu:  ## measure all of lesson 6's section on GPUs, on yours (goes on where it stopped)
	@if "$(PYTHON)" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' 2>/dev/null; \
	then exec "$(PYTHON)" -m lstm_lessons.benchmark.gpu $(BENCH_ARGS); fi; \
	$(MAKE) --no-print-directory $(VENV)/installed-lab && exec $(BIN)/python -m lstm_lessons.benchmark.gpu $(BENCH_ARGS)

clean:  ## remove .venv and everything else that make created, but your copies of the lessons
	@rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .hypothesis
	@find . -path ./work -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) \
	  -type d -prune -exec rm -rf {} +

# --- Set-up ---------------------------------------------------------------------------------

# The stamp is written last, so an install that failed half-way is done again next time.
$(VENV)/installed-lab: EXTRAS := lab
$(VENV)/installed-publish: EXTRAS := publish
$(VENV)/installed-test: EXTRAS := lab,publish,test,lint
$(VENV)/installed-lab $(VENV)/installed-publish $(VENV)/installed-test: pyproject.toml constraints.txt
	@$(python_works)
	@$(venv_works)
	@$(install)
	@$(BIN)/python -m lstm_lessons.lab >>$(VENV)/install.log
	@touch $@

fail = { echo "$(1)" >&2; exit 1; }

define python_works
command -v "$(PYTHON)" >/dev/null || \
  $(call fail,No '$(PYTHON)' here. Install Python 3.11 or newer$(,) or name one: make PYTHON=/path/to/python3 $(MAKECMDGOALS)); \
version=$$("$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])') || \
  $(call fail,'$(PYTHON)' does not start. Name a Python 3.11 or newer: make PYTHON=/path/to/python3 $(MAKECMDGOALS)); \
"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
  $(call fail,'$(PYTHON)' is Python $$version; 3.11 or newer is needed. Name one: make PYTHON=/path/to/python3 $(MAKECMDGOALS)); \
"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
  $(call fail,'$(PYTHON)' lacks its venv module. On Debian or Ubuntu: apt-get install python3-venv)
endef

# A .venv whose Python or pip does not start (interrupted, moved, its Python gone) is made anew.
define venv_works
"$(BIN)/python" -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear $(VENV) || \
  $(call fail,Could not make $(VENV); what went wrong stands above)
endef

define install
"$(BIN)/python" -m lstm_lessons.install --extras "$(EXTRAS)"
endef

, := ,
