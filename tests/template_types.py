"""What templates read, held against the types of what they are told: a small checker of types for Jinja.

Jinja looks a name up when a page is rendered, and only on the pages that come to it. Here every branch of a template is walked
with the types of its context, so that a misspelt attribute fails whether or not any page of the corpus meets it. What the
walk does not know (a statement, a filter, a type) is told as a fault too: nothing is passed over.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import operator
import sys
from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import is_dataclass
from functools import cache, reduce
from pathlib import Path
from types import FunctionType, GenericAlias, NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from jinja2 import nodes
from jinja2.runtime import LoopContext, Macro
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jinja2 import Environment

Hint = Any
"""A type as an annotation names it: a class, `Sequence[Link]`, `str | None`."""

FOREIGN = object()
"""What somebody else's theme is told; nobody here declares it, and any attribute of it may be read."""
_UNKNOWN = object()
"""What stands for the type of a faulty expression, so that one fault is told once."""
_UNCHECKED = (FOREIGN, _UNKNOWN)


class Method(NamedTuple):
    """A method or function, by the type of what it returns."""

    returns: Hint


# -- types ----------------------------------------------------------------------------------------------------------------


@cache
def _names(module: str) -> Mapping[str, object]:
    """Names that a module of ours imports for its annotations alone (`if TYPE_CHECKING`)."""
    found: dict[str, object] = {}
    if not module.startswith(("open_reports", "test_")):
        return found
    for block in ast.parse(Path(str(importlib.import_module(module).__file__)).read_text(encoding="utf-8")).body:
        if not (isinstance(block, ast.If) and ast.unparse(block.test).endswith("TYPE_CHECKING")):
            continue
        for each in block.body:
            # Stubs of the checkers of types exist for them alone.
            if isinstance(each, ast.ImportFrom) and each.module and each.module != "_typeshed":
                source = importlib.import_module(each.module)
                found |= {name.asname or name.name: getattr(source, name.name) for name in each.names}
    return found


def hints(of: Any) -> Mapping[str, Hint]:
    """Types of the fields of a class, or of the arguments of a function and its `return`."""
    return get_type_hints(of, vars(sys.modules[of.__module__]), dict(_names(of.__module__)))


def choices(hint: Hint) -> tuple[Hint, ...]:
    """Types of which one may be there: of a union each, of anything else itself."""
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)


def one_of(some: Iterable[Hint]) -> Hint:
    """A type for any of several."""
    found = list(dict.fromkeys(each for hint in some for each in choices(hint)))
    return next((each for each in found if each in _UNCHECKED), None) or reduce(operator.or_, found)


def plain(hint: Hint) -> type:
    """Class behind a type: `str` behind `Literal["a"]`, `Sequence` behind `Sequence[str]`."""
    origin: object = get_origin(hint)
    found = type(get_args(hint)[0]) if origin is Literal else origin or hint
    assert isinstance(found, type), hint
    return found


def fields_of(of: type) -> Mapping[str, Hint] | None:
    """Fields of a NamedTuple or dataclass of ours in their order; None for any other class."""
    if hasattr(of, "_fields"):
        return {name: hints(of)[name] for name in of._fields}
    return hints(of) if is_dataclass(of) else None


def vague(hint: Hint, place: str, seen: frozenset[type] = frozenset()) -> Iterator[str]:
    """Places below a type at which anything may stand: `object`, `Any`, a list of nobody knows what."""
    for each in choices(hint):
        origin: object = get_origin(each)
        if each in {Any, object} or (isinstance(each, type) and origin is None and issubclass(each, Sequence | Mapping) and _bare(each)):
            yield f"{place} is {getattr(each, '__name__', each)}"
        elif origin not in {None, Literal}:
            for part in get_args(each):
                if part is not ...:
                    yield from vague(part, place, seen)
        elif isinstance(each, type) and each not in seen:
            for name, field in (fields_of(each) or {}).items():
                yield from vague(field, f"{place}.{name}", seen | {each})


