"use strict";
/*
 * What the comparison writes: every figure and indicator of every report, as CSV and as JSON, to the last digit.
 *
 * Both files were made in Python of the packages alone (`tests/test_scripts.py`); the script has what a page has, the JSON of the agencies.
 */
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { page, prepared } = require("./dom.js");

const { compare, address } = prepared();
const SCRIPTS = ["elements.js", "sorting.js", "compare-words.js", "compare-table.js", "compare-files.js"];

/** The comparison of a page, with the rows of all agencies, years and columns. */
function opened({ dataset, data, list, reports }, language) {
  const own = page(language, { Blob, location: { href: address, protocol: "https:" } });
  Object.assign(own.document.put("or-compare").dataset, dataset);
  own.document.put("or-compare-data", "script").textContent = data;
  const made = own.run(SCRIPTS, "({ compareWords, compareTable, compareFiles })");
  const { agencies, columns, page: held } = made.compareWords;
  for (const agency of JSON.parse(list)) agencies.set(agency.id, agency);
  const shown = [...columns.values()];
  const rows = [...agencies.values()].flatMap(agency => {
    const own = JSON.parse(reports[agency.id]);
    return held.years.map(year => ({ agency, year, report: own.years[year], cells: shown.map(column => made.compareTable.cellOf(own, year, column)) }));
  });
  return { ...made, shown, rows };
}

/** Lines that differ, so that a failure names the figure and not a whole file. */
function same(text, wanted) {
  const [found, lines] = [text.split("\n"), wanted.split("\n")];
  const at = lines.findIndex((line, index) => line !== found[index]);
  if (at >= 0) assert.equal(found[at], lines[at], `line ${at + 1}`);
  assert.equal(text, wanted);
}

compare.forEach((given, index) => {
  const language = index % 2 ? "en" : "zh-CN";
  const which = `${index < 2 ? "the project's own packages" : "what is hard"}, ${language}`;

  test(`CSV of ${which}`, async () => {
    const { compareFiles, shown, rows } = opened(given, language);
    assert.ok(rows.length > 3 && shown.length > 100);
    const blob = compareFiles.csvOf(rows, shown);
    assert.equal(blob.type, "text/csv;charset=utf-8");
    // `text()` would take a byte order mark away.
    same(Buffer.from(await blob.arrayBuffer()).toString("utf8"), given.csv);
  });

  test(`JSON of ${which}`, async () => {
    const { compareFiles, shown, rows } = opened(given, language);
    const blob = compareFiles.jsonOf(rows, shown, ["一", "二"]);
    assert.equal(blob.type, "application/json;charset=utf-8");
    same(Buffer.from(await blob.arrayBuffer()).toString("utf8"), given.json);
  });
});

const NAMES = { "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@甲": "'@甲", "＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠甲": "'＠甲", "\t甲": "'\t甲", "\r甲": '"\'\r甲"', "甲\n乙": '"甲\n乙"', '甲"乙': '"甲""乙"', "甲=1": "甲=1" };
for (const [name, written] of Object.entries(NAMES)) {
  // Packages with these names are refused; the file defuses them all the same.
  test(`an agency called ${JSON.stringify(name)} runs in no spreadsheet`, async () => {
    const { compareFiles, rows } = opened(compare[0], "zh-CN");
    const row = { ...rows[0], agency: { ...rows[0].agency, name }, cells: [] };
    const text = await compareFiles.csvOf([row], []).text();
    assert.equal(text, `agency,agency_name,year,scope\r\n${row.agency.id},${written},${row.year},${row.report?.scope ?? ""}\r\n`);
  });
}

// -- the table ---------------------------------------------------------------------------------------------------------

const HARD = compare[2];
const FEES = "disclosure/fees/amount";
const NEW = "applications/new/total";

/** The table of some columns, sorted; returns a function that gives a column's texts, and the rows as the files take them. */
function laid(columns, sorting) {
  const { compareWords, compareTable, rows, shown } = opened(HARD, "zh-CN");
  const chosen = columns.map(id => shown.findIndex(column => column.id === id));
  const year = rows.filter(row => row.report).map(row => ({ ...row, cells: chosen.map(at => row.cells[at]) }));
  const told = [];
  const { table, seen } = compareTable.tableOf(year, columns.map(id => compareWords.columns.get(id)), sorting, now => told.push(now));
  const column = at => table.tBodies[0].rows.map(row => row.cells[at]);
  return { table, seen, told, column, press: at => table.tHead.rows[0].cells[at].children[0].click() };
}

test("money that is one float is told apart, and sorted by its last digit", () => {
  assert.equal(Number("999999999999999.123456"), Number("999999999999999.123457"));
  const ascending = laid([FEES], FEES);
  assert.deepEqual(ascending.column(3).map(cell => cell.textContent).slice(0, 3), ["75,394,432.50", "999,999,999,999,999.123456", "999,999,999,999,999.123457"]);
  assert.deepEqual(ascending.column(3).map(cell => cell.getAttribute("data-value")), ["75394432.50", "999999999999999.123456", "999999999999999.123457", null]);
  const descending = laid([FEES], `-${FEES}`);
  assert.deepEqual(descending.column(3).map(cell => cell.textContent).slice(0, 2), ["999,999,999,999,999.123457", "999,999,999,999,999.123456"]);
});

test("what is no number stands last in both directions and says why", () => {
  for (const sorting of [NEW, `-${NEW}`]) {
    const texts = laid([NEW], sorting).column(3).map(cell => cell.textContent);
    // Each contradicts the applicants beside it, which is told, and none has a bar.
    assert.deepEqual(texts.slice(0, 3), sorting === NEW ? ["≠0", "≠9", "≠100"] : ["≠100", "≠9", "≠0"]);
    assert.equal(texts[3], "原文标注不适用");
  }
});

test("a press sorts, the next turns round, the third goes back; the files take the rows as they stand", () => {
  const { seen, told, press } = laid([NEW], "");
  const order = () => [...seen()].map(row => row.cells[0].value);
  const before = order();
  press(3);
  assert.deepEqual(order(), ["0", "9", "100", ""]);
  press(3);
  assert.deepEqual(order(), ["100", "9", "0", ""]);
  press(3);
  assert.deepEqual(order(), before);
  assert.deepEqual(told, [NEW, `-${NEW}`, ""]);
});

test("an old year has the name that its agency had then", () => {
  for (const [language, name] of [["zh-CN", "旧名办事处"], ["en", "Former Office"]]) {
    const { compareWords, compareTable, rows, shown } = opened(HARD, language);
    const row = rows.find(each => each.report);
    const at = shown.findIndex(column => column.id === NEW);
    const old = { ...row, report: { ...row.report, name: "旧名办事处", name_en: "Former Office" }, cells: [row.cells[at]] };
    const now = { ...row, cells: [row.cells[at]] };
    const { table } = compareTable.tableOf([old, now], [compareWords.columns.get(NEW)], "", () => {});
    const [first, second] = table.tBodies[0].rows.map(each => each.cells[0].textContent);
    assert.equal(first, name);
    assert.equal(second, language === "en" ? row.agency.name_en : row.agency.name);
  }
});

test("names sort by their sound", () => {
  const { column, press } = laid([NEW], "");
  press(0);
  // lǐ, sān, zhāng; by code point 三 张 李.
  assert.deepEqual(column(0).map(cell => cell.textContent), ["-1+2号办事处", "李村", '三号"办事处"</script>', "张村, “甲”"]);
});
