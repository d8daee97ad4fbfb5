// @ts-check
"use strict";
/*
 * The comparison, 2 of 5: the cells of the table, what must be known before they are compared, and the table itself.
 *
 * Figures are kept as they are spelt; only the bars, which nobody reads a number from, are made of floats.
 */
var compareTable = (() => {
  const { make, nameOf, sortKeyOf, spaced } = openReportsElements;
  const { page, pages, say, listed, percent, agencies } = compareWords;

  /** The columns that every comparison has, with how they sort. */
  const SORTABLE = new Map([["agency", "text"], ["year", "number"], ["scope", "text"]]);

  // -- cells ---------------------------------------------------------------------------------------------------------

  const NOTHING = { value: "", numerator: "", denominator: "", href: "", finding: /** @type {string[]} */ ([]) };

  /** @param {number | null | undefined} value */
  const spelt = value => (value === null || value === undefined ? "" : String(value));

  /** @param {Reports} reports @param {number} year @param {Column} column @returns {Cell} */
  const cellOf = (reports, year, column) => {
    const report = reports.years[year];
    if (!report) return { ...NOTHING, status: "not_collected" };
    if (!column.table) {
      const rate = reports.indicators[column.id.slice(2)]?.[year];
      if (!rate) return { ...NOTHING, status: "not_on_form" };
      const counts = { numerator: spelt(rate.numerator), denominator: spelt(rate.denominator) };
      // Of a change, that the report of the year before is not collected is another thing than that this one is not.
      const status = rate.reason === "not_collected" ? "previous_not_collected" : (rate.reason ?? "reported");
      return { ...counts, value: rate.text ?? spelt(rate.value), status, href: "", finding: rate.finding ?? [] };
    }
    const held = reports.figures[column.id]?.years[year];
    if (!held || held.status === "not_on_form") return { ...NOTHING, status: "not_on_form" };
    const href = `${pages}${report.page}#${column.id}`;
    return { ...NOTHING, value: held.text ?? spelt(held.value), status: held.status ?? "reported", href, finding: held.finding ?? [] };
  };

  /** A cell's state in words. @param {Cell} cell @param {Column} column */
  const stateOf = (cell, column) => {
    // As `of_blank` of derived/mark.py has it.
    const empty = ["blank", "not_applicable", "line_absent"].includes(cell.status);
    if (empty && cell.finding.includes("BLANK")) return say("mark_blank_table");
    if (cell.status === "contradicted" && !column.rate) return say("contradicted_sum");
    return page.statuses[cell.status] ?? say(cell.status, { floor: column.floor });
  };

  /** The mark of a figure in an open contradiction, as every page has it (`derived/mark.py`). @param {Cell} cell */
  const signOf = cell => (cell.finding.length ? [make("b", { class: "or-neq", role: "img", "aria-label": say("mark_says") }, "≠")] : []);

  /** The name that an agency had in the year of a row. @param {Row} row */
  const calledIn = row => nameOf({ ...row.agency, ...(row.report?.name && row.report.name_en ? { name: row.report.name, name_en: row.report.name_en } : {}) });

  // -- warnings ------------------------------------------------------------------------------------------------------

  /** Reports in words, years of one agency together. @param {Row[]} rows */
  const reportsIn = rows => {
    /** @type {Map<Agency, number[]>} */
    const byAgency = new Map();
    for (const row of rows) byAgency.set(row.agency, [...(byAgency.get(row.agency) ?? []), row.year]);
    return listed([...byAgency].map(([agency, years]) => say("report_of", { agency: nameOf(agency), years: years.join(say("and")) })));
  };

  /** Whether a report sums up another agency: it says so, or that agency stands below its own. @param {Row} whole @param {Row} part */
  const contains = (whole, part) => {
    if (whole === part || whole.year !== part.year || whole.report?.scope !== "consolidated" || !part.report) return false;
    if (whole.report.consolidates?.includes(part.agency.id)) return true;
    const seen = new Set();
    for (let above = part.agency.parent; above && !seen.has(above); above = agencies.get(above)?.parent ?? null) {
      if (above === whole.agency.id) return true;
      seen.add(above);
    }
    return false;
  };

  /** What must be known before the rows are compared. @param {Row[]} rows @param {Column[]} shown @returns {string[]} */
  const warningsOf = (rows, shown) => {
    const found = [];
    const missing = rows.filter(row => !row.report);
    if (missing.length) found.push(say("warn_missing", { reports: reportsIn(missing) }));

    const parts = new Set();
    /** Reports of one agency that contain the same others are told of together. @type {Map<string, {wholes: Row[], others: string}>} */
    const containing = new Map();
    for (const whole of rows) {
      const inside = rows.filter(part => contains(whole, part));
      if (!inside.length) continue;
      inside.forEach(part => parts.add(part));
      const key = [whole, ...inside].map(row => row.agency.id).join();
      const told = containing.get(key) ?? { wholes: [], others: listed(inside.map(part => nameOf(part.agency))) };
      containing.set(key, { ...told, wholes: [...told.wholes, whole] });
    }
    for (const { wholes, others } of containing.values()) found.push(say("warn_contains", { report: reportsIn(wholes), others }));
    const own = rows.filter(row => row.report?.scope === "own" && !parts.has(row));
    const consolidated = rows.filter(row => row.report?.scope === "consolidated");
    if (own.length && consolidated.length) found.push(say("warn_scopes", { consolidated: reportsIn(consolidated), own: reportsIn(own) }));

    for (const row of rows) {
      if (row.report?.period) found.push(say("warn_period", { report: reportsIn([row]), start: row.report.period[0], end: row.report.period[1] }));
    }
    shown.forEach((column, index) => {
      /** @param {string} status */
      const having = status => rows.filter(row => row.cells[index].status === status);
      const figure = [column.group, column.label, column.remark].filter(Boolean).join(" ");
      const doubted = rows.filter(row => row.cells[index].finding.length && ["reported", "contradicted"].includes(row.cells[index].status));
      if (doubted.length) found.push(say("warn_contradicted", { figure, reports: reportsIn(doubted) }));
      const lacking = having("not_on_form");
      if (lacking.length) {
        // Of an indicator any table's form may be the one that lacks a member.
        const used = lacking.map(row => (column.table ? [row.report?.forms[column.table]] : Object.values(row.report?.forms ?? {})));
        const names = [...new Set(used.flat())].map(form => page.forms[form ?? ""] ?? "");
        found.push(say("warn_form", { figure, form: listed(names), reports: reportsIn(lacking) }));
      }
      const small = having("small_denominator");
      if (small.length) found.push(say("warn_small", { figure, floor: column.floor, reports: reportsIn(small) }));
      const zero = having("zero_denominator");
      if (zero.length) found.push(say("warn_zero", { figure, reports: reportsIn(zero) }));
    });
    return found;
  };

  // -- the table -----------------------------------------------------------------------------------------------------

  /** @param {Cell} cell @param {Column} column @param {number} most greatest size in the column */
  const figureCell = (cell, column, most) => {
    const counts = cell.denominator && cell.numerator ? `${spaced(cell.numerator)}/${spaced(cell.denominator)}` : "";
    if (cell.status !== "reported") {
      const state = make("span", { class: "or-state" }, stateOf(cell, column));
      // Of a contradiction the parts as printed, a 0 among them: nobody should take it for one.
      const parts = cell.status === "contradicted" ? counts || spaced(cell.numerator) : cell.status === "small_denominator" ? counts : "";
      const number = parts ? [...(cell.status === "contradicted" ? signOf(cell) : []), parts, " ", state] : [state];
      return make("td", { class: "or-nothing" }, ...(cell.href ? [make("a", { href: cell.href }, ...number)] : number));
    }
    const text = column.rate ? percent(cell.value) : spaced(cell.value);
    const td = make("td", { "data-value": cell.value }, ...(cell.href ? [make("a", { href: cell.href }, ...signOf(cell), text)] : [...signOf(cell), text]));
    if (counts) td.append(" ", make("small", {}, counts));
    const size = Number(cell.value);
    // No length for what may be another number altogether.
    if (most > 0 && !cell.finding.length) {
      const bar = make("span", { class: size < 0 ? "or-bar or-bar-below" : "or-bar", "aria-hidden": "true" });
      bar.style.width = `${(Math.abs(size) / most) * 100}%`;
      td.append(bar);
    }
    return td;
  };

  /**
   * The table, sorted as asked (a column's key, with - when downwards), and what gives its rows in the order in which they
   * stand just then.
   * @param {Row[]} rows @param {Column[]} shown @param {string} sorting @param {(sorting: string) => void} sorted called after each press
   */
  const tableOf = (rows, shown, sorting, sorted) => {
    const keys = [...SORTABLE.keys(), ...shown.map(column => column.id)];
    const head = make("tr");
    for (const [key, sort] of SORTABLE) {
      head.append(make("th", { scope: "col", "data-sort": sort, class: key === "agency" ? "or-stub" : "or-narrow" }, say(key)));
    }
    for (const column of shown) {
      const th = make("th", { scope: "col", "data-sort": "number" });
      if (column.group) th.append(make("small", {}, column.group), " ");
      th.append(make("span", {}, column.label));
      if (column.remark) th.append(" ", make("small", {}, column.remark));
      head.append(th);
    }
    const body = make("tbody");
    /** @type {Map<Element, Row>} */
    const byElement = new Map();
    const most = shown.map((_, index) => Math.max(0, ...rows.map(row => (row.cells[index].finding.length ? 0 : Math.abs(Number(row.cells[index].value || 0))))));
    for (const row of rows) {
      const agency = make("a", { href: `${pages}reports/${encodeURIComponent(row.agency.id)}/` }, calledIn(row));
      const year = row.report ? make("a", { href: `${pages}${row.report.page}` }, String(row.year)) : String(row.year);
      const tr = make(
        "tr",
        {},
        make("th", { scope: "row", class: "or-stub", "data-value": sortKeyOf(row.agency) }, agency),
        make("td", { "data-value": String(row.year) }, year),
        make("td", { class: "or-words" }, row.report ? say(`scope_${row.report.scope}`) : ""),
        ...row.cells.map((cell, index) => figureCell(cell, shown[index], most[index])),
      );
      byElement.set(tr, row);
      body.append(tr);
    }
    const count = { agencies: new Set(rows.map(row => row.agency)).size, years: new Set(rows.map(row => row.year)).size };
    const caption = say("caption", { ...count, figures: shown.length });
    const table = /** @type {HTMLTableElement} */ (
      make("table", { class: "or-table or-comparison" }, make("caption", { id: "or-compare-caption" }, caption), make("thead", {}, head), body)
    );
    const sort = openReportsSorting.sortable(table, (column, direction) => {
      sorted(direction === "none" ? "" : `${direction === "descending" ? "-" : ""}${keys[column]}`);
    });
    const at = keys.indexOf(sorting.replace(/^-/, ""));
    if (at >= 0) sort(at, sorting.startsWith("-") ? "descending" : "ascending");
    return { table, seen: () => [...body.children].flatMap(tr => byElement.get(tr) ?? []) };
  };

  return { SORTABLE, cellOf, warningsOf, tableOf };
})();
