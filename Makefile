# SPDX-License-Identifier: GPL-2.0-only
#
# The set-up of errno-gen lives here; "make help" lists the commands.
#
# Everything that is fetched is kept and reused: Python packages in .venv, kernels as
# git repositories in the user's cache, the toolchain image with the container engine.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

# What a user may set: make demo KDIR=~/linux ENGINE=docker PYTHON=python3.13
KDIR ?=
ENGINE ?= podman
PYTHON ?= python3
BRANCH ?= errno-gen/demo

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/errno-gen
KERNEL_61 := $(CACHE)/linux-6.1
KERNEL_612 := $(CACHE)/linux-6.12
KERNEL := $(or $(KDIR),$(KERNEL_61))

# Kernels that are in other suites of Debian's archive, and only compared to labels.
LABELLED := 5.10 7.3
SUITE_5.10 := bullseye
SUITE_7.3 := trixie-backports
BIN := $(CURDIR)/.venv/bin
VENV := .venv/.installed

# Side by side, but for those that conftest.py keeps together; the slowest are named.
PYTEST := pytest -n logical --maxprocesses 8 --dist loadfile --no-loadscope-reorder --durations 25

.PHONY: help demo test test-debian13 lint bench labels system image kernel-6.1 kernel-6.12 clean

help: ## Show this list
	@echo 'Usage: make COMMAND [KDIR=KERNEL-REPOSITORY] [ENGINE=podman|docker] [PYTHON=python3]'
	echo
	sed -nE 's/^([a-z0-9.-]+):[^#]*## (.*)/  \1\t\2/p' Makefile | expand -t 16

# --- what the machine must have -----------------------------------------------------

# program (or header):Debian package, of everything that is started on this machine.
NEEDS := spatch:coccinelle git:git xz:xz-utils mmdebstrap:mmdebstrap newuidmap:uidmap \
         $(if $(filter docker,$(ENGINE)),docker:docker.io,podman:podman runc:runc)

# The real git send-email is tested; git's package of it only recommends the module.
test: NEEDS += git-send-email:git-email
test: PERL_NEEDS := Mail::Address:libmailtools-perl

