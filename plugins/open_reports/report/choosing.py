"""Choosing the form of each table of a new report: the one in force that year, or what an original printed in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.document import shown
from open_reports.form import forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def chosen_forms(year: int, choices: Iterable[str] = ()) -> Mapping[str, str]:
    """Form of each table of a report of a year; `choices` name tables of another form, as `applications=2019`.

    A report whose newest form is not that of its year has the tables of the newest. Raises `ValueError` with one sentence in both
    languages where a choice names a table or form that there is not.
    """
    known = forms()
    other: dict[str, str] = {}
    for choice in choices:
        table, _, form = choice.partition("=")
        printing = [each.form for each in known.printing(table)]
        possible = [f"{each}={each_form.form}" for each in ([table] if printing else known.tables) for each_form in known.printing(each)]
        if form not in printing:
            raise ValueError(
                f"“{shown(choice)}”不是某张表的格式，可以写：{'、'.join(possible)}"
                f" / “{shown(choice)}” is no form of a table; possible are: {', '.join(possible)}"
            )
        if other.setdefault(table, form) != form:
            raise ValueError(
                f"“{table}”写了两种格式：{other[table]}、{form}；请只写一种"
                f" / two forms are given for “{table}”: {other[table]} and {form}; give one"
            )
    usual = known.prescribed_for(year)
    leading = known.leading([other.get(table, usual.id) for table in usual.tables] + list(other.values()))
    own = {**dict.fromkeys(leading.tables, leading.id), **dict.fromkeys(usual.tables, usual.id), **other}
    return {table: own[table] for table in known.tables if table in own}
