// Every page: a copy of the site in a folder (file://) has no server that would show a folder's index page.
"use strict";

if (location.protocol === "file:") {
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
      if (link instanceof HTMLAnchorElement && link.protocol === "file:" && link.pathname.endsWith("/")) {
        link.pathname += "index.html";
      }
    },
    true,
  );
}
