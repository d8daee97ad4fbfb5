"""Copies: published data wherever they lie, in a folder, a zip or on the web, read without trusting them.

Nothing outside the folder, the archive or the site's own address is ever opened, and nothing larger than was expected is
read to its end. Nothing here knows what the files mean.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import stat
import urllib.error
import urllib.request
import zipfile
import zlib
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from open_reports.document import shown
from open_reports.errors import DocumentError, OpenReportsError
from open_reports.files.manifest import MOST_BYTES, PATH, Entry, Stated, parse, safe
from open_reports.gate import LITTER
from open_reports.text import Text, reading, resource_text, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType


_PIECE = 1 << 20
MOST_UNPACKED = 16 * 1024**3
"""Most bytes that an archive may unpack to; a site of 10,000 reports has some 3 GB of data."""
MOST_MEMBERS = 2_000_000
_HEAD = 30
"""Bytes of a member's head in an archive, without its name."""
TIMEOUT = 30.0
"""Seconds that a server may stay silent."""
AT_ONCE = 8
"""Files asked of a server at a time."""
_REDIRECTS = range(300, 400)
_In = TypeVar("_In")
_Out = TypeVar("_Out")


@cache
def messages() -> Mapping[str, Text]:
    """Messages about copies and exports, from `locales/verify.yml`. Raises `FormError` where one lacks a language."""
    name = "locales/verify.yml"
    with reading(name, resource_text(name)) as root:
        return {code: text_of(root.record(code)) for code in root.mapping}


def message(code: str, **values: object) -> Text:
    """Return a message in both languages with its values filled in."""
    text = messages()[code]
    return Text(zh=text.filled("zh", values), en=text.filled("en", values))


class CopyError(OpenReportsError):
    """A file, archive or address of a copy that cannot be read, or must not be.

    `file` is its path below the copy, empty for the copy itself; `code` the message's; `says` the message.
    """

    def __init__(self, file: str, code: str, **values: object) -> None:
        self.file = file
        self.code = code
        self.says = message(code, **values)
        super().__init__(f"{file}：{self.says.zh} / {self.says.en}")


class Copy(ABC):
    """A published copy. `name` is what its reader calls it; `faults` are what `paths` found and never opens, such as links."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[CopyError] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:  # noqa: B027 (most copies hold nothing open)
        """Let go of what is open."""

    @abstractmethod
    def paths(self) -> frozenset[str] | None:
        """Every file by its path below the copy; None where nobody can list them."""

    @abstractmethod
    def pieces(self, path: str) -> Iterator[bytes]:
        """Content of a file, piece by piece. Raises `CopyError` where it is missing or cannot be read."""

    def read(self, path: str, most: int) -> bytes:
        """Content of a file of at most `most` bytes. Raises `CopyError`."""
        data = bytearray()
        # Counted while it is read: what a server or an archive states of a size is only a claim.
        for piece in self.pieces(path):
            data += piece
            if len(data) > most:
                raise CopyError(path, "copy.longer", expected=f"{most:,}")
        return bytes(data)

    def look(self, path: str, most: int) -> Entry:
        """Size and hash of a file, without keeping it. Raises `CopyError`, also where it has more than `most` bytes."""
        digest, size = hashlib.sha256(), 0
        for piece in self.pieces(path):
            size += len(piece)
            if size > most:
                raise CopyError(path, "file.size", expected=f"{most:,}", found=f"> {most:,}")
            digest.update(piece)
        return Entry(size, f"sha256:{digest.hexdigest()}")

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return path in (self.paths() or ())

    def each(self, do: Callable[[_In], _Out], items: Iterable[_In]) -> Iterator[_Out]:
        """Do something with each item, in order."""
        return map(do, items)


class FolderCopy(Copy):
    """A copy in a folder; links and whatever is no plain file are faults, and never opened."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._root = folder
        self._paths: frozenset[str] | None = None

    def _walk(self, folder: str, below: str) -> Iterator[str]:
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda each: each.name)
        except OSError as error:
            self.faults.append(CopyError(shown(below, 200), "copy.unreadable", found=error.strerror or type(error).__name__))
            return
        for entry in entries:
            path = f"{below}{entry.name}"
            if entry.is_symlink():
                self.faults.append(CopyError(shown(path, 200), "copy.link"))
            elif entry.is_dir(follow_symlinks=False):
                yield from self._walk(entry.path, f"{path}/")
            elif not entry.is_file(follow_symlinks=False):
                self.faults.append(CopyError(shown(path, 200), "copy.irregular"))
            elif entry.name not in LITTER:
                yield path

    def paths(self) -> frozenset[str]:
        """Every file by its path below the folder; `faults` are known from then on."""
        if self._paths is None:
            self._paths = frozenset(self._walk(os.fspath(self._root), ""))
        return self._paths

    def has(self, path: str) -> bool:
        """Whether there is such a file, without looking at the others. Raises `CopyError` where nobody may look."""
        try:
            return stat.S_ISREG(os.lstat(self._root / path).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise CopyError(path, "copy.unreadable", found=error.strerror or type(error).__name__) from error

    def pieces(self, path: str) -> Iterator[bytes]:
        """Content of a file, piece by piece."""
        if path not in self.paths():
            raise CopyError(path, "copy.missing")
        try:
            # Since it was listed, the file may have become a link or a pipe: the one is not followed, the other not waited for.
            # Windows would change line ends, and end a file at its first byte 0x1A, if it were not told that these are bytes.
            handle = os.open(
                self._root / path,
                os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0),
            )
            with os.fdopen(handle, "rb") as stream:
                while piece := stream.read(_PIECE):
                    yield piece
        except OSError as error:
            raise CopyError(path, "copy.unreadable", found=error.strerror or type(error).__name__) from error


