"""Jinja's templates, compiled once: it makes the same code of the same text each time, and that is a third of what a small build takes.

A build of MkDocs makes an environment of its own, and so compiles its theme's templates anew. The code depends on the text, its name and
what the environment says of the language, all of which is asked for here; what a template is given makes no difference.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from jinja2 import Environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

_LANGUAGE = (
    *("block_start_string", "block_end_string", "variable_start_string", "variable_end_string", "comment_start_string"),
    *("comment_end_string", "line_statement_prefix", "line_comment_prefix", "trim_blocks", "lstrip_blocks", "newline_sequence"),
    *("keep_trailing_newline", "optimized", "is_async", "policies"),
)


class Compiled:
    """Compiles templates in the place of Jinja and remembers them; `new` holds those that it was not told of with `learn`."""

    def __init__(self) -> None:
        self.known: dict[str, CodeType] = {}
        self.new: dict[str, CodeType] = {}
        self.compile_: Callable[..., Any] = Environment.compile

    def learn(self, codes: dict[str, CodeType]) -> None:
        """Know what another process has compiled."""
        self.known |= codes

    def method(self) -> Callable[..., Any]:
        """What to put in the place of `Environment.compile`."""
        compile_ = self.compile_

        def compiling(environment: Environment, source: object, name: str | None = None, filename: str | None = None, **more: Any) -> Any:
            if more or not isinstance(source, str):
                return compile_(environment, source, name, filename, **more)
            key = _key(environment, source, name, filename)
            if key not in self.known:
                self.known[key] = self.new[key] = compile_(environment, source, name, filename)
            return self.known[key]

        return compiling


def _key(environment: Environment, source: str, name: str | None, filename: str | None) -> str:
    escaping = environment.autoescape
    told = (
        *(type(environment), environment.code_generator_class, environment.finalize, escaping(name) if callable(escaping) else escaping),
        *(sorted(names) for names in (environment.extensions, environment.filters, environment.tests)),
        *(getattr(environment, each) for each in _LANGUAGE),
        *(source, name, filename),
    )
    return sha256(repr(told).encode()).hexdigest()
