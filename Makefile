# `make test` does all set-up itself on Debian 12 with Swift 6.3.

.PHONY: test check format help

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

test: ## install what tests need and run all of them, unit and end to end
	@scripts/install-dependencies test
	swift build --build-tests
	swift test --skip-build --parallel

check: ## format and layers
	swift format lint --strict --recursive --parallel --configuration .swift-format Sources Tests Package.swift
	scripts/check-layers

format: ## format all sources in place
	swift format --in-place --recursive --parallel --configuration .swift-format Sources Tests Package.swift
