// @ts-check
"use strict";
/*
 * Exploring, 4 of 4: figures of chosen agencies, sifted without SQL. What is chosen stands in the address:
 *
 *   ?a=<agency>,…&agency=…&year=…&table=…&line=<table/line>&column=<table/column>&status=…
 *
 * Only the list of agencies and the files of those chosen are read, when somebody asks. Every number stays the text it is.
 */
(() => {
  const { make, button, choice, nameOf, inOrder, folded, foundBy, namedIn, quoted, spaced, read, agencyFiles, download } = openReportsElements;
  const { page, links, say, copyLink, failure, listed, writeAddress } = exploreWords;
  const place = document.getElementById("or-explore-facets");
  if (!place) return;

  /** A cell of a report, with what it is sifted by. @typedef {{row: string[], keys: Record<string, string>}} Cell */
  /** @typedef {{id: string, name: string, group: string, order: number}} Choice */

  const MOST = page.limits.agencies;
  const SHOWN = page.limits.rows;
  /** Agencies listed at once. */
  const LISTED = 50;
  const FACETS = ["agency", "year", "table", "line", "column", "status"];
  const [AGENCY, , YEAR, , TABLE, LINE, COLUMN, VALUE, STATUS, UNIT] = [...Array(11).keys()];
  /** Place of the rules that a figure contradicts, behind what whose row it is says. */
  const FINDING = 17;

  // -- names ---------------------------------------------------------------------------------------------------------

  /** Names of what the form prints, in its order: `table:`, `line:`, `column:` and the id. @type {Map<string, Choice>} */
  const printed = new Map();
  for (const table of page.tables) {
    const add = (/** @type {string} */ key, /** @type {string} */ id, /** @type {string} */ name, /** @type {string} */ group) =>
      printed.set(`${key}:${id}`, { id, name, group, order: printed.size });
    add("table", table.id, table.title, "");
    for (const [line, name] of table.lines) add("line", `${table.id}/${line}`, name, table.title);
    for (const [column, name] of table.columns) add("column", `${table.id}/${column}`, name, table.title);
  }
  /** @type {Map<string, Agency>} */
  const agencies = new Map();

  /** What a choice is called and where it stands. @param {string} facet @param {string} id @returns {Choice} */
  const choiceOf = (facet, id) => {
    const known = printed.get(`${facet}:${id}`);
    if (known) return known;
    if (facet === "agency") {
      const agency = agencies.get(id);
      return { id, name: agency ? nameOf(agency) : id, group: "", order: [...agencies.keys()].indexOf(id) };
    }
    if (facet === "year") return { id, name: id, group: "", order: -Number(id) };
    if (facet === "status") return { id, name: page.statuses[id] ?? id, group: "", order: Object.keys(page.statuses).indexOf(id) };
    // A line of section one is what a report calls it; its only column is its value.
    const [table, ...rest] = id.split("/");
    const name = rest.join("/");
    return { id, name: facet === "column" ? say("value") : name, group: printed.get(`table:${table}`)?.name ?? "", order: -1 };
  };

  // -- what is chosen ------------------------------------------------------------------------------------------------

  const address = new URL(location.href).searchParams;
  const asked = namedIn(address.get("a"));
  /** @type {Set<string>} */
  const chosen = new Set();
  /** @type {Record<string, string>} */
  const wanted = Object.fromEntries(FACETS.map(facet => [facet, address.get(facet) ?? ""]));

  const writeChoices = () => writeAddress({ a: [...chosen].join(","), ...Object.fromEntries(FACETS.map(facet => [facet, chosen.size ? wanted[facet] : ""])) });

  // -- reading -------------------------------------------------------------------------------------------------------

  /** Columns of an agency's file, the same of all. @type {string[]} */
  let columns = [];
  const cellsOf = agencyFiles(links.files ?? "", "csv", async answer => {
    const [head, ...rows] = exploreCsv.read(await answer.text());
    columns = head;
    return rows.map(cellOf);
  });

  /** @param {string[]} row @returns {Cell} */
  const cellOf = row => ({
    row,
    keys: {
      agency: row[AGENCY],
      year: row[YEAR],
      table: row[TABLE],
      line: `${row[TABLE]}/${row[LINE]}`,
      column: `${row[TABLE]}/${row[COLUMN]}`,
      status: row[STATUS],
    },
  });

  // -- sifting -------------------------------------------------------------------------------------------------------

  /** Whether a cell is wanted by every facet but one. @param {Cell} cell @param {string} [but] */
  const fits = (cell, but) => FACETS.every(facet => facet === but || !wanted[facet] || cell.keys[facet] === wanted[facet]);

  /** @type {Map<string, HTMLSelectElement>} */
  const selects = new Map();
  for (const facet of FACETS) {
    const select = /** @type {HTMLSelectElement} */ (make("select", { id: `or-facet-${facet}` }));
    select.addEventListener("change", () => {
      wanted[facet] = select.value;
      show();
    });
    selects.set(facet, select);
  }

  /** Offer what is left of a facet, with counts, what is chosen always among it. @param {string} facet @param {Cell[]} cells */
  const offer = (facet, cells) => {
    /** @type {Map<string, number>} */
    const counts = new Map();
    let all = 0;
    for (const cell of cells) {
      if (!fits(cell, facet)) continue;
      all += 1;
      counts.set(cell.keys[facet], (counts.get(cell.keys[facet]) ?? 0) + 1);
    }
    if (wanted[facet] && !counts.has(wanted[facet])) counts.set(wanted[facet], 0);
    const choices = [...counts.keys()].map(id => choiceOf(facet, id)).sort((one, other) => one.order - other.order);
    const select = /** @type {HTMLSelectElement} */ (selects.get(facet));
    /** @param {string} id @param {string} name @param {number} count */
    const option = (id, name, count) => make("option", { value: id }, say("option", { name: name.slice(0, 120), count: spaced(count) }));
    /** @type {Map<string, HTMLElement[]>} */
    const groups = new Map();
    for (const { id, name, group } of choices) groups.set(group, [...(groups.get(group) ?? []), option(id, name, counts.get(id) ?? 0)]);
    const grouped = [...groups].flatMap(([group, options]) => (group ? [make("optgroup", { label: group }, ...options)] : options));
    select.replaceChildren(option("", say("all"), all), ...grouped);
    select.value = wanted[facet];
  };

  // -- the result ----------------------------------------------------------------------------------------------------

  /** What tells the rows apart: a facet that is chosen, or follows from one, stands in the caption instead. */
  const telling = () => FACETS.slice(0, 5).filter(facet => !wanted[facet] && !(facet === "table" && (wanted.line || wanted.column)));

  /** @param {Cell} cell @param {string[]} shown facets with a column */
  const rowOf = ({ row, keys }, shown) => {
    const where = [row[TABLE], row[LINE], row[COLUMN]].map(encodeURIComponent).join("/");
    const href = `${links.pages}reports/${encodeURIComponent(row[AGENCY])}/${encodeURIComponent(row[YEAR])}/#${where}`;
    const reported = row[STATUS] === "reported";
    // The mark of every page (`derived/mark.py`); the figure's link leads to the note below it.
    const sign = reported && row[FINDING] ? [make("b", { class: "or-neq", role: "img", "aria-label": say("contradicted") }, "≠")] : [];
    const value = make("a", { href }, ...sign, reported ? row[VALUE] : (page.statuses[row[STATUS]] ?? row[STATUS]));
    return make(
      "tr",
      {},
      ...shown.map(facet => make("td", { class: facet === "year" ? "or-unit" : "or-words" }, choiceOf(facet, keys[facet]).name)),
      make("td", reported ? {} : { class: "or-nothing" }, value),
      make("td", { class: "or-unit" }, page.units[row[UNIT]] ?? row[UNIT]),
    );
  };

  const status = make("p", { class: "or-status", role: "status" });
  const trouble = make("div", { role: "alert" });
  const result = make("div");

  /** @param {Cell[]} cells */
  const tableOf = cells => {
    const shown = telling();
    const heads = [...shown.map(facet => say(`facet_${facet}`)), say("value"), say("unit")];
    const head = make("tr", {}, ...heads.map(text => make("th", { scope: "col" }, text)));
    const fixed = FACETS.filter(facet => wanted[facet]).map(facet => choiceOf(facet, wanted[facet]).name);
    const caption = make("caption", { id: "or-facets-caption" }, [...fixed, say("cells_caption")].join(" · "));
    const body = make("tbody", {}, ...cells.slice(0, SHOWN).map(cell => rowOf(cell, shown)));
    return make("table", { class: "or-table or-answer" }, caption, make("thead", {}, head), body);
  };

  /** The rows of `observations.csv` that are seen; nothing stays nothing. @param {Cell[]} cells */
  const csvOf = cells => new Blob([exploreCsv.line(columns), ...cells.map(({ row }) => exploreCsv.line(row.map(text => text || null)))], { type: "text/csv;charset=utf-8" });

  let turn = 0;
  const panel = make("div", { class: "or-facets" });
  for (const [facet, select] of selects) panel.append(make("label", { class: "or-facet" }, make("span", {}, say(`facet_${facet}`)), select));

  const clear = () => {
    for (const facet of FACETS) wanted[facet] = "";
    show();
    selects.get("agency")?.focus();
  };

  const show = async () => {
    const mine = ++turn;
    writeChoices();
    trouble.replaceChildren();
    if (unknown.length) trouble.append(make("p", { class: "or-warning" }, say("unknown_agencies", { most: MOST, ids: listed(unknown.map(quoted)) })));
    panel.hidden = !chosen.size;
    if (!chosen.size) {
      status.textContent = say("need_agencies");
      result.replaceChildren();
      return;
    }
    const shown = [...agencies.keys()].filter(id => chosen.has(id));
    status.textContent = say("reading");
    const answers = await Promise.allSettled(shown.map(cellsOf));
    if (mine !== turn) return;
    const lost = shown.filter((_, index) => answers[index].status === "rejected");
    if (lost.length) trouble.replaceChildren(failure(say("failed_agencies", { names: listed(lost.map(id => nameOf(/** @type {Agency} */ (agencies.get(id))))) }), show));
    const cells = answers.flatMap(answer => (answer.status === "fulfilled" ? answer.value : []));
    for (const facet of FACETS) offer(facet, cells);
    const found = cells.filter(cell => fits(cell));
    status.textContent = say(found.length > SHOWN ? "cells_shown" : "cells", { count: spaced(found.length), shown: spaced(SHOWN) });
    const said = make("p", { class: "or-status", role: "status" });
    result.replaceChildren(
      ...(found.length ? [make("div", { class: "or-wide", role: "region", tabindex: "0", "aria-labelledby": "or-facets-caption" }, tableOf(found))] : []),
      make(
        "div",
        { class: "or-actions" },
        ...(found.length ? [button(say("csv"), () => download(csvOf(found), "figures.csv"))] : []),
        button(say("copy"), () => copyLink(said)),
        button(say("clear"), clear),
      ),
      said,
    );
  };

  // -- choosing agencies ---------------------------------------------------------------------------------------------

  /** What the address names in vain, until the choice changes. @type {string[]} */
  let unknown = [];

  const picker = () => {
    const field = /** @type {HTMLInputElement} */ (make("input", { type: "search", id: "or-find-agency", autocomplete: "off" }));
    const count = make("legend");
    const list = make("div", { class: "or-agencies" });
    const said = make("p", { class: "or-status", role: "status" });
    const tell = () => (count.textContent = say("agencies", { count: chosen.size }));

    /** @param {Agency} agency */
    const entry = agency =>
      choice(agency.id, chosen.has(agency.id), [nameOf(agency)], (on, box) => {
        if (on && chosen.size >= MOST) {
          box.checked = false;
          said.textContent = say("many_agencies", { most: MOST });
          return;
        }
        on ? chosen.add(agency.id) : chosen.delete(agency.id);
        if (wanted.agency && !chosen.has(wanted.agency)) wanted.agency = "";
        unknown = [];
        tell();
        show();
      });

    const fill = () => {
      const typed = folded(field.value);
      const hits = [...agencies.values()].filter(agency => foundBy(agency).includes(typed));
      // Those chosen stand first, so that none is out of reach.
      hits.sort((one, other) => Number(chosen.has(other.id)) - Number(chosen.has(one.id)));
      list.replaceChildren(...hits.slice(0, LISTED).map(entry));
      said.textContent = !hits.length ? say("no_agencies") : hits.length > LISTED ? say("some_agencies", { shown: LISTED, count: spaced(hits.length) }) : "";
    };
    field.addEventListener("input", fill);
    fill();
    tell();
    return make("fieldset", { class: "or-picker" }, count, make("label", { for: "or-find-agency" }, say("find")), field, said, list);
  };

  const start = async () => {
    trouble.replaceChildren();
    status.textContent = say("reading");
    try {
      for (const agency of inOrder(await (await read(links.list ?? "")).json())) agencies.set(agency.id, agency);
    } catch {
      status.textContent = "";
      trouble.replaceChildren(failure(say("failed_list"), start));
      return;
    }
    for (const id of asked) agencies.has(id) && chosen.size < MOST ? chosen.add(id) : unknown.push(id);
    const held = place.contains(document.activeElement);
    const made = picker();
    place.replaceChildren(made, panel, trouble, status, result);
    if (held) made.querySelector("input")?.focus();
    show();
  };

  place.replaceChildren(make("div", { class: "or-actions" }, button(say("pick"), start)), trouble, status);
  if (asked.length) start();
})();
