// @ts-check
"use strict";
/*
 * Runs SQLite beside the page, so that the page stays at hand and whoever has waited long enough can end it.
 *
 * It is asked one thing at a time: {open: Blob, memory} or {sql, limits}; and answers {opened}, {…result} or {error, lost}, where
 * `lost` tells that it can answer nothing more. A query may come from anybody's link, and page and worker share the memory of a
 * tab: so what the engine may take, what is read out of it and what goes to the page is bounded here, before it is kept.
 */
/** @type {(...names: string[]) => void} */ (/** @type {any} */ (self).importScripts)("sql-wasm.js", "explore-csv.js");

/** Of what the page shows: rows, columns, cells, characters of a text and of all; of the CSV: rows, MB of a value and of all.
 * @typedef {{rows: number, columns: number, cells: number, text: number, characters: number, most: number, value: number, kept: number}} Limits */

const MEGABYTE = 1_000_000;
/** Characters of the CSV that are collected before they are handed to the browser, which may keep them outside the tab. */
const AT_ONCE = 4_000_000;
/** Bytes of a value that is never cut: a number is read as its text, and half of one would be another number. */
const SHORT = 64;
/** Nothing is written, and what does not fit stays within the engine's memory instead of growing files beside it. */
const SETTINGS = "PRAGMA query_only = 1; PRAGMA temp_store = 2";

/** @type {any} */
let engine;
/** @type {Uint8Array} */
let data;
/** What may yet be read: of a value, of the result; which columns of the row at hand were cut. */
const allowed = { value: 0, result: 0, cut: /** @type {number[]} */ ([]) };

// -- the engine ------------------------------------------------------------------------------------------------------

/** Let no engine grow beyond so many bytes: it then says that it is out of memory, and goes on. @param {number} most */
const bound = most => {
  const grow = WebAssembly.Memory.prototype.grow;
  /** @this {WebAssembly.Memory} @param {number} pages */
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * 65_536 > most) throw new RangeError("out of memory");
    return grow.call(this, pages);
  };
};

/** Let values out of the engine only as far as allowed: its own `get` would copy each of them whole, however long. @param {any} module */
const guard = module => {
  const { _sqlite3_column_bytes: bytesOf, _sqlite3_column_blob: blobOf, _sqlite3_column_text: textOf } = module;
  let size = 0;
  /** @param {number} address of what there has to be: without memory for it there is none, and zeros would be read instead */
  const held = address => {
    if (!address) throw new Error("out of memory");
    return address;
  };
  module._sqlite3_column_bytes = (/** @type {number} */ statement, /** @type {number} */ column) => {
    size = bytesOf(statement, column);
    const taken = size <= SHORT ? size : Math.max(0, Math.min(size, allowed.value, allowed.result));
    if (taken < size) allowed.cut.push(column);
    allowed.result -= taken;
    return taken;
  };
  // Its size was asked just before.
  module._sqlite3_column_blob = (/** @type {number} */ statement, /** @type {number} */ column) => (size ? held(blobOf(statement, column)) : 0);
  module._sqlite3_column_text = (/** @type {number} */ statement, /** @type {number} */ column) => held(textOf(statement, column));
};

/** A connection to the file as it came: whatever a query before has set or opened is not there. */
const connected = () => new engine.Database(data);

/** @param {Blob} file @param {number} memory MB that the engine may take */
const open = async (file, memory) => {
  data = new Uint8Array(await file.arrayBuffer());
  bound(memory * MEGABYTE);
  // Looked for beside this script, wherever the page stands.
  engine = await /** @type {any} */ (self).initSqlJs({ locateFile: (/** @type {string} */ name) => name, preRun: [guard] });
  const database = connected();
  try {
    database.exec("SELECT count(*) FROM sqlite_master");
  } catch {
    return { damaged: true };
  } finally {
    database.close();
  }
  return { opened: true };
};

// -- a result --------------------------------------------------------------------------------------------------------

