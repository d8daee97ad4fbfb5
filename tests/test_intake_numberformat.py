"""Number formats: what a sheet shows, held against what Excel shows of the same number, and whether it is all that is held."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from open_reports.intake.readers.numberformat import Shown, held, plain, shown, text_kept

ACCOUNTING = '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ '


@pytest.mark.parametrize(
    "code, written, text",
    [
        ("General", "26", "26"),
        ("General", "26.0", "26"),
        ("General", "2.6E1", "26"),
        ("General", "-3", "-3"),
        ("General", "0", "0"),
        ("General", "-0", "0"),
        ("General", "12345678901", "12345678901"),
        ("General", "75394432.52", "75394432.52"),
        ("General", "0.30000000000000004", "0.3"),
        ("General", "2059.2090000000001", "2059.209"),
        ("G/通用格式", "26", "26"),
        ('General"件"', "26", "26件"),
        ("@", "26", "26"),
        ("0", "26", "26"),
        ("0", "-5", "-5"),
        ("0.00", "1.5", "1.50"),
        ("0.00", "73802895.899999991", "73802895.90"),
        ("#,##0", "1234567", "1,234,567"),
        ("#,##0", "1E10", "10,000,000,000"),
        ("#,##0.00", "73802895.9", "73,802,895.90"),
        ("#,##0.##", "1234.5", "1,234.5"),
        ('0"件"', "26", "26件"),
        ("0元", "26", "26元"),
        ('"¥"#,##0.00', "1234.5", "¥1,234.50"),
        ("[$¥-804]#,##0.00", "1234.5", "¥1,234.50"),
        ("[$-804]0", "26", "26"),
        ("0.0%", "0.125", "12.5%"),
        ("0%", "1", "100%"),
        ('0.0"%"', "12.5", "12.5%"),
        ("0_ ", "26", "26"),
        ("0_);[Red]\\-0", "-5", "-5"),
        ("00000", "26", "00026"),
        ("#.0", "0.5", ".5"),
        (ACCOUNTING, "1234", "1,234"),
        (ACCOUNTING, "-1234", "-1,234"),
    ],
)  # fmt: skip
def test_what_is_shown_and_is_all_that_is_held(code: str, written: str, text: str) -> None:
    number = held(written)
    assert number is not None
    assert shown(number, code) == Shown(text, whole=True)


@pytest.mark.parametrize(
    "code, written, text",
    [
        ("0", "26.4", "26"),
        ("0", "2.5", "3"),
        ("0", "0.4", "0"),
        ("0.00", "1234.567", "1234.57"),
        ("0%", "0.126", "13%"),
        # Longer or smaller than General shows.
        ("General", "123456789012", "123456789012"),
        ("General", "1234567.89012", "1234567.89012"),
        ("General", "0.00001", "0.00001"),
        # A zero that is not shown, or as a stroke: what the report says is not the zero that is held.
        ("#", "0", ""),
        ("0;-0;;@", "0", ""),
        (";;;", "26", ""),
        (ACCOUNTING, "0", "-"),
        # A negative number without a minus.
        ("0.00;0.00", "-5", "5.00"),
        ("0_);[Red](0)", "-5", "(5)"),
        # Thousands shown as ones, powers, fractions, Chinese numerals, digits of the format itself, conditions.
        ("0,", "12300", "12300"),
        ("0.0,,", "12300000", "12300000.0"),
        ("0!.0,", "12300", "12300"),
        ("0.00E+00", "26", "26"),
        ("# ?/?", "0.5", "0.5"),
        ("[DBNum1]0", "26", "26"),
        ('"1"0', "26", "26"),
        ("000-0000-0000", "13900001111", "13900001111"),
        ("[>100]0;0.0", "26", "26"),
        ("[<26]0;0", "26", "26"),
    ],
)  # fmt: skip
def test_what_is_shown_and_is_not_all(code: str, written: str, text: str) -> None:
    number = held(written)
    assert number is not None
    assert shown(number, code) == Shown(text, whole=False)


@pytest.mark.parametrize(
    "code",
    [
        "yyyy/m/d",
        'yyyy"年"m"月"d"日"',
        "m/d/yy",
        "h:mm",
        "[h]:mm:ss",
        "[$-804]aaaa;d",
        "[$-F800]dddd\\,\\ mmmm",
        "mmm-yy",
        "h:mm AM/PM",
        "e年",
    ],
)
def test_days_and_times_are_told(code: str) -> None:
    assert shown(Decimal(45000), code) == Shown("45000", whole=False, dated=True)


@pytest.mark.parametrize("written", ["", "x", "1,2", "NaN", "INF", "-Infinity", "1e400", "1e41", "1e-60", "0x1A"])
def test_what_is_no_number_is_none(written: str) -> None:
    assert held(written) is None


@pytest.mark.parametrize("code, kept", {"General": True, "@": True, "0": True, ACCOUNTING: True, ";;;": False, '@"元"': False, "0;0;0;": False}.items())  # fmt: skip
def test_whether_a_text_is_shown_as_it_is(code: str, kept: bool) -> None:  # noqa: FBT001 (a case)
    assert text_kept(code) is kept


@given(st.integers(-(10**11) + 1, 10**11 - 1))
def test_whole_numbers_are_shown_whole_by_every_plain_format(number: int) -> None:
    for code in ("General", "0", "#,##0", '0"件"', "@") if abs(number) < 10**10 else ("0", "#,##0"):
        found = shown(Decimal(number), code)
        assert found.whole
        assert found.text.rstrip("件").replace(",", "") == str(number)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9),
    st.text('0#,.%?"件\\_ *@;[]Red-()E+/G', max_size=12),
)
def test_what_is_called_whole_says_the_number(number: Decimal, code: str) -> None:
    rounded = held(str(number))
    assert rounded is not None
    found = shown(rounded, code)
    if found.whole and "%" not in code:
        kept = "".join(each for each in found.text if each in "0123456789.-")
        assert Decimal(kept.strip(".").lstrip("-") or "x") == abs(rounded)
        assert kept.startswith("-") == (rounded < 0)


def test_numbers_without_a_power_of_ten() -> None:
    assert [plain(Decimal(each)) for each in ("1E+3", "1.50", "0E-5", "-0.0", "100")] == ["1000", "1.5", "0", "0", "100"]
