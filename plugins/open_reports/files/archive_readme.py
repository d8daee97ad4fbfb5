"""What a report's archive holds besides its package: what it is, under which licence, how to cite it.

A package that was downloaded and passed on has left its page; these few lines go with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.derived.doubt import PUBLISHED, source_at
from open_reports.files import citation
from open_reports.finding import signed
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.files.citation import Work
    from open_reports.report import Report

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
"""Deed of CC0-1.0, under which compiled figures are published."""


def enclosed(report: Report, work: Work, cited: Mapping[str, bytes]) -> dict[str, bytes]:
    """`README.md`, `LICENSE.txt` and the files of the citation, by their names beside the package in its archive.

    `cited` are those files as they stand on the site (`citation.files`).
    """
    readme = [f"# {work.title}", ""]
    # Both languages in one file: an archive has no switch between them.
    for language in LANGUAGES:
        w = Words(language)
        source = report.sources[0]
        original = f"{source.title} <{source.path}>"
        day = str(report.published or w("unknown"))
        readme += [
            w("enclosed_what"),
            "",
            f"- {w('enclosed_source', source=signed(original, work.doubt & {source_at(0)}), day=signed(day, work.doubt & {PUBLISHED}))}",
            f"- {w('enclosed_page', page=work.url or w('enclosed_no_page'))}",
            f"- {w('enclosed_version', version=report.version)}",
            f"- {w('enclosed_cite', citation=citation.text(work, w))}",
            "",
            w("enclosed_note"),
            "",
        ]
    licence = "\n\n".join(Words(language)("enclosed_licence", address=LICENCE) for language in LANGUAGES)
    return {
        "README.md": "\n".join(readme).encode(),
        "LICENSE.txt": f"{licence}\n".encode(),
        # Renamed: on the site the names repeat the report's, in the archive the descriptor says which report it is.
        **{f"CITATION{name.removeprefix(work.key)}": data for name, data in cited.items()},
    }
