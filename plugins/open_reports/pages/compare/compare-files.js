// @ts-check
"use strict";
/*
 * The comparison, 3 of 5: what is seen, to take away as CSV and as JSON, every number spelt as published.
 */
var compareFiles = (() => {
  const { nameOf } = openReportsElements;

  /** A number of a download, spelt as published. */
  class Exact {
    /** @param {string} text */
    constructor(text) {
      this.text = text;
    }
  }

  /** JSON with exact numbers, which `JSON.stringify` would round. @param {any} value @param {string} [margin] @returns {string} */
  const jsonText = (value, margin = "\n") => {
    if (value instanceof Exact) return value.text || "null";
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    const inner = `${margin} `;
    const parts = Array.isArray(value)
      ? value.map(each => jsonText(each, inner))
      : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${jsonText(each, inner)}`);
    const [open, close] = Array.isArray(value) ? "[]" : "{}";
    return parts.length ? `${open}${inner}${parts.join(`,${inner}`)}${margin}${close}` : open + close;
  };

  /** One field of a CSV row; a text that a spreadsheet would run is defused, a number never is. @param {string | Exact} value */
  const csvField = value => {
    if (value instanceof Exact) return value.text;
    const safe = /^[=+\-@＝＋－＠\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };

  /** @param {Row[]} rows @param {Column[]} shown */
  const csvOf = (rows, shown) => {
    const head = ["agency", "agency_name", "year", "scope"];
    for (const { id, rate } of shown) head.push(id, ...(rate ? [`${id} numerator`, `${id} denominator`] : []), `${id} status`, `${id} finding`);
    const lines = rows.map(row => {
      const fields = [row.agency.id, nameOf(row.agency), new Exact(String(row.year)), row.report?.scope ?? ""];
      row.cells.forEach((cell, index) => {
        const counts = shown[index].rate ? [new Exact(cell.numerator), new Exact(cell.denominator)] : [];
        fields.push(new Exact(cell.value), ...counts, cell.status, cell.finding.join(" "));
      });
      return fields;
    });
    return new Blob([head, ...lines].map(fields => `${fields.map(csvField).join(",")}\r\n`), { type: "text/csv;charset=utf-8" });
  };

  /** @param {Row[]} rows @param {Column[]} shown @param {string[]} warnings */
  const jsonOf = (rows, shown, warnings) => {
    const figures = shown.map(({ id, label, group, remark, formula }) => ({ id, label: [group, label, remark].filter(Boolean).join(" "), ...(formula ? { formula } : {}) }));
    const seen = rows.map(row => ({
      agency: row.agency.id,
      agency_name: nameOf(row.agency),
      year: row.year,
      scope: row.report?.scope ?? null,
      forms: row.report?.forms ?? null,
      figures: Object.fromEntries(
        row.cells.map((cell, index) => {
          const counts = shown[index].rate ? { numerator: new Exact(cell.numerator), denominator: new Exact(cell.denominator) } : {};
          return [shown[index].id, { value: new Exact(cell.value), ...counts, status: cell.status, finding: cell.finding }];
        }),
      ),
    }));
    return new Blob([`${jsonText({ address: location.href, figures, rows: seen, warnings })}\n`], { type: "application/json;charset=utf-8" });
  };

  return { csvOf, jsonOf };
})();
