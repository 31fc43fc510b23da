# `make serve` and `make test` do all set-up themselves on Debian 12 with Swift 6.3.

.PHONY: serve test demo build check format help

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

serve: build ## build, then run the gateway on its embedded default (relay 127.0.0.1:2525, HTTP 127.0.0.1:8025)
	exec .build/release/sluice serve

build: ## install what is missing and build the release binary
	@scripts/install-dependencies build
	swift build -c release --product sluice

test: ## install what tests need and run all of them, unit and end to end
	@scripts/install-dependencies test
	swift build --build-tests
	swift test --skip-build --parallel

demo: build ## ten seconds of story: traffic, a compromise, hold, stop, notice
	@scripts/demo

check: ## format and layers
	swift format lint --strict --recursive --parallel --configuration .swift-format Sources Tests Package.swift
	scripts/check-layers

format: ## format all sources in place
	swift format --in-place --recursive --parallel --configuration .swift-format Sources Tests Package.swift