system: ## Install the Debian packages that are missing, after naming them
	@missing=()
	for need in $(NEEDS); do
		if [[ -e $${need%%:*} ]]; then continue; fi
		PATH="$$PATH:/usr/sbin:/sbin:$$(git --exec-path 2>/dev/null)" command -v "$${need%%:*}" \
			>/dev/null || missing+=("$${need##*:}")
	done
	for need in $(PERL_NEEDS); do
		perl -M"$${need%:*}" -e 1 2>/dev/null || missing+=("$${need##*:}")
	done
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
	if (( $${#missing[@]} )); then
		echo "errno-gen needs these packages: $${missing[*]}"
		if ! command -v apt-get >/dev/null; then
			echo 'error: there is no apt-get here to install them with; the names are those of Debian.' >&2
			echo 'hint: install them with the package manager of this system, then run make again.' >&2
			exit 1
		fi
		$(as_root)
		$(apt_update)
		# Since Debian 13 the client is a package of its own.
		if [[ " $${missing[*]} " == *' docker.io '* ]] && apt-cache show docker-cli &>/dev/null; then
			missing+=(docker-cli)
		fi
		echo "Installing them with apt-get$${as_root:+ by $$as_root}; this may take a minute"
		$$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -y install \
			--no-install-recommends "$${missing[@]}"
	fi
	if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
		echo "error: $$($(PYTHON) --version) is too old, errno-gen needs Python 3.11 or later" >&2
		echo 'hint: name a newer one, as in: make demo PYTHON=python3.12' >&2
		exit 1
	fi

# Sets the shell variable as_root to the prefix that gets root's rights, if one is needed.
define as_root
as_root=''
if (( $$(id -u) )); then
	as_root=sudo
	if ! command -v sudo >/dev/null; then
		echo 'error: apt-get needs root and there is no sudo; run it as root, then make again.' >&2
		exit 1
	fi
fi
endef

# A list that cannot be refreshed is no reason to stop: what was meant may still be found.
define apt_update
$$as_root apt-get -qq update || echo 'note: some package lists could not be refreshed' >&2
endef

# Both engines are tested. Where no docker daemon answers, one of our own is started and ended
# with the recipe. It needs no network, so it changes no firewall; its images are kept.
define docker_daemon
if ! docker version >/dev/null 2>&1; then
	$(as_root)
	echo 'Starting a docker daemon for the tests'
	daemon=$$(mktemp -d)
	$$as_root env PATH="$$PATH:/usr/sbin:/sbin" dockerd --data-root '$(CACHE)/docker' \
		--exec-root "$$daemon/exec" --pidfile "$$daemon/pid" --host "unix://$$daemon/socket" \
		--group "$$(id -gn)" --bridge=none --iptables=false >"$$daemon/log" 2>&1 &
	trap '$$as_root kill "$$(cat "$$daemon/pid")" || true; wait; $$as_root rm -rf "$$daemon"' EXIT
	export DOCKER_HOST="unix://$$daemon/socket"
	for _ in {1..120}; do
		if docker version >/dev/null 2>&1; then break; fi
		sleep 0.5
	done
	if ! docker version >/dev/null; then tail "$$daemon/log" >&2; exit 1; fi
fi
endef

# Lists of the suite SUITE_$*, from the mirror that the machine uses, in a folder of their own:
# sets the shell variable apt to their configuration. The machine's own lists are not touched.
define other_suite
echo 'It is taken from $(SUITE_$*) of Debian, by lists in a folder of their own'
mkdir -p apt/lists/partial apt/archives/partial
mirror=$$(apt-get indextargets --format '$$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
	'Label: Debian' | head -n 1)
keys=/usr/share/keyrings/debian-archive-keyring.gpg
printf '%s\n' "deb [signed-by=$$keys] $${mirror:-http://deb.debian.org/debian} $(SUITE_$*) main" \
	>apt/sources.list
apt=$$PWD/apt/apt.conf
printf '%s "%s";\n' Dir::Etc::SourceList "$$PWD/apt/sources.list" Dir::Etc::SourceParts /dev/null \
	Dir::State::Lists "$$PWD/apt/lists" Dir::Cache "$$PWD/apt" >"$$apt"
apt-get -qq -o APT::Sandbox::User=root -c "$$apt" update
endef

# --- the Python environment ---------------------------------------------------------

$(VENV): pyproject.toml | system
	@echo 'Making the Python environment .venv'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

# --- kernels as git repositories ----------------------------------------------------

kernel-6.1: $(KERNEL_61)/Makefile ## Fetch Debian's Linux 6.1 into the cache, once
kernel-6.12: $(KERNEL_612)/Makefile ## Fetch Debian's Linux 6.12 into the cache, once

# The folder appears whole or not at all: it is made elsewhere and moved into place.
# "add -f", because the .gitignore in Debian's tarball ends in "/*". Identity and dates are
# fixed and no configuration is read, so the same package gives the same commit everywhere.
$(CACHE)/linux-%/Makefile: | system
	@mkdir -p '$(CACHE)'
	exec 9>'$(CACHE)/lock' && flock 9
	if [[ -e '$@' ]]; then exit; fi
	rm -rf '$(CACHE)'/.fetch-*
	work=$$(mktemp -d '$(CACHE)/.fetch-XXXXXX')
	trap 'rm -rf "$$work"' EXIT
	cd "$$work"
	echo 'Fetching Linux $* (linux-source-$*, about 150 MB; needs 2.5 GB below $(CACHE))'
	$(if $(SUITE_$*),$(other_suite))
	download() { apt-get -qq -o APT::Sandbox::User=root $${apt:+-c "$$apt"} download 'linux-source-$*'; }
	if [[ -n $${apt:-} ]]; then
		download
	elif ! download; then
		$(as_root)
		$(apt_update)
		if ! download; then
			echo 'error: the package archives of this system have no linux-source-$*' >&2
			echo 'hint: give the git repository of a kernel, as in: make demo KDIR=~/linux' >&2
			exit 1
		fi
	fi
	dpkg -x linux-source-*.deb . && rm linux-source-*.deb
	tar -xf usr/src/linux-source-*.tar.xz && rm -r usr
	cd linux-source-*
	echo 'Making a git repository of it (about a minute)'
	export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
	export GIT_AUTHOR_NAME=errno-gen GIT_AUTHOR_EMAIL=errno-gen@localhost
	export GIT_COMMITTER_NAME=errno-gen GIT_COMMITTER_EMAIL=errno-gen@localhost
	GIT_AUTHOR_DATE="$$(stat -c %Y Makefile) +0000"
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE="$$GIT_AUTHOR_DATE"
	git -c init.defaultBranch=master init -q
	git -c gc.auto=0 add -A -f
	git -c gc.auto=0 commit -q -m 'Linux $*, from the Debian package linux-source-$*'
	cd ..
	mv linux-source-* '$(CACHE)/linux-$*'

# --- commands -----------------------------------------------------------------------

image: $(VENV) ## Make the container image with the kernel toolchains, once
	@$(BIN)/errno-gen image build --engine $(ENGINE)

# A branch of the demo's own, so that --force never moves a branch that somebody works on.
demo: $(VENV) image $(if $(KDIR),,$(KERNEL_61)/Makefile) ## Do the whole job on Linux 6.1, or on KDIR
	@kernel=$$(cd '$(KERNEL)' && pwd)
	if ! git -C "$$kernel" config user.email >/dev/null && [[ -z $${GIT_AUTHOR_EMAIL:-} ]]; then
		echo 'note: git knows no identity here, so the commits of this demo get a made-up one'
		export GIT_AUTHOR_NAME='errno-gen demo' GIT_AUTHOR_EMAIL=demo@localhost
		export GIT_COMMITTER_NAME='errno-gen demo' GIT_COMMITTER_EMAIL=demo@localhost
	fi
	step() { printf '\n$$ errno-gen %s\n' "$$*"; '$(BIN)/errno-gen' "$$@"; }
	step scan --tree "$$kernel" --policy einval
	step apply --tree "$$kernel" --policy einval --branch '$(BRANCH)' --force --signoff
	step build --tree "$$kernel" --engine $(ENGINE) '$(BRANCH)'
	rm -rf build/demo
	step series --quiet --tree "$$kernel" --force --output build/demo '$(BRANCH)'
	printf '\nNext, read what was done and why:\n  less build/demo/*\n'

lint: $(VENV) ## Check style, types and the arrows between the rooms
	@$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Both engines, and what a kernel is compiled with where no engine is used.
test: override NEEDS := $(NEEDS) podman:podman runc:runc dockerd:docker.io docker:docker.io \
        bc:bc bison:bison cpio:cpio flex:flex gcc:gcc kmod:kmod rsync:rsync \
        /usr/include/gelf.h:libelf-dev /usr/include/openssl/ssl.h:libssl-dev
test: lint $(KERNEL_61)/Makefile $(KERNEL_612)/Makefile ## Set up, lint, and run every test
	@export ERRNO_GEN_TEST_KERNEL_61='$(KERNEL_61)' ERRNO_GEN_TEST_KERNEL_612='$(KERNEL_612)'
	export ERRNO_GEN_TEST_ENGINE=$(ENGINE)
	$(docker_daemon)
	$(BIN)/errno-gen image build --engine podman
	$(BIN)/errno-gen image build --engine docker
	$(BIN)/$(PYTEST)

test-debian13: NEEDS += podman:podman runc:runc
test-debian13: $(VENV) $(KERNEL_61)/Makefile $(KERNEL_612)/Makefile ## Run the tests that start no container in one of Debian 13
	@export ERRNO_GEN_TEST_KERNEL_61='$(KERNEL_61)' ERRNO_GEN_TEST_KERNEL_612='$(KERNEL_612)'
	$(BIN)/python -m tests.debian --suite trixie -- $(PYTEST) -m 'not container'

bench: $(VENV) image $(if $(KDIR),,$(KERNEL_61)/Makefile) ## Measure time and memory, against plain spatch and plain make
	@$(BIN)/python -m tests.bench --tree '$(KERNEL)' --engine $(ENGINE)
	echo
	$(BIN)/python -m tests.bench.scaling --tree '$(KERNEL)'
	echo
	$(BIN)/python -m tests.bench.builds --tree '$(KERNEL)' --engine $(ENGINE)

# KERNELS_MORE=PATH:PATH names other trees than those that are fetched. What cannot be fetched
# is said, and the others are compared.
labels: $(VENV) $(KERNEL_61)/Makefile $(KERNEL_612)/Makefile ## Compare verdicts to labels, on two more kernels, too
	@export ERRNO_GEN_TEST_KERNEL_61='$(KERNEL_61)' ERRNO_GEN_TEST_KERNEL_612='$(KERNEL_612)'
	more='$(KERNELS_MORE)'
	for version in $(if $(KERNELS_MORE),,$(LABELLED)); do
		if $(MAKE) "$(CACHE)/linux-$$version/Makefile"; then
			more+="$${more:+:}$(CACHE)/linux-$$version"
		else
			echo "note: Linux $$version cannot be fetched here, so its labels are not compared" >&2
		fi
	done
	export ERRNO_GEN_TEST_KERNELS_MORE="$$more"
	$(BIN)/pytest -q tests/integration/test_labels.py
	$(BIN)/python -m tests.bench.labels

clean: ## Remove .venv and what tests and tools left here (not the cache of kernels)
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
