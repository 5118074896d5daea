# The commands of the README. Each needs a Rust toolchain; `make test` installs what else it needs.

.PHONY: run test

run: ## Starts the server on embedded defaults: ./data, SQLite, 127.0.0.1:8080.
	cargo run --release --locked --package cellier-server --bin cellier

test: ## Passes the tests: format, lints, all tests.
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo test --workspace --locked
