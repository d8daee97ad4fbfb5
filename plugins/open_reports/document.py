"""Strict reading of YAML and JSON, and exact writing of JSON: no duplicate keys, no aliases, no unknown keys.

PyYAML and `json` both keep the last of two equal keys in silence, so one office's figure could hide behind another's.
The only user of `yaml`, and of `simplejson`, which writes decimals as exact JSON numbers; `json` would make floats of money.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

import yaml
from markupsafe import Markup

from open_reports.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

MAX_DEPTH = 24
PLACEHOLDER = "待填"
"""What `open-reports new` writes where only a person can know the answer."""
# Categories Cc (but line feed), Cf, Co, Cs, Zl, Zp and the non-characters: what a reader cannot see or a font cannot show.
INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\uf8ff\ufeff\ufff9-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
"""What may stand in no text, written out or as an escape of JSON or YAML."""
# LibYAML is much the faster, but PyYAML may have been built without it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc]
    """The safe loader that refuses a key written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 (PyYAML's signature)
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            # YAML 1.1 takes `no` for a truth value and `2024` for a number: neither is the key that somebody wrote.
            if not isinstance(key, str):
                raise DocumentError("document.key_not_text", row=key_node.start_mark.line + 1, found=shown(key))
            if key in seen:
                raise DocumentError("document.duplicate_key", row=key_node.start_mark.line + 1, found=shown(key))
            seen.add(key)
        constructed: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return constructed


def parse_yaml(text: str) -> object:
    """Parse one YAML document.

    Raises `DocumentError` for broken syntax, a duplicate key, an anchor or alias, a tag, or nesting deeper than
    `MAX_DEPTH` (which could exhaust the parser's stack).
    """
    try:
        depth = 0
        # Events come before anything is built: an alias that unfolds without end has cost nothing yet.
        for event in yaml.parse(text, Loader=_Loader):
            row = event.start_mark.line + 1 if event.start_mark else None
            if anchor := getattr(event, "anchor", None):
                raise DocumentError("document.alias", row=row, found=str(anchor))
            if tag := getattr(event, "tag", None):
                raise DocumentError("document.syntax", row=row, found=shown(str(tag)))
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise DocumentError("document.too_deep", row=row, expected=str(MAX_DEPTH))
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 (a subclass of the safe loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise DocumentError("document.syntax", row=mark.line + 1 if mark else None, found=problem) from error
    except ValueError as error:  # 2026-02-31 looks like a date and is none
        raise DocumentError("document.syntax", found=str(error)) from error


def parse_json(text: str) -> object:
    """Parse one JSON document; numbers keep their exact text as `int`, or as `str` for anything else.

    Raises `DocumentError` for broken syntax, a duplicate key, `NaN`, or nesting deeper than Python's parser bears.
    """

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        mapping = dict(items)
        if len(mapping) < len(items):
            seen: set[str] = set()
            twice = next(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise DocumentError("document.duplicate_key", row=_row_of_second(text, twice), found=shown(twice))
        return mapping

    # Python reads NaN and Infinity, which JSON does not have (RFC 8259).
    def constant(name: str) -> NoReturn:
        raise DocumentError("document.syntax", found=name)

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_float=str)
    except json.JSONDecodeError as error:
        raise DocumentError("document.syntax", row=error.lineno, found=error.msg) from error
    except RecursionError as error:
        raise DocumentError("document.too_deep", expected=str(MAX_DEPTH)) from error
    except ValueError as error:  # a number of more digits than Python converts
        raise DocumentError("document.syntax", found=shown(str(error))) from error
    if _deeper(value, MAX_DEPTH):
        raise DocumentError("document.too_deep", expected=str(MAX_DEPTH))
    return value


def _deeper(value: object, most: int) -> bool:
    """Whether more than `most` mappings and lists stand inside one another; looks no deeper than that."""
    level = [value]
    for _ in range(most):
        level = [
            each for outer in level if isinstance(outer, dict | list) for each in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return any(isinstance(each, dict | list) for each in level)


def _row_of_second(text: str, key: str) -> int | None:
    needle = json.dumps(key, ensure_ascii=False)
    hits = [match.start() for match in re.finditer(re.escape(needle) + r"\s*:", text)]
    return text.count("\n", 0, hits[1]) + 1 if len(hits) > 1 else None


_HIDDEN = re.compile(f"\n|{INVISIBLE.pattern}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a document: `path` inside it, the message's `code` and what the message shows."""

    path: str
    code: str
    values: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = ", ".join(f"{key}={value!r}" for key, value in self.values.items())
        return f"{self.path}: {self.code} ({shown})"


_ABSENT: Any = object()


class Record:
    """A mapping read key by key: every wrong, missing or unknown key becomes a `Problem`, all of them at once.

    Each reader returns the value, or the given fallback after noting the problem. `close()` notes the keys that
    nobody asked for.
    """

    def __init__(self, value: object, problems: list[Problem], path: str = "") -> None:
        self.path = path
        self.problems = problems
        self.asked: set[str] = set()
        self.mapping: Mapping[str, object] = {}
        self.readable = isinstance(value, dict)
        """False where there is no mapping: that is one problem, and nothing is said to be missing from it."""
        if isinstance(value, dict):
            self.mapping = value
        elif value is not _ABSENT:
            self.note("", "record.not_mapping", found=shown(value))

    def at(self, key: str) -> str:
        """Path of a key inside the document, such as `report.forms.disclosure`."""
        own = shown(key)
        return f"{self.path}.{own}" if self.path and own else self.path or own

    def note(self, key: str, code: str, /, **values: str) -> None:
        """Note a problem at a key."""
        self.problems.append(Problem(path=self.at(key) or "(document)", code=code, values=values))

    def get(self, key: str, *, required: bool = False) -> object:
        """Take the raw value, or None."""
        self.asked.add(key)
        if required and self.readable and self.mapping.get(key) is None:
            self.note(key, "record.missing", key=key)
        return self.mapping.get(key)

    def text(self, key: str, *, required: bool = True, most: int = 200, ours: bool = False) -> str:
        """Take a one-line text of at most `most` characters, an empty one where absent or wrong; one of `ours` may begin with a dash."""
        value = self.get(key, required=required)
        if value is None:
            return ""
        fault = _text_fault(value, most, ours=ours)
        if fault is not None:
            code, values = fault
            self.note(key, code, **values)
            return ""
        return str(value)

    def matching(self, key: str, pattern: str, example: str, *, required: bool = True) -> str:
        """Take a text that matches a pattern in full, shown to the reader by an example."""
        value = self.text(key, required=required)
        if value and not re.fullmatch(pattern, value, re.ASCII):
            self.note(key, "record.pattern", found=shown(value), expected=example)
            return ""
        return value

    def choice(self, key: str, options: Mapping[str, object] | tuple[str, ...], *, required: bool = True) -> str:
        """Take one of the given words."""
        value = self.text(key, required=required)
        if value and value not in options:
            self.note(key, "record.choice", found=shown(value), expected=", ".join(options))
            return ""
        return value

    def integer(self, key: str, *, required: bool = True) -> int:
        """Take a whole number; 0 where absent or wrong."""
        value = self.get(key, required=required)
        if value is None:
            return 0
        # In Python True is a number: `yes` must not pass for 1.
        if not isinstance(value, int) or isinstance(value, bool):
            self.note(key, "record.not_integer", found=shown(value))
            return 0
        return value

    def day(self, key: str, *, required: bool = True) -> date | None:
        """Take a date written YYYY-MM-DD, or None."""
        value = self.get(key, required=required)
        if value is None or isinstance(value, date):
            return value
        # `fromisoformat` alone would take 20240131 and 2024-W05-3, too.
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.note(key, "record.not_date", found=shown(value))
        return None

    def record(self, key: str, *, required: bool = True) -> Record:
        """Take a mapping as a record of its own; an empty one where absent."""
        value = self.get(key, required=required)
        return Record((_ABSENT if required else {}) if value is None else value, self.problems, self.at(key))

    def sequence(self, key: str, *, required: bool = False) -> list[object]:
        """Take a list; an empty one where absent or wrong."""
        value = self.get(key, required=required)
        if value is None:
            return []
        if not isinstance(value, list):
            self.note(key, "record.not_list", found=shown(value))
            return []
        return value

    def texts(self, key: str, *, most: int = 200) -> tuple[str, ...]:
        """Take a list of one-line texts; anything else is noted and left out."""
        found = (self.one_line(f"{key}[{index}]", value, most=most) for index, value in enumerate(self.sequence(key)))
        return tuple(text for text in found if text is not None)

    def one_line(self, key: str, value: object, *, most: int = 200) -> str | None:
        """Take a value that stands at a key as a one-line text; note anything else, and return None."""
        fault = _text_fault(value, most)
        if fault is None:
            return str(value)
        self.note(key, fault[0], **fault[1])
        return None

    def records(self, key: str, *, required: bool = False) -> Iterator[Record]:
        """Each mapping of a list, as a record of its own."""
        for index, value in enumerate(self.sequence(key, required=required)):
            yield Record(value, self.problems, f"{self.at(key)}[{index}]")

    def each(self, key: str, read: Callable[[Record], Any]) -> tuple[Any, ...]:
        """Read every mapping of a list with `read` and close it."""
        found = []
        for record in self.records(key):
            found.append(read(record))
            record.close()
        return tuple(found)

    def once(self, key: str, ids: Sequence[str]) -> None:
        """Note every id that is given more than once below a key."""
        for twice in sorted({each for each in ids if ids.count(each) > 1}):
            self.note(key, "document.duplicate_key", found=twice)

    def close(self) -> None:
        """Note every key that is not known here."""
        for key in self.mapping:
            if key not in self.asked:
                self.note(key, "record.unknown_key", found=shown(key), expected=", ".join(sorted(self.asked)))


def _text_fault(value: object, most: int, *, ours: bool = False) -> tuple[str, dict[str, str]] | None:
    """Message code of what is wrong with a text, with what the message shows; None if nothing is."""
    if not isinstance(value, str) or not value.strip():
        return "record.not_text", {"found": shown(value)}
    if value.strip() == PLACEHOLDER:
        return "record.placeholder", {"found": value}
    if not value.isprintable() and (hidden := _HIDDEN.search(value)):
        return "record.invisible", {"found": f"U+{ord(hidden[0]):04X}"}
    # One letter spelt in two ways looks the same and compares as different.
    if not unicodedata.is_normalized("NFC", value):
        return "record.not_nfc", {"found": shown(value)}
    # Labels of ours, among them entries of lists and names of options, are no text of a file of data.
    if runs(value) and not (ours and value.startswith("-")):
        return "record.formula", {"found": shown(value)}
    return ("record.too_long", {"found": str(len(value)), "expected": str(most)}) if len(value) > most else None


RUN_SIGNS = tuple("=+@-＝＋＠－")
"""Signs that may begin a formula."""
_FORMULA = re.compile(r"[=+@＝＋＠]|[-－](?!(?:\d+(?:\.\d+)?)?\Z)", re.ASCII)
"""Beginnings of a formula; where Chinese is written a spreadsheet takes the full-width signs for the others. A stroke alone and a negative
number are none: originals print them."""


def runs(text: str) -> bool:
    """Whether a spreadsheet that opens the CSV would run a text as a formula."""
    return bool(_FORMULA.match(text))


def shown(value: object, most: int = 60) -> str:
    """What a message shows of a value: one line, controls escaped, cut at `most` characters."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text[: most + 1])
    return text if len(text) <= most else text[: most - 1] + "…"


def json_bytes(value: object, *, indent: int | None = 1) -> bytes:
    """JSON in UTF-8 with exact decimals, readable Chinese and a final line break."""
    import simplejson

    return (simplejson.dumps(value, ensure_ascii=False, indent=indent, use_decimal=True) + "\n").encode()


def compact_json(value: object) -> str:
    """JSON on one line with exact decimals and readable Chinese."""
    import simplejson

    return str(simplejson.dumps(value, ensure_ascii=False, use_decimal=True))


def script_json(text: str) -> Markup:
    """JSON as it may stand in a script element, whose text it cannot end early."""
    # Within the element only these could be read as markup, and JSON may spell them so.
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 (escaped here)
