# `make serve` and `make test` do all set-up themselves on Debian 12 with Swift 6.3.

CONFIG ?=

PREFIX ?= /usr
DESTDIR ?=

.PHONY: serve demo test check format build bench install man help

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
	swift test --skip-build --parallel --experimental-maximum-parallelization-width 12

man: build ## write the manual page .build/sluice.1
	@python3 scripts/make-man .build/release/sluice > .build/sluice.1

install: man ## copy command, manual page, completions and systemd units below PREFIX (/usr)
	install -D -m 0755 .build/release/sluice $(DESTDIR)$(PREFIX)/bin/sluice
	install -D -m 0644 .build/sluice.1 $(DESTDIR)$(PREFIX)/share/man/man1/sluice.1
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions
	.build/release/sluice --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/sluice
	.build/release/sluice --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_sluice
	install -D -m 0644 packaging/sluice.service $(DESTDIR)$(PREFIX)/lib/systemd/system/sluice.service
	install -D -m 0644 packaging/sluice.socket $(DESTDIR)$(PREFIX)/lib/systemd/system/sluice.socket

bench: build ## measure the relay against Postfix and the inspection against rspamd
	@scripts/install-dependencies test
	Benchmarks/relay/run
	Benchmarks/inspection/run

check: ## format and layers
	swift format lint --strict --recursive --parallel --configuration .swift-format Sources Tests Package.swift
	scripts/check-layers

format: ## format all sources in place
	swift format --in-place --recursive --parallel --configuration .swift-format Sources Tests Package.swift
