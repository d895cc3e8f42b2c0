# Two commands do everything: `make demo` runs the main job on the shipped data, `make test` runs all checks.
# Both build what they need with the profile `demo` (see Cargo.toml), so that the heavy dependencies are compiled once.

LAKE ?= target/demo-lake
CARGO ?= cargo
export CARGO_TERM_COLOR ?= auto

PAGE := web/dist/index.html
PAGE_SOURCES := $(shell find web/src web/public web/scripts -type f) $(wildcard web/*.html web/*.json web/*.js web/*.ts)
# The same packages in every build: another choice of them changes features of dependencies, which are then compiled anew.
BUILD := --locked --profile demo --workspace

.PHONY: demo serve build page test format lint docs unit browser fuzz

demo: build
	rm -rf $(LAKE)
	$(CARGO) run --quiet --locked --profile demo --package dari -- --lake $(LAKE) demo
	rm -f $(LAKE).sqlite
	$(CARGO) run --quiet --locked --profile demo --package dari -- register --register $(LAKE).sqlite init --demo
	$(CARGO) run --quiet --locked --profile demo --package dari -- --lake $(LAKE) brief KR US --technology quantum,fusion,batteries --both \
		--register $(LAKE).sqlite -o $(LAKE)-briefing.pdf -o $(LAKE)-briefing.docx
	@echo "look around: make serve"

# The page on the shipped data, for looking around on this machine.
serve: build
	[ -d $(LAKE) ] || $(CARGO) run --quiet --locked --profile demo --package dari -- --lake $(LAKE) demo
	$(CARGO) run --quiet --locked --profile demo --package dari -- --lake $(LAKE) serve --demo

build: page
	$(CARGO) build $(BUILD)

# The page becomes part of the program. Without Node.js the program is built without it, and says so when it is asked for.
page:
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory $(PAGE); \
	else echo "npm is missing (Node.js 20 or later): the program is built without the page" >&2; fi

web/node_modules: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	touch $@

$(PAGE): web/node_modules $(PAGE_SOURCES)
	cd web && npm run messages && npm run check && npm run build && npm run size
	touch $@

test: format page lint docs unit browser

format:
	$(CARGO) fmt --all --check

lint:
	$(CARGO) clippy $(BUILD) --all-targets -- -D warnings

# Unit, property and end-to-end tests (through the built program), then the examples in the documentation.
unit:
	$(CARGO) test $(BUILD) --quiet

docs:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(BUILD) --no-deps

# The page in a real browser (Debian's Chromium), in both languages.
browser: build
	CARGO="$(CARGO)" web/tests/run

# Needs cargo-fuzz and a nightly compiler; the same readers run on mutated samples in `make test`.
fuzz:
	$(CARGO) +nightly fuzz run readers
