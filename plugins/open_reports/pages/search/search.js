// @ts-check
"use strict";
/*
 * The search page: reads the site's index once, then shows what it holds of a query (`finding.js`). Figures and the sounds of
 * characters are files of their own, read when a query needs them.
 *
 * Whatever stands in the index is shown as text, never as HTML. All sentences come from the page, so they are in its language.
 */
(() => {
  const { rowOf } = openReportsHits;

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
  const store = openReportsHits.storeOf({ index: words.index ?? "", figures: words.figures ?? "", sounds: words.sounds ?? "" });
  /** @type {Promise<void> | undefined} */ let loading;
  /** @type {Found} */ let found = { hits: [], terms: [], part: false, meant: [] };
  let timer = 0;

  async function load() {
    list.setAttribute("aria-busy", "true");
    try {
      await store.open();
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
    const typed = input.value.trim();
    if (!typed) return "";
    if (!store.index) return failed.hidden ? sentence("loading", {}) : "";
    if (!found.terms.length) return sentence("foundNone", { query: typed });
    const shown = list.childElementCount;
    const values = { query: typed, count: found.hits.length, shown };
    const meant = found.meant.map(each => store.meant(each)).join("");
    if (!found.hits.length) return sentence("foundNone", values);
    return meant + sentence(found.part ? "foundPart" : shown < found.hits.length ? "foundSome" : "found", values);
  }

  /** @param {Hit} each */
  function resultOf(each) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = (words.home ?? "") + store.hrefOf(each);
    item.append(link);
    rowOf(store, each, found.terms, item, link);
    return item;
  }

  /** @param {number} count */
  function show(count) {
    const from = list.childElementCount;
    const items = document.createDocumentFragment();
    for (const each of found.hits.slice(from, from + count)) items.append(resultOf(each));
    list.append(items);
    list.hidden = !found.hits.length;
    more.hidden = list.childElementCount >= found.hits.length;
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
    found = store.find(input.value, refresh);
    list.replaceChildren();
    show(AT_FIRST);
    window.clearTimeout(timer);
    timer = window.setTimeout(settle, PAUSE);
    if (input.value.trim()) loading ??= load();
  }

  /** More of the search has been read: what is shown follows, unless somebody is walking through it. */
  function refresh() {
    if (!list.contains(document.activeElement)) update();
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
