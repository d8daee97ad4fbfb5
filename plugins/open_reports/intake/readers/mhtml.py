"""MHTML: a web archive, as browsers, Word and Excel save it: the page, and the frames that it shows."""

from __future__ import annotations

from email import message_from_bytes, policy
from itertools import islice
from typing import TYPE_CHECKING

from open_reports.errors import IntakeError
from open_reports.intake.readers.decoding import decoded
from open_reports.intake.readers.html import Page

if TYPE_CHECKING:
    from email.message import EmailMessage

    from open_reports.intake.grid import Manuscript

MOST_PARTS = 2_000


def read(data: bytes) -> Manuscript:
    """A web archive as a manuscript. Raises `IntakeError` where it is damaged or holds no page."""
    try:
        mail = message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n"), policy=policy.default)
        parts = list(islice(mail.walk(), MOST_PARTS + 1))
    except RecursionError:
        # Parts in parts in parts; browsers write two levels.
        raise IntakeError("mhtml_unreadable") from None
    # A boundary that is announced and does not come: the file was cut short.
    if len(parts) > MOST_PARTS or any(part.defects for part in parts):
        raise IntakeError("mhtml_unreadable")
    pages = [part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not pages:
        raise IntakeError("mhtml_unreadable")
    page, complete = Page(), True
    root = _root(mail, pages)
    for part in (root, *(each for each in pages if each is not root)):
        content = part.get_payload(decode=True)
        # What is no base64 after all is told only now.
        if part.defects or not isinstance(content, bytes):
            raise IntakeError("mhtml_unreadable")
        text, whole = decoded(content, part.get_content_charset() or "")
        complete &= whole
        page.take(text, _header(mail, "Snapshot-Content-Location") or _header(part, "Content-Location"), _header(mail, "Subject"))
    return page.manuscript("mhtml", whole=complete)


def _root(mail: EmailMessage, pages: list[EmailMessage]) -> EmailMessage:
    """The page itself: the part that the header names, else the first."""
    start = mail.get_param("start") if mail.get("Content-Type") else None
    return next((part for part in pages if start and part.get("Content-ID") == start), pages[0])


def _header(part: EmailMessage, name: str) -> str:
    value = str(part.get(name, "")).strip()
    return value if name == "Subject" or value.startswith(("http://", "https://")) else ""
