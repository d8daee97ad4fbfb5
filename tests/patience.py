"""How long a test waits for what must come: a command, a page, an answer.

Nothing is measured by it. It only ends what hangs, so it is some thirty times what the slowest command takes on an idle machine: a machine
that is busy with other work fails nothing. Time on the processor, which other work does not use up, is limited by `conftest.within`.
"""

from __future__ import annotations

PATIENCE = 300.0
"""Seconds."""