/** What was cut, as a text that says so; half a character at its end goes. @param {unknown} value */
const cutOff = value => `${exploreCsv.textOf(value).replace(/\uFFFD$/, "")}…`;

/** As much of a value as the page has to know. @param {unknown} value @param {number} most characters that it shows */
const shortened = (value, most) => (typeof value === "string" || value instanceof Uint8Array ? value.slice(0, most + 1) : value);

/** The first rows of a result, as far as a page can show them at once. @param {number} width columns of the result @param {Limits} limits */
const shownRows = (width, limits) => {
  const columns = Math.min(width, limits.columns);
  const most = Math.min(limits.rows, Math.max(1, Math.floor(limits.cells / columns)));
  /** @type {unknown[][]} */
  const rows = [];
  let characters = 0;
  let full = false;
  /** @param {unknown[]} row */
  const add = row => {
    if (full) return;
    const cells = row.slice(0, columns).map(value => shortened(value, limits.text));
    for (const cell of cells) characters += typeof cell === "string" ? cell.length : cell instanceof Uint8Array ? 2 * cell.length : 8;
    full = rows.length === most || (rows.length > 0 && characters > limits.characters);
    if (!full) rows.push(cells);
  };
  return { rows, columns, add };
};

/** The rows of a statement, as CSV, and the first of them for the page. @param {any} statement @param {Limits} limits */
const resultOf = (statement, limits) => {
  /** @type {string[]} */
  const names = statement.getColumnNames();
  const shown = shownRows(names.length, limits);
  /** @type {BlobPart[]} */
  const parts = [];
  let text = exploreCsv.line(names);
  let count = 0;
  let cut = 0;
  let more = false;
  allowed.value = limits.value * MEGABYTE;
  allowed.result = limits.kept * MEGABYTE;
  while (statement.step()) {
    if (count === limits.most || allowed.result <= 0) {
      more = true;
      break;
    }
    allowed.cut = [];
    /** @type {unknown[]} */
    const row = statement.get(null, { useBigInt: true });
    for (const column of allowed.cut) row[column] = cutOff(row[column]);
    allowed.result -= 8 * row.length;
    cut += allowed.cut.length;
    count += 1;
    shown.add(row);
    text += exploreCsv.line(row);
    if (text.length < AT_ONCE) continue;
    parts.push(new Blob([text]));
    text = "";
  }
  const csv = new Blob([...parts, text], { type: "text/csv;charset=utf-8" });
  const columns = names.slice(0, shown.columns).map(name => String(shortened(name, limits.text)));
  return { columns, width: names.length, rows: shown.rows, count, more, cut, csv };
};

/** Run every statement; the last that gives a table is the result. @param {any} database @param {string} sql @param {Limits} limits */
const answerTo = (database, sql, limits) => {
  const started = performance.now();
  /** @type {ReturnType<typeof resultOf> | undefined} */
  let found;
  for (const statement of database.iterateStatements(sql)) {
    // Before each: a statement may be a PRAGMA that sets them otherwise.
    database.exec(SETTINGS);
    if (statement.getColumnNames().length) found = resultOf(statement, limits);
    else statement.step();
  }
  const seconds = (performance.now() - started) / 1000;
  return { columns: [], width: 0, rows: [], count: 0, more: false, cut: 0, ...found, seconds };
};

/** Whether the engine itself has fallen: what SQLite says comes as an Error. @param {unknown} error */
const fallen = error => !(error instanceof Error) || error instanceof RangeError || error instanceof WebAssembly.RuntimeError;

/** @param {{sql: string, limits: Limits}} asked */
const run = ({ sql, limits }) => {
  const database = connected();
  try {
    const answer = answerTo(database, sql, limits);
    database.close();
    return answer;
  } catch (error) {
    if (!fallen(error)) database.close();
    throw error;
  }
};

self.onmessage = async ({ data: asked }) => {
  try {
    self.postMessage(asked.open ? await open(asked.open, asked.memory) : run(asked));
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error), lost: !engine || fallen(error) });
  }
};
