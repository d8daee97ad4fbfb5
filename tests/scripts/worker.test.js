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

/** MB that the engine may take: a little more than it begins with. */
const MEMORY = 24;

let running;
let data;
before(async () => {
  running = worker(files);
  running.load("explore-worker.js");
  // Made with an engine of its own: one that was there before would not be the one that the worker bounds.
  const maker = worker(files);
  maker.load("sql-wasm.js");
  const engine = await maker.scope.initSqlJs({ locateFile: name => name });
  const database = new engine.Database();
  database.exec("CREATE TABLE figures (agency TEXT, value TEXT); INSERT INTO figures VALUES ('平潭', '18651.064104'), ('银川', '75394432.50')");
  data = database.export();
  assert.deepEqual(plain(await running.ask({ open: new Blob([data]), memory: MEMORY })), { opened: true });
});

/** Limits as the page sends them, small. */
const LIMITS = { rows: 10, columns: 10, cells: 100, text: 20, characters: 1000, most: 100, value: 1, kept: 50 };
const asked = (sql, limits = {}) => running.ask({ sql, limits: { ...LIMITS, ...limits } });

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
  const { rows, count, more, csv } = await asked(COUNTING, { rows: 3, most: 60 });
  assert.deepEqual([plain(rows), count, more], [[["1n"], ["2n"], ["3n"]], 60, false]);
  assert.equal(await csv.text(), `i\r\n${Array.from({ length: 60 }, (_, at) => `${at + 1}\r\n`).join("")}`);
});

test("more rows than are kept are said", async () => {
  const { rows, count, more, csv } = await asked(COUNTING, { rows: 3, most: 59 });
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
  assert.equal((await other.ask({ sql: "SELECT 1", limits: LIMITS })).lost, true);
  assert.deepEqual(plain(await other.ask({ open: new Blob(["no database, only words"]), memory: MEMORY })), { damaged: true });
});

// -- a query that anybody may have written -----------------------------------------------------------------------------

const lines = async csv => (await csv.text()).split("\r\n");

test("a value of up to a megabyte is read whole, a longer one is cut and told", async () => {
  const MB = 1_000_000;
  const whole = await asked(`SELECT printf('%.*c', ${MB}, 'x') AS text, zeroblob(${MB}) AS bytes`);
  assert.equal(whole.cut, 0);
  assert.equal((await lines(whole.csv))[1].length, 3 * MB + 1);
  const long = await asked(`SELECT printf('%.*c', ${MB + 1}, 'x') AS text, zeroblob(${MB + 1}) AS bytes, 7 AS number`);
  assert.deepEqual([long.cut, long.count, long.more], [2, 1, false]);
  const [text, bytes, number] = (await lines(long.csv))[1].split(",");
  assert.deepEqual([text.length, bytes.length, number], [MB + 1, 2 * MB + 1, "7"]);
  assert.match(text, /^x+…$/);
  assert.match(bytes, /^0+…$/);
  assert.deepEqual([long.rows[0][0].length, long.rows[0][1].length], [LIMITS.text + 1, LIMITS.text + 1]);
});

test("a text is not cut within a character, a number never", async () => {
  const { csv, cut } = await asked("SELECT replace(printf('%.*c', 40, 'x'), 'x', '报') AS text, 9223372036854775807 AS number, 0.1 AS real", { value: 0.0001 });
  assert.equal(cut, 1);
  assert.equal((await lines(csv))[1], `${"报".repeat(33)}…,9223372036854775807,0.1`);
});

test("all values of a result together are bounded, within one row as well", async () => {
  const columns = Array.from({ length: 12 }, (_, at) => `v AS c${at}`).join(", ");
  const { csv, cut, count, more } = await asked(`WITH one(v) AS (SELECT printf('%.*c', 100000, 'x')), n(i) AS (SELECT 1 UNION ALL SELECT 2) SELECT ${columns} FROM one, n`, { kept: 1 });
  assert.deepEqual([cut, count, more], [2, 1, true]);
  assert.ok(csv.size < 1_000_100, String(csv.size));
});

