"""Programs that are too heavy for every run of the tests, held to what they say of the site's files: `python tests/outside [NAME...]`.

Each `NAME.sh` beside this file runs one tool, and exits with 0 if it reads every figure as it is. It is run in a folder of its own
with `site/`, the export of this project's packages, `snippets/`, the recipes of the page of the data as they are printed, and
`answer`, what each of them must print; `SITE` is the address of the export, served on loopback, and `OWN` the Python that has this
project. Its head names what it needs: `# pip:` and `# npm:` packages with their pins, installed into the folder (`PYTHON` is that
Python), `# apt:` Debian packages, which you install yourself. It needs the network, so it is no part of `make test` or of CI.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import venv
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from open_reports.files.snippets import answer, codes, featured, slots
from open_reports.library import open_library

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
_NEEDS = re.compile(r"^# (pip|npm|apt): (.+)$", re.MULTILINE)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name of the standard library)
        """Say nothing: what counts is what the tool prints."""


def main(names: list[str]) -> int:
    """Run the named scripts, or all; returns how many failed."""
    known = {path.stem: path for path in sorted(HERE.glob("*.sh"))}
    if strange := set(names) - set(known):
        sys.exit(f"{', '.join(sorted(strange))}: none of {', '.join(known)}")
    with TemporaryDirectory() as temporary:
        site = Path(temporary) / "site"
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
        address = f"http://127.0.0.1:{server.server_port}/"
        exporting = (sys.executable, "-c", "from open_reports.cli import main; main()", "export", str(site), "--site", address)
        subprocess.run(exporting, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        failed = [name for name in names or known if not _passes(known[name], Path(temporary), address)]
        server.shutdown()
    print(f"{len(names or known) - len(failed)} passed, {len(failed)} failed")  # noqa: T201 (the verdict)
    return len(failed)


def _passes(script: Path, below: Path, address: str) -> bool:
    folder = below / script.stem
    folder.mkdir()
    (folder / "site").symlink_to(below / "site", target_is_directory=True)
    _recipes(folder, address)
    python = _installed(folder, dict(_NEEDS.findall(script.read_text(encoding="utf-8"))))
    env = {
        **os.environ,
        "SITE": address,
        "PYTHON": python,
        "OWN": sys.executable,
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(["sh", "-eu", str(script)], cwd=folder, env=env, check=False)
    print(f"{script.stem}: {'as it should be' if done.returncode == 0 else 'FAILED'}", flush=True)  # noqa: T201 (the verdict)
    return done.returncode == 0


def _recipes(folder: Path, address: str) -> None:
    library = open_library(ROOT / "datapackages")
    agency = featured(library)
    (folder / "snippets").mkdir()
    for each, code in codes("corpus", "zh", slots(address, agency=agency)):
        (folder / "snippets" / each.id).write_text(f"{code}\n", encoding="utf-8")
    told = "".join(f"{year} {value}\n" for year, value in answer(library, agency))
    (folder / "answer").write_text(told, encoding="utf-8")


def _installed(folder: Path, needs: dict[str, str]) -> str:
    """Install what a script needs beside it; returns the Python to run it with."""
    if packages := needs.get("npm"):
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-save", *packages.split()]
        subprocess.run(command, cwd=folder, check=True, env={**os.environ, "PATH": _path()})
    if not (packages := needs.get("pip")):
        return sys.executable
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages.split()], check=True)
    return python


def _path() -> str:
    """The tests' own Node.js first."""
    own = shutil.which("npm", path=str(Path(sys.executable).parent))
    return os.pathsep.join([*([str(Path(own).parent)] if own else []), os.environ["PATH"]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
