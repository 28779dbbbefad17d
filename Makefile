# The commands of the README. `make demo` and `make test` need Debian or Ubuntu and a Rust
# toolchain; they install what else is missing (deploy/setup).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build demo test simulate faults fuzz lint deny bench fmt clean

BINARY := $(or $(CARGO_TARGET_DIR),target)/release/countersign

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what a bare machine lacks
	@deploy/setup

build: setup ## the release binary, target/release/countersign
	cargo build --release --locked

demo: build ## four validators on this machine and two days on the Pearl River
	$(BINARY) demo

test: setup build ## every test
	cargo fmt --all --check
	cargo test --release --locked --workspace

# The test's own words are left out, so that the last line is the sum.
# The whole workspace, so that what `make test` has built is used and RocksDB is not built again.
simulate: setup ## faults without end on a simulated network: HEIGHTS=n SEED=s
	@SIMULATE_HEIGHTS=$(or $(HEIGHTS),10000) SIMULATE_SEED=$(or $(SEED),0) \
	cargo test --release --locked --quiet --workspace --lib \
	    simulation::tests::as_long_as_asked -- --ignored --nocapture \
	| grep -v -e '^$$' -e '^running [01] test' -e '^test result' -e '^\.$$'

faults: setup build ## power cuts, frozen nodes and bad lines, at full length: some 25 minutes
	COUNTERSIGN_FAULTS=full cargo test --release --locked --workspace \
	    --test crashes --test networks -- --nocapture --test-threads 1

# Needs cargo-fuzz and a nightly toolchain. Two crates: contracts/fuzz, and client/fuzz with the key
# files; `deploy/fuzz SECONDS client/fuzz` runs one alone. Seeds are read from `corpus` in each; what
# is found new goes to `grown`, what panics to `artifacts`.
fuzz: ## each fuzz target in turn, where cargo-fuzz is installed: SECONDS=n each
	@deploy/fuzz $(or $(SECONDS),60)

lint: setup ## clippy, no warning allowed
	cargo clippy --release --locked --workspace --all-targets -- -D warnings

deny: ## licences, advisories, sources of the dependencies (needs cargo-deny)
	cargo deny --locked check

bench: build ## the load that the figures come from
	$(BINARY) bench

fmt: ## put every file into its one form
	cargo fmt --all

clean: ## remove what was built
	cargo clean
