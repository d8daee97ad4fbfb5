"use strict";
/* CSV as the page "explore" writes and reads it: RFC 4180, nothing a spreadsheet would run, every digit kept. */
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { page } = require("./dom.js");

const csv = page("zh-CN", { Uint8Array }).run(["explore-csv.js"], "exploreCsv");

const FIELDS = {
  "a text as it is": ["平潭", "平潭"],
  "a comma is quoted": ["甲,乙", '"甲,乙"'],
  "a quote is doubled": ['他说"好"', '"他说""好"""'],
  "a line break is quoted": ["一\n二", '"一\n二"'],
  "a return is quoted": ["一\r二", '"一\r二"'],
  "a formula is defused": ["=1+1", "'=1+1"],
  "a sum is defused": ["+甲", "'+甲"],
  "a call is defused": ["@SUM(A1)", "'@SUM(A1)"],
  "a formula of full width is defused": ["＝1+1", "'＝1+1"],
  "a minus of full width is defused": ["－甲", "'－甲"],
  "a tab is defused": ["\t甲", "'\t甲"],
  "a dash that marks what does not apply is defused": ["-", "'-"],
  "a negative number in a text stays a number": ["-12", "-12"],
  "money keeps its digits": ["75394432.52", "75394432.52"],
  "an amount with six decimals keeps them": ["18651.064104", "18651.064104"],
  "an exact number beyond a float": [12345678901234567890n, "12345678901234567890"],
  "a negative exact number is no formula": [-3n, "-3"],
  "a number": [0, "0"],
  "an empty text is told from nothing": ["", '""'],
};
for (const [name, [value, written]] of Object.entries(FIELDS)) {
  test(name, () => assert.equal(csv.line([value, 1]), `${written},1\r\n`));
}

test("nothing is an empty field, alone in its row a quoted one", () => {
  assert.equal(csv.line([null, undefined, 1]), ",,1\r\n");
  assert.equal(csv.line([null]), '""\r\n');
});

test("bytes are hexadecimal", () => {
  assert.equal(csv.textOf(new Uint8Array([0, 15, 255])), "000fff");
  const many = Uint8Array.from({ length: 9000 }, (_, at) => at % 251);
  assert.equal(csv.textOf(many), Buffer.from(many).toString("hex"));
});

// A repeatable chance, so that a failure can be met again.
test("what was written is read again, whatever stands behind its first sign", () => {
  let seed = 20261128;
  const chance = below => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
  const signs = ["甲", ",", '"', "\n", "\r\n", " ", "1", ".", "年"];
  for (let round = 0; round < 300; round++) {
    const rows = Array.from({ length: 1 + chance(4) }, () =>
      Array.from({ length: 1 + chance(4) }, () => `年${Array.from({ length: chance(6) }, () => signs[chance(signs.length)]).join("")}`),
    );
    const read = csv.read(rows.map(row => csv.line(row)).join(""));
    assert.deepEqual(JSON.parse(JSON.stringify(read)), rows);
  }
});

test("a file without a last line break, and one of another system, are read", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(csv.read("a,b\n1,\n"))), [["a", "b"], ["1", ""]]);
  assert.deepEqual(JSON.parse(JSON.stringify(csv.read("a,b\n1,"))), [["a", "b"], ["1", ""]]);
  assert.deepEqual(JSON.parse(JSON.stringify(csv.read('a,b\r\n"1",2'))), [["a", "b"], ["1", "2"]]);
});

test("what is no CSV is refused", () => assert.throws(() => csv.read("a\rb,c\n"), /not CSV/));
