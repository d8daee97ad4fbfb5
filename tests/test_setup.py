"""What `make` does to set up, told by a stand-in for Python that installs nothing: no network, and no environment but its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pytestmark = pytest.mark.posix
"""All of it is `make`, which Windows has not."""

NEEDED = ("Makefile", "pyproject.toml", "requirements", "package.json", "package-lock.json", ".npmrc")
PROGRAMS = ("curl", "jq", "sqlite3", "node", "Rscript", "soffice", "minisign", "chromium", "fc-list", "apt-get", "sudo")
"""What `make test` looks for besides; stand-ins, so that it finds all of them and has nothing to install."""

PYTHON = """#!/bin/sh
[ "$1" = -c ] && exec "{real}" "$@"
[ "$1" = -I ] && shift
echo "begin $*" >> "{log}"
case "$*" in
"-m venv --clear "*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" && cp "{npm}" "$4/bin/npm" && cp "{node}" "$4/bin/node" ;;
"-m pip "*) sleep 0.05 ;;
esac
echo "end $*" >> "{log}"
case "$*" in "-m pip "*) grep -qxF -e "$*" "{broken}" && {{ echo "pip says why"; exit 1; }} ;; esac
exit 0
"""
NPM = """#!/bin/sh
echo "begin npm $*" >> "{log}"
grep -qxF -e "npm $*" "{broken}" && exit 1
mkdir -p node_modules
echo "end npm $*" >> "{log}"
"""

NODE = """#!/bin/sh
echo "begin node $*" >> "{log}"
"""

VENV = "-m venv --clear .venv"
SITE = "-m pip install --quiet --no-input --no-deps --require-hashes --requirement requirements/site.txt"
SELF = "-m pip install --quiet --no-input --no-deps --no-build-isolation --no-index --editable ."
TEST = "-m pip install --quiet --no-input --no-deps --require-hashes --no-build-isolation --requirement requirements/test.txt"
CHECK = "-m pip check"
TOOLS = "npm ci --silent"
SITE_STAMP, TEST_STAMP, TOOLS_STAMP = ".venv/.installed-site", ".venv/.installed-test", "node_modules/.installed"


@dataclass(frozen=True)
class Checkout:
    """A copy of what `make` sets up from, with a stand-in for Python."""

    folder: Path
    tools: Path

    def make(self, *arguments: str, programs: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
        """Run make here, with the programs of a machine behind the stand-ins."""
        env = {"PATH": f"{self.tools}{os.pathsep}{programs}", "HOME": str(self.tools), "PYTHON": str(self.tools / "python")}
        return subprocess.run(
            ["make", *arguments],
            cwd=self.folder,
            env=env,
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=600,
            stdin=subprocess.DEVNULL,
        )

    def breaks(self, *commands: str) -> None:
        """Have these commands fail from now on, and no others."""
        (self.tools / "broken").write_text("".join(f"{command}\n" for command in commands), encoding="utf-8")

    def ran(self) -> list[str]:
        """What was run since this was last asked, in its order; all of the log where commands of pip overlapped."""
        log = self.tools / "log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line.removeprefix("begin ") for line in lines if line.startswith("begin ")] if in_turn(lines) else lines

    def stamps(self) -> list[str]:
        """The stamps that say what is installed."""
        return [stamp for stamp in (SITE_STAMP, TEST_STAMP, TOOLS_STAMP) if (self.folder / stamp).exists()]


def in_turn(lines: Sequence[str]) -> bool:
    """Whether no two of pip's commands overlapped."""
    running = 0
    for line in lines:
        if " -m pip " in line:
            running += 1 if line.startswith("begin ") else -1
        if running > 1:
            return False
    return True


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh checkout, on a machine that has all the tests need."""
    folder, tools = tmp_path / "checkout", tmp_path / "tools"
    folder.mkdir()
    tools.mkdir()
    for name in NEEDED:
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    names = {"real": sys.executable, "log": tools / "log", "npm": tools / "npm", "node": tools / "node", "broken": tools / "broken"}
    programs = dict.fromkeys(PROGRAMS, "#!/bin/sh\necho 1.0\n")
    scripts = {**programs, "python": PYTHON.format(**names), "npm": NPM.format(**names), "node": NODE.format(**names)}
    for name, script in scripts.items():
        (tools / name).write_text(script, encoding="utf-8")
        (tools / name).chmod(0o755)
    made = Checkout(folder, tools)
    made.breaks()
    return made


def told(outcome: subprocess.CompletedProcess[str]) -> str:
    """All that make said."""
    return outcome.stdout + outcome.stderr


def test_a_fresh_checkout_is_set_up_from_the_lock_alone_and_checked(checkout: Checkout) -> None:
    outcome = checkout.make("setup")
    assert outcome.returncode == 0, told(outcome)
    assert checkout.ran() == [VENV, SITE, SELF, CHECK]
    assert checkout.stamps() == [SITE_STAMP]


@pytest.mark.parametrize("jobs", ["-j1", "-j2", "-j8"])
def test_the_tests_are_set_up_in_turn_however_many_jobs_there_are(checkout: Checkout, jobs: str) -> None:
    outcome = checkout.make(jobs, "test")
    assert outcome.returncode == 0, told(outcome)
    ran = checkout.ran()
    assert ran[:6] == [VENV, SITE, SELF, CHECK, TEST, CHECK]
    assert ran[6:7] == [TOOLS]
    assert ran[-1].startswith("-m pytest ")
    assert not any(" pip " in command or "npm" in command for command in ran[7:])
    assert checkout.stamps() == [SITE_STAMP, TEST_STAMP, TOOLS_STAMP]


def test_what_is_set_up_is_left_alone(checkout: Checkout) -> None:
    assert checkout.make("lint").returncode == 0
    checkout.ran()
    outcome = checkout.make("lint")
    assert outcome.returncode == 0, told(outcome)
    assert all(command.startswith(("-m ruff ", "-m mypy ", ".ci/structure.py", "node ")) for command in checkout.ran())
    assert checkout.make("setup").returncode == 0
    assert checkout.ran() == []


@pytest.mark.parametrize("name,again", [("site.txt", [SITE, SELF, CHECK, TEST, CHECK, TOOLS]), ("test.txt", [TEST, CHECK, TOOLS])])
def test_a_lock_that_changed_is_installed(checkout: Checkout, name: str, again: list[str]) -> None:
    assert checkout.make("lint").returncode == 0
    checkout.ran()
    later(checkout, f"requirements/{name}", than=TOOLS_STAMP)
    assert checkout.make("lint").returncode == 0
    assert checkout.ran()[: len(again)] == again


def test_tools_of_the_scripts_that_changed_or_went_are_installed(checkout: Checkout) -> None:
    assert checkout.make("lint").returncode == 0
    checkout.ran()
    later(checkout, "package-lock.json", than=TOOLS_STAMP)
    assert checkout.make("scripts").returncode == 0
    assert checkout.ran() == [TOOLS]
    shutil.rmtree(checkout.folder / "node_modules")
    os.utime(checkout.folder / "package-lock.json", (0, 0))
    assert checkout.make("scripts").returncode == 0
    assert checkout.ran() == [TOOLS]


def later(checkout: Checkout, name: str, *, than: str) -> None:
    """Make a file a minute younger than another."""
    when = (checkout.folder / than).stat().st_mtime + 60
    os.utime(checkout.folder / name, (when, when))


@pytest.mark.parametrize(
    "command,said", [(SITE, "Not everything could be installed"), (SELF, "Not everything could be installed"), (CHECK, "do not fit")]
)
def test_a_failure_stops_set_up_in_plain_words_and_the_next_try_starts_from_nothing(checkout: Checkout, command: str, said: str) -> None:
    checkout.breaks(command)
    outcome = checkout.make("setup")
    assert outcome.returncode != 0
    assert "pip says why\n" in told(outcome)
    assert said in outcome.stderr
    assert "再运行一次会从头安装" in outcome.stderr
    assert "Traceback" not in told(outcome)
    assert checkout.ran() == [VENV, SITE, SELF, CHECK][: 2 + [SITE, SELF, CHECK].index(command)]
    assert checkout.stamps() == []
    checkout.breaks()
    assert checkout.make("setup").returncode == 0
    assert checkout.ran() == [VENV, SITE, SELF, CHECK]


@pytest.mark.parametrize("command,said", [(TEST, "Not everything could be installed"), (CHECK, "do not fit")])
def test_a_failure_of_the_test_tools_leaves_nothing_that_would_be_built_upon(checkout: Checkout, command: str, said: str) -> None:
    assert checkout.make("setup").returncode == 0
    checkout.ran()
    checkout.breaks(command)
    outcome = checkout.make("lint")
    assert outcome.returncode != 0
    assert said in outcome.stderr
    assert checkout.ran() == [TEST, CHECK][: 1 + [TEST, CHECK].index(command)]
    assert checkout.stamps() == []
    checkout.breaks()
    assert checkout.make("lint").returncode == 0
    assert checkout.ran()[:7] == [VENV, SITE, SELF, CHECK, TEST, CHECK, TOOLS]


def test_tools_of_the_scripts_that_cannot_be_installed_stop_in_plain_words(checkout: Checkout) -> None:
    checkout.breaks(TOOLS)
    outcome = checkout.make("lint")
    assert outcome.returncode != 0
    assert "The tools of the scripts could not be installed." in outcome.stderr
    assert "脚本的检查工具没有装好" in outcome.stderr
    assert checkout.ran() == [VENV, SITE, SELF, CHECK, TEST, CHECK, TOOLS]
    assert checkout.stamps() == [SITE_STAMP, TEST_STAMP]


@pytest.mark.parametrize("how", [shutil.move, shutil.copytree])
def test_a_checkout_that_was_moved_or_copied_is_set_up_anew(
    checkout: Checkout, tmp_path: Path, how: Callable[[Path, Path], object]
) -> None:
    assert checkout.make("lint").returncode == 0
    checkout.ran()
    how(checkout.folder, tmp_path / "elsewhere")
    other = Checkout(tmp_path / "elsewhere", checkout.tools)
    outcome = other.make("setup")
    assert outcome.returncode == 0, told(outcome)
    assert other.ran() == [VENV, SITE, SELF, CHECK]
    assert (other.folder / SITE_STAMP).read_text(encoding="utf-8").strip() == str((tmp_path / "elsewhere").resolve())


def test_another_pip_comes_first_where_one_is_asked_for(checkout: Checkout) -> None:
    outcome = checkout.make("setup", "WITH_PIP=24.0", "VENV=.venv-pip-24")
    assert outcome.returncode == 0, told(outcome)
    assert checkout.ran() == [VENV.replace(".venv", ".venv-pip-24"), "-m pip install --quiet --no-input pip==24.0", SITE, SELF, CHECK]
    assert checkout.stamps() == []


def test_pip_is_told_to_install_into_the_environment_whatever_its_settings_say(checkout: Checkout) -> None:
    python = checkout.tools / "python"
    python.write_text(python.read_text(encoding="utf-8").replace("exit 0\n", 'echo "user: $PIP_USER"\n'), encoding="utf-8")
    outcome = checkout.make("setup")
    assert set(outcome.stdout.splitlines()) == {"user: 0"}, told(outcome)


def test_a_program_that_the_tests_need_is_installed_or_named_with_its_packages(checkout: Checkout, tmp_path: Path) -> None:
    """On a machine that has all but LibreOffice, and whose apt-get installs nothing."""
    machine, asked = tmp_path / "machine", tmp_path / "asked"
    machine.mkdir()
    for folder in map(Path, filter(None, os.environ["PATH"].split(os.pathsep))):
        for program in folder.iterdir() if folder.is_dir() else ():
            if program.name not in ("soffice", "libreoffice") and not (machine / program.name).exists():
                (machine / program.name).symlink_to(program)
    (checkout.tools / "soffice").unlink()
    for name, script in {"sudo": 'shift\n[ "$1" = env ] && shift 2\nexec "$@"', "apt-get": f'echo "$*" >> "{asked}"'}.items():
        (checkout.tools / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (checkout.tools / "id").write_text("#!/bin/sh\necho 1000\n", encoding="utf-8")
    (checkout.tools / "id").chmod(0o755)
    outcome = checkout.make("browser", programs=str(machine))
    assert outcome.returncode != 0
    packages = ("libreoffice-writer-nogui", "libreoffice-calc-nogui")
    installed = [line.split()[-1] for line in asked.read_text(encoding="utf-8").splitlines() if line.startswith("install ")]
    assert installed == list(packages), told(outcome)
    assert [line for line in outcome.stderr.splitlines() if "soffice" in line] == [
        f"测试要运行数据页上的示例，也要导入旧格式的文件、核对签名，缺少 soffice（Debian：apt install {' '.join(packages)}）。",
        f"The tests run the examples of the data page, import older files, verify signatures, and lack soffice (Debian: apt install {' '.join(packages)}).",
    ]
