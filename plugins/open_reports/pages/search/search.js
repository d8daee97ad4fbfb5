// @ts-check
"use strict";
/*
 * The search page: reads the site's index once, then finds by comparing substrings, so Chinese needs no dictionary.
 *
 * Whatever stands in the index is shown as text, never as HTML. All sentences come from the page, so they are in its language.
 */
(() => {
  /** A name, made comparable: `text` with blanks between words, `tight` without, `start` where an agency's own name begins behind its parent's.
   * @typedef {{text: string, tight: string, start: number}} Name */
  /** What can be found: `names` in the page's language, in the other one, then former ones and everyday words; `words` what else is searched.
   * @typedef {{kind: string, order: number, href: string, title: string, other: string, note: string, region: string, names: Name[], words: string, years: number[]}} Thing */
  /** One result; the lower `grade`, the nearer; `length` is that of the name in which it was found.
   * @typedef {{thing: Thing, kind: string, grade: number, length: number, year: number}} Hit */
  /** @typedef {{terms: string[], whole: string[]}} Query */
  /** @typedef {{things: Thing[], reportWords: string}} Index */

  // -- comparing ---------------------------------------------------------------------------------------------------

  const EXACT = 0;
  const PREFIX = 1;
  const WORD_START = 2;
  const INSIDE = 3;
  /** Added for a name in the other language and for everyday words. */
  const OTHER_NAME = 4;
  /** A report found by its year or as "annual report" alone, so that the page of the year comes first. */
  const ANY_AGENCY = 8;
  /** All characters of a Chinese term in their order, with gaps: 财政局 in 财政金融局. */
  const GAPPED = 9;
  /** In the region, the kind, the parent's name or the note. */
  const RELATED = 10;
  const NEVER = 99;
  /** Names are shorter; a grade's fraction is the length of the name found, so that of equals the one with less else in it is nearer. */
  const LONGEST = 10_000;

  const HAN = /^\p{Script=Han}+$/u;
  const STARTS_HAN = /^\p{Script=Han}/u;
  const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

  /** Fold width, case and punctuation. @param {string} text */
  const fold = text =>
    text
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}]+/gu, " ")
      .trim();

  /** @param {string} text @returns {Name} */
  function nameOf(text) {
    const folded = fold(text);
    return { text: folded, tight: folded.replaceAll(" ", ""), start: 0 };
  }

  /** Split what was typed into terms, at blanks and where digits, Latin and Chinese meet; 年 behind a year is no word. @param {string} typed @returns {Query} */
  function queryOf(typed) {
    const text = fold(typed);
    const terms = text
      .replace(/(?<!\d)(\d{4}) ?(?:年度|年(?![报度]))/gu, "$1 ")
      .match(/\d+|\p{Script=Han}+|[^\d\s\p{Script=Han}]+/gu);
    const found = [...new Set(terms ?? [])];
    return { terms: found, whole: [...new Set([text, text.replaceAll(" ", ""), found.join("")])] };
  }

  /** Whether a word begins at a position of a name. @param {Name} name @param {number} at */
  function begins(name, at) {
    if (at === name.start) return true;
    const before = name.text[at - 1];
    return !LETTER_OR_DIGIT.test(before) || /\d/.test(before) !== /\d/.test(name.text[at]);
  }

  /** How near a name is to a term. @param {Name} name @param {string} term */
  function nearness(name, term) {
    let at = name.text.indexOf(term);
    if (at === 0) return name.text.length === term.length ? EXACT : PREFIX;
    if (at < 0) return name.tight !== name.text && HAN.test(term) && name.tight.includes(term) ? INSIDE : NEVER;
    for (; at > 0; at = name.text.indexOf(term, at + 1)) {
      if (begins(name, at)) return WORD_START;
    }
    return INSIDE;
  }

  /** Whether a name holds a Chinese term in few pieces, in order: 平潭|公安局 in 平潭综合实验区公安局. @param {Name} name @param {string} term */
  function holdsPieces(name, term) {
    if (term.length < 3 || !HAN.test(term)) return false;
    let from = 0;
    let pieces = Math.floor(term.length / 2) + 1;
    for (let done = 0; done < term.length; pieces--) {
      if (pieces === 0) return false;
      let size = term.length - done;
      let at = -1;
      while (size > 0 && (at = name.tight.indexOf(term.slice(done, done + size), from)) < 0) size--;
      if (at < 0) return false;
      done += size;
      from = at + size;
    }
    return true;
  }

  /** How near a thing is to a term, with the length of the name as its fraction. @param {Thing} thing @param {string} term */
  function gradeOf(thing, term) {
    let best = NEVER;
    thing.names.forEach((name, index) => {
      const near = nearness(name, term);
      // Of two with the same name, whoever is called so comes before whoever once was, or has it as an everyday word.
      if (near !== NEVER) best = Math.min(best, near + (index ? OTHER_NAME : 0) + (name.text.length + (index > 1 ? 1 : 0)) / LONGEST);
    });
    if (best !== NEVER) return best;
    const pieced = thing.names.slice(0, 2).find(name => holdsPieces(name, term));
    if (pieced) return GAPPED + pieced.text.length / LONGEST;
    return thing.words.includes(term) ? RELATED : NEVER;
  }

  /** @param {Thing} thing @param {string} kind @param {number} near @param {number} [year] @returns {Hit} */
  const hit = (thing, kind, near, year = 0) => ({ thing, kind, grade: Math.floor(near), length: near % 1, year });

  /** How near a thing is to all that was typed: as one phrase, or by the term that fits worst. @param {Thing} thing @param {Query} query @param {number[]} grades */
  function together(thing, query, grades) {
    const worst = Math.max(...grades);
    if (worst < PREFIX || worst === NEVER) return worst;
    return Math.min(worst, ...query.whole.map(phrase => {
      const grade = gradeOf(thing, phrase);
      return grade < ANY_AGENCY ? grade : NEVER;
    }));
  }

  // -- finding -----------------------------------------------------------------------------------------------------

  /** Reports of an agency: each term fits the agency, its year, or a report as such. @param {Index} index @param {Thing} thing @param {Query} query @param {number[]} grades @param {Hit[]} hits */
  function findReports(index, thing, query, grades, hits) {
    const own = grades.filter(grade => grade !== NEVER);
    const rest = query.terms.filter((_, at) => grades[at] === NEVER && !index.reportWords.includes(query.terms[at]));
    if (rest.some(term => !/^\d+$/.test(term))) return;
    const grade = !own.length ? ANY_AGENCY : rest.length ? Math.max(...own) : together(thing, query, own);
    for (const year of thing.years) {
      if (rest.every(term => String(year).includes(term))) hits.push(hit(thing, "report", grade, year));
    }
  }

  /** Everything that has all terms. @param {Index} index @param {Query} query */
  function findAll(index, query) {
    /** @type {Hit[]} */
    const hits = [];
    for (const thing of index.things) {
      const grades = query.terms.map(term => gradeOf(thing, term));
      const grade = together(thing, query, grades);
      if (grade !== NEVER) hits.push(hit(thing, thing.kind, grade));
      if (thing.years.length) findReports(index, thing, query, grades, hits);
    }
    return hits;
  }

  /** Everything but reports whose names have as many terms as any has. @param {Index} index @param {Query} query */
  function findPart(index, query) {
    let most = 1;
    /** @type {Hit[]} */
    let hits = [];
    for (const thing of index.things) {
      const own = query.terms.map(term => gradeOf(thing, term)).filter(grade => grade < RELATED);
      if (own.length > most) {
        most = own.length;
        hits = [];
      }
      if (own.length === most) hits.push(hit(thing, thing.kind, Math.max(...own)));
    }
    return hits;
  }

  /** Nearest first; then agencies, reports, others; newest, shortest, and the order of the index. @param {Hit[]} hits */
  function ranked(hits) {
    /** @param {Hit} each */
    const rank = each => (each.kind === "agency" ? 0 : each.kind === "report" ? 1 : 2);
    return hits.sort(
      (a, b) =>
        a.grade - b.grade ||
        rank(a) - rank(b) ||
        b.year - a.year ||
        a.length - b.length ||
        a.thing.title.length - b.thing.title.length ||
        a.thing.order - b.thing.order,
    );
  }

  // -- the index ---------------------------------------------------------------------------------------------------

  /** Where an agency's own name begins: behind what its region or its parent's name says already. @param {string} name @param {string[]} befores */
  function ownStart(name, befores) {
    if (!STARTS_HAN.test(name)) return 0;
    for (let size = name.length - 1; size > 1; size--) {
      if (befores.some(before => before.endsWith(name.slice(0, size)))) return size;
    }
    return 0;
  }

  /** Make the index comparable. @param {any} raw @param {DOMStringMap} says @returns {Index} */
  function prepared(raw, says) {
    /** @param {[string, string[]][]} known @param {string[]} names */
    const everyday = (known, names) => known.filter(([term]) => names.some(name => name.includes(term))).flatMap(([, also]) => also);
    /** @type {Thing[]} */
    const things = raw.agencies.map((/** @type {any[]} */ row, /** @type {number} */ order) => {
      const [id, title, other, kind, region, parent, span, also] = row;
      const above = parent < 0 ? [] : raw.agencies[parent].slice(1, 3);
      const names = [title, other, ...(also ?? []), ...everyday(raw.synonyms.agencies, [title, other])].map(nameOf);
      names.slice(0, 2).forEach(name => (name.start = ownStart(name.text, [raw.regions[region], ...above].map(fold))));
      const count = (says.count ?? "").replace("{count}", String(raw.spans[span].length));
      return {
        kind: "agency",
        order,
        href: `reports/${id}/`,
        title,
        other,
        note: `${raw.kinds[kind][0]} · ${count}`,
        region: raw.regions[region],
        names,
        words: fold([...raw.kinds[kind], raw.regions[region], ...above].join(" ")),
        years: raw.spans[span],
      };
    });
    for (const [kind, address, title, other, note, also] of raw.entries) {
      const names = [title, other, ...(also ?? []), ...everyday(raw.synonyms.entries, [title, other])].map(nameOf);
      things.push({ kind, order: things.length, href: address, title, other, note, region: "", names, words: fold(note), years: [] });
    }
    return { things, reportWords: raw.synonyms.reports.map(fold).join("\n") };
  }

  // -- the page ----------------------------------------------------------------------------------------------------

  const AT_FIRST = 20;
  const AT_ONCE = 50;
  /** Milliseconds without a key before the count is announced and the address follows. */
  const PAUSE = 200;

  /** @template {HTMLElement} T @param {string} id @returns {T} */
  const part = id => /** @type {T} */ (document.getElementById(id));
  /** @type {HTMLFormElement} */ const form = part("or-search");
  /** @type {HTMLInputElement} */ const input = part("or-query");
  const list = part("or-results");
  const says = part("or-search-says");
  const failed = part("or-search-failed");
  /** @type {HTMLAnchorElement} */ const retry = part("or-search-retry");
  const more = part("or-search-more");
  const words = form.dataset;

  /** Characters that are searched for. A browser holds whoever types to them, but not an address, which may have thousands of terms. */
  const LONGEST_QUERY = Number(input.getAttribute("maxlength"));
  let cutShort = false;
  /** @type {Index | undefined} */ let index;
  /** @type {Promise<void> | undefined} */ let loading;
  /** @type {Hit[]} */ let hits = [];
  /** @type {Query} */ let query = queryOf("");
  let partly = false;
  let timer = 0;

  async function load() {
    list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(words.index ?? "");
      if (!answer.ok) throw new Error(String(answer.status));
      const raw = await answer.json();
      if (raw.version !== 1) throw new Error("another layout");
      index = prepared(raw, words);
      failed.hidden = true;
      update();
    } catch {
      // The next key tries again.
      loading = undefined;
      failed.hidden = false;
      retry.href = location.href;
      settle();
    } finally {
      list.removeAttribute("aria-busy");
    }
  }

  /** @param {string} name @param {Record<string, string | number>} values */
  const sentence = (name, values) => (words[name] ?? "").replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));

  function summary() {
    const found = foundWords();
    return cutShort ? `${sentence("cut", { most: LONGEST_QUERY })} ${found}` : found;
  }

  function foundWords() {
    if (!input.value.trim()) return "";
    if (!query.terms.length) return sentence("foundNone", { query: input.value.trim() });
    if (index === undefined) return failed.hidden ? sentence("loading", {}) : "";
    const shown = list.childElementCount;
    const values = { query: input.value.trim(), count: hits.length, shown };
    if (!hits.length) return sentence("foundNone", values);
    if (partly) return sentence("foundPart", values);
    return sentence(shown < hits.length ? "foundSome" : "found", values);
  }

  /** Put a text into an element with the terms marked; a text that folding lengthens stays unmarked. @param {HTMLElement} element @param {string} text */
  function mark(element, text) {
    const low = text.toLowerCase();
    const marked = new Uint8Array(text.length);
    if (low.length === text.length) {
      for (const term of query.terms) {
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
  }

  /** @param {string} className @param {string} text @param {string} [language] */
  function span(className, text, language) {
    const element = document.createElement("span");
    element.className = className;
    element.textContent = text;
    if (language) element.lang = language;
    return element;
  }

  /** @param {Hit} found */
  function resultOf(found) {
    const { thing, kind, year, grade } = found;
    const report = kind === "report";
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = (words.home ?? "") + thing.href + (report ? `${year}/` : "");
    mark(link, report ? sentence("report", { agency: thing.title, year }) : thing.title);
    item.append(link, " ", span("or-search-kind", words[`kind${kind[0].toUpperCase()}${kind.slice(1)}`] ?? kind));
    const note = report ? "" : thing.note;
    if (note) item.append(" ", span("or-search-note", note));
    if (thing.region && !report) item.append(" ", span("or-search-note", thing.region, document.documentElement.lang.startsWith("zh") ? "" : "zh-CN"));
    if (grade >= OTHER_NAME && grade < ANY_AGENCY) item.append(" ", span("or-search-note", thing.other, words.other));
    return item;
  }

  /** @param {number} count */
  function show(count) {
    const from = list.childElementCount;
    const items = document.createDocumentFragment();
    for (const each of hits.slice(from, from + count)) items.append(resultOf(each));
    list.append(items);
    list.hidden = !hits.length;
    more.hidden = list.childElementCount >= hits.length;
  }

  /** Say what was found, and let the address name the query, so that it survives a reload and can be sent on. */
  function settle() {
    window.clearTimeout(timer);
    says.textContent = summary();
    const address = new URL(location.href);
    const typed = input.value.trim();
    if (typed === (address.searchParams.get("q") ?? "")) return;
    if (typed) address.searchParams.set("q", typed);
    else address.searchParams.delete("q");
    history.replaceState(history.state, "", address);
  }

  function update() {
    query = queryOf(input.value);
    hits = [];
    partly = false;
    if (index !== undefined && query.terms.length) {
      hits = findAll(index, query);
      partly = !hits.length && query.terms.length > 1;
      if (partly) hits = findPart(index, query);
      ranked(hits);
    }
    list.replaceChildren();
    show(AT_FIRST);
    window.clearTimeout(timer);
    timer = window.setTimeout(settle, PAUSE);
    if (query.terms.length) loading ??= load();
  }

  /** @returns {HTMLAnchorElement[]} */
  const links = () => [...list.querySelectorAll("a")];

  input.addEventListener("input", event => {
    // While an input method composes, the letters are not yet what is meant.
    cutShort = false;
    if (!(/** @type {InputEvent} */ (event).isComposing)) update();
  });
  input.addEventListener("compositionend", update);
  input.addEventListener("focus", () => (loading ??= load()), { once: true });
  input.addEventListener("keydown", event => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && links().length) {
      event.preventDefault();
      links()[0].focus();
    } else if (event.key === "Escape" && input.value) {
      event.preventDefault();
      input.value = "";
      update();
    }
  });
  form.addEventListener("submit", event => {
    event.preventDefault();
    update();
    settle();
    links()[0]?.focus();
  });
  list.addEventListener("keydown", event => {
    const all = links();
    const at = all.findIndex(link => link === document.activeElement);
    const to = { ArrowDown: Math.min(at + 1, all.length - 1), ArrowUp: at - 1, Home: 0, End: all.length - 1, Escape: -1 }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    (to < 0 ? input : all[to]).focus();
  });
  more.addEventListener("click", () => {
    const from = list.childElementCount;
    show(AT_ONCE);
    settle();
    links()[from]?.focus();
  });
  retry.addEventListener("click", event => {
    event.preventDefault();
    location.reload();
  });

  part("or-search-scripts").remove();
  const asked = new URL(location.href).searchParams.get("q") ?? "";
  // A browser may have put back what was typed before a reload; the address is what was sent on.
  cutShort = asked.length > LONGEST_QUERY;
  input.value = asked.slice(0, LONGEST_QUERY) || input.value;
  if (!input.value) input.focus({ preventScroll: true });
  update();
})();
