# `make` prints this help. Everything is built inside this folder (.venv, .venv-auditors, .venv-peers, out).
.DEFAULT_GOAL := help
SHELL := /bin/sh
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH
unexport PYTHONHOME

.PHONY: help demo test setup lock docs wheel bench peers clean

help: ## print this help
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 18

demo: ## build .venv, evaluate the target-date example, write out/demo/report.html
	@sh tools/setup.sh run
	.venv/bin/alts401k evaluate examples/target-date-cit --out out/demo

test: setup ## set up everything and run every test
	.venv/bin/python -m pytest -n auto --dist loadfile $(ARGS)

setup: ## build the environments of the tests, and the two programs they call
	@sh tools/setup.sh system
	@sh tools/setup.sh auditors
	@sh tools/setup.sh test

lock: ## pin the newest allowed versions in requirements/*.lock
	@sh tools/setup.sh run
	@sh tools/lock.sh

docs: ## write docs/cli.md again from the help of the command
	@sh tools/setup.sh run
	.venv/bin/python tools/cli_doc.py

wheel: ## build dist/alts401k-*.whl, which works without this folder
	@sh tools/setup.sh run
	.venv/bin/python -m hatchling build --target wheel

bench: ## measure speed (an idle machine gives the numbers of docs/benchmarks.md)
	@sh tools/setup.sh test
	.venv/bin/python -m benchmarks $(ARGS)

peers: ## the plain work beside other programs, from .venv-peers (VECTORBT=yes adds vectorbt, not free to sell)
	@sh tools/setup.sh $(if $(filter yes,$(VECTORBT)),vectorbt,peers)
	@.venv-peers/bin/alts401k bench peers $(ARGS)

clean: ## remove everything that was built here
	rm -rf .venv .venv-auditors .venv-peers out dist build .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
