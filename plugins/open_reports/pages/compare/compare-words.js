// @ts-check
"use strict";
/*
 * The comparison, 1 of 5: what the page says of itself, sentences, numbers in words, and what can be compared.
 */

/** @typedef {{value: number | null, status?: string, text?: string, finding?: string[]}} Held */
/** @typedef {{numerator: number | null, denominator?: number | null, value: number | null, text?: string, reason?: string, finding?: string[]}} Rate */
/** @typedef {{name?: string, name_en?: string, scope: string, forms: Record<string, string>, period?: [string, string], consolidates?: string[], page: string}} Year */
/** The file of one agency. @typedef {{years: Record<string, Year>, figures: Record<string, {years: Record<string, Held>}>, indicators: Record<string, Record<string, Rate>>}} Reports */
/** A column that can be chosen. @typedef {{id: string, label: string, group: string, remark: string, table: string, formula: string, rate: boolean, floor: number}} Column */
/** One cell of the table: `status` is `reported`, or why `value` is empty; `finding` the rules that it contradicts. @typedef {{value: string, status: string, numerator: string, denominator: string, href: string, finding: string[]}} Cell */
/** @typedef {{agency: Agency, year: number, report: Year | undefined, cells: Cell[]}} Row */

var compareWords = (() => {
  const place = document.getElementById("or-compare");
  const source = document.getElementById("or-compare-data");
  if (!place || !source) throw new Error("no place for a comparison");
  const page = JSON.parse(source.textContent ?? "{}");
  const { pages = "", files = "", list = "", sounds = "" } = place.dataset;

  const { spaced } = openReportsElements;
  const { say, copyLink, failure, listed } = openReportsElements.speaking(page.says);

  /** Years in words, neighbours joined: 2019–2020、2023. @param {number[]} years ascending */
  const spans = years => {
    /** @type {number[][]} */
    const runs = [];
    for (const year of years) {
      const last = runs.at(-1);
      if (last && last[last.length - 1] === year - 1) last.push(year);
      else runs.push([year]);
    }
    return runs.map(run => (run.length > 1 ? `${run[0]}–${run[run.length - 1]}` : String(run[0]))).join(say("and"));
  };

  /** A share to two decimals: 0.1746 is 17.46%. Moves the point in the text, so nothing is rounded twice. @param {string} text */
  const percent = text => {
    const [whole, decimals = ""] = text.replace("-", "").split(".");
    const digits = whole + decimals.padEnd(4, "0").slice(0, 4);
    return `${text.startsWith("-") ? "-" : ""}${spaced(String(BigInt(digits.slice(0, -2))))}.${digits.slice(-2)}%`;
  };

  // -- what can be compared ------------------------------------------------------------------------------------------

  /** @type {Map<string, Column>} */
  const columns = new Map();
  for (const { id, label, formula, rate, floor } of page.indicators) {
    columns.set(id, { id, label, group: "", remark: "", table: "", formula, rate, floor });
  }
  for (const table of page.tables) {
    for (const { label, group, cells } of table.lines) {
      for (const { id, remark } of cells) {
        columns.set(id, { id, label, group, remark, table: table.id, formula: "", rate: false, floor: 0 });
      }
    }
  }
  /** @type {Map<string, Agency>} in the library's order */
  const agencies = new Map();

  return { place, page, pages, files, list, sounds, say, copyLink, failure, listed, spans, percent, columns, agencies };
})();
