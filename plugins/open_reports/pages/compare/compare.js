// @ts-check
"use strict";
/*
 * The comparison, 5 of 5: what is chosen stands in the page's address, the table follows from it.
 *
 *   ?a=<agency>,…&y=<year>,…&f=<table/line/column or i:indicator>,…&s=<column sorted by, with - when downwards>
 *
 * Names of figures and all sentences come from the page (`#or-compare-data`), the agencies from a list beside it, values from
 * the file of each chosen agency. Everything that was read is shown as text, never as HTML.
 */
(() => {
  const { make, button, choice, nameOf, folded, namedIn, quoted, read, agencyFiles, download } = openReportsElements;
  const { place, page, pages, files, list, say, copyLink, failure, listed, columns, agencies } = compareWords;
  const { SORTABLE, cellOf, warningsOf, tableOf } = compareTable;
  const { csvOf, jsonOf } = compareFiles;
  const { finder, agencyList, panel, tick } = compareChoices;
  const plain = document.getElementById("or-compare-plain");

  // -- what is chosen ------------------------------------------------------------------------------------------------

  /** @type {Set<string>} */
  const chosenAgencies = new Set();
  /** @type {Set<number>} */
  const chosenYears = new Set();
  /** @type {Set<string>} */
  const chosenColumns = new Set(page.first);
  let sorting = "";
  /** Until somebody chooses years, the latest one follows from the agencies. */
  let yearsFollow = true;
  /** What the address names in vain, until the choice changes. @type {string[]} */
  let unknown = [];
  /** @type {string[]} */
  let tooMany = [];
  /** @type {string[]} */
  let tooManyColumns = [];

  /** Whether the column sorted by, if any, is one that is shown. */
  const sortedBy = () => {
    const key = sorting.replace(/^-/, "");
    return !key || SORTABLE.has(key) || chosenColumns.has(key);
  };

  const readAddress = () => {
    const asked = new URLSearchParams(location.search);
    for (const id of namedIn(asked.get("a"))) {
      if (!agencies.has(id)) unknown.push(id);
      else if (chosenAgencies.size >= page.most.agencies) tooMany.push(id);
      else chosenAgencies.add(id);
    }
    if (asked.has("y")) {
      yearsFollow = false;
      for (const year of namedIn(asked.get("y"))) page.years.map(String).includes(year) ? chosenYears.add(Number(year)) : unknown.push(year);
    }
    if (asked.has("f")) {
      chosenColumns.clear();
      for (const id of namedIn(asked.get("f"))) {
        if (!columns.has(id)) unknown.push(id);
        else if (chosenColumns.size >= page.most.figures) tooManyColumns.push(id);
        else chosenColumns.add(id);
      }
    }
    sorting = asked.get("s") ?? "";
    if (!sortedBy()) {
      unknown.push(sorting.replace(/^-/, ""));
      sorting = "";
    }
  };

  /** The address, for those who read the table on paper. */
  const printed = make("p", { class: "or-print-only" });

  const writeAddress = () => {
    /** Readable: commas, slashes and colons may stand in a query as they are. @param {Iterable<string | number>} values */
    const joined = values => [...values].map(value => encodeURIComponent(value).replace(/%2F/g, "/").replace(/%3A/g, ":")).join(",");
    const parts = [`a=${joined(chosenAgencies)}`, `y=${joined(yearsShown())}`, `f=${joined(chosenColumns)}`];
    if (sorting) parts.push(`s=${joined([sorting])}`);
    const query = chosenAgencies.size ? `?${parts.join("&")}` : "";
    history.replaceState(null, "", location.pathname + query + location.hash);
    printed.textContent = say("address", { address: location.href });
    for (const link of document.querySelectorAll("a[hreflang]")) /** @type {HTMLAnchorElement} */ (link).search = query;
  };

  /** Agencies in the library's order, whatever the order of the address. */
  const agenciesShown = () => [...agencies.values()].filter(agency => chosenAgencies.has(agency.id));

  /** Years, latest first: those chosen, else the latest that all chosen agencies have, else the latest that any has. */
  const yearsShown = () => {
    if (!yearsFollow) return page.years.filter((/** @type {number} */ year) => chosenYears.has(year));
    const shown = agenciesShown();
    const all = page.years.find((/** @type {number} */ year) => shown.every(agency => agency.years.includes(year)));
    const any = page.years.find((/** @type {number} */ year) => shown.some(agency => agency.years.includes(year)));
    return [all ?? any ?? page.years[0]].filter(Boolean);
  };

  /** What the address asks for in vain. */
  const addressWarnings = () => {
    const found = [];
    if (unknown.length) found.push(say("warn_unknown", { ids: listed(unknown.map(quoted)) }));
    if (tooMany.length) {
      const names = listed(tooMany.map(id => nameOf(/** @type {Agency} */ (agencies.get(id)))));
      found.push(say("warn_many_agencies", { most: page.most.agencies, names }));
    }
    if (tooManyColumns.length) {
      const names = listed(tooManyColumns.map(id => columns.get(id)?.label ?? id));
      found.push(say("warn_many_figures", { most: page.most.figures, names }));
    }
    return found;
  };

  // -- reading -------------------------------------------------------------------------------------------------------

  const reportsOf = agencyFiles(files, "json", answer => /** @type {Promise<Reports>} */ (answer.json()));

  // -- the result ----------------------------------------------------------------------------------------------------

  const status = make("p", { class: "or-status", role: "status" });
  const result = make("div", { id: "or-compare-result" });
  let turn = 0;
  /** The last showing begun; it ends when its answers are there. */
  let showing = Promise.resolve();

  const show = () => (showing = draw());

  const draw = async () => {
    const mine = ++turn;
    writeAddress();
    updateCounts();
    const shownAgencies = agenciesShown();
    const years = yearsShown();
    const shown = [...chosenColumns].map(id => /** @type {Column} */ (columns.get(id)));
    if (plain) plain.hidden = shownAgencies.length > 0;
    const needed = !shownAgencies.length ? "need_agencies" : !years.length ? "need_years" : !shown.length ? "need_figures" : "";
    if (needed) {
      status.textContent = say(needed);
      const warnings = addressWarnings();
      result.replaceChildren(...(warnings.length ? [warningBox(warnings)] : []));
      return;
    }
    status.textContent = say("loading");
    const answers = await Promise.allSettled(shownAgencies.map(agency => reportsOf(agency.id)));
    if (mine !== turn) return;
    status.textContent = "";
    const rows = shownAgencies.flatMap((agency, index) => {
      const answer = answers[index];
      if (answer.status === "rejected") return [];
      return years.map((/** @type {number} */ year) => ({
        agency,
        year,
        report: answer.value.years[year],
        cells: shown.map(column => cellOf(answer.value, year, column)),
      }));
    });
    const lost = shownAgencies.filter((_, index) => answers[index].status === "rejected");
    const trouble = make("div");
    if (lost.length) trouble.append(failure(say("failed", { names: listed(lost.map(nameOf)) }), show, { role: "alert" }));
    result.replaceChildren(trouble, ...(rows.length ? resultOf(rows, shown) : []));
    writeAddress();
  };

  /** @param {string[]} warnings */
  const warningBox = warnings =>
    make("section", { class: "or-warning", "aria-label": say("warnings") }, make("p", {}, make("strong", {}, say("warnings"))), make("ul", {}, ...warnings.map(text => make("li", {}, text))));

  /** @param {Row[]} rows @param {Column[]} shown */
  const resultOf = (rows, shown) => {
    const warnings = [...addressWarnings(), ...warningsOf(rows, shown)];
    const { table, seen } = tableOf(rows, shown, sorting, now => {
      sorting = now;
      writeAddress();
    });
    const said = make("p", { class: "or-status", role: "status" });
    const actions = make(
      "div",
      { class: "or-actions" },
      button(say("csv"), () => download(csvOf(seen(), shown), "compare.csv")),
      button(say("json"), () => download(jsonOf(seen(), shown, warnings), "compare.json")),
      button(say("copy"), () => copyLink(said)),
      button(say("print"), () => window.print()),
    );
    const made = shown.filter(column => column.formula);
    const how = made.map(column =>
      make("div", {}, make("dt", {}, make("a", { href: `${pages}indicators/${column.id.slice(2)}/` }, column.label)), make("dd", {}, column.formula)),
    );
    return [
      make("h2", { id: "result", tabindex: "-1" }, say("result")),
      ...(warnings.length ? [warningBox(warnings)] : []),
      make("div", { class: "or-wide", role: "region", tabindex: "0", "aria-labelledby": "or-compare-caption" }, table),
      make("p", { class: "or-none" }, `${say("sort_hint")} ${say("source")}`),
      actions,
      said,
      ...(how.length ? [make("h3", {}, say("how")), make("dl", { class: "or-facts" }, ...how)] : []),
      printed,
    ];
  };

  // -- choosing ------------------------------------------------------------------------------------------------------

  /** After every change by hand: the messages about the address have been seen. */
  const changed = () => {
    [unknown, tooMany, tooManyColumns] = [[], [], []];
    if (!sortedBy()) sorting = "";
    show();
  };

  const agencyCount = make("span", { class: "or-count" });
  const yearCount = make("span", { class: "or-count" });
  const columnCount = make("span", { class: "or-count" });
  const chips = make("ul", { class: "or-picked" });
  const go = button("", () => showResult());
  /** @type {HTMLElement[]} */
  let panels = [];

  /** Lead to the result of what is chosen now: on a slow line an older one still stands there, or none. */
  const showResult = async () => {
    for (const panel of panels) if (panel instanceof HTMLDetailsElement) panel.open = false;
    const awaited = showing;
    await awaited;
    if (awaited !== showing) return; // somebody went on choosing
    const heading = document.getElementById("result");
    (heading ?? status).scrollIntoView();
    heading?.focus({ preventScroll: true });
  };

  const updateCounts = () => {
    const shown = agenciesShown();
    const years = yearsShown();
    const { agencies: most, figures } = page.most;
    agencyCount.textContent = shown.length ? say("chosen_of", { count: shown.length, most }) : say("at_most", { most });
    syncAgencies();
    yearCount.textContent = shown.length ? years.join(say("and")) : "";
    columnCount.textContent = say("chosen_of", { count: chosenColumns.size, most: figures });
    syncFigures();
    go.textContent = say("show", { count: shown.length });
    go.hidden = !shown.length;
    if (panels.length) tick(panels[1], id => shown.length > 0 && years.map(String).includes(id));
    const items = shown.map(agency => make("li", {}, button(`${nameOf(agency)} ×`, () => drop(agency.id), { "aria-label": say("remove", { name: nameOf(agency) }) })));
    chips.replaceChildren(...items);
    if (items.length > 1) chips.append(make("li", {}, button(say("clear"), () => drop(...chosenAgencies), { class: "or-button or-quiet" })));
    chips.hidden = !items.length;
  };

  /** @param {string[]} ids */
  const drop = (...ids) => {
    for (const id of ids) chosenAgencies.delete(id);
    changed();
    const next = chips.querySelector("button") ?? panels[0].querySelector("summary");
    /** @type {HTMLElement | null} */ (next)?.focus();
  };

  /** Shows in the list of agencies what is chosen, and what still fits. */
  let syncAgencies = () => {};

  const agencyPanel = () => {
    const { content, sync } = agencyList(chosenAgencies, changed);
    syncAgencies = sync;
    return panel(say("pick_agencies"), agencyCount, !chosenAgencies.size, ...content);
  };

  const yearPanel = () => {
    const box = make("div", { class: "or-pills" });
    for (const year of page.years) {
      box.append(
        choice(String(year), false, [String(year)], on => {
          if (yearsFollow) for (const each of yearsShown()) chosenYears.add(each);
          yearsFollow = false;
          on ? chosenYears.add(year) : chosenYears.delete(year);
          changed();
        }),
      );
    }
    return panel(say("pick_years"), yearCount, false, box);
  };

  let syncFigures = () => {};

  const figurePanel = () => {
    /** @type {{element: HTMLElement, text: string}[]} */
    const entries = [];
    /** @param {string} id @param {(Node | string)[]} content */
    const column = (id, content) =>
      choice(id, chosenColumns.has(id), content, on => {
        on ? chosenColumns.add(id) : chosenColumns.delete(id);
        changed();
      });
    const box = make("div", { class: "or-choices" });
    const rates = make("details", { "data-group": "" }, make("summary", {}, say("indicators")));
    for (const { id, label, formula } of page.indicators) {
      const element = column(id, [label, " ", make("small", {}, formula)]);
      element.dataset.entry = "";
      entries.push({ element, text: folded(label) });
      rates.append(element);
    }
    box.append(rates);
    for (const table of page.tables) {
      const details = make("details", { "data-group": "" }, make("summary", {}, table.title));
      for (const { label, group, cells } of table.lines) {
        const line = make("fieldset", { class: "or-pills", "data-entry": "" }, make("legend", {}, ...(group ? [make("small", {}, group), " "] : []), label));
        for (const cell of cells) {
          const only = cell.only ? [" ", make("small", {}, say("only", { forms: cell.only }))] : [];
          line.append(column(cell.id, [cell.label, ...only]));
        }
        const names = cells.map((/** @type {{label: string}} */ cell) => cell.label);
        entries.push({ element: line, text: folded([group, label, ...names].join(" ")) });
        details.append(line);
      }
      box.append(details);
    }
    const limit = make("p", { class: "or-status", role: "status" });
    syncFigures = () => {
      const full = chosenColumns.size >= page.most.figures;
      limit.textContent = full ? say("full_figures", { most: page.most.figures }) : "";
      for (const each of box.querySelectorAll("input")) each.disabled = full && !each.checked;
    };
    return panel(say("pick_figures"), columnCount, false, limit, ...finder(say("find_figures"), () => entries, box), box);
  };

  // -- starting ------------------------------------------------------------------------------------------------------

  const start = async () => {
    place.replaceChildren(make("p", { class: "or-status", role: "status" }, say("loading")));
    try {
      for (const agency of await (await read(list)).json()) agencies.set(agency.id, agency);
    } catch {
      place.replaceChildren(failure(say("failed_list"), start, { role: "alert" }));
      return;
    }
    readAddress();
    panels = [agencyPanel(), yearPanel(), figurePanel()];
    place.replaceChildren(make("div", { class: "or-picker" }, ...panels, chips, make("div", { class: "or-go" }, go)), status, result);
    show();
  };

  start();
})();
