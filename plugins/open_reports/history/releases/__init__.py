"""Permanence: what was released keeps its address and its value, or the site says openly what changed and why.

`released/` at the project's root records every address of the site and every figure released. `breaches` compares the data
with it before a build, `lost` the finished site, `kept` the record itself with what git keeps of it; `release` brings the record up
to date, and never forgets.
"""

from open_reports.history.releases.checking import Breach, PermanenceError, breaches, lost
from open_reports.history.releases.past import Looked, Past, kept, looked
from open_reports.history.releases.published import MOST_PUBLISHED, PUBLISHED, of_drops, parsed, released_json
from open_reports.history.releases.record import FOLDER, Released, permanent, read
from open_reports.history.releases.releasing import Outcome, Published, release, written
from open_reports.history.releases.successors import Dropped, Successors, former, moved, redirects, successors_json

__all__ = [
    "FOLDER",
    "MOST_PUBLISHED",
    "PUBLISHED",
    "Breach",
    "Dropped",
    "Looked",
    "Outcome",
    "Past",
    "PermanenceError",
    "Published",
    "Released",
    "Successors",
    "breaches",
    "former",
    "kept",
    "looked",
    "lost",
    "moved",
    "of_drops",
    "parsed",
    "permanent",
    "read",
    "redirects",
    "release",
    "released_json",
    "successors_json",
    "written",
]
