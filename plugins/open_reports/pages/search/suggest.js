// @ts-check
"use strict";
/*
 * Every page: suggestions while somebody types into a search box, of home, of a lost address, and of the head.
 *
 * A box is a form that leads to the search page, and stays one: whatever fails here, it can be sent. What finds, and the index, are
 * read when a box is first used. The pattern is the combobox of ARIA: the focus stays in the field, the arrows choose.
 */
(() => {
  const own = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  const MOST = 8;
  let boxes = 0;

  /** Run a script that stands beside this one. @param {string} name @returns {Promise<void>} */
  const run = name =>
    new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL(name, own).href;
      script.addEventListener("load", () => done());
      script.addEventListener("error", () => failed(new Error(name)));
      document.head.append(script);
    });

  /** What finds, once for all boxes; a page that searches has it. @type {Promise<void> | undefined} */
  let finder;
  const found = () => {
    finder ??= typeof openReportsHits === "undefined" ? run("finding.js").then(() => run("hits.js")) : Promise.resolve();
    finder.catch(() => (finder = undefined));
    return finder;
  };

  /** @param {string} tag @param {Record<string, string>} attributes */
  const made = (tag, attributes) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  /** Give a box its suggestions. @param {HTMLFormElement} form @param {HTMLInputElement} input */
  const suggesting = (form, input) => {
    const id = `or-suggest-${++boxes}`;
    const list = made("ul", { id, role: "listbox" });
    const says = made("p", { class: "or-suggest-says", role: "status" });
    const popup = made("div", { class: "or-suggest", hidden: "" });
    popup.append(says, list);
    form.append(popup);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id })) input.setAttribute(name, value);

    /** @type {Store | undefined} */
    let store;
    /** @type {Promise<void> | undefined} */
    let opening;
    /** Where each option leads. @type {string[]} */
    let ways = [];
    let active = -1;

    const open = () => {
      opening ??= found().then(() => {
        store ??= openReportsHits.storeOf({
          index: new URL("index.json", form.action).href,
          figures: new URL("../../search/figures.json", own).href,
          sounds: new URL("sounds.json", own).href,
        });
        return store.open();
      });
      // Without its index a box is a form as before; the next key tries again.
      opening.then(update, () => (opening = undefined));
    };

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
      const element = made("li", { id: `${id}-${ways.length}`, role: "option", class: className });
      ways.push(href);
      list.append(element);
      return element;
    };

    const update = () => {
      const typed = input.value.trim();
      if (!typed || document.activeElement !== input) return show(false);
      if (!store?.index) return open();
      // What is chosen stays chosen when more of the search arrives.
      const found = store.find(typed, () => active < 0 && update());
      choose(-1);
      ways = [];
      list.replaceChildren();
      list.setAttribute("aria-label", store.say("suggestions"));
      for (const hit of found.hits.slice(0, MOST)) {
        const element = option(new URL(`../${store.hrefOf(hit)}`, form.action).href, "");
        const title = made("span", { class: "or-suggest-title" });
        element.append(title);
        openReportsHits.suggestedOf(store, hit, found.terms, element, title);
      }
      if (found.hits.length > MOST) option("", "or-suggest-all").textContent = store.say("suggested_all", { count: found.hits.length });
      const meant = found.meant.map(each => store?.meant(each)).join("");
      const [told, heard] = [made("span", { class: "or-suggest-told" }), made("span", { class: "or-suggest-heard" })];
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

    input.addEventListener("focus", () => (input.value ? update() : open()));
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

  /** The way to the search page in the head becomes a box: beside the name where there is room, else over it when it is asked for. @param {HTMLAnchorElement} link */
  const headed = link => {
    const label = link.getAttribute("aria-label") ?? "";
    const form = /** @type {HTMLFormElement} */ (made("form", { class: "or-search-box or-search-head", role: "search", "aria-label": label, action: link.href, method: "get" }));
    const input = /** @type {HTMLInputElement} */ (made("input", { type: "search", name: "q", "aria-label": label, placeholder: label, autocomplete: "off", maxlength: "100" }));
    const button = made("button", { type: "submit", "aria-label": label });
    button.append(...[...link.children].map(icon => icon.cloneNode(true)));
    form.append(input, button);
    link.after(form);
    suggesting(form, input);
    /** @param {boolean} open */
    const unfold = open => form.classList.toggle("or-open", open);
    link.addEventListener("click", event => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      unfold(true);
      input.focus();
    });
    form.addEventListener("keydown", event => {
      if (event.key !== "Escape" || !form.classList.contains("or-open")) return;
      unfold(false);
      link.focus();
    });
    form.addEventListener("focusout", event => {
      if (!form.contains(/** @type {Node | null} */ (event.relatedTarget))) unfold(false);
    });
  };

  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form.or-search-box"))) {
    const input = form.querySelector("input");
    if (input) suggesting(form, input);
  }
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a.or-find"))) {
    // The search page has its own field, which the link leads to.
    if (!document.getElementById("or-query")) headed(link);
  }
})();
