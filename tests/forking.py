"""Commands of Python, each in a process of its own, forked from one that has loaded already what they all load.

    with Commands("mkdocs.commands.build", "open_reports.form:forms", …) as commands:
        commands.run("-m", "mkdocs", "build", cwd=folder, env=environment)

To start Python and load MkDocs, the plugin and what that stands on takes more of the processor's time than to build a small site. A
command has its own folder, environment and exit code and may be killed like any other; it differs only in what the environment says to
Python itself before it starts (the seed of hashes, `sitecustomize`): where that matters, and once for each command, a test starts Python.

What a command finds out that cannot be otherwise for the next one, the next one knows: the code of a template (`compiled.py`), and which
values frictionless found nothing wrong with (`judged.py`). Each of them was a good part of a small build.
"""

from __future__ import annotations

import gc
import importlib
import json
import marshal
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
    from collections.abc import Callable, Mapping
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


class _Learnt:
    """What commands have found out."""

    def __init__(self) -> None:
        self._exchanges: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []
        if "jinja2" in sys.modules:
            from compiled import Compiled  # noqa: PLC0415 (not every command has templates)
            from jinja2 import Environment  # noqa: PLC0415

            templates = Compiled()
            setattr(Environment, "compile", templates.method())  # noqa: B010 (it is overloaded)
            self._exchanges.append((lambda: templates.new, templates.learn))
        if "open_reports.report.judging" in sys.modules:
            from judged import Remembering  # noqa: PLC0415 (nor packages)
            from open_reports.report import judging  # noqa: PLC0415

            judge = Remembering(judging._judge_values)
            setattr(judging, "_judge_values", judge)  # noqa: B010 (it is a function)
            self._exchanges.append((lambda: judge.new, judge.learn))

    def tell(self) -> bytes:
        """What this process has found out."""
        return marshal.dumps([told() for told, _ in self._exchanges])

    def learn(self, told: bytes) -> None:
        """Take what a command has told."""
        for (_, learn), found in zip(self._exchanges, marshal.loads(told), strict=True):  # noqa: S302 (from our own child)
            learn(found)


def _serve() -> None:
    here = str(Path(__file__).parent)
    sys.path.remove(here)  # the tests' own modules are none of a command's
    for named in sys.argv[1:]:
        module, _, function = named.partition(":")
        loaded = importlib.import_module(module)
        if function:
            getattr(loaded, function)()
    sys.path.insert(0, here)
    learnt = _Learnt()
    sys.path.remove(here)
    gc.freeze()  # a command has no garbage to look for in what was loaded
    for line in sys.stdin:
        with tempfile.TemporaryFile() as told:
            process = os.fork()
            if not process:
                own = os.getpid()
                try:
                    _command(json.loads(line))
                finally:
                    if os.getpid() == own:  # nor any process that the command itself has forked
                        told.write(learnt.tell())
                        told.flush()
                return
            _, status = os.waitpid(process, 0)
            code = os.waitstatus_to_exitcode(status)
            told.seek(0)
            if code >= 0 and (said := told.read()):  # a command that was killed may have been about to tell
                learnt.learn(said)
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
