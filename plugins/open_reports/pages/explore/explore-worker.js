// @ts-check
"use strict";
/*
 * Runs SQLite beside the page, so that the page stays at hand and whoever has waited long enough can end it.
 *
 * It is asked one thing at a time: {open: Blob} or {sql, first, most}; and answers {opened}, {…result} or {error, lost}, where
 * `lost` tells that it can answer nothing more. What it keeps is a copy that takes no changes.
 */
/** @type {(...names: string[]) => void} */ (/** @type {any} */ (self).importScripts)("sql-wasm.js", "explore-csv.js");

/** Characters of a result that are kept at most, so that it fits into a phone. */
const MOST_CHARACTERS = 50_000_000;

/** @type {any} */
let database;

/** @param {Blob} file */
const open = async file => {
  const data = new Uint8Array(await file.arrayBuffer());
  // Looked for beside this script, wherever the page stands.
  const engine = await /** @type {any} */ (self).initSqlJs({ locateFile: (/** @type {string} */ name) => name });
  database = new engine.Database(data);
  try {
    database.exec("PRAGMA query_only = 1; SELECT count(*) FROM sqlite_master");
  } catch {
    return { damaged: true };
  }
  return { opened: true };
};

/** Rows of a statement. @param {any} statement @param {number} most */
const rowsOf = (statement, most) => {
  /** @type {unknown[][]} */
  const rows = [];
  let characters = 0;
  while (statement.step()) {
    if (rows.length === most || characters > MOST_CHARACTERS) return { rows, more: true };
    /** @type {unknown[]} */
    const row = statement.get(null, { useBigInt: true });
    for (const value of row) characters += typeof value === "string" || value instanceof Uint8Array ? value.length : 8;
    rows.push(row);
  }
  return { rows, more: false };
};

/** Run every statement; the last that gives a table is the result. @param {{sql: string, first: number, most: number}} asked */
const run = ({ sql, first, most }) => {
  const started = performance.now();
  /** @type {{columns: string[], rows: unknown[][], more: boolean} | undefined} */
  let found;
  for (const statement of database.iterateStatements(sql)) {
    const columns = statement.getColumnNames();
    try {
      const kept = rowsOf(statement, columns.length ? most : 0);
      if (columns.length) found = { columns, ...kept };
    } catch (error) {
      statement.free(); // the iterator frees only what it has passed
      throw error;
    }
  }
  const seconds = (performance.now() - started) / 1000;
  if (!found) return { columns: [], rows: [], count: 0, more: false, seconds };
  const { columns, rows, more } = found;
  const csv = new Blob([exploreCsv.line(columns), ...rows.map(exploreCsv.line)], { type: "text/csv;charset=utf-8" });
  return { columns, rows: rows.slice(0, first), count: rows.length, more, csv, seconds };
};

self.onmessage = async ({ data }) => {
  try {
    self.postMessage(data.open ? await open(data.open) : run(data));
  } catch (error) {
    // What SQLite says comes as an Error; anything else is the engine itself, which has fallen.
    const lost = !database || !(error instanceof Error) || error instanceof RangeError || error instanceof WebAssembly.RuntimeError;
    self.postMessage({ error: error instanceof Error ? error.message : String(error), lost });
  }
};
