# `make serve` and `make test` do all set-up themselves on Debian 12 with Swift 6.3.

CONFIG ?=

.PHONY: serve demo test check format build bench help

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

build: ## install what building needs and build the release command
	@scripts/install-dependencies build
	swift build -c release --product sluice

serve: build ## run the gateway on 127.0.0.1:2525, HTTP on 127.0.0.1:8025, state in ./var (CONFIG=FILE for your own)
	exec .build/release/sluice serve $(if $(CONFIG),--config $(CONFIG))

demo: build ## a ten-second story: three customers, a stolen account, hold, stop, notice
	@scripts/install-dependencies demo
	python3 scripts/demo .build/release/sluice

test: ## install what tests need and run all of them, unit and end to end
	@scripts/install-dependencies test
	swift build --build-tests
	swift test --skip-build --parallel

bench: build ## measure the relay against Postfix, and the inspection
	@scripts/install-dependencies test
	Benchmarks/relay/run

check: ## format and layers
	swift format lint --strict --recursive --parallel --configuration .swift-format Sources Tests Package.swift
	scripts/check-layers

format: ## format all sources in place
	swift format --in-place --recursive --parallel --configuration .swift-format Sources Tests Package.swift
