"""What Windows has not, taken away: `take_away()` in a process of its own, or all of pytest with `-p windows_like`.

This is no Windows. It shows what asks for something that is not there, and what writes a file by a name or with line ends that
Windows would not leave as they are; how Windows does what it does is seen on Windows alone (the job `windows` of the workflow).

    .venv/bin/python -m pytest -p windows_like -m "not browser and not build and not long and not office and not posix" tests/test_x.py
"""

from __future__ import annotations

import builtins
import errno
import importlib
import io
import os
import pkgutil
import re
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

MODULES = ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty")
OS = (
    *(
        "chroot",
        "fork",
        "forkpty",
        "getloadavg",
        "getpgid",
        "getpgrp",
        "killpg",
        "lchown",
        "mkfifo",
        "mknod",
        "nice",
        "openpty",
        "posix_spawn",
    ),
    *(
        "setpgid",
        "setsid",
        "setuid",
        "statvfs",
        "symlink",
        "sync",
        "wait3",
        "wait4",
        "O_NOFOLLOW",
        "O_NONBLOCK",
        "O_DIRECTORY",
        "O_CLOEXEC",
    ),
)
"""Those that our own code might ask for. `symlink` is there, but only an administrator may call it."""
SIGNALS = (
    *("SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGPROF", "SIGUSR1", "SIGXCPU"),
    *("ITIMER_PROF", "ITIMER_REAL", "alarm", "getitimer", "pthread_sigmask", "setitimer"),
)
_FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]|[ .]$')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that no file of Windows may have."""


def take_away() -> None:
    """Take it away from this process, for good."""
    _load()  # with all the libraries that they use
    _spare()
    locks = importlib.import_module("fcntl")
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment] # how Python is told that there is none
    for owner, names in ((os, OS), (signal, SIGNALS)):
        for name in names:
            if hasattr(owner, name):
                delattr(owner, name)
    Path.symlink_to = _unprivileged  # type: ignore[method-assign]
    opening = io.open  # the builtin, as pathlib names it
    io.open = builtins.open = _opener(opening)
    os.mkdir = _made(os.mkdir)
    # Once more: they must load without it, too.
    for name in [name for name in sys.modules if _ours(name)]:
        del sys.modules[name]
    for loaded in _load():
        if getattr(loaded, "sys", None) is sys:
            loaded.sys = _Sys("sys")  # type: ignore[attr-defined] # as just seen
        if hasattr(loaded, "_module"):  # where a lock asks for its system's
            vars(loaded)["_module"] = {"msvcrt": _Locks(locks)}.get


def _spare() -> None:
    """Let the standard library and everybody else keep what they have: on Windows they do what they do by other means."""
    whole = {id(each): _copied(each) for each in (os, signal)}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and not _ours(name) and Path(file).parent != Path(__file__).parent:
            for key, value in list(vars(module).items()):
                if id(value) in whole:
                    setattr(module, key, whole[id(value)])


def _ours(name: str) -> bool:
    return name.partition(".")[0] == "open_reports"


def _load() -> list[ModuleType]:
    """Every module of the program."""
    whole = importlib.import_module("open_reports")
    return [importlib.import_module(each.name) for each in pkgutil.walk_packages(whole.__path__, "open_reports.")]


def _copied(module: ModuleType) -> ModuleType:
    copy = ModuleType(module.__name__)
    vars(copy).update(vars(module))
    return copy


class _Sys(ModuleType):
    """What our modules know of Python, but for the name of the system."""

    platform = "win32"

    def __getattr__(self, name: str) -> object:
        return getattr(sys, name)


class _Locks:
    """As much of `msvcrt` as locks a file."""

    LK_NBLCK = 2

    def __init__(self, fcntl: ModuleType) -> None:
        self._fcntl = fcntl

    def locking(self, handle: int, mode: int, size: int) -> None:
        assert (mode, size) == (self.LK_NBLCK, 1)
        try:
            self._fcntl.flock(handle, self._fcntl.LOCK_EX | self._fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PermissionError(errno.EACCES, "Permission denied") from error


def _unprivileged(self: Path, *_: object, **__: object) -> None:
    raise OSError(errno.EPERM, "A required privilege is not held by the client", str(self))


def _refuse(path: object) -> None:
    name = Path(os.fsdecode(path)).name if isinstance(path, str | bytes | os.PathLike) else ""
    if _FORBIDDEN.search(name) or _RESERVED.fullmatch(name):
        raise OSError(errno.EINVAL, "Invalid argument", str(path))


def _opener(opening: Callable[..., Any]) -> Callable[..., Any]:
    names = ("file", "mode", "buffering", "encoding", "errors", "newline")

    def opened(*given: Any, **named: Any) -> Any:
        named |= dict(zip(names, given, strict=False))
        mode = set(named.get("mode", "r"))
        if mode & set("wxa"):
            _refuse(named["file"])
        if "b" not in mode and named.get("newline") is None and mode & set("wxa+"):
            named["newline"] = "\r\n"
        return opening(named.pop("file"), **named)

    return opened


def _made(mkdir: Callable[..., None]) -> Callable[..., None]:
    def made(path: Any, *given: Any, **named: Any) -> None:
        _refuse(path)
        mkdir(path, *given, **named)

    return made


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """As a plugin: once pytest's own plugins are loaded, and nothing of the tests is."""
    take_away()