test("what the engine has no memory for is told, and is not read as zeros", async () => {
  assert.equal((await asked("SELECT zeroblob(15000000)")).cut, 1);
  const { error, lost } = await asked(`SELECT zeroblob(${(MEMORY + 6) * 1_000_000}) AS bytes`);
  assert.deepEqual([error, lost], ["out of memory", false]);
  assert.deepEqual(plain((await asked("SELECT 1")).rows), [["1n"]]);
});

test("what a sort needs stays within the engine's memory", async () => {
  const { error, lost } = await asked(
    "PRAGMA temp_store = 1; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 40000) SELECT i, printf('%.*c', 1000, 'x') AS t FROM n ORDER BY -i",
  );
  assert.deepEqual([error, lost], ["out of memory", false]);
  assert.equal((await asked("SELECT 1")).count, 1);
});

test("the page gets as many cells as it can show, the CSV all", async () => {
  const wide = Array.from({ length: 1900 }, (_, at) => `i AS c${at}`).join(", ");
  const { columns, width, rows, count, csv } = await asked(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 25) SELECT ${wide} FROM n`, { columns: 200, cells: 2000, rows: 1000, characters: 100_000 });
  assert.deepEqual([columns.length, width, rows.length, count], [200, 1900, 10, 25]);
  assert.ok(rows.every(row => row.length === 200));
  const all = await lines(csv);
  assert.deepEqual([all.length, all[25].split(",").length], [27, 1900]);
});

test("the page gets as many characters as it can show, at least one row", async () => {
  const many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 251) SELECT printf('%.*c', 2001, 'x') AS a, printf('%.*c', 2001, 'y') AS b FROM n";
  const limits = { rows: 1000, cells: 20_000, text: 2000, most: 1000 };
  const some = await asked(many, { ...limits, characters: 100_000 });
  assert.deepEqual([some.rows.length, some.count, some.cut], [24, 251, 0]);
  assert.equal((await lines(some.csv))[251].length, 4003);
  assert.equal((await asked(many, { ...limits, characters: 10 })).rows.length, 1);
});

test("a name of a column is cut for the page, not in the CSV", async () => {
  const name = "n".repeat(50);
  const { columns, csv } = await asked(`SELECT 1 AS ${name}`);
  assert.equal(columns[0].length, LIMITS.text + 1);
  assert.equal((await lines(csv))[0], name);
});

for (const before of ["PRAGMA query_only = 0", "PRAGMA query_only(0)", "/* quiet */ pragma  query_only=OFF", "BEGIN; PRAGMA query_only = 0"]) {
  test(`the copy takes no changes after ${before}`, async () => {
    for (const change of ["DELETE FROM figures", "CREATE TEMP TABLE figures AS SELECT '假' AS agency, 1 AS value", "CREATE TABLE more (a)"]) {
      assert.match((await asked(`${before}; ${change}; SELECT * FROM figures`)).error, /readonly database/, change);
    }
    assert.deepEqual(plain((await asked("SELECT agency FROM figures ORDER BY agency")).rows), [["平潭"], ["银川"]]);
  });
}

test("what a query sets, opens or begins is gone for the next", async () => {
  await asked("PRAGMA case_sensitive_like = 1; ATTACH ':memory:' AS other; PRAGMA cache_size = 7; BEGIN");
  assert.deepEqual(plain((await asked("SELECT 'A' LIKE 'a'")).rows), [["1n"]]);
  assert.deepEqual(plain((await asked("SELECT name FROM pragma_database_list")).rows), [["main"]]);
  assert.notDeepEqual(plain((await asked("PRAGMA cache_size")).rows), [["7n"]]);
  assert.equal((await asked("BEGIN; ROLLBACK; SELECT 1")).count, 1);
});
