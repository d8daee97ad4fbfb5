// @ts-check
// Copies citations and addresses, shares pages, and gives every figure of a report its own address on click or by keyboard.
//
// Works on the markup of templates/citation.html and on the cells of the tables, `<td id="table/line/column">`; copying.js comes
// first. Without this script nothing is missing: its buttons are hidden, and the addresses work all the same.

/** @typedef {{value: string, place: string, address: string}} Figure */

const SCROLLER = ".or-wide";
const FIGURE = ".or-table td[id]";

/**
 * The parts of the page that this script brings to life.
 * @param {HTMLElement} root
 */
function citation(root) {
  /** @type {HTMLElement | null} */
  let bar = null;
  /** @type {HTMLElement | null} */
  let chosen = null;

  /** The page's permanent address, without a figure; that of the window where the site names none. */
  const pageAddress = () => root.dataset.address || location.href.split("#")[0];

  /**
   * Address of a figure: the page's, and the id of the cell with each part encoded.
   * @param {HTMLElement} cell
   */
  const figureAddress = (cell) => pageAddress() + fragment(cell);

  /** @param {HTMLElement} cell */
  const fragment = (cell) => "#" + cell.id.split("/").map(encodeURIComponent).join("/");

  /**
   * @param {string} text
   * @param {HTMLElement} shown where the text stands on the page
   * @param {HTMLElement} around whose live region tells of it
   */
  const copy = (text, shown, around) => openReportsCopying(text, shown, around.querySelector("[data-or-said]"), root.dataset);

  /**
   * @param {string} url
   * @param {string} [text]
   */
  async function share(url, text) {
    try {
      await navigator.share({ title: root.dataset.title, text, url });
    } catch (error) {
      // Whoever closes the window of the system has changed their mind; nothing went wrong.
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  }

  // -- the page ---------------------------------------------------------------------------------------------------------

  // The style sheet prints it at the foot of every sheet.
  const foot = [root.dataset.foot, pageAddress()].filter(Boolean).join(" · ");
  document.documentElement.style.setProperty("--or-foot", JSON.stringify(foot));

  for (const button of all(root, "[data-or-copy]")) {
    const shown = document.getElementById(button.dataset.orCopy ?? "");
    if (!shown) continue;
    button.hidden = false;
    button.addEventListener("click", () => copy((shown.textContent ?? "").trim(), shown, root));
  }
  for (const button of all(root, "[data-or-copy-page]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(pageAddress(), button, root));
  }
  for (const button of all(root, "[data-or-share]")) {
    button.hidden = !navigator.share;
    button.addEventListener("click", () => share(pageAddress()));
  }

  // -- a figure ---------------------------------------------------------------------------------------------------------

  const template = /** @type {HTMLTemplateElement | null} */ (root.querySelector("template[data-or-figure]"));
  if (!template) return;
  for (const how of all(root, "[data-or-how]")) how.hidden = false;

  /**
   * Show a figure's address below its table.
   * @param {HTMLElement} cell
   */
  function choose(cell) {
    dismiss();
    chosen = cell;
    cell.classList.add("or-chosen");
    const made = /** @type {DocumentFragment} */ (template?.content.cloneNode(true));
    bar = /** @type {HTMLElement} */ (made.querySelector(".or-figure"));
    const { value, place, address } = figure(cell);
    fill(bar, "[data-or-value]", value);
    fill(bar, "[data-or-place]", place);
    fill(bar, "[data-or-address]", address);
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (bar.querySelectorAll("[data-or-problem]"))) {
      link.href = (link.dataset.orProblem ?? "").replaceAll("{address}", encodeURIComponent(cell.id));
    }
    (cell.closest(SCROLLER) ?? cell.closest("table"))?.after(made);
    const shown = bar;
    one(bar, "[data-or-copy-figure]")?.addEventListener("click", () => {
      const text = one(shown, "[data-or-address]");
      if (text) copy(address, text, shown);
    });
    const sharing = one(bar, "[data-or-share-figure]");
    if (sharing) {
      sharing.hidden = !navigator.share;
      sharing.addEventListener("click", () => share(address, `${place} ${value}`));
    }
    one(bar, "[data-or-close]")?.addEventListener("click", back);
    bar.addEventListener("keydown", (event) => {
      if (event.key === "Escape") back();
    });
  }

  /** Take the address away again. */
  function dismiss() {
    bar?.remove();
    chosen?.classList.remove("or-chosen");
    bar = chosen = null;
  }

  /** Take the address away and go back to where it was asked for. */
  function back() {
    const cell = chosen;
    dismiss();
    if (cell) enter(cell);
  }

  /**
   * What a cell says, in words: its value, the heads of its line and column, its address.
   * @param {HTMLElement} cell
   * @returns {Figure}
   */
  function figure(cell) {
    const value = [cell.textContent?.trim(), cell.dataset.says].filter(Boolean).join(" ");
    const line = cell.parentElement?.querySelector("th")?.textContent?.trim();
    return { value, place: [line, columnHead(/** @type {HTMLTableCellElement} */ (cell))].filter(Boolean).join(" · "), address: figureAddress(cell) };
  }

  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const cell = /** @type {HTMLElement | null} */ (target.closest(FIGURE));
    if (!cell || target.closest("a, button") || getSelection()?.isCollapsed === false) return;
    history.replaceState(history.state, "", fragment(cell));
    choose(cell);
  });

  // -- by keyboard: no cell is a tab stop of its own; Enter on a table leads into it, and arrows from figure to figure --------------------

  const hint = /** @type {HTMLTemplateElement | null} */ (root.querySelector("template[data-or-hint]"));
  for (const [number, scroller] of all(document, SCROLLER).entries()) {
    if (!scroller.querySelector(FIGURE)) continue;
    const made = /** @type {HTMLElement | null} */ (hint?.content.firstElementChild?.cloneNode(true));
    if (made) {
      made.id = `or-hint-${number}`;
      scroller.after(made);
      scroller.setAttribute("aria-describedby", made.id);
    }
  }

  /**
   * Make a cell the one that Tab reaches, and go there.
   * @param {HTMLElement} cell
   * @param {FocusOptions} [how]
   */
  function enter(cell, how) {
    for (const other of all(document, `${FIGURE}[tabindex]`)) other.removeAttribute("tabindex");
    cell.tabIndex = 0;
    cell.focus(how);
  }

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.matches(SCROLLER) && event.key === "Enter") {
      const inside = all(target, "td[id]");
      const first = inside.find((cell) => cell === chosen) ?? inside[0];
      if (first) enter(first);
    } else if (target.matches(FIGURE)) {
      if (!walk(target, event.key)) return;
    } else {
      return;
    }
    event.preventDefault();
  });

  /**
   * Do what a key means on a cell; says whether it means anything.
   * @param {HTMLElement} cell
   * @param {string} key
   */
  function walk(cell, key) {
    const row = all(/** @type {HTMLElement} */ (cell.parentElement), "td[id]");
    const at = row.indexOf(cell);
    if (key === "Enter" || key === " ") {
      history.replaceState(history.state, "", fragment(cell));
      choose(cell);
      if (bar) one(bar, "[data-or-copy-figure]")?.focus();
    } else if (key === "Escape") {
      cell.removeAttribute("tabindex");
      /** @type {HTMLElement | null} */ (cell.closest(SCROLLER))?.focus();
    } else if (key === "ArrowLeft" || key === "ArrowRight") {
      enter(row[at + (key === "ArrowLeft" ? -1 : 1)] ?? cell);
    } else if (key === "Home" || key === "End") {
      enter(/** @type {HTMLElement} */ (row.at(key === "Home" ? 0 : -1)));
    } else if (key === "ArrowUp" || key === "ArrowDown") {
      enter(beside(cell, key === "ArrowUp" ? -1 : 1));
    } else {
      return false;
    }
    return true;
  }

  /**
   * The figure above or below a cell in its table: in the next line that has any, the nearest one.
   * @param {HTMLElement} cell
   * @param {number} step
   */
  function beside(cell, step) {
    const rows = [...(cell.closest("table")?.rows ?? [])].filter((row) => row.querySelector("td[id]"));
    const next = rows[rows.indexOf(/** @type {HTMLTableRowElement} */ (cell.parentElement)) + step];
    if (!next) return cell;
    const distance = (/** @type {HTMLElement} */ other) => Math.abs(other.getBoundingClientRect().x - cell.getBoundingClientRect().x);
    return all(next, "td[id]").reduce((best, other) => (distance(other) < distance(best) ? other : best));
  }

  /**
   * Show the address of the figure that the window's address names, and go to its cell, as browsers do where the target
   * of a link can have the focus: the figure is read out, and Enter leads on to its address.
   */
  function named() {
    const cell = document.getElementById(decoded(location.hash.slice(1)));
    if (!cell?.matches(FIGURE)) return dismiss();
    choose(cell);
    enter(cell, { preventScroll: true });
  }

  addEventListener("hashchange", named);
  named();
}

