// @ts-check
"use strict";
/*
 * Suggestions of a search box, as ARIA has a combobox: the focus stays in the field, the arrows choose, Enter goes, Escape closes.
 */
var openReportsSuggestions = (() => {
  const MOST = 8;
  let boxes = 0;

  /** @param {string} tag @param {Record<string, string>} attributes */
  const make = (tag, attributes) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  /** Give a box its suggestions; `own` is the address of a script of the site. @param {HTMLFormElement} form @param {HTMLInputElement} input @param {string} own */
  return (form, input, own) => {
    const id = `or-suggest-${++boxes}`;
    const list = make("ul", { id, role: "listbox" });
    const says = make("p", { class: "or-suggest-says", role: "status" });
    const popup = make("div", { class: "or-suggest", hidden: "" });
    popup.append(says, list);
    form.append(popup);
    input.setAttribute("aria-controls", id);

    const store = openReportsHits.storeOf({
      index: new URL("index.json", form.action).href,
      figures: new URL("../../search/figures.json", own).href,
      sounds: new URL("sounds.json", own).href,
    });
    /** Where each option leads. @type {string[]} */
    let ways = [];
    let active = -1;

    // Without its index a box is a form as before; the next key tries again.
    const open = () => void store.open().then(update, () => {});

    /** @param {boolean} shown */
    const show = shown => {
      popup.hidden = !shown;
      input.setAttribute("aria-expanded", String(shown && ways.length > 0));
      if (!shown) choose(-1);
    };

    /** @param {number} at */
    const choose = at => {
      list.children[active]?.removeAttribute("aria-selected");
      active = at;
      const option = list.children[at];
      if (!option) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      option.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };

    /** @param {string} href @param {string} className */
    const option = (href, className) => {
      const element = make("li", { id: `${id}-${ways.length}`, role: "option", class: className });
      ways.push(href);
      list.append(element);
      return element;
    };

    const update = () => {
      const typed = input.value.trim();
      if (!typed || document.activeElement !== input) return show(false);
      if (!store.index) return open();
      // What is chosen stays chosen when more of the search arrives.
      const found = store.find(typed, () => active < 0 && update());
      choose(-1);
      ways = [];
      list.replaceChildren();
      list.setAttribute("aria-label", store.say("suggestions"));
      for (const hit of found.hits.slice(0, MOST)) {
        const element = option(new URL(`../${store.hrefOf(hit)}`, form.action).href, "");
        const title = make("span", { class: "or-suggest-title" });
        element.append(title);
        openReportsHits.suggestedOf(store, hit, found.terms, element, title);
      }
      if (found.hits.length > MOST) option("", "or-suggest-all").textContent = store.say("suggested_all", { count: found.hits.length });
      const meant = found.meant.map(each => store.meant(each)).join("");
      const [told, heard] = [make("span", { class: "or-suggest-told" }), make("span", { class: "or-suggest-heard" })];
      told.textContent = found.hits.length ? meant : store.say("suggested_none", { query: typed });
      heard.textContent = found.hits.length ? store.say("suggested", { count: Math.min(found.hits.length, MOST) }) : "";
      says.replaceChildren(told, heard);
      show(true);
    };

    /** @param {number} at */
    const go = at => {
      const way = ways[at];
      show(false);
      if (way) location.assign(way);
      else form.requestSubmit();
    };

    open();
    input.addEventListener("focus", update);
    input.addEventListener("input", event => {
      // While an input method composes, the letters are not yet what is meant.
      if (!(/** @type {InputEvent} */ (event).isComposing)) update();
    });
    input.addEventListener("compositionend", update);
    input.addEventListener("blur", () => show(false));
    input.addEventListener("keydown", event => {
      if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
      const { length } = ways;
      if ((event.key === "ArrowDown" || event.key === "ArrowUp") && input.value.trim()) {
        event.preventDefault();
        if (popup.hidden) update();
        // Past the last and before the first lies the field itself.
        else if (length) choose(event.key === "ArrowDown" ? (active + 1 < length ? active + 1 : -1) : active < 0 ? length - 1 : active - 1);
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        go(active);
      } else if (event.key === "Escape" && !popup.hidden) {
        event.preventDefault();
        event.stopPropagation();
        show(false);
      }
    });
    // The field keeps the focus while a finger or a mouse chooses.
    popup.addEventListener("pointerdown", event => event.preventDefault());
    popup.addEventListener("mousedown", event => event.preventDefault());
    list.addEventListener("click", event => {
      const element = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (element) go([...list.children].indexOf(element));
    });
  };
})();
