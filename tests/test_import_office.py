"""The command `import` on what older programs save: LibreOffice makes the file, and opens it again for import where no reader does."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from manuscripts import office
from manuscripts.compared import CORPUS
from open_reports.cli import commands
from patience import PATIENCE
from test_import import files

KEPT = Path(__file__).parents[1] / "datapackages"
NAME = "pingtan-finance/2024"
SAVED = {
    "doc": ("docx", "doc:MS Word 97"),
    "rtf": ("docx", "rtf:Rich Text Format"),
    "xls": ("xlsx", "xls:MS Excel 97"),
    "ods": ("xlsx", "ods:calc8"),
}


@pytest.mark.office
@pytest.mark.parametrize("kind", SAVED)
def test_a_file_of_an_older_program_becomes_the_package_it_was_made_from(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shutil.which("soffice"), "this test needs LibreOffice: apt-get install libreoffice-writer-nogui libreoffice-calc-nogui"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "datapackages"
    agency = Path(NAME).parts[0]
    (root / agency).mkdir(parents=True)
    shutil.copy(KEPT / agency / "agency.yml", root / agency)
    suffix, target = SAVED[kind]
    report = CORPUS[NAME]
    Path(f"original.{suffix}").write_bytes(office.docx(report) if suffix == "docx" else office.xlsx(report))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--norestore", "--convert-to", target, f"original.{suffix}"]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    # The name tells nothing: the kind is found in the content.
    Path(f"original.{kind}").rename("年报.bin")

    done = CliRunner().invoke(commands, ["import", "年报.bin", "--source", report.url], catch_exceptions=False)

    assert done.exit_code == 0, done.output
    tables = [{path: data for path, data in files(each / NAME).items() if path.startswith("data/")} for each in (root, KEPT)]
    told, kept = ({path: data for path, data in each.items() if not path.endswith("overview.csv")} for each in tables)
    assert told == kept