/**
 * Heads above a cell, outermost first, found by laying the rows of the table's head out on its columns.
 * @param {HTMLTableCellElement} cell
 */
function columnHead(cell) {
  const rows = [...(cell.closest("table")?.tHead?.rows ?? [])];
  let column = 0;
  for (let before = cell.previousElementSibling; before; before = before.previousElementSibling) {
    column += /** @type {HTMLTableCellElement} */ (before).colSpan;
  }
  /** @type {string[]} */
  const heads = [];
  /** @type {boolean[][]} */
  const taken = rows.map(() => []);
  rows.forEach((row, depth) => {
    let at = 0;
    for (const head of row.cells) {
      while (taken[depth][at]) at++;
      for (let down = 0; down < head.rowSpan && depth + down < rows.length; down++) {
        for (let across = 0; across < head.colSpan; across++) taken[depth + down][at + across] = true;
      }
      if (at <= column && column < at + head.colSpan) heads.push((head.textContent ?? "").trim());
      at += head.colSpan;
    }
  });
  return heads.join(" ");
}

/**
 * A fragment decoded; one that is no encoding stays as it is.
 * @param {string} text
 */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
function all(root, selector) {
  return [...root.querySelectorAll(selector)].filter((each) => each instanceof HTMLElement);
}

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
function one(root, selector) {
  return root.querySelector(selector);
}

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @param {string} text
 */
function fill(root, selector, text) {
  const place = root.querySelector(selector);
  if (place) place.textContent = text;
}

for (const root of all(document, "[data-or-cite]")) citation(root);
