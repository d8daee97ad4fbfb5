// @ts-check
"use strict";
/*
 * Finding, 2 of 2: what stands behind a search, and how a hit is shown, on the search page, among suggestions and in the comparison.
 *
 * The index is read once. Figures and the sounds of characters are files of their own, read when a query needs them; whoever
 * asked is told when they are there. Whatever they hold is shown as text, never as HTML, in the index' own language.
 */

/** @typedef {{index: string, figures: string, sounds: string}} Addresses */
/** Figures by agency, year and name. @typedef {{names: [string, string, string][], values: (number | string | null)[][][]}} Figures */
/** What the newest report, or a report, says: nothing where the file of figures is not there yet. @typedef {{year: number, value: number | string | null, name: string}} Told */
/** @typedef {{readonly index: Index | null, open: () => Promise<void>, find: (typed: string, ready: () => void) => Found,
 * say: (name: string, values?: Record<string, string | number>) => string, meant: (meant: [string, string]) => string,
 * hrefOf: (each: Hit) => string, titleOf: (each: Hit) => string, figureOf: (each: Hit) => Told | undefined}} Store */

var openReportsHits = (() => {
  const { find, prepared, soundsOf } = openReportsFinding;
  const SIGN = "≠";
  /** A number that is looked up among the figures: of two digits and less, every report has some. */
  const ASKED_NUMBER = /^\d{3,9}$/;
  const MOST_NUMBERS = 50;

  /** @param {string} address */
  const read = async address => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status} ${address}`);
    return answer.json();
  };

  /** What stands behind one search; `onlyAgencies` for a list of them. @param {Addresses} addresses @param {boolean} [onlyAgencies] @returns {Store} */
  const storeOf = (addresses, onlyAgencies) => {
    /** @type {Index | null} */
    let index = null;
    /** @type {Figures | null} */
    let figures = null;
    /** Parts that were asked for, or could not be read: a search without them is poorer, and no failure. @type {Set<string>} */
    const asked = new Set();
    /** @type {Promise<void> | undefined} */
    let opening;

    const open = () => {
      opening ??= read(addresses.index).then(raw => void (index = prepared(raw, onlyAgencies)));
      opening.catch(() => (opening = undefined));
      return opening;
    };

    /** Read a part once, then tell whoever asked. @param {"figures" | "sounds"} part @param {() => void} ready */
    const want = (part, ready) => {
      if (asked.has(part) || !addresses[part]) return;
      asked.add(part);
      read(addresses[part]).then(
        raw => {
          if (part === "sounds" && index) index.sounds = soundsOf(raw);
          else figures = raw;
          ready();
        },
        () => {},
      );
    };

    /** Reports that have a number among their figures. @param {string[]} terms @returns {Hit[]} */
    const holding = terms => {
      const number = terms.find(term => ASKED_NUMBER.test(term) && !/^(?:19|20)\d\d$/.test(term));
      if (!index || !figures || !number || terms.length > 1) return [];
      /** @type {Hit[]} */
      const hits = [];
      for (const [at, ofYears] of figures.values.entries()) {
        for (const [place, held] of ofYears.entries()) {
          const figure = held.findIndex(value => String(value).replace(SIGN, "") === number);
          const thing = index.things[at];
          if (figure >= 0) hits.push({ thing, kind: "report", grade: 0, length: figure, year: thing.years[place], figure });
        }
      }
      return hits.sort((one, other) => one.length - other.length || other.year - one.year).slice(0, MOST_NUMBERS);
    };

    return {
      get index() {
        return index;
      },
      open,

      /** What is found; `ready` is called when more of the search has been read, and what is found may have changed. @param {string} typed @param {() => void} ready @returns {Found} */
      find(typed, ready) {
        if (!index) return { hits: [], terms: [], part: false, meant: [] };
        const found = find(index, typed);
        if (found.wantsSounds) want("sounds", ready);
        const numbers = found.terms.length === 1 && ASKED_NUMBER.test(found.terms[0]);
        const older = found.hits.slice(0, 20).some(each => each.kind === "report" && each.year !== each.thing.years.at(-1));
        if (!figures && (numbers || older)) want("figures", ready);
        return { ...found, hits: [...found.hits, ...holding(found.terms)] };
      },

      /** A sentence of the index with its values. @param {string} name @param {Record<string, string | number>} values */
      say: (name, values = {}) => (index?.says[name] ?? "").replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? "")),

      /** @param {[string, string]} meant */
      meant([typed, meant]) {
        return this.say("meant", { typed, meant });
      },

      /** Where a hit leads, below the home of the language. @param {Hit} each */
      hrefOf({ thing, kind, year, figure }) {
        const place = figure === undefined || !figures ? "" : `#${figures.names[figure][0]}`;
        return thing.href + (kind === "report" ? `${year}/${place}` : "");
      },

      /** The title of a hit. @param {Hit} each */
      titleOf({ thing, kind, year }) {
        return kind === "report" ? this.say("report", { agency: thing.title, year }) : thing.title;
      },

      /** The figure of an agency's newest report, or of a report: a number, with the sign of a contradiction before it, or nothing. @param {Hit} each */
      figureOf({ thing, kind, year, figure = 0 }) {
        if (!thing.years.length) return undefined;
        const at = kind === "report" ? thing.years.indexOf(year) : thing.years.length - 1;
        if (figure === 0 && at === thing.years.length - 1) return { year: thing.years[at], value: thing.latest, name: "" };
        if (!figures) return undefined;
        const name = figure ? figures.names[figure][document.documentElement.lang.startsWith("en") ? 2 : 1] : "";
        return { year: thing.years[at], value: figures.values[thing.order]?.[at]?.[figure] ?? null, name };
      },
    };
  };

  /** @param {string} className @param {string} text @param {string} [language] */
  const span = (className, text, language) => {
    const element = document.createElement("span");
    element.className = className;
    element.textContent = text;
    if (language) element.lang = language;
    return element;
  };

  /** Put a text into an element with the terms marked; a text that folding lengthens stays unmarked. @param {HTMLElement} element @param {string} text @param {string[]} terms */
  const mark = (element, text, terms) => {
    const low = text.toLowerCase();
    const marked = new Uint8Array(text.length);
    if (low.length === text.length) {
      for (const term of terms) {
        for (let at = low.indexOf(term); at >= 0; at = low.indexOf(term, at + term.length)) marked.fill(1, at, at + term.length);
      }
    }
    for (let from = 0, to = 0; from < text.length; from = to) {
      while (to < text.length && marked[to] === marked[from]) to++;
      const piece = text.slice(from, to);
      if (marked[from]) {
        const found = document.createElement("mark");
        found.textContent = piece;
        element.append(found);
      } else element.append(piece);
    }
  };

  /** The figure of a hit, with its mark where it does not add up. @param {Store} store @param {Hit} each */
  const figureRow = (store, each) => {
    const told = store.figureOf(each);
    if (!told) return null;
    const { year, value, name } = told;
    if (value === null) return span("or-search-figure", store.say("figure_none", { year }));
    const open = String(value).startsWith(SIGN);
    const count = String(value).replace(SIGN, "").replace(/\B(?=(\d{3})+$)/g, ",");
    const element = span("or-search-figure", "");
    if (open) {
      const sign = span("or-neq", SIGN);
      sign.setAttribute("role", "img");
      sign.setAttribute("aria-label", store.say("mark"));
      element.append(sign);
    }
    element.append(name ? store.say("asked", { name, count }) : store.say("figure", { year, count }));
    return element;
  };

  /**
   * Show a hit: its title in `title`, which stands in `row` already, then its kind, its figure, and what tells it from others.
   * @param {Store} store @param {Hit} each @param {string[]} terms @param {HTMLElement} row @param {HTMLElement} title
   */
  const rowOf = (store, each, terms, row, title) => {
    const { thing, kind, grade } = each;
    const report = kind === "report";
    mark(title, store.titleOf(each), terms);
    row.append(" ", span("or-search-kind", store.say(`kind_${kind}`) || kind));
    const figure = figureRow(store, each);
    if (figure) row.append(" ", figure);
    if (thing.note && !report) row.append(" ", span("or-search-note", thing.note));
    if (thing.region && !report) row.append(" ", span("or-search-note", thing.region, document.documentElement.lang.startsWith("zh") ? "" : "zh-CN"));
    if (grade >= 4 && grade < 8) row.append(" ", span("or-search-note", thing.other, store.say("other")));
  };

  /** Show a suggestion, which has room for less. @param {Store} store @param {Hit} each @param {string[]} terms @param {HTMLElement} row @param {HTMLElement} title */
  const suggestedOf = (store, each, terms, row, title) => {
    mark(title, store.titleOf(each), terms);
    row.append(" ", figureRow(store, each) ?? span("or-search-kind", store.say(`kind_${each.kind}`)));
  };

  return { storeOf, rowOf, suggestedOf, figureRow };
})();
