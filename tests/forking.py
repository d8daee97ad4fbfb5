"""Commands of Python, each in a process of its own, forked from one that has loaded already what they all load.

    with Commands("mkdocs.commands.build", "open_reports.form:forms", …) as commands:
        commands.run("-m", "mkdocs", "build", cwd=folder, env=environment)

To start Python and load MkDocs, the plugin and what that stands on takes more of the processor's time than to build a small site. A
command has its own folder, environment and exit code and may be killed like any other; it differs only in what the environment says to
Python itself before it starts (the seed of hashes, `sitecustomize`): where that matters, and once for each command, a test starts Python.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import selectors
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType


class Commands:
    """A process that has loaded some modules and forks for each command; of `module:function` it has called the function, too."""

    def __init__(self, *modules: str, env: Mapping[str, str], within: float) -> None:
        self.within = within
        self._process = subprocess.Popen(
            [sys.executable, __file__, *modules], env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def run(self, *words: str, cwd: Path, env: Mapping[str, str], first: str = "", apart: bool = False) -> subprocess.CompletedProcess[str]:
        """Run what Python's command line says, `-m`, `-c` or a file, and return what it said, both streams in one unless `apart`.

        `first` is code to run before.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            said = Path(folder) / "said"
            complained = Path(folder) / "complained" if apart else said
            streams = [str(said), str(complained)]
            asked = {"streams": streams, "cwd": str(cwd), "env": dict(env), "words": words, "first": first}
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            with selectors.DefaultSelector() as ready:
                ready.register(self._process.stdout, selectors.EVENT_READ)
                if not ready.select(self.within):
                    self._process.kill()
                    raise subprocess.TimeoutExpired(words, self.within)
            code = int(self._process.stdout.readline())
            return subprocess.CompletedProcess(words, code, *(Path(each).read_text(encoding="utf-8") for each in dict.fromkeys(streams)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(self.within)
        self._process.stdout.close()


def _command(asked: dict[str, Any]) -> None:
    """Be the command: nothing is caught, so that it ends as it would by itself."""
    streams = [os.open(os.devnull, os.O_RDONLY), *(os.open(each, os.O_WRONLY | os.O_CREAT | os.O_APPEND) for each in asked["streams"])]
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    sys.path.insert(0, asked["cwd"])
    exec(asked["first"], {})  # noqa: S102 (code of a test)
    option, *arguments = asked["words"]
    if option == "-m":
        sys.argv = arguments
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    elif option == "-c":
        code, *rest = arguments
        sys.argv = ["-c", *rest]
        exec(code, {"__name__": "__main__"})  # noqa: S102 (code of a test)
    else:
        sys.argv = [option, *arguments]
        runpy.run_path(option, run_name="__main__")


def _serve() -> None:
    sys.path.remove(str(Path(__file__).parent))  # the tests' own modules are none of a command's
    for named in sys.argv[1:]:
        module, _, function = named.partition(":")
        loaded = importlib.import_module(module)
        if function:
            getattr(loaded, function)()
    gc.freeze()  # a command has no garbage to look for in what was loaded
    for line in sys.stdin:
        process = os.fork()
        if not process:
            _command(json.loads(line))
            return
        _, status = os.waitpid(process, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
