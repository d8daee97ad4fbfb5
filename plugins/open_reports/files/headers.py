"""What a web server is to say with every answer: `_headers` for hosts that take such a file, and the same for nginx and Caddy.

Each page carries its policy itself, for some hosts, GitHub Pages among them, take no headers. A header adds what only a server can say:
who may put a page into a frame, that a file is what its type says, and what else a page may not ask of a browser. There is one table,
so that the three cannot differ; what stands in docs/publish.md is held against it by a test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.files.route import Route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from open_reports.files.folder import SiteFolder

PATH = "_headers"


def policy(scripts: Iterable[str], *more: str) -> str:
    """A Content-Security-Policy that takes these scripts, and nothing from elsewhere."""
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src", *scripts)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "font-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "object-src 'none'",
            "frame-src 'none'",
            *more,
        )
    )


HEADERS = {
    # A page is held to this and to its own policy, which names the few scripts written into it by their hashes and allows no others.
    # A worker has the policy of its own answer alone, and the one that asks the database compiles WebAssembly.
    "Content-Security-Policy": policy(("'self'", "'unsafe-inline'", "'wasm-unsafe-eval'"), "frame-ancestors 'none'"),
    "X-Frame-Options": "DENY",  # the same for browsers that do not know frame-ancestors
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    # The data are for everybody's programs, those in pages of other sites included, as they are on GitHub Pages.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""What is said with every answer. No `Strict-Transport-Security`: it binds a whole domain, which is not the site's to bind."""


def headers_file() -> bytes:
    """`_headers`, as Netlify and Cloudflare Pages read it."""
    return "".join(["/*\n", *(f"  {name}: {value}\n" for name, value in HEADERS.items())]).encode()


def nginx() -> str:
    """The lines for a block `server` or `location` of nginx."""
    # `always`: a page that is not found is a page, too.
    return "".join(f'add_header {name} "{value}" always;\n' for name, value in HEADERS.items())


def caddy() -> str:
    """The lines for a site in a Caddyfile."""
    return "".join(["header {\n", *(f'\t{name} "{value}"\n' for name, value in HEADERS.items()), "}\n"])


ROUTES: tuple[Route[SiteFolder], ...] = (
    # No data: lists of files and the description of the API leave it out.
    Route("headers", PATH, "text/plain", lambda _: headers_file(), listed=False),
)
