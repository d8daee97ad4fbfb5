// @ts-check
"use strict";
/*
 * Every page: the search boxes of home, of a lost address and of the head get suggestions (`suggestions.js`) when they are first used.
 *
 * A box is a form that leads to the search page, and stays one: whatever fails here, it can be sent.
 */
(() => {
  const own = /** @type {HTMLScriptElement} */ (document.currentScript).src;

  /** What suggests, once for all boxes. @type {Promise<void> | undefined} */
  let loading;
  const load = () => {
    loading ??= ["finding.js", "hits.js", "suggestions.js"].reduce((before, name) => before.then(() => run(name)), Promise.resolve());
    loading.catch(() => (loading = undefined));
    return loading;
  };

  /** Run a script that stands beside this one. @param {string} name @returns {Promise<void>} */
  const run = name =>
    new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL(name, own).href;
      script.addEventListener("load", () => done());
      script.addEventListener("error", () => failed(new Error(name)));
      document.head.append(script);
    });

  /** @param {string} tag @param {Record<string, string>} attributes */
  const made = (tag, attributes) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  /** Give a box its suggestions when it is used. @param {HTMLFormElement} form @param {HTMLInputElement} input */
  const suggesting = (form, input) => {
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" })) input.setAttribute(name, value);
    let begun = false;
    const begin = () => {
      if (begun) return;
      begun = true;
      // Without them a box is a form as before; the next key tries again.
      load().then(() => openReportsSuggestions(form, input, own), () => (begun = false));
    };
    input.addEventListener("focus", begin);
    input.addEventListener("input", begin);
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
