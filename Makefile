# Everyday commands. Each starts from whatever state the checkout is in; the work is done by scripts/.

PREFIX ?= /usr/local
DESTDIR ?=

.DEFAULT_GOAL := help
.PHONY: help setup build-setup build build-c build-node build-php build-python env demo test test-rust test-sandbox test-c test-python test-node test-php test-vectors test-e2e \
	bench bench-weight docs wheels packages lint format generate check-generated install install-php clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Install what this machine lacks (packages, Python and Node.js tools)
	@scripts/setup

# What the build itself needs; the tools that only tests and generators need take a minute longer.
build-setup:
	@scripts/setup system python node

build: build-setup ## Build the library for C, Python, Node.js and PHP, and the command line
	@scripts/build

build-c: ## Build the library for C only
	@scripts/setup c
	@scripts/build c

build-node: ## Build the library for Node.js only
	@scripts/setup c node
	@scripts/build node

build-php: ## Build the library for PHP only
	@scripts/setup php
	@scripts/build php

build-python: ## Build the library for Python only
	@scripts/setup c python
	@scripts/build python

env: ## Print shell lines that make the built packages found from any folder: eval "$(make -s env)"
	@scripts/setup system python node >&2
	@scripts/build >&2
	@scripts/env

demo: build ## Deliver genuine and forged events to each example receiver, and let the sandbox deliver to them; KEEP=1 keeps it running
	@demo/run

test: setup build ## Run every test, linter and check, with a summary at the end
	@scripts/test

test-rust: setup ## Run the tests of the core and its documentation
	@scripts/test rust rust-docs no-std

test-sandbox: setup ## Run the tests of the sandbox, its dashboard and the command line
	@scripts/test sandbox

test-c test-python test-node test-php: test-%: setup build
	@scripts/test $*

test-c: ## Run the tests of the C library
test-python: ## Run the tests of the Python package
test-node: ## Run the tests of the Node.js package
test-php: ## Run the tests of the PHP extension

test-vectors: setup build ## Run the vectors in each language and compare what they observed
	@scripts/test rust c python node php verdicts

test-e2e: setup build ## Run the tests across languages: receivers over HTTP, installs, hostile bodies
	@scripts/test end-to-end packages

# Some parts only, without writing the documentation: BENCH=python,rust make bench
bench: build ## Compare the speed with what would be used instead, and write docs/benchmarks.md (BENCH=python,node,…)
	@scripts/setup bench profile
	@bench/run $(shell echo "$(BENCH)" | tr ',' ' ')

docs: setup build ## Build the documentation site and the API reference of each language: target/docs/index.html
	@scripts/docs

bench-weight: build ## Compare the sizes of the packages and the times to load them, and write docs/benchmarks.md
	@scripts/setup bench
	@bench/weigh

wheels: setup ## Build a wheel for each CPython that is here, and the source distribution, to target/packages/python
	@scripts/setup profile
	@scripts/wheels

packages: build wheels ## Build what is released, for this system: wheels, npm packages, archives for C and PHP, the command line; to target/packages
	@scripts/package-c
	@scripts/package-php
	@node bindings-node/pack.mjs target/packages/node
	@scripts/package-cli

lint: setup ## Check formatting and run every linter
	@scripts/test 'format-*' 'lint-*'

format: build-setup ## Format the Rust and Python sources in place
	@scripts/format

generate: setup ## Regenerate the generated files (C header, events of each language, vectors)
	@scripts/generate

check-generated: setup ## Compare the generated files with what their generators make
	@scripts/test generated

install: build-c ## Build and install the C library, header, pkg-config and CMake files (PREFIX=/usr/local, DESTDIR=)
	@scripts/install-c "$(DESTDIR)$(PREFIX)" "$(PREFIX)"

install-php: build-php ## Build and install the PHP extension, and enable it (DESTDIR=)
	@DESTDIR="$(DESTDIR)" bindings-php/install

clean: ## Remove everything that was built or installed into this checkout
	@scripts/clean