def _bare(of: type) -> bool:
    return of not in {str, bytes, Markup} and not hasattr(of, "_fields")


# -- templates ------------------------------------------------------------------------------------------------------------

_PRINTED = (str, int)
"""What a page may print: texts, HTML and whole numbers; a list or nothing would be printed as Python spells it."""
_FILTERS: Mapping[str, tuple[type, type]] = {
    "marked": (str, Markup),
    "way": (str, Markup),
    "replace": (str, str),
    "join": (Iterable, str),
    "length": (Sized, int),
    "striptags": (str, str),
    "e": (str, Markup),
    "url": (str, str),
}
"""What each filter takes and gives."""
_TEXTS = {"split": list[str]}
"""What the methods of texts return, which are built in and have no annotations."""

Scope = dict[str, Hint]


class Reading:
    """One walk through a template and its parts; `faults` are what it found."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.faults: list[str] = []
        self._place = ""

    def template(self, name: str, scope: Mapping[str, Hint]) -> list[str]:
        """Walk a template that is told these names; return the faults."""
        assert self.environment.loader is not None
        source = self.environment.loader.get_source(self.environment, name)[0]
        before, self._place = self._place, name
        self._block(self.environment.parse(source).body, dict(scope))
        self._place = before
        return self.faults

    def _fault(self, node: nodes.Node, text: str) -> Hint:
        told = f"{self._place}, line {node.lineno}: {text}"
        # A part is walked once for each place that includes it.
        if told not in self.faults:
            self.faults.append(told)
        return _UNKNOWN

    # -- statements

    def _block(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        for node in body:
            known = getattr(self, f"_{type(node).__name__.lower()}_block", None)
            if known is None:
                self._fault(node, f"the test does not know {type(node).__name__}")
            else:
                known(node, scope)

    def _output_block(self, node: nodes.Output, scope: Scope) -> None:
        for each in node.nodes:
            if not isinstance(each, nodes.TemplateData):
                self._expect(each, self._type(each, scope), _PRINTED, "is printed")

    def _if_block(self, node: nodes.If, scope: Scope) -> None:
        self._type(node.test, scope)
        self._block(node.body, _where(node.test, scope))
        self._block(node.elif_, dict(scope))
        self._block(node.else_, dict(scope))

    def _for_block(self, node: nodes.For, scope: Scope) -> None:
        assert node.test is None
        assert not node.recursive
        inner = {**scope, "loop": LoopContext}
        self._assign(node.target, self._element(node.iter, self._type(node.iter, scope)), inner)
        self._block(node.body, inner)
        self._block(node.else_, dict(scope))

    def _with_block(self, node: nodes.With, scope: Scope) -> None:
        inner = dict(scope)
        for target, value in zip(node.targets, node.values, strict=True):
            self._assign(target, self._type(value, scope), inner)
        self._block(node.body, inner)

    def _assign_block(self, node: nodes.Assign, scope: Scope) -> None:
        self._assign(node.target, self._type(node.node, scope), scope)

    def _include_block(self, node: nodes.Include, scope: Scope) -> None:
        assert isinstance(node.template, nodes.Const)
        # Parts of the theme are its own, and know what it tells them.
        if not str(node.template.value).startswith("."):
            self.template(str(node.template.value), scope)

    def _macro_block(self, node: nodes.Macro, scope: Scope) -> None:
        # Walked with the types it is called with.
        scope[node.name] = Method((node, Macro))

    def _extends_block(self, node: nodes.Extends, scope: Scope) -> None:
        """The template that is extended is walked by itself."""

    def _block_block(self, node: nodes.Block, scope: Scope) -> None:
        self._block(node.body, dict(scope))

    def _assign(self, target: nodes.Node, hint: Hint, scope: Scope) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = hint
            # What was asked was asked of another thing of this name.
            scope[""] = frozenset(each for each in scope.get("", ()) if each.split(".")[0] != target.name)
            return
        assert isinstance(target, nodes.Tuple)
        parts: Sequence[Hint] = [hint] * len(target.items)
        if hint not in _UNCHECKED:
            found = plain(hint)
            parts = list((fields_of(found) or {}).values()) if hasattr(found, "_fields") else get_args(hint)
            if not issubclass(found, tuple) or len(parts) != len(target.items) or ... in parts:
                self._fault(target, f"{hint} is no {len(target.items)} things")
                parts = [_UNKNOWN] * len(target.items)
        for each, part in zip(target.items, parts, strict=True):
            self._assign(each, part, scope)

    # -- expressions

    def _type(self, node: nodes.Node, scope: Scope) -> Hint:
        known: Callable[[Any, Scope], Hint] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        if known is None:
            return self._fault(node, f"the test does not know {type(node).__name__}")
        found = known(node, scope)
        # Asked before, or a part of such an answer: there is something.
        return one_of(each for each in choices(found) if each is not NoneType) if _key(node) in scope.get("", ()) else found

    def _const(self, node: nodes.Const, _: Scope) -> Hint:
        return type(node.value)

    def _name(self, node: nodes.Name, scope: Scope) -> Hint:
        return scope[node.name] if node.name in scope else self._fault(node, f"nobody tells {node.name}")

    def _tuple(self, node: nodes.Tuple, scope: Scope) -> Hint:
        return _generic(tuple, *(self._type(each, scope) for each in node.items))

    def _getattr(self, node: nodes.Getattr, scope: Scope) -> Hint:
        found = self._type(node.node, scope)
        return one_of([self._attribute(node, each) for each in choices(found)])

    def _attribute(self, node: nodes.Getattr, hint: Hint) -> Hint:
        if hint in _UNCHECKED:
            return hint
        if hint is NoneType or isinstance(hint, Method):
            return self._fault(node, f".{node.attr} of what may be nothing")
        owner = plain(hint)
        found = _of_mapping(hint, node.attr) if issubclass(owner, Mapping) else _of_class(owner, node.attr)
        return found or self._fault(node, f"{hint if get_args(hint) else owner.__name__} has no .{node.attr}")

    def _getitem(self, node: nodes.Getitem, scope: Scope) -> Hint:
        found = self._type(node.node, scope)
        self._type(node.arg, scope)
        if found in _UNCHECKED:
            return found
        if issubclass(plain(found), Mapping):
            return get_args(found)[1]
        return self._element(node, found)

    def _call(self, node: nodes.Call, scope: Scope) -> Hint:
        given = [self._type(each, scope) for each in node.args]
        for each in node.kwargs:
            self._type(each.value, scope)
        found = self._type(node.node, scope)
        if found in _UNCHECKED:
            return found
        if isinstance(found, Method) and isinstance(found.returns, tuple):
            macro: nodes.Macro = found.returns[0]
            self._block(macro.body, scope | {name.name: hint for name, hint in zip(macro.args, given, strict=True)})
            return Markup
        if isinstance(found, Method):
            return found.returns
        called = inspect.getattr_static(plain(found), "__call__", None)
        return hints(called)["return"] if isinstance(called, FunctionType) else self._fault(node, f"{found} cannot be called")

    def _filter(self, node: nodes.Filter, scope: Scope) -> Hint:
        assert node.node is not None
        for each in node.args:
            self._type(each, scope)
        if node.name not in _FILTERS:
            return self._fault(node, f"the test does not know the filter {node.name}")
        takes, gives = _FILTERS[node.name]
        self._expect(node, self._type(node.node, scope), (takes,), f"is given to {node.name}")
        return gives

    def _condexpr(self, node: nodes.CondExpr, scope: Scope) -> Hint:
        self._type(node.test, scope)
        assert node.expr2 is not None, "prints nothing where the condition fails"
        return one_of([self._type(node.expr1, _where(node.test, scope)), self._type(node.expr2, scope)])

    def _or(self, node: nodes.Or, scope: Scope) -> Hint:
        return one_of([self._type(node.left, scope), self._type(node.right, scope)])

    def _and(self, node: nodes.And, scope: Scope) -> Hint:
        return one_of([self._type(node.left, scope), self._type(node.right, _where(node.left, scope))])

    def _add(self, node: nodes.Add, scope: Scope) -> Hint:
        return one_of([self._type(node.left, scope), self._type(node.right, scope)])

    def _concat(self, node: nodes.Concat, scope: Scope) -> Hint:
        for each in node.nodes:
            self._expect(each, self._type(each, scope), _PRINTED, "is put into a text")
        return str

    def _compare(self, node: nodes.Compare, scope: Scope) -> Hint:
        for each in (node.expr, *(operand.expr for operand in node.ops)):
            self._type(each, scope)
        return bool

    def _not(self, node: nodes.Not, scope: Scope) -> Hint:
        self._type(node.node, scope)
        return bool

    def _test(self, node: nodes.Test, _: Scope) -> Hint:
        if node.name != "defined":
            self._fault(node, f"the test does not know the test {node.name}")
        return bool

    def _element(self, node: nodes.Node, hint: Hint) -> Hint:
        """Type of what a list of this type holds."""
        if hint in _UNCHECKED:
            return hint
        inner = get_args(hint)
        if len(choices(hint)) > 1 or get_origin(hint) is None or not issubclass(plain(hint), Iterable) or not inner:
            return self._fault(node, f"{hint} is no list")
        return one_of(each for each in inner if each is not ...) if issubclass(plain(hint), tuple) else inner[0]

    def _expect(self, node: nodes.Node, hint: Hint, allowed: tuple[type, ...], how: str) -> None:
        for each in choices(hint):
            if each not in _UNCHECKED and (isinstance(each, Method) or not issubclass(plain(each), allowed)):
                self._fault(node, f"{each} {how}")


def _of_mapping(hint: Hint, name: str) -> Hint | None:
    """Type of what Jinja finds in a dictionary under a name: a method of it, else the value of a key."""
    keys, values = get_args(hint)
    if name == "items":
        return Method(_generic(Iterable, _generic(tuple, keys, values)))
    # Any text may be a key of others: then nobody can say that this one is there.
    return values if get_origin(keys) is Literal and name in get_args(keys) else None


def _of_class(owner: type, name: str) -> Hint | None:
    """Type of an attribute, property or method."""
    if owner is str:
        return Method(_TEXTS[name]) if name in _TEXTS else None
    if name in (own := hints(owner)):
        return own[name]
    found = inspect.getattr_static(owner, name, None)
    if isinstance(found, property) and found.fget:
        return hints(found.fget)["return"]
    return Method(hints(found)["return"]) if isinstance(found, FunctionType) else None


def _generic(of: type, *parts: Hint) -> Hint:
    """`tuple[str, int]`, of types that are known only when this runs."""
    return GenericAlias(of, parts)


def _key(node: nodes.Node) -> str:
    """A name with its attributes as the template spells it; empty for anything else."""
    if isinstance(node, nodes.Name):
        return node.name
    inner = _key(node.node) if isinstance(node, nodes.Getattr) else ""
    return f"{inner}.{node.attr}" if inner and isinstance(node, nodes.Getattr) else ""


def _where(test: nodes.Node, scope: Scope) -> Scope:
    """Names where a condition holds: what it asks for is there."""
    # Kept under a name that no template can spell.
    sure = set(scope.get("", ()))
    asked = [test]
    while asked:
        node = asked.pop()
        if isinstance(node, nodes.And):
            asked += [node.left, node.right]
        else:
            sure.add(_key(node))
    return {**scope, "": frozenset(sure - {""})}
