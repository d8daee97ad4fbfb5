"use strict";
/* The worker that runs SQLite, with the engine as it is shipped: what a query gives, exactly, and as CSV. */
const { test, before } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { worker, SCRIPTS } = require("./dom.js");

const WASM = "sql-wasm.wasm";
const files = new Map([[WASM, fs.readFileSync(path.join(path.dirname(SCRIPTS.get("explore-worker.js")), WASM))]]);
const plain = value => JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `${each}n` : each)));

let running;
let data;
before(async () => {
  running = worker(files);
  running.load("explore-worker.js");
  const engine = await running.scope.initSqlJs({ locateFile: name => name });
  const database = new engine.Database();
  database.exec("CREATE TABLE figures (agency TEXT, value TEXT); INSERT INTO figures VALUES ('平潭', '18651.064104'), ('银川', '75394432.50')");
  data = database.export();
  assert.deepEqual(plain(await running.ask({ open: new Blob([data]) })), { opened: true });
});

const asked = (sql, first = 10, most = 100) => running.ask({ sql, first, most });

const EXACT = {
  "9007199254740993": "9007199254740993",
  "-9223372036854775807": "-9223372036854775807",
  "0.1": "0.1",
  "0.1 + 0.2": "0.30000000000000004",
  "'18651.064104'": "18651.064104",
  "'75394432.52'": "75394432.52",
  "'-18.50'": "-18.50",
  "'=1+1'": "'=1+1",
  "'-1+2'": "'-1+2",
  "'@x'": "'@x",
  "'甲,乙' || char(10) || '\"丙\"'": '"甲,乙\n""丙"""',
  "x'000fff'": "000fff",
  "NULL": '""',
  "''": '""',
};
for (const [value, written] of Object.entries(EXACT)) {
  test(`${value} is written ${JSON.stringify(written)}`, async () => {
    const { csv, count } = await asked(`SELECT ${value} AS v`);
    assert.equal(count, 1);
    assert.equal(csv.type, "text/csv;charset=utf-8");
    assert.equal(Buffer.from(await csv.arrayBuffer()).toString("utf8"), `v\r\n${written}\r\n`);
  });
}

test("a whole number comes as it is, however large", async () => {
  const { rows } = await asked("SELECT 9007199254740993, NULL, '', 0");
  assert.deepEqual(plain(rows), [["9007199254740993n", null, "", "0n"]]);
});

test("nothing, an empty text and zero are told apart in one row", async () => {
  const { csv } = await asked("SELECT NULL AS a, '' AS b, 0 AS c");
  assert.equal(await csv.text(), 'a,b,c\r\n,"",0\r\n');
});

const COUNTING = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60) SELECT i FROM n";
test("the page gets the first rows, the CSV has all", async () => {
  const { rows, count, more, csv } = await asked(COUNTING, 3, 60);
  assert.deepEqual([plain(rows), count, more], [[["1n"], ["2n"], ["3n"]], 60, false]);
  assert.equal(await csv.text(), `i\r\n${Array.from({ length: 60 }, (_, at) => `${at + 1}\r\n`).join("")}`);
});

test("more rows than are kept are said", async () => {
  const { rows, count, more, csv } = await asked(COUNTING, 3, 59);
  assert.deepEqual([rows.length, count, more], [3, 59, true]);
  assert.equal((await csv.text()).split("\r\n").length, 61);
});

test("the last statement that gives a table is the result; none gives none", async () => {
  const last = await asked("SELECT 1 AS one; SELECT agency FROM figures ORDER BY agency; -- nothing more");
  assert.deepEqual([plain(last.columns), plain(last.rows)], [["agency"], [["平潭"], ["银川"]]]);
  const quiet = await asked("SELECT 1 AS one; BEGIN; ROLLBACK");
  assert.deepEqual([plain(quiet.columns), quiet.count], [["one"], 1]);
  const none = await asked("-- nothing");
  assert.deepEqual([none.columns.length, none.rows.length, none.count, none.csv], [0, 0, 0, undefined]);
});

test("what is wrong is told and the next query is answered", async () => {
  assert.deepEqual(plain(await asked("SELEC 1")), { error: 'near "SELEC": syntax error', lost: false });
  assert.deepEqual(plain(await asked("SELECT * FROM reports")), { error: "no such table: reports", lost: false });
  assert.equal((await asked("SELECT 1")).count, 1);
});

test("the copy takes no changes", async () => {
  const { error, lost } = await asked("DELETE FROM figures");
  assert.match(error, /readonly database/);
  assert.equal(lost, false);
  assert.deepEqual(plain((await asked("SELECT count(*) FROM figures")).rows), [["2n"]]);
});

test("a file that is no database is damaged; nothing can be asked of a worker that has none", async () => {
  const other = worker(files);
  other.load("explore-worker.js");
  assert.equal((await other.ask({ sql: "SELECT 1", first: 1, most: 1 })).lost, true);
  assert.deepEqual(plain(await other.ask({ open: new Blob(["no database, only words"]) })), { damaged: true });
});
