"""The command that breaks the core modules (`tests/mutation`): how it reads its lists, what it counts and when it fails; not the run itself."""

from __future__ import annotations

from collections import Counter

import pytest
from mutation import __main__ as command
from mutation.__main__ import Change, Tally, listed, told

GREATER = Change("_Most.of", "if found > most:", "if found >= most:")
SPLIT = Change("spelt", "parts = text.split()", "parts = None")
DIFF = """# open_reports.gate.xǁ_Mostǁof__mutmut_3: survived
--- src/open_reports/gate.py
+++ src/open_reports/gate.py
@@ -1,4 +1,4 @@
 def of(found: int, most: int) -> bool:
     # as many as may be
-    if found > most:
+    if found >= most:
         return False
"""


def entry(change: Change, **said: str | int) -> dict[str, str | int]:
    return {"in": change.function, "before": change.before, "after": change.after, **said}


def tally(tried: int, survivors: dict[Change, int], *entries: dict[str, str | int]) -> Tally:
    return Tally("gate", tried, Counter(survivors), listed(entries))


def test_a_change_is_known_by_its_function_and_by_its_lines() -> None:
    """Not by its number or line, which change with every edit above it."""
    assert command.change("open_reports.gate.xǁ_Mostǁof__mutmut_3", DIFF) == GREATER
    moved = DIFF.replace("@@ -1,4", "@@ -7,4").replace("    if found", "            if found")
    assert command.change("open_reports.gate.xǁ_Mostǁof__mutmut_12", moved) == GREATER
    assert command.change("open_reports.gate.x_of__mutmut_1", DIFF).function == "of"


def test_what_is_equivalent_is_not_counted_and_what_is_left_is() -> None:
    """Of 41 changes one is equivalent and one is left: 39 of 40."""
    found = tally(41, {GREATER: 1, SPLIT: 1}, entry(GREATER, equivalent="never equal"), entry(SPLIT, left="said in the log alone"))
    assert (found.noticed, found.counted, found.complaints()) == (39, 40, [])
    lines, code = told([found])
    assert lines[1].split() == ["gate", "41", "1", "39", "1", "97.5%"]
    assert code == 0


def test_below_the_least_it_fails() -> None:
    """18 of 19 are 94.7 per cent, 19 of 20 are 95."""
    reason = entry(SPLIT, left="said in the log alone")
    assert told([tally(19, {SPLIT: 1}, reason)])[1] == 1
    assert told([tally(20, {SPLIT: 1}, reason)])[1] == 0


def test_one_module_below_the_least_fails_though_all_together_are_not() -> None:
    reason = entry(SPLIT, left="said in the log alone")
    assert told([tally(19, {SPLIT: 1}, reason), tally(1000, {})])[1] == 1


def test_a_survivor_that_is_not_listed_fails_and_is_named() -> None:
    lines, code = told([tally(1000, {GREATER: 1, SPLIT: 2}, entry(GREATER, equivalent="never equal"))])
    assert code == 1
    assert [line for line in lines if "not listed" in line] == [f"    not listed: {SPLIT} (2 times)"]


def test_one_that_is_listed_and_is_none_any_more_fails_and_is_named() -> None:
    lines, code = told([tally(1000, {}, entry(GREATER, equivalent="never equal"))])
    assert code == 1
    assert [line for line in lines if "gone" in line] == [f"    listed, but noticed or gone: {GREATER}"]


def test_how_often_a_change_is_listed_is_how_often_it_survives() -> None:
    assert told([tally(1000, {GREATER: 2}, entry(GREATER, equivalent="never equal", times=2))])[1] == 0
    assert told([tally(1000, {GREATER: 1}, entry(GREATER, equivalent="never equal", times=2))])[1] == 1


@pytest.mark.parametrize("said", [{}, {"equivalent": " "}, {"equivalent": "never equal", "left": "in the log alone"}])
def test_a_survivor_has_one_reason(said: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="wants one reason"):
        listed([entry(GREATER, **said)])


def test_a_survivor_is_listed_once() -> None:
    with pytest.raises(ValueError, match="to be listed once"):
        listed([entry(GREATER, equivalent="never equal"), entry(GREATER, left="in the log alone")])


def test_the_lists_name_what_there_is() -> None:
    """Modules, tests and functions."""
    covered, waiting = command.modules(), command.modules("waiting")
    assert not covered.keys() & waiting.keys()
    assert command.survivors().keys() <= covered.keys()
    for module, tests in {**covered, **waiting}.items():
        source = (command.ROOT / "plugins" / "open_reports" / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
        functions = {change.function.rpartition(".")[2] for change in command.survivors().get(module, listed(())).times}
        assert {name for name in functions if f"def {name}(" not in source} == set()
        for name in tests:
            file, _, test = name.removeprefix("-").partition("::")
            assert f"def {test}" in (command.ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8")


def test_a_decorated_function_is_laid_open_to_changes() -> None:
    """For mutmut passes over it; what it does stays the same."""
    source = (
        "from functools import cache, lru_cache\n"
        "class A:\n    @property\n    def b(self):\n        return [*zip('甲乙', 'cd', strict=True), dict(strict=True)]\n"
        "@lru_cache(maxsize=2)\n@cache\ndef two():\n    return 2\n"
    )
    changed = command.changeable(source)
    assert "@" not in changed
    assert changed.count("strict=True") == 1
    space: dict[str, object] = {}
    exec(changed, space)  # noqa: S102 (the source above)
    made = space["A"]
    assert isinstance(made, type)
    assert made().b == [("甲", "c"), ("乙", "d"), {"strict": True}]
    two = space["two"]
    assert callable(two)
    assert two() == 2
    assert str(two).startswith("<functools._lru_cache_wrapper")


def test_a_run_that_names_no_module_that_is_covered_says_which_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["checks.nothing"])
    assert stopped.value.code == 2
    assert "checks.identity" in capsys.readouterr().err
