# ARGS is passed on: make test ARGS='-p chit-chat-domain', make run ARGS='--help', make db-drop ARGS='--yes'

CHIT_CHAT := cargo run --quiet --package chit-chat-server --bin chit-chat --

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run run-postgres test test-pooler loom verify bench bench-quick fuzz-api try-clients check openapi errors audit fmt \
	db-create db-migrate db-seed db-drop build-release

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Run the server on SQLite in data/, or on DATABASE_URL
	cargo run --package chit-chat-server --bin chit-chat -- serve $(ARGS)

run-postgres: $(if $(JWT_SECRET),,data/jwt-secret) ## Run the server on PostgreSQL: DATABASE_URL, or its own in data/postgres
	cargo build --package chit-chat-server --bin chit-chat
	@export JWT_SECRET="$${JWT_SECRET:-$$(cat data/jwt-secret)}"; \
	exec scripts/with-postgres --keep data/postgres \
		sh -c '$(CHIT_CHAT) db create && exec $(CHIT_CHAT) serve "$$@"' sh $(ARGS)

data/jwt-secret:
	@mkdir -p data
	@umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > $@

test: ## Run the tests on both engines; ARGS selects some, without doctests
	@if cargo nextest --version >/dev/null 2>&1; \
	then set -x; scripts/with-postgres cargo nextest run $(ARGS); \
	else set -x; scripts/with-postgres cargo test --all-targets $(ARGS); fi
	$(if $(ARGS),,cargo test --doc)

test-pooler: ## Run the contract tests of PostgreSQL through PgBouncer in transaction and in session mode
	@for mode in transaction session; do \
		scripts/with-postgres scripts/with-pgbouncer $$mode \
			cargo nextest run --package chit-chat-contract -E 'test(/::postgres$$/)' || exit 1; \
	done

loom: ## Run hand-made locks through every order of threads that loom finds
	RUSTFLAGS='--cfg loom' cargo test --target-dir target/loom --lib interleavings \
		--package chit-chat-domain --package chit-chat-live --package chit-chat-relational

verify: ## Test the real server under crashes, outages and attacks; SEED=... repeats a run
	cargo build --bins
	cargo run --quiet --bin chit-chat-verify -- $(ARGS)

bench: build-release ## Write docs/BENCHMARKS.md; with AGAINST=PATH, compare with another build instead
	cargo run --quiet --release --locked --package chit-chat-bench -- $(if $(AGAINST),--against $(AGAINST),--write docs/BENCHMARKS.md) $(ARGS)

bench-quick: build-release ## Measure with less data, in two minutes; writes nothing
	cargo run --quiet --release --locked --package chit-chat-bench -- --quick $(ARGS)

check: ## Check formatting, dependencies, workflows, spelling, lints and documentation
	cargo fmt --all --check
	@cargo deny --version >/dev/null 2>&1 || \
		{ echo 'cargo-deny is missing: cargo install --locked cargo-deny' >&2; exit 1; }
	cargo deny check bans licenses sources
	@if command -v actionlint >/dev/null; then set -x; actionlint; else echo 'actionlint is missing: workflows not checked'; fi
	@if command -v typos >/dev/null; then set -x; typos; else echo 'typos is missing: spelling not checked'; fi
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps

openapi: ## Regenerate docs/openapi.json
	cargo run --quiet --package chit-chat-http --example openapi > docs/openapi.json.new
	mv docs/openapi.json.new docs/openapi.json

errors: ## Regenerate docs/ERRORS.md
	UPDATE=1 cargo test --quiet --package chit-chat-http --test api problems::documentation_lists_every_code

fuzz-api: ## Fuzz the API on both engines; SEED=1 repeats a run, ENGINES=sqlite selects one
	scripts/fuzz-api

try-clients: ## Generate clients (Python, TypeScript) and run them against a server
	scripts/try-clients

audit: ## Check dependencies against the RustSec advisories; needs the network
	cargo deny check advisories

fmt: ## Format the code
	cargo fmt --all

db-create: ## Create the database if it is absent, and migrate its schema
db-migrate: ## Migrate the schema of the database
db-seed: ## Add demonstration data to the database
db-drop: ## Delete the database; asks first unless ARGS=--yes
db-create db-migrate db-seed db-drop:
	$(CHIT_CHAT) db $(@:db-%=%) $(ARGS)

build-release: ## Build target/release/chit-chat
	cargo build --release --locked --package chit-chat-server --bin chit-chat
