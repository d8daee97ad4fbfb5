// @ts-check
// Every page: the switch of languages keeps the place, and a copy of the site in a folder (file://) has no server that would
// show a folder's index page.
"use strict";

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
      // What was chosen, asked or pointed at stands in the address.
      link.search = location.search;
      link.hash = location.hash;
    }
    if (location.protocol === "file:" && link.protocol === "file:" && link.pathname.endsWith("/")) {
      link.pathname += "index.html";
    }
  },
  true,
);
