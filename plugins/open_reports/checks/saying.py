"""Writing into explanations the equations that they explain, where they state none: once for packages from before they had to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from open_reports.report import json_text, rewrite

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from open_reports.finding import Finding

UNSTATED = "explanation.unstated"
"""Code of the finding on an explanation that states no equation."""


def fill(root: Path, place: str, findings: Iterable[Finding]) -> int:
    """Write the equation that stands there now into every explanation that states none; return how many got one.

    `root` is the folder of packages and `place` its name in the findings. An equation that is stated is never changed: it is
    what its writer has read.
    """
    by_file: dict[str, list[Finding]] = {}
    for each in findings:
        if each.code == UNSTATED and each.file and each.expected:
            by_file.setdefault(each.file, []).append(each)
    filled = 0
    for file, found in by_file.items():
        path = root / file.removeprefix(f"{place}/")
        package = json.loads(path.read_text(encoding="utf-8"))
        wanted = {(str(values["of"]), str(values["place"])): each.expected for each in found for values in [dict(each.values)]}
        entries = package["report"]["explanations"]
        for index, entry in enumerate(entries):
            equation = wanted.get((entry["finding"], entry["address"]))
            if equation and not entry.get("says"):
                # Behind what it is about, before what is said of it.
                rest = {key: value for key, value in entry.items() if key not in {"finding", "address", "says"}}
                entries[index] = {"finding": entry["finding"], "address": entry["address"], "says": equation, **rest}
                filled += 1
        rewrite(path, json_text(package))
    return filled
