# make run    builds, and serves an invented network on 127.0.0.1:8080
# make test   everything; installs what it lacks by apt (mariadb-server, php-cli,
#             exim4-daemon-light, frr, openssh-server, bird2, iproute2)
# make check  formatting, vet, staticcheck, and all tests with the race detector
# make build  bin/provision-gateway, static
# Others: differential, golden, fuzz, bench, clean.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := build

# Database servers live where the PATH of a plain user does not look.
export PATH := $(PATH):/usr/sbin:/sbin

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
LISTEN ?= 127.0.0.1:8080
FUZZTIME ?= 20s

# A checkout that git does not answer for is built without its revision.
HAS_GIT := $(shell git rev-parse --verify -q HEAD 2>/dev/null)
VERSION ?= $(if $(HAS_GIT),$(shell git describe --tags --always --dirty),development)

.PHONY: build run test check fmt vet lint race differential golden fuzz bench clean need-test need-race need-bench

build:
	@CGO_ENABLED=0 go build -trimpath -buildvcs=$(if $(HAS_GIT),auto,false) -ldflags '-s -w -X main.version=$(VERSION)' \
	  -o bin/provision-gateway ./cmd/provision-gateway

run: build
	@exec bin/provision-gateway serve --demo --listen $(LISTEN) --database sqlite:bin/demo.db

# Without cgo, as the program is built: no C compiler is needed.
test: need-test
	@CGO_ENABLED=0 .ci/gotest bin/test.log -timeout 20m ./...

check: fmt vet lint race

fmt:
	@unformatted=$$(gofmt -l .)
	if [ -n "$$unformatted" ]; then echo "gofmt would change:" $$unformatted >&2; exit 1; fi

vet:
	@CGO_ENABLED=0 go vet ./...

lint:
	@CGO_ENABLED=0 go run $(STATICCHECK) ./...

race: need-test need-race
	@CGO_ENABLED=1 .ci/gotest bin/race.log -race -timeout 30m ./...

differential: need-test
	@PROVISION_GATEWAY_DIFFERENTIAL=1000000 CGO_ENABLED=0 .ci/gotest bin/differential.log -timeout 60m -count 1 -run Differential ./compat/...

golden: need-test
	@CGO_ENABLED=0 go test ./handlers/... -update

# Every fuzz test in turn. A short time for making inputs smaller: the default
# of a minute would leave none for finding them.
fuzz:
	@for package in $$(go list ./...); do
	  for name in $$(CGO_ENABLED=0 go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do
	    echo "$$package $$name"
	    CGO_ENABLED=0 go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$package
	  done
	done

bench: need-test need-bench
	@CGO_ENABLED=0 go run ./cmd/gateway-bench

clean:
	@rm -rf bin

need-test:
	@.ci/need mariadbd=mariadb-server php=php-cli exim4=exim4-daemon-light /usr/lib/frr/bgpd=frr sshd=openssh-server bird=bird2 ip=iproute2

need-race:
	@.ci/need gcc=gcc /usr/include/stdio.h=libc6-dev

need-bench:
	@.ci/need nginx=nginx-light '/usr/sbin/php-fpm*=php-fpm' '/usr/lib/php/*/pdo_mysql.so=php-mysql' \
	  '/usr/lib/php/*/opcache.so=php-opcache' wrk=wrk
