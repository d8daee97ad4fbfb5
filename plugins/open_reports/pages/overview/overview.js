// @ts-check
// The strips of the overview: a tap near a dot says which agency it is, with the way to its figures. Without it the table below
// says the same, and so does each dot's title.
"use strict";
(() => {
  /** Pixels around a dot in which a finger means it. */
  const NEAR = 24;

  for (const drawing of /** @type {NodeListOf<SVGElement>} */ (document.querySelectorAll("svg.or-strip"))) {
    drawing.addEventListener("click", (event) => {
      const told = drawing.parentElement?.querySelector(".or-told");
      if (!(told instanceof HTMLElement)) return;
      const dot = nearest(drawing, event.clientX, event.clientY);
      const says = dot?.querySelector("title")?.textContent ?? "";
      told.textContent = says;
      drawing.querySelector(".or-chosen")?.classList.remove("or-chosen");
      dot?.classList.add("or-chosen");
      const href = dot?.getAttribute("data-href");
      if (!href) return;
      const link = document.createElement("a");
      link.href = href;
      link.textContent = told.dataset.go ?? href;
      told.append(" ", link);
    });
  }

  /** The dot or column nearest to a point, if one is near.
   * @param {SVGElement} drawing
   * @param {number} x
   * @param {number} y
   * @returns {Element | null} */
  function nearest(drawing, x, y) {
    /** @type {Element | null} */
    let found = null;
    let least = NEAR;
    for (const each of drawing.querySelectorAll("circle.or-dot, g[data-count]")) {
      const box = each.getBoundingClientRect();
      // Distance to the box: a column is far taller than a dot, and is meant wherever it is touched.
      const away = Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
      if (away < least) {
        least = away;
        found = each;
      }
    }
    return found;
  }
})();
