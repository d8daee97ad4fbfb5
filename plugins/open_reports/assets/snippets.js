// @ts-check
// Copies code, and fills in the site's address where the site does not know its own.
//
// Works on the markup of templates/snippets.html. Without this script the code stands there all the same, to be selected by hand.

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
    button.addEventListener("click", () => copy(code, said, group));
    code.parentElement?.before(button, said);
  }
}

/**
 * Copy code, or select it where the browser forbids copying, and say which of the two happened.
 * @param {Element} code
 * @param {HTMLElement} said live region beside the button
 * @param {HTMLElement} group what says so in the page's language
 */
async function copy(code, said, group) {
  let words = group.dataset.copied;
  try {
    await navigator.clipboard.writeText(code.textContent ?? "");
  } catch {
    getSelection()?.selectAllChildren(code);
    words = group.dataset.selected;
  }
  said.textContent = ""; // emptied first, so that the same words are read out again
  setTimeout(() => { said.textContent = words ?? ""; }, 50);
}
