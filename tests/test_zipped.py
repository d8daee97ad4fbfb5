"""Archives of packed files: byte for byte what `zipfile` writes of the same."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from open_reports.errors import PublishError
from open_reports.files import zipped as module
from open_reports.files.zipped import Packed, zipped


def by_zipfile(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, files[path])
    return stream.getvalue()


def packed(files: dict[str, bytes]) -> dict[str, Packed]:
    return {path: Packed.of(data) for path, data in files.items()}


def made(seed: int) -> dict[str, bytes]:
    rng = random.Random(seed)  # noqa: S311 (a repeatable choice)
    names = ("a.csv", "b/c.json", "平潭.md", "é.txt", "data/空", "z")
    return {name: rng.choice((b"", b"x", "文字".encode() * rng.randrange(9999), rng.randbytes(rng.randrange(99_999)))) for name in names}


@pytest.mark.parametrize("seed", range(8))
def test_the_bytes_are_those_of_zipfile(seed: int) -> None:
    files = made(seed)
    assert zipped(packed(files)) == by_zipfile(files)
    assert zipped(packed(dict(reversed(files.items())))) == by_zipfile(files)


@pytest.mark.parametrize("count", [0, 1, 65_535, 65_536])
def test_an_archive_of_more_files_than_sixteen_bits_count(count: int) -> None:
    """Such as that of a corpus of 8,000 reports."""
    files = {f"{number}": b"" for number in range(count)}
    made = zipped(packed(files))
    assert made == by_zipfile(files)
    with zipfile.ZipFile(io.BytesIO(made)) as bundle:
        assert len(bundle.namelist()) == count


def test_more_than_two_gigabytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held low: what would not fit is told, never written wrong."""
    monkeypatch.setattr(module, "_MOST_BYTES", 1000)
    with pytest.raises(PublishError, match=r"two gigabytes: b\.bin"):
        zipped(packed({"a.bin": b"", "b.bin": bytes(1001)}))
