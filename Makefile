# Two commands do everything: `make demo` runs the main job on the shipped data, `make test` runs all checks.
# Both build what they need with the profile `demo` (see Cargo.toml), so that the heavy dependencies are compiled once.

LAKE ?= target/demo-lake
CARGO ?= cargo
export CARGO_TERM_COLOR ?= auto

.PHONY: demo build test format lint docs unit fuzz

demo: build
	rm -rf $(LAKE)
	$(CARGO) run --quiet --locked --profile demo --package dari -- --lake $(LAKE) demo

build:
	$(CARGO) build --locked --profile demo --package dari

test: format lint docs unit

format:
	$(CARGO) fmt --all --check

lint:
	$(CARGO) clippy --locked --profile demo --workspace --all-targets -- -D warnings

# Unit, property and end-to-end tests (through the built program), then the examples in the documentation.
unit:
	$(CARGO) test --locked --profile demo --workspace --quiet

docs:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --profile demo --no-deps --workspace

# Needs cargo-fuzz and a nightly compiler; the same readers run on mutated samples in `make test`.
fuzz:
	$(CARGO) +nightly fuzz run readers
