"""A child of the guard that was taken over: its answer is whatever stands in the file."""

from __future__ import annotations

import sys


def main() -> None:
    """Answer with the file."""
    sys.stdout.buffer.write(sys.stdin.buffer.read())
