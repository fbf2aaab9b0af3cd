# `make help` lists the targets: it reads the words behind the double hash.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test test-full test-model check build bench bench-quality web fmt gen eval clean setup

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { sub(/\$$\$$/, "$$"); printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## set up, build and start the server on 127.0.0.1:8080, data in ./data
	@scripts/run

test: setup ## run every test, on both databases
	@scripts/test

test-full: setup ## the same, with the suites' long forms
	@scripts/test --full

test-model: setup ## talk with a small real language model and measure it (MODEL=/path.gguf for another)
	@scripts/test-model

check: setup ## form, lints, licences, generated files, scripts
	@scripts/check

build: web ## the optimised program, target/release/robofy
	cargo build --locked --release --bin robofy

bench: setup web ## measure the optimised program against a bare server: bench/out, docs/bench, README
	@scripts/bench

bench-quality: ## how much of the files and pages in $$ROBOFY_CASES is read rightly, per format and page
	cargo nextest run --locked --package robofy-knowledge --no-capture \
	  --filterset 'test(files_are_wholly_right) | test(business_pages) | test(articles_are_found)'

web: ## build the pages that the program carries
	@scripts/web

eval: ## measure search and answers on the question sets in $$ROBOFY_CASES
	@scripts/eval

fmt: ## format the code
	cargo fmt --all

gen: setup ## write the generated files anew
	@scripts/gen

setup: ## check and install what the tests need
	@scripts/setup test

clean: ## remove what was built and installed in this folder (not ./data)
	cargo clean
	rm -rf tests/*/node_modules tests/*/.venv web/node_modules web/*/node_modules web/*/dist
