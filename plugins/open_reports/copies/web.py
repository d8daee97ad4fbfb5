"""Copies on the web, below an address."""

from __future__ import annotations

import http.client
import io
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from open_reports.copies.base import PIECE, Copy, CopyError, In, Out
from open_reports.document import shown

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Iterator

    from _typeshed import WriteableBuffer

TIMEOUT = 30.0
"""Seconds that a server may stay silent."""
SLOWEST = 10_000
"""Least bytes a second that a server must send, beyond `TIMEOUT`: 1.3 MB at a byte every two seconds would take a month."""
AT_ONCE = 8
"""Files asked of a server at a time."""
GONE = frozenset({"web.unreachable", "web.slow"})
"""Codes after which no other file needs to be asked for."""
_REDIRECTS = range(300, 400)


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


class _Paced(io.RawIOBase):
    """What a server sends, given up when it comes too slowly as a whole, head and content alike.

    A limit on each read alone would be met by a server that sends a byte now and then, for ever.
    """

    def __init__(self, sent: io.RawIOBase, pace: Pace) -> None:
        super().__init__()
        self._sent = sent
        self._pace = pace
        self._began = pace.clock()
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        passed = self._pace.clock() - self._began
        if passed > self._pace.silence + self._size / SLOWEST:
            raise CopyError("", "web.slow", found=f"{self._size:,}", seconds=f"{passed:.0f}", expected=f"{SLOWEST:,}")
        size = self._sent.readinto(buffer)
        self._size += size or 0
        return size

    def close(self) -> None:
        self._sent.close()
        super().close()


class Pace(NamedTuple):
    """How long a server may take: `silence` seconds, and by the `clock` a second more for each `SLOWEST` bytes that came."""

    silence: float
    clock: Callable[[], float] = time.monotonic


def _handlers(pace: Pace) -> tuple[urllib.request.BaseHandler, ...]:
    """Return what opens addresses for `urllib`, each answer read at a pace."""

    class Answer(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None) -> None:
            super().__init__(sock, debuglevel, method, url)
            self.fp.close()
            self.fp = io.BufferedReader(_Paced(sock.makefile("rb", buffering=0), pace))

    class PlainConnection(http.client.HTTPConnection):
        response_class = Answer

    class SecureConnection(http.client.HTTPSConnection):
        response_class = Answer

    class Plain(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(PlainConnection, req)

    class Secure(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(SecureConnection, req)

    return Plain(), Secure()


class WebCopy(Copy):
    """A copy on the web, below an address; nobody can list its files, so whoever reads it must know their names.

    `timeout` and `clock` say how long a server may take (`Pace`).
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT, clock: Callable[[], float] = time.monotonic) -> None:
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
        self._opener = urllib.request.build_opener(_SameOrigin, *_handlers(Pace(timeout, clock)))
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
                while piece := answer.read(PIECE):
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

    def each(self, do: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
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
