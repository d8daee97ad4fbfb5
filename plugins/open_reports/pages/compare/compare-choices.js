// @ts-check
"use strict";
/*
 * The comparison, 4 of 5: lists to choose from, with a field to find one's way in them.
 */
var compareChoices = (() => {
  const { make, choice, run, folded, foundBy, nameOf, inOrder } = openReportsElements;
  const { page, pages, files, sounds, say, spans, agencies } = compareWords;

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

  /** Groups that are chosen at once: all of a kind, an agency with all below it. @returns {{title: string, members: Agency[]}[]} */
  const wholeGroups = () => {
    const all = [...agencies.values()];
    /** @type {Map<string, Agency[]>} */
    const below = new Map();
    for (const agency of all) if (agency.parent) below.set(agency.parent, [...(below.get(agency.parent) ?? []), agency]);
    /** An agency that stands above itself is met once. @param {Agency} head @param {Set<Agency>} met @returns {Set<Agency>} */
    const within = (head, met) => {
      met.add(head);
      for (const agency of below.get(head.id) ?? []) if (!met.has(agency)) within(agency, met);
      return met;
    };
    const kinds = Object.entries(page.kinds).map(([kind, title]) => ({ title: say("all_of_kind", { kind: String(title) }), members: all.filter(agency => agency.kind === kind) }));
    const heads = inOrder(all.filter(agency => below.has(agency.id)));
    const families = heads.map(head => ({ title: say("with_units", { name: nameOf(head) }), members: [...within(head, new Set())] }));
    return [...kinds, ...families].filter(group => group.members.length > 1);
  };

  /** Agencies that a search lists at once. */
  const MOST_FOUND = 40;

  /**
   * The list of agencies: whole groups, then each; a search lists what it finds, nearest first, with its figure. What does not fit is
   * said beside it and cannot be ticked, so that no tick is ever taken back.
   * @param {Set<string>} chosen @param {() => void} changed
   */
  const agencyList = (chosen, changed) => {
    const limit = page.most.agencies;
    const full = make("span");
    const counted = make("span");
    const said = make("p", { class: "or-status", role: "status" }, full, counted);
    const field = /** @type {HTMLInputElement} */ (make("input", { type: "search", autocomplete: "off", "aria-label": say("find_agencies"), placeholder: say("find_agencies"), maxlength: "100" }));
    const box = make("div", { class: "or-choices" });
    const found = make("fieldset", { hidden: "" });
    const listed = make("div");
    box.append(listed, found);
    /** @type {Store | undefined} */
    let store;

    /** @param {Agency} agency @param {(Node | string)[]} [more] */
    const boxOf = (agency, more = []) => {
      const remark = make("small", {}, say("reports_of", { years: spans(agency.years) || say("not_collected") }));
      const label = choice(agency.id, chosen.has(agency.id), [nameOf(agency), " ", ...more, remark], on => {
        on ? chosen.add(agency.id) : chosen.delete(agency.id);
        changed();
      });
      label.dataset.entry = "";
      return label;
    };

    const whole = wholeGroups();
    /** @type {{box: HTMLInputElement, remark: HTMLElement, members: Agency[]}[]} */
    let groupBoxes = [];
    /** @param {{title: string, members: Agency[]}} group */
    const groupBox = ({ title, members }) => {
      const remark = make("small");
      const label = choice("", false, [title, " ", remark], on => {
        for (const { id } of members) on ? chosen.add(id) : chosen.delete(id);
        changed();
      });
      groupBoxes.push({ box: /** @type {HTMLInputElement} */ (label.querySelector("input")), remark, members });
      return label;
    };

    /** Show what is chosen, and what still fits. */
    const sync = () => {
      const isFull = chosen.size >= limit;
      full.textContent = isFull ? `${say("full", { most: limit })} ` : "";
      for (const each of box.querySelectorAll("input")) {
        if (!each.value) continue;
        each.checked = chosen.has(each.value);
        each.disabled = isFull && !each.checked;
      }
      groupBoxes = groupBoxes.filter(each => box.contains(each.box));
      for (const { box: each, remark, members } of groupBoxes) {
        const lacking = members.filter(({ id }) => !chosen.has(id)).length;
        const fits = chosen.size + lacking <= limit;
        each.checked = lacking === 0;
        each.indeterminate = lacking > 0 && lacking < members.length;
        each.disabled = lacking > 0 && !fits;
        remark.textContent = say(fits || !lacking ? "group_size" : "group_too_many", { count: members.length, most: limit });
      }
    };

    const groupsBox = make("details", { class: "or-whole" }, make("summary", {}, say("groups")), ...whole.map(groupBox));
    if (whole.length) listed.append(groupsBox);
    for (const { title, members } of groups()) listed.append(make("fieldset", { "data-group": "" }, make("legend", {}, title), ...members.map(agency => boxOf(agency))));

    /** What a search finds: by the site's search, or until its index is there by parts of names. @param {string} typed @returns {{agency: Agency, more: (Node | string)[]}[]} */
    const hitsOf = typed => {
      if (!store?.index) return inOrder(agencies.values()).filter(agency => foundBy(agency).includes(folded(typed))).map(agency => ({ agency, more: [] }));
      const by = store;
      const { hits, meant } = by.find(typed, () => box.contains(document.activeElement) || update());
      counted.textContent = meant.map(each => by.meant(each)).join("");
      /** @type {Map<string, {agency: Agency, more: (Node | string)[]}>} */
      const shown = new Map();
      for (const hit of hits) {
        const agency = agencies.get(hit.thing.id);
        if (!agency || shown.has(agency.id)) continue;
        const figure = openReportsHits.figureRow(by, { ...hit, kind: "agency", figure: undefined });
        shown.set(agency.id, { agency, more: figure ? [figure, " "] : [] });
      }
      return [...shown.values()];
    };

    const update = () => {
      const typed = field.value.trim();
      counted.textContent = "";
      found.hidden = !typed;
      listed.hidden = Boolean(typed);
      found.replaceChildren();
      if (typed) {
        const hits = hitsOf(typed);
        const named = whole.filter(group => folded(group.title).includes(folded(typed)));
        found.append(make("legend", {}, say("found")), ...named.map(groupBox), ...hits.slice(0, MOST_FOUND).map(({ agency, more }) => boxOf(agency, more)));
        found.hidden = !hits.length && !named.length;
        counted.append(hits.length ? say("hits", { count: hits.length }) : say("no_hits"));
        box.scrollTop = 0;
      }
      sync();
    };
    const open = async () => {
      try {
        // A page that searched in its head has them already.
        if (typeof openReportsHits === "undefined") await run(["finding.js", "hits.js"]);
        store = openReportsHits.storeOf({ index: `${pages}search/index.json`, figures: `${files}search/figures.json`, sounds }, true);
        await store.open();
      } catch {
        return; // the field finds by parts of names
      }
      if (!box.contains(document.activeElement)) update();
    };
    field.addEventListener("focus", open, { once: true });
    field.addEventListener("input", event => /** @type {InputEvent} */ (event).isComposing || update());
    field.addEventListener("compositionend", update);
    return { content: [field, said, box], sync };
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

  return { finder, agencyList, panel, tick };
})();
