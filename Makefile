# `make run` and `make test` are all that a fresh machine with Rust needs; see README.md.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run check test test-all reliability bench install install-all install-bench tests tests-all corpora doc api

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
# What the conformance kit of the contract holds is compiled only where it is asked for.
FEATURES := --features cellier-sdk/testkit

help:
	@echo "make run          build the server and start it on http://127.0.0.1:8080, with everything under ./data"
	@echo "make test         everything that CI runs: check, documentation, the HTTP API, tests; installs what it lacks"
	@echo "make test-all     make test, and also the tests that fetch from the network or take long"
	@echo "make check        formatting and lints"
	@echo "make reliability  everything that can go wrong, for half an hour; writes the figures into docs/reliability.md"
	@echo "make bench        measures Cellier beside peers and limits, and writes docs/benchmarks.md; wants a machine at rest"

run:
	$(CARGO) run --release --locked -p cellier-server --bin cellier

check:
	@echo "== Formatting"
	$(CARGO) fmt --all --check
	@echo "== Lints"
	$(CARGO) clippy --workspace --all-targets $(FEATURES) --locked -- -D warnings

# The tests stand last, so that their summary closes the output.
test: install check doc api corpora tests
test-all: install install-all check doc api corpora tests-all

reliability: figures := docs/reliability.md
reliability:
	@echo "== Faults, and the figures of $(figures)"
	sed -i '/^| [a-z]/d' $(figures)
	CELLIER_RELIABILITY=$(CURDIR)/$(figures) $(CARGO) test --locked -p cellier-tests --test stories faults:: -- --include-ignored

install:
	@echo "== What the tests need"
	@.ci/install

# Garage: the object storage that the blob suite also runs on, as a cluster of three.
install-all:
	@echo "== What the further tests need"
	@.ci/garage

doc:
	@echo "== Documentation: every link leads somewhere"
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked

api:
	@echo "== The HTTP API against its own OpenAPI document"
	$(CARGO) build --locked -p cellier-server --bin cellier
	@.ci/schemathesis $(TARGET)/debug/cellier

corpora:
	@echo "== What fuzzing ever found, once more"
	$(CARGO) test --manifest-path fuzz/Cargo.toml --target-dir $(TARGET) --locked

tests:
	@echo "== Tests"
	$(CARGO) test --workspace $(FEATURES) --locked --no-fail-fast

tests-all:
	@echo "== Tests, also those that fetch from the network or take long"
	$(CARGO) test --workspace $(FEATURES) --locked --no-fail-fast -- --include-ignored

install-bench:
	@.ci/install-bench

bench: install-bench
	$(CARGO) build --release --locked -p cellier-server --bin cellier
	$(CARGO) build --release --locked -p cellier-bench
	$(TARGET)/release/cellier-bench
