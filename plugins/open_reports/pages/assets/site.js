// @ts-check
// Every page: the switch of languages keeps the place, a copy of the site in a folder (file://) has no server that would show a
// folder's index page, and one in a web archive has no page of a question that nobody asked while it was made.
"use strict";

// Every program that replays an archive by rewriting its pages (pywb, and what shares its scripts) defines this name.
const archived = "WB_wombat_location" in window;
/** An address with its question behind the #, where no archive looks it up. @param {string} address */
const behind = address => address.replace(/\?([^#]*)(?:#.*)?$/, "#?$1");
/** Puts the question there for good, whatever a script still writes: the way back leads to what stands in the address at last. */
const leave = () => {
  const replace = history.replaceState.bind(history);
  history.replaceState = (state, unused, address) => replace(state, unused, behind(String(address)));
  history.replaceState(history.state, "", location.href);
};
if (archived && location.hash.startsWith("#?")) history.replaceState(history.state, "", location.pathname + location.hash.slice(1));

// What stands before an arrow becomes the link itself (`way` in pages/frame.py says why it is none before).
for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a.or-to"))) {
  link.textContent = "";
  while (link.previousSibling) link.prepend(link.previousSibling);
  if (link.lastChild instanceof Text) link.lastChild.data = link.lastChild.data.trimEnd();
  link.removeAttribute("aria-label");
  link.removeAttribute("class");
}

document.addEventListener(
  "click",
  (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    if (link.matches(".or-language")) {
      // What was chosen, asked or pointed at stands in the address. Set whole, for in an archive a part that is set leads to this page.
      link.href = link.href.replace(/[?#].*$/, "") + location.search + location.hash;
    }
    if (location.protocol === "file:" && link.protocol === "file:" && link.pathname.endsWith("/")) {
      link.pathname += "index.html";
    }
    if (archived && link.origin === location.origin && link.pathname + link.search !== location.pathname + location.search) {
      if (link.search) link.href = behind(link.href);
      leave();
    }
  },
  true,
);

document.addEventListener("submit", event => {
  const form = event.target;
  if (!archived || event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) asked.append(name, String(value));
  location.assign(behind(`${form.action}?${asked}`));
});