ARCHIVE_FAULTS = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What `zipfile` raises for an archive that is damaged or made to do harm: BadZipFile for its structure and checksums,
zlib.error for packed data, EOFError for data cut short, RuntimeError for a locked member or a version or method that it does
not know, ValueError for a date or an offset that cannot be, OSError for the file and for a seek before its start."""


class ZipCopy(Copy):
    """A copy in an archive, never unpacked to a disk. Raises `CopyError` for an archive that could do harm.

    A folder that holds everything else, as archives of sites and reports have, is `top`, and no part of the paths.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(str(file))
        self.file = file
        try:
            self._zip = zipfile.ZipFile(file)
        except ARCHIVE_FAULTS as error:
            raise CopyError("", "zip.broken", found=shown(str(error))) from error
        try:
            members = self._members()
        except CopyError:
            self.close()
            raise
        tops = {name.split("/")[0] for name in members if "/" in name}
        # `data` and `reports` are folders of a site itself: an archive of one alone must keep its name in the paths.
        alone = len(tops) == 1 and all("/" in name for name in members)
        self.top = next(iter(tops)) if alone and tops.isdisjoint({"data", "reports"}) else ""
        self._members_by_path = {name.removeprefix(f"{self.top}/") if self.top else name: info for name, info in members.items()}

    def _members(self) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        infos = self._zip.infolist()
        size = sum(info.file_size for info in infos)
        # Judged by the directory, before a byte is unpacked: a small archive can hold more than a disk.
        if size > MOST_UNPACKED or len(infos) > MOST_MEMBERS:
            raise CopyError("", "zip.bomb", found=f"{size:,}", count=f"{len(infos):,}", expected=f"{MOST_UNPACKED:,}")
        ends = 0
        for info in sorted(infos, key=lambda each: each.header_offset):
            if info.header_offset < ends:  # a part that is counted twice unpacks to more than it seems
                raise CopyError("", "zip.overlap")
            ends = info.header_offset + _HEAD + info.compress_size
        for info in infos:
            name = info.filename.removesuffix("/") if info.is_dir() else info.filename
            # Archives made on Unix keep the mode of a file in the upper half; others leave it 0.
            kind = stat.S_IFMT(info.external_attr >> 16)
            # zipfile cuts a name at a NUL and changes separators: a name that it had to change means different files to different programs.
            if info.orig_filename != info.filename or not safe(name):
                raise CopyError("", "zip.name", found=shown(info.orig_filename))
            if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
                raise CopyError("", "zip.link", found=shown(name))
            if info.flag_bits & 0x1 or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise CopyError("", "zip.locked", found=shown(name))
            # Of two members of one name, one program takes the first, another the last.
            if name in found:
                raise CopyError("", "zip.twice", found=shown(name))
            if not info.is_dir() and PurePosixPath(name).name not in LITTER:
                found[name] = info
        return found

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()

    def paths(self) -> frozenset[str]:
        """Every file by its path below `top`."""
        return frozenset(self._members_by_path)

    def pieces(self, path: str) -> Iterator[bytes]:
        """Content of a member, piece by piece, against its checksum."""
        info = self._members_by_path.get(path)
        if info is None:
            raise CopyError(path, "copy.missing")
        try:
            with self._zip.open(info) as stream:
                while piece := stream.read(_PIECE):
                    yield piece
        except ARCHIVE_FAULTS as error:
            raise CopyError(path, "zip.broken", found=shown(str(error))) from error


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follows a redirect within the site's origin only: what another site says proves nothing about this one."""

    def redirect_request(  # noqa: PLR0917 (urllib's signature)
        self,
        req: urllib.request.Request,
        fp: object,
        code: int,
        msg: str,
        headers: object,
        newurl: str,
    ) -> urllib.request.Request | None:
        if _origin(newurl) != _origin(req.full_url):
            raise CopyError("", "web.elsewhere", found=shown(newurl, 200))
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _ascii_host(host: str) -> str:
    """Host and port as they are sent: a name in Chinese in its ASCII form (IDNA). Raises `CopyError` where it has none."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise CopyError("", "copy.address") from error


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


class WebCopy(Copy):
    """A copy on the web, below an address; nobody can list its files, so whoever reads it must know their names."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        super().__init__(url)
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"http", "https"} and parts.hostname and not parts.username and url.isprintable() and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise CopyError("", "copy.address")
        # An address as a browser shows it: names in Chinese are sent as every browser sends them.
        path = quote(parts.path.removesuffix("index.html"), safe="/%:@!$&'()*+,;=~")
        host = _ascii_host(parts.netloc)
        self._base = parts._replace(netloc=host, path=path if path.endswith("/") else f"{path}/", query="", fragment="").geturl()
        self._timeout = timeout
        self._opener = urllib.request.build_opener(_SameOrigin)
        # Uncompressed: the manifest states the hash of the bytes as they were published.
        self._opener.addheaders = [("User-Agent", "open-reports verify"), ("Accept-Encoding", "identity")]

    def paths(self) -> None:
        """Nobody can list the files of a site."""
        return

    def has(self, path: str) -> bool:
        """Whether the server has such a file. Raises `CopyError` where it cannot be asked."""
        try:
            next(self.pieces(path), b"")
        except CopyError as error:
            if error.code == "copy.missing":
                return False
            raise
        return True

    def pieces(self, path: str) -> Iterator[bytes]:
        """Content of a file, piece by piece, as the server sends it."""
        try:
            with self._opener.open(urljoin(self._base, quote(path)), timeout=self._timeout) as answer:
                _require_plain(path, answer.headers.get("Content-Encoding", "identity"))
                while piece := answer.read(_PIECE):
                    yield piece
        except CopyError as error:
            raise error if error.file else _of(path, error) from None
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in {http.client.NOT_FOUND, http.client.GONE}:
                raise CopyError(path, "copy.missing") from error
            if error.code in _REDIRECTS:  # one that urllib itself does not follow, to a local file for instance
                raise CopyError(path, "web.elsewhere", found=shown(error.headers.get("Location", ""), 200)) from error
            raise CopyError(path, "web.status", found=str(error.code)) from error
        except http.client.IncompleteRead as error:
            raise CopyError(path, "copy.unreadable", found=shown(str(error))) from error
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise CopyError(path, "web.unreachable", found=shown(str(reason) or type(reason).__name__)) from error

    def each(self, do: Callable[[_In], _Out], items: Iterable[_In]) -> Iterator[_Out]:
        """Do something with several items at a time, for most of it is waiting; results keep the items' order."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(do, items)


def _require_plain(path: str, encoding: str) -> None:
    """Refuse a file that the server compressed unasked: its bytes are not those that were published."""
    if encoding != "identity":
        raise CopyError(path, "web.encoded", found=shown(encoding))


def _of(path: str, error: CopyError) -> CopyError:
    """Return the error with the file it befell."""
    error.file = path
    return error


def open_copy(where: str | os.PathLike[str]) -> Copy:
    """Open a published copy: a folder, a zip, or an http(s) address. Raises `CopyError` where there is none, or none that is safe."""
    text = os.fspath(where)
    if "://" in text:
        return WebCopy(text)
    path = Path(text)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a NUL in the name
        raise CopyError("", "copy.none") from error
    except OSError as error:
        raise CopyError("", "copy.unreadable", found=error.strerror or type(error).__name__) from error
    if stat.S_ISDIR(mode):
        return FolderCopy(path)
    if stat.S_ISREG(mode):
        return ZipCopy(path)
    raise CopyError("", "copy.none")


def stated_manifest(copy: Copy) -> Stated:
    """Read the manifest of a copy. Raises `CopyError` where it is missing or broken."""
    try:
        return parse(copy.read(PATH, MOST_BYTES))
    except DocumentError as error:
        raise CopyError(PATH, "manifest.broken", found=error.values.get("found", error.code)) from error
