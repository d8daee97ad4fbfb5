// @ts-check
"use strict";
/*
 * The comparison, 4 of 5: lists to choose from, with a field to find one's way in them.
 */
var compareChoices = (() => {
  const { make, folded, nameOf, inOrder } = openReportsElements;
  const { page, say, agencies } = compareWords;

  /**
   * A field that hides what does not match it, and says how much is left.
   * @param {string} label @param {() => {element: HTMLElement, text: string}[]} entries @param {HTMLElement} within
   */
  const finder = (label, entries, within) => {
    const field = /** @type {HTMLInputElement} */ (make("input", { type: "search", autocomplete: "off", "aria-label": label, placeholder: label }));
    const said = make("p", { class: "or-status", role: "status" });
    field.addEventListener("input", () => {
      const asked = folded(field.value);
      let hits = 0;
      for (const { element, text } of entries()) {
        element.hidden = !text.includes(asked);
        hits += Number(!element.hidden);
      }
      for (const group of /** @type {NodeListOf<HTMLElement>} */ (within.querySelectorAll("[data-group]"))) {
        group.hidden = !group.querySelector("[data-entry]:not([hidden])");
        if (group instanceof HTMLDetailsElement && asked) group.open = true;
      }
      said.textContent = !asked ? "" : hits ? say("hits", { count: hits }) : say("no_hits");
    });
    return [field, said];
  };

  /** Groups of agencies: each with those below it, the rest by kind. @returns {{title: string, members: Agency[]}[]} */
  const groups = () => {
    const parents = new Set([...agencies.values()].map(agency => agency.parent).filter(Boolean));
    /** @type {Map<string, {title: string, members: Agency[]}>} */
    const families = new Map();
    const kinds = new Map(Object.entries(page.kinds).map(([kind, title]) => [kind, { title: String(title), members: /** @type {Agency[]} */ ([]) }]));
    for (const agency of inOrder(agencies.values())) {
      const head = agency.parent && agencies.has(agency.parent) ? agency.parent : parents.has(agency.id) ? agency.id : "";
      if (!head) {
        kinds.get(agency.kind)?.members.push(agency);
        continue;
      }
      const family = families.get(head) ?? { title: say("with_units", { name: nameOf(/** @type {Agency} */ (agencies.get(head))) }), members: [] };
      families.set(head, family);
      if (agency.id === head) family.members.unshift(agency);
      else family.members.push(agency);
    }
    // By their heads, not by whichever of their members comes first.
    const heads = inOrder([...families.keys()].map(head => /** @type {Agency} */ (agencies.get(head))));
    const headed = heads.map(({ id }) => /** @type {{title: string, members: Agency[]}} */ (families.get(id)));
    return [...headed, ...kinds.values()].filter(group => group.members.length);
  };

  /** @param {string} title @param {HTMLElement} count @param {boolean} open @param {(Node | string)[]} content */
  const panel = (title, count, open, ...content) => {
    const details = make("details", { class: "or-panel" }, make("summary", {}, make("span", {}, title), " ", count), ...content);
    /** @type {HTMLDetailsElement} */ (details).open = open;
    return details;
  };

  /** Tick the boxes of a panel as the choice says. @param {HTMLElement} panel @param {(id: string) => boolean} chosen */
  const tick = (panel, chosen) => {
    for (const box of panel.querySelectorAll("input")) if (box.type === "checkbox") box.checked = chosen(box.value);
  };

  return { finder, groups, panel, tick };
})();
