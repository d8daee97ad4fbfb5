"""Files: one report in every kind that is imported. `python -m benchmarks.files FOLDER` writes them.

The report is one that the project keeps; the files are those that the tests make, and LibreOffice saves what it alone can.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import ROOT, Trouble

if TYPE_CHECKING:
    from manuscripts.statutory import Original

NAME = "pingtan/2024"
PLAIN = ("html", "mhtml", "docx", "xlsx", "ods", "md", "txt")
PRINTED = ("pdf",)
LEGACY = {"doc": ("docx", "doc:MS Word 97"), "rtf": ("docx", "rtf:Rich Text Format"), "xls": ("xlsx", "xls:MS Excel 97")}
"""What LibreOffice saves, of which file, by which filter."""
CALLED = {"wps": "doc", "et": "xls"}
"""Kingsoft's own kinds have the streams of Microsoft's; under their names the same bytes go the same way."""


def made(folder: Path) -> dict[str, Path]:
    """Write the files from a process of its own, for the caller has to stay small; returns them by kind."""
    places = [str(ROOT / "tests"), *filter(None, [os.environ.get("PYTHONPATH")])]
    command = [sys.executable, "-m", "benchmarks.files", str(folder)]
    if subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": os.pathsep.join(places)}, check=False).returncode:
        raise Trouble("the files to be imported could not be made")
    return {path.suffix[1:]: path for path in sorted(folder.glob("report.*"))}


def _write(folder: Path) -> None:
    from manuscripts import html, office, pdf  # noqa: PLC0415 (they lie in tests/, which only this process has on its path)
    from manuscripts.statutory import original  # noqa: PLC0415 (as above)

    kept = ROOT / "datapackages" / NAME
    report: Original = original({path.relative_to(kept).as_posix(): path.read_bytes() for path in kept.rglob("*") if path.is_file()})
    plain = {
        "html": html.plain,
        "mhtml": html.archive,
        "docx": office.docx,
        "xlsx": office.xlsx,
        "ods": office.ods,
        "md": html.markdown,
        "txt": html.tabs,
    }
    folder.mkdir(parents=True)
    for kind, make in plain.items():
        (folder / f"report.{kind}").write_bytes(make(report))
    if shutil.which("soffice") is None:
        return
    (folder / "report.pdf").write_bytes(pdf.printed({"report": pdf.docx(report)}, 300)["report"])
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for source, way in LEGACY.values():
        command = [
            "soffice",
            profile,
            "--headless",
            "--norestore",
            "--convert-to",
            way,
            "--outdir",
            str(folder),
            f"{folder}/report.{source}",
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    for kind, source in CALLED.items():
        shutil.copy(folder / f"report.{source}", folder / f"report.{kind}")


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
