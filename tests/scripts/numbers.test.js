"use strict";
/* Numbers: every digit as published, sorted without loss, shares without rounding twice. */
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { page } = require("./dom.js");

// -- how they are spelt ------------------------------------------------------------------------------------------------

const SPACED = {
  0: "0",
  217: "217",
  "4529": "4,529",
  "75394432.52": "75,394,432.52",
  "18651.064104": "18,651.064104",
  "-1234567": "-1,234,567",
  "0.30000000000000004": "0.30000000000000004",
  "12345678901234567890.10": "12,345,678,901,234,567,890.10",
};
for (const [number, words] of Object.entries(SPACED)) {
  test(`${number} is shown as ${words}`, () => {
    const own = page("zh-CN");
    assert.equal(own.run(["elements.js"], "openReportsElements").spaced(number), words);
  });
}

// The last is more than a float holds.
const SHARES = { 0.1746: "17.46%", 1: "100.00%", 0: "0.00%", 0.5: "50.00%", "-0.0312": "-3.12%", 12.3456: "1,234.56%", 0.29: "29.00%", 0.1: "10.00%", "90071992547409.931234": "9,007,199,254,740,993.12%" };
for (const [share, words] of Object.entries(SHARES)) {
  test(`a share of ${share} is ${words}`, () => assert.equal(comparing().percent(String(share)), words));
}

/** The first script of the comparison, on a page of its own. */
function comparing() {
  const own = page("zh-CN");
  own.document.put("or-compare");
  own.document.put("or-compare-data", "script").textContent = JSON.stringify({ says: { and: "、", more: "等 {count} 个" }, indicators: [], tables: [] });
  return own.run(["elements.js", "compare-words.js"], "compareWords");
}

test("years next to each other are one span", () => {
  assert.equal(comparing().spans([2019, 2020, 2023, 2024, 2025]), "2019–2020、2023–2025");
  assert.equal(comparing().spans([2021]), "2021");
});

test("more names than are read are counted", () => {
  assert.equal(comparing().listed(["甲", "乙", "丙"], 2), "甲、乙、等 3 个");
});

// -- how they are sorted -----------------------------------------------------------------------------------------------

/** A table of one column: `values` null for a cell without a number; returns the order after sorting. */
function sorted(values, kind, direction) {
  const own = page("zh-CN");
  const make = (tag, ...content) => {
    const element = own.document.createElement(tag);
    element.append(...content);
    return element;
  };
  const head = make("th", "数");
  head.dataset.sort = kind;
  const rows = values.map(value => {
    const cell = make("td", value ?? "（空）");
    if (value !== null && kind === "number") cell.dataset.value = value;
    if (value === null && kind === "text") cell.textContent = "";
    return Object.assign(make("tr", cell), { key: value });
  });
  const body = make("tbody", ...rows);
  const table = { tHead: { rows: [make("tr", head)] }, tBodies: [body] };
  own.run(["sorting.js"], "openReportsSorting").sortable(table)(0, direction);
  assert.equal(head.getAttribute("aria-sort"), direction);
  return body.rows.map(row => row.key);
}

test("money that a float cannot tell apart is sorted", () => {
  const values = ["75394432.520000000002", "75394432.520000000001", "9007199254740993", "9007199254740992", "-1"];
  assert.deepEqual(sorted(values, "number", "ascending"), ["-1", "75394432.520000000001", "75394432.520000000002", "9007199254740992", "9007199254740993"]);
});

test("decimals are compared by their places, not their length", () => {
  assert.deepEqual(sorted(["0.5", "0.45", "0.450", "10", "9"], "number", "ascending"), ["0.45", "0.450", "0.5", "9", "10"]);
});

for (const direction of ["ascending", "descending"]) {
  test(`what is no number stands last, ${direction}`, () => {
    const found = sorted([null, "0", "3", null, "1"], "number", direction);
    assert.deepEqual(found.slice(3), [null, null]);
    assert.deepEqual(found.slice(0, 3), direction === "ascending" ? ["0", "1", "3"] : ["3", "1", "0"]);
  });
}

test("unsorted again, the rows stand as they came", () => {
  assert.deepEqual(sorted(["3", null, "1"], "number", "none"), ["3", null, "1"]);
});

test("Chinese names are sorted by their sound, numbers in names by their size", () => {
  assert.deepEqual(sorted(["银川", "平潭", "安徽"], "text", "ascending"), ["安徽", "平潭", "银川"]);
  // ān, lǐ, zhāng; by code point 安 张 李.
  assert.deepEqual(sorted(["李村", "张村", "安村"], "text", "ascending"), ["安村", "李村", "张村"]);
  assert.deepEqual(sorted(["第10号", "第9号", null], "text", "ascending"), ["第9号", "第10号", null]);
});
