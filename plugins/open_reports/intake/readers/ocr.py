"""Engines: the two programs that read text in a picture, each a way from pictures to texts and nothing else.

The first is the model of PaddleOCR that the package rapidocr brings along, run by onnxruntime; of the package itself nothing is
imported, for what it lacks it fetches. The second is Tesseract, a program of the system. Neither knows of the other.
"""

from __future__ import annotations

import io
import os
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from open_reports.errors import IntakeError
from open_reports.intake.readers.engines import model, program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from open_reports.intake.readers.scanlines import Grey

CHARACTERS = "0123456789.,/-"
"""What the second engine may see: it is asked about figures only."""

_HEIGHT = 48
"""Pixels of a line of text that the model takes."""
_WIDEST = 2_400
_BATCH = 4_800
"""Pixels across of the lines that are read at once: they are as wide as the widest of them."""
_TALL, _BORDER = 40, 14
"""Pixels of a line, and of the paper around it, that Tesseract gets."""
_SOFT = 1.0
_SECONDS = 600


# -- the first ----------------------------------------------------------------------------------------------------------------


class _Model(NamedTuple):
    session: Any
    name: str
    characters: Sequence[str]


@cache
def _loaded() -> _Model:
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = max(1, min(4, os.cpu_count() or 1))
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(model()), options, providers=["CPUExecutionProvider"])
    characters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    # The model's first answer means that there is no character, its last a space.
    return _Model(session, session.get_inputs()[0].name, ["", *characters, " "])


def first(pictures: Sequence[Grey]) -> list[str]:
    """The text of pictures of one line each, as the model sees it."""
    loaded = _loaded()
    texts = [""] * len(pictures)
    for batch in _batches([_sized(each) for each in pictures]):
        width = max(line.shape[1] for _, line in batch)
        # What lies beyond a text is neither ink nor paper to the model.
        values = np.zeros((len(batch), 3, _HEIGHT, width), dtype=np.float32)
        for index, (_, line) in enumerate(batch):
            values[index, :, :, : line.shape[1]] = line.astype(np.float32) / 127.5 - 1
        (answers,) = loaded.session.run(None, {loaded.name: values})
        for (number, _), answer in zip(batch, answers, strict=True):
            texts[number] = _spelt(answer.argmax(axis=1), loaded.characters)
    return texts


def _sized(picture: Grey) -> Grey:
    height, width = picture.shape
    across = max(8, min(_WIDEST, round(width * _HEIGHT / height)))
    return np.asarray(Image.fromarray(picture).resize((across, _HEIGHT), Image.Resampling.BICUBIC))


def _batches(found: Sequence[Grey]) -> Iterator[list[tuple[int, Grey]]]:
    """Lines with their numbers, those of about the same width together."""
    batch: list[tuple[int, Grey]] = []
    for number, line in sorted(enumerate(found), key=lambda each: each[1].shape[1]):
        if batch and (len(batch) + 1) * line.shape[1] > _BATCH:
            yield batch
            batch = []
        batch.append((number, line))
    if batch:
        yield batch


def _spelt(best: Sequence[int], characters: Sequence[str]) -> str:
    """Characters of the best answers: one that is given several times on end is one."""
    return "".join(characters[each] for before, each in zip((0, *best), best, strict=False) if each != before)


# -- the second ---------------------------------------------------------------------------------------------------------------


def second(pictures: Sequence[Grey]) -> list[str]:
    """The text of pictures of one figure each, as Tesseract sees it; it gets them all at once, each a page."""
    if not pictures:
        return []
    sheet = io.BytesIO()
    frames = [_paged(each) for each in pictures]
    frames[0].save(sheet, "TIFF", save_all=True, append_images=frames[1:], dpi=(200, 200))
    options = {"tessedit_char_whitelist": CHARACTERS, "page_separator": "\f"}
    command = [program(), "stdin", "stdout", "-l", "eng", "--psm", "7"]
    command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    try:
        done = subprocess.run(  # noqa: S603 (the words are ours, but for the place of the program)
            command,
            input=sheet.getvalue(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=_SECONDS,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.SubprocessError):
        raise IntakeError("scan_engine") from None
    texts = done.stdout.decode("utf-8", "replace").split("\f")
    # Some versions put a separator between pages only, some behind the last one, too.
    if len(texts) not in (len(pictures), len(pictures) + 1):
        raise IntakeError("scan_engine")
    return ["".join(each.split()) for each in texts[: len(pictures)]]


def _paged(picture: Grey) -> Image.Image:
    """A picture as tall as Tesseract reads best, black on white, with paper around it."""
    height, width = picture.shape
    low, high = float(picture.min()), float(np.percentile(picture, 90))
    spread = np.clip((picture.astype(np.float32) - low) / max(1.0, high - low), 0, 1) * 255
    line = Image.fromarray(spread.astype(np.uint8)).resize((max(8, round(width * _TALL / height)), _TALL), Image.Resampling.BICUBIC)
    # It was taught soft letters: of sharp ones it reads a lone 1 as nothing in every second picture.
    line = line.filter(ImageFilter.GaussianBlur(_SOFT))
    paper = Image.new("L", (line.width + 2 * _BORDER, _TALL + 2 * _BORDER), 255)
    paper.paste(line, (_BORDER, _BORDER))
    return paper
