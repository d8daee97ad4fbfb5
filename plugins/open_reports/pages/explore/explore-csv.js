// @ts-check
"use strict";
/*
 * Exploring, 2 of 4: CSV (RFC 4180), written and read. The worker writes with it, too.
 */
var exploreCsv = (() => {
  const NUMBER = /^-?\d+(\.\d+)?$/;

  const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

  /** Bytes in hexadecimal, a piece at a time: a list of all their digits would take many times their own room. @param {Uint8Array} bytes */
  const hexOf = bytes => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 4096) text += Array.from(bytes.subarray(at, at + 4096), byte => HEX[byte]).join("");
    return text;
  };

  /** A value as text: a number exactly, bytes in hexadecimal, nothing as nothing. @param {unknown} value */
  const textOf = value => {
    if (value === null || value === undefined) return "";
    return value instanceof Uint8Array ? hexOf(value) : String(value);
  };

  /** One field; a text that a spreadsheet would run is defused, a number never is; an empty text is told from nothing. @param {unknown} value */
  const field = value => {
    const text = textOf(value);
    if (typeof value !== "string") return text;
    const safe = /^[=+\-@＝＋－＠\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
    return safe === "" || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };

  /** A row; one that is a single nothing is quoted, for readers skip an empty line. @param {unknown[]} fields */
  const line = fields => `${fields.map(field).join(",") || (fields.length === 1 ? '""' : "")}\r\n`;

  /** Rows of a CSV file. @param {string} text @returns {string[][]} */
  const read = text => {
    const rows = [];
    /** @type {string[]} */
    let row = [];
    const parts = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;
    while (parts.lastIndex < text.length) {
      const found = parts.exec(text);
      if (!found) throw new Error("not CSV");
      row.push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
      if (found[3] === ",") {
        if (parts.lastIndex === text.length) row.push("");
        else continue;
      }
      rows.push(row);
      row = [];
    }
    return rows;
  };

  return { textOf, line, read };
})();
