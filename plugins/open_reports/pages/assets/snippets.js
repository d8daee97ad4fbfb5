// @ts-check
// Copies code, and fills in the site's address where the site does not know its own.
//
// Works on the markup of templates/snippets.html; copying.js comes first. Without this script the code stands there
// all the same, to be selected by hand.

for (const near of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".or-near"))) {
  near.textContent = new URL(near.dataset.root ?? "./", location.href).href;
}

for (const group of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".or-snippets"))) {
  for (const code of group.querySelectorAll("pre > code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "or-button";
    button.textContent = group.dataset.copy ?? "";
    const said = document.createElement("span");
    said.className = "or-said";
    said.setAttribute("role", "status");
    button.addEventListener("click", () => openReportsCopying(code.textContent ?? "", code, said, group.dataset));
    code.parentElement?.before(button, said);
  }
}
