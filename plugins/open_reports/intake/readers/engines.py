"""Where the two engines are that read text in pictures, or the command that installs what is missing. Nothing of them is loaded here."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from open_reports.errors import IntakeError

_MODULES = ("numpy", "onnxruntime", "PIL", "pypdfium2", "rapidocr")
_MODEL = "models/PP-OCRv6_rec_small.onnx"
"""The model, in the package rapidocr; another version of it may bring another one, which nobody has measured."""
_PROGRAM = "tesseract"
_PLACES = ("C:/Program Files/Tesseract-OCR/tesseract.exe", "C:/Program Files (x86)/Tesseract-OCR/tesseract.exe")


def require() -> None:
    """Raise `IntakeError` where something that scans are read with is not installed."""
    if any(find_spec(name) is None for name in _MODULES):
        raise IntakeError("scan_extra")
    model()
    program()


def model() -> Path:
    """The file of the model. Raises `IntakeError`: it is never fetched."""
    spec = find_spec("rapidocr")
    found = Path(spec.origin).parent / _MODEL if spec is not None and spec.origin else None
    if found is None or not found.is_file():
        raise IntakeError("scan_extra")
    return found


def program() -> str:
    """Tesseract. Raises `IntakeError` where it is not installed."""
    found = shutil.which(_PROGRAM) or next((each for each in _PLACES if Path(each).is_file()), None)
    if found is None:
        raise IntakeError("scan_tesseract")
    return found
