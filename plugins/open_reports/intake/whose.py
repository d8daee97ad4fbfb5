"""Whose report a file is: its agency, told by name among those that are known, and its year. What contradicts what was asked is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import shown
from open_reports.errors import IntakeError
from open_reports.intake.labels import bare
from open_reports.report import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.intake.around import Facts
    from open_reports.library import Agency

_ENDINGS = ("人民政府", "管理委员会", "管委会", "办事处")
"""What a name may end in or leave out and still name the same body. 办公室 is none: a government's office reports for itself."""


class Asked(NamedTuple):
    """What whoever imports says of the report; what is None is left to the file."""

    agency: str | None = None
    year: int | None = None
    title: str | None = None
    source: str | None = None


class Whose(NamedTuple):
    """A report's agency (its id, and its name, "" where nobody says it) and year; `spelt` is how else the file names the agency."""

    agency: str
    name: str
    year: int
    spelt: str = ""


def whose(told: Facts, asked: Asked, known: Mapping[str, Agency]) -> Whose:
    """Agency and year of a file that says this of itself. Raises `IntakeError` where they are not sure, or not what was asked for."""
    agency, name, spelt = _agency(told, asked.agency, known)
    return Whose(agency, name, _year(told, asked.year), spelt)


def stated(agency: str, year: int, asked: Asked, known: Mapping[str, Agency]) -> Whose:
    """Agency and year that a file of ours states, the agency by its id. Raises `IntakeError` where others were asked for."""
    if asked.agency not in (None, agency):
        raise IntakeError("agency_other", asked=asked.agency, found=agency)
    if asked.year not in (None, year):
        raise IntakeError("year_other", asked=str(asked.year), found=str(year))
    return Whose(agency, known[agency].name if agency in known else "", year)


def _year(told: Facts, asked: int | None) -> int:
    if asked and told.year and asked != told.year:
        raise IntakeError("year_other", asked=str(asked), found=str(told.year))
    year = asked or told.year
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise IntakeError("year_unknown")
    return year


def _agency(told: Facts, asked: str | None, known: Mapping[str, Agency]) -> tuple[str, str, str]:
    """Id and name of the agency, and how else the file names it."""
    named = told.agency
    # A name that only a meta tag states is that of a website, which may show the reports of many agencies.
    titled = bool(bare(named)) and bare(named) in bare(told.title)
    # Whoever has a name today comes before whoever had it once.
    meant = [agency for agency in known.values() if _short(named) in _names(agency)]
    meant = meant or [agency for agency in known.values() if _short(named) in _former(agency)]
    if asked is None:
        return _found(named, meant, titled=titled)
    own = known.get(asked)
    return _new(asked, named, meant, titled=titled) if own is None else _held(own, named, meant, known, titled=titled)


def _new(asked: str, named: str, meant: list[Agency], *, titled: bool) -> tuple[str, str, str]:
    """An agency that is not known yet."""
    if titled and meant:
        raise IntakeError("agency_other", asked=asked, found=_called(meant[0]))
    return asked, named if titled else "", ""


def _held(own: Agency, named: str, meant: list[Agency], known: Mapping[str, Agency], *, titled: bool) -> tuple[str, str, str]:
    """An agency that is known, held against what the file names."""
    if own in meant:
        return own.id, own.name, ""
    if others := [each for each in meant if titled or not _above(each, own, known)]:
        raise IntakeError("agency_other", asked=_called(own), found=_called(others[0]))
    if titled and not _within(named, own):
        raise IntakeError("agency_differs", asked=_called(own), found=shown(named), id=own.id)
    return own.id, own.name, named if titled else ""


def _found(named: str, meant: list[Agency], *, titled: bool) -> tuple[str, str, str]:
    """The agency that a file names, where nobody said which it should be."""
    if not bare(named):
        raise IntakeError("agency_unnamed")
    if not titled:
        raise IntakeError("agency_untitled", found=shown(named))
    if not meant:
        raise IntakeError("agency_new", found=shown(named))
    if len(meant) > 1:
        raise IntakeError("agency_several", found=shown(named), ids="、".join(each.id for each in meant))
    return meant[0].id, meant[0].name, ""


def _called(agency: Agency) -> str:
    return f"{agency.name}（{agency.id}）"


def _short(name: str) -> str:
    """A name as it is compared: bare, without an ending that may be left out."""
    plain = bare(name)
    return next((plain.removesuffix(end) for end in _ENDINGS if plain.endswith(end) and plain != end), plain)


def _names(agency: Agency) -> set[str]:
    """Everything that an agency is called, as it is compared."""
    return {_short(name) for name in (agency.name, agency.name_en, *agency.aliases)} - {""}


def _former(agency: Agency) -> set[str]:
    """What an agency was called once."""
    return {_short(name) for each in agency.former_names for name in (each.name, each.name_en)} - {""}


def _within(named: str, own: Agency) -> bool:
    """Whether a name is an agency's without the region before it, or with more of it."""
    # Only the end counts: 某某区 begins the names of all its departments.
    short = _short(named)
    return any(name.endswith(short) or short.endswith(name) for name in _names(own))


def _above(agency: Agency, own: Agency, known: Mapping[str, Agency]) -> bool:
    """Whether an agency stands somewhere above another."""
    seen: set[str] = set()
    parent = own.parent
    while parent is not None and parent in known and parent not in seen:
        if parent == agency.id:
            return True
        seen.add(parent)
        parent = known[parent].parent
    return False
