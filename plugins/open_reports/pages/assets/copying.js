// @ts-check
"use strict";
/*
 * What citations and snippets share: a text is copied, or selected where the browser forbids copying, and a live region says
 * which of the two happened.
 */
var openReportsCopying = (() => {
  /**
   * Put words into a live region; emptied first, so that the same words are read out again.
   * @param {Element | null} region @param {string} words
   */
  const tell = (region, words) => {
    if (!region) return;
    region.textContent = "";
    setTimeout(() => { region.textContent = words; }, 50);
  };

  /**
   * @param {string} text
   * @param {Element} shown where the text stands on the page
   * @param {Element | null} region
   * @param {DOMStringMap} says `copied` and `selected`, in the page's language
   */
  return async (text, shown, region, says) => {
    let said = says.copied;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      getSelection()?.selectAllChildren(shown);
      said = says.selected;
    }
    tell(region, said ?? "");
  };
})();
