// @ts-check
"use strict";
/*
 * Tables that can be sorted: every `table[data-sortable]`, and those that another script hands to `openReportsSorting`.
 *
 * A `th[data-sort="text|number"]` gets a button: pressed once it sorts upwards, twice downwards, a third time back to the
 * order in which the page came. A cell sorts by its `data-value`, or by its text; a number cell without `data-value` is
 * none (blank, withheld, not collected) and stands last in both directions. Rows only move: nothing is made anew.
 */
var openReportsSorting = (() => {
  /** @typedef {"ascending" | "descending" | "none"} Direction */

  const language = document.documentElement.lang || "zh";
  const collator = new Intl.Collator(language.startsWith("zh") ? "zh-u-co-pinyin" : language, { numeric: true });
  const DECIMALS = 12;

  /** A published number without loss: money has more digits than a float. @param {string} text */
  const exact = text => {
    const [whole, decimals = ""] = text.split(".");
    return BigInt(whole + decimals.padEnd(DECIMALS, "0").slice(0, DECIMALS));
  };

  const NUMBER = /^-?\d+(\.\d+)?$/;

  /** What a cell is sorted by; null for what always comes last. @param {HTMLTableCellElement | undefined} cell @param {string} kind */
  const keyOf = (cell, kind) => {
    if (!cell) return null;
    if (kind === "number") return NUMBER.test(cell.dataset.value ?? "") ? exact(cell.dataset.value ?? "") : null;
    return (cell.dataset.value ?? cell.textContent ?? "").trim() || null;
  };

  /** @param {string | bigint} one @param {string | bigint} other */
  const compare = (one, other) =>
    typeof one === "string" && typeof other === "string" ? collator.compare(one, other) : one < other ? -1 : one > other ? 1 : 0;

  /**
   * Make a table sortable. Returns a function that sorts it by a column from outside.
   * @param {HTMLTableElement} table
   * @param {(column: number, direction: Direction) => void} [told] called after each press
   */
  const sortable = (table, told = () => {}) => {
    const heads = /** @type {HTMLTableCellElement[]} */ ([...table.tHead?.rows[0]?.cells ?? []]);
    const body = table.tBodies[0];
    const original = [...body.rows];

    /** @param {number} column @param {Direction} direction */
    const sort = (column, direction) => {
      heads.forEach((head, index) => {
        if (head.dataset.sort) head.setAttribute("aria-sort", index === column ? direction : "none");
      });
      const sign = direction === "descending" ? -1 : 1;
      const kind = heads[column]?.dataset.sort ?? "text";
      const rows = original.map(row => ({ row, key: keyOf(row.cells[column], kind) }));
      if (direction !== "none") {
        rows.sort((one, other) => {
          if (one.key === null || other.key === null) return Number(one.key === null) - Number(other.key === null);
          return sign * compare(one.key, other.key);
        });
      }
      body.append(...rows.map(each => each.row));
    };

    heads.forEach((head, column) => {
      if (!head.dataset.sort) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "or-sort";
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const before = head.getAttribute("aria-sort");
        const direction = before === "none" ? "ascending" : before === "ascending" ? "descending" : "none";
        sort(column, direction);
        told(column, direction);
      });
    });
    return sort;
  };

  for (const table of document.querySelectorAll("table[data-sortable]")) sortable(/** @type {HTMLTableElement} */ (table));
  return { sortable };
})();
