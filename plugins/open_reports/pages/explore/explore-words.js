// @ts-check
"use strict";
/*
 * Exploring, 1 of 4: what the page says of itself, and its address.
 */
var exploreWords = (() => {
  const root = document.getElementById("or-explore");
  const source = document.getElementById("or-explore-data");
  if (!root || !source) throw new Error("no place to explore");
  const page = JSON.parse(source.textContent ?? "{}");
  const links = root.dataset;
  const fromFolder = location.protocol === "file:";

  const { say, copyLink, failure, listed } = openReportsElements.speaking(page.says);

  /** Set keys of the address, an empty one goes; the switch of languages follows. @param {Record<string, string>} values */
  const writeAddress = values => {
    if (fromFolder) return;
    const address = new URL(location.href);
    for (const [key, value] of Object.entries(values)) value ? address.searchParams.set(key, value) : address.searchParams.delete(key);
    history.replaceState(history.state, "", address);
    for (const link of document.querySelectorAll("a[hreflang]")) /** @type {HTMLAnchorElement} */ (link).search = address.search;
  };

  writeAddress({});
  return { page, links, fromFolder, say, copyLink, failure, listed, writeAddress };
})();
