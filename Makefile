# The commands of the README. `make demo` and `make test` need Debian or Ubuntu and a Rust
# toolchain; they install what else is missing (deploy/setup).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup console build demo test screenshots lists simulate faults fuzz lint deny bench bench-scale bench-compare fmt clean

BINARY := $(or $(CARGO_TARGET_DIR),target)/release/countersign

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what a bare machine lacks
	@deploy/setup

# What npm builds is embedded in the program, so it is built first, and anew only where something of
# it has changed.
VERIFIER := client/verifier/dist/index.js
CONSOLE := client/console/dist/index.html
SOURCES_OF = $(shell find client/$(1) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/build/*')

$(VERIFIER): $(call SOURCES_OF,verifier)
	cd client/verifier && npm ci && npm run build

# The verifier's own tests write its dist/ anew: that alone is no reason to build the console again.
$(CONSOLE): $(call SOURCES_OF,verifier) $(call SOURCES_OF,console) | $(VERIFIER)
	cd client/console && npm ci && npm run build

console: setup ## the web console that the program serves
	@$(MAKE) --no-print-directory $(CONSOLE)

build: console ## the release binary, target/release/countersign
	cargo build --release --locked

demo: build ## four validators on this machine and two days on the Pearl River
	$(BINARY) demo

test: setup build ## every test
	cargo fmt --all --check
	cd client/verifier && npm ci --silent && npm test --silent
	cargo test --release --locked --workspace

screenshots: build ## every page of the console in both languages at two sizes, target/screenshots
	cd client/console && node e2e/screenshots.mjs $(abspath $(BINARY)) $(abspath target/screenshots)

lists: build ## how long a page takes in a list of 100,000 transfers
	cargo test --release --locked -p countersign --test doors \
	    a_hundred_thousand_transfers -- --ignored --nocapture

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

# Needs cargo-fuzz and a nightly toolchain. Three crates: contracts/fuzz, client/fuzz with the key
# files, and node/fuzz, which builds RocksDB (some nine minutes) unless ROCKSDB_LIB_DIR names a folder
# with librocksdb.a and ROCKSDB_STATIC=1 is set; `deploy/fuzz SECONDS client/fuzz` runs one alone.
# Seeds are read from `corpus` in each; what is found new goes to `grown`, what panics to `artifacts`.
fuzz: ## each fuzz target in turn, where cargo-fuzz is installed: SECONDS=n each
	@deploy/fuzz $(or $(SECONDS),60)

lint: setup ## clippy, no warning allowed
	cargo clippy --release --locked --workspace --all-targets -- -D warnings

deny: ## licences, advisories, sources of the dependencies (needs cargo-deny)
	cargo deny --locked check

bench: build ## the load that the figures come from: ARGS="--seconds 5 --svg figures.svg"
	$(BINARY) bench $(ARGS)

bench-scale: build ## the cost of an entry against validators, delay, ledger: ARGS="--ledger 10000,100000"
	$(BINARY) bench $(or $(ARGS),--validators 4,7,10,16)

bench-compare: build ## this revision and another in turn: BASE=rev RUNS=2 ARGS="--seconds 5"
	@deploy/bench-compare "$(BASE)" "$(abspath $(BINARY))" $(or $(RUNS),2) $(ARGS)

fmt: ## put every file into its one form
	cargo fmt --all

clean: ## remove what was built
	cargo clean
