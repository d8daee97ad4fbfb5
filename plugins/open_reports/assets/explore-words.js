// @ts-check
"use strict";
/*
 * Exploring, 1 of 4: what the page says of itself, its address, and elements made of text alone.
 */
const exploreWords = (() => {
  const root = document.getElementById("or-explore");
  const source = document.getElementById("or-explore-data");
  if (!root || !source) throw new Error("no place to explore");
  const page = JSON.parse(source.textContent ?? "{}");
  const links = root.dataset;
  const fromFolder = location.protocol === "file:";

  /** A sentence of the page with its values. @param {string} key @param {Record<string, string | number>} [values] */
  const say = (key, values = {}) => String(page.says[key]).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

  /**
   * An element with attributes; texts become text nodes.
   * @param {string} tag @param {Record<string, string>} [attributes] @param {(Node | string)[]} content
   */
  const make = (tag, attributes = {}, ...content) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...content);
    return element;
  };

  /** @param {string} text @param {() => void} action @param {Record<string, string>} [attributes] */
  const button = (text, action, attributes = {}) => {
    const element = make("button", { type: "button", class: "or-button", ...attributes }, text);
    element.addEventListener("click", action);
    return element;
  };

  /** A count with its thousands set apart. @param {number} count */
  const spaced = count => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

  /** Set keys of the address, an empty one goes; the switch of languages follows. @param {Record<string, string>} values */
  const writeAddress = values => {
    if (fromFolder) return;
    const address = new URL(location.href);
    for (const [key, value] of Object.entries(values)) value ? address.searchParams.set(key, value) : address.searchParams.delete(key);
    history.replaceState(history.state, "", address);
    for (const link of document.querySelectorAll("a[hreflang]")) /** @type {HTMLAnchorElement} */ (link).search = address.search;
  };

  /** @param {Blob} data @param {string} name */
  const download = (data, name) => {
    const address = URL.createObjectURL(data);
    make("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };

  /** Copy the address; where that is forbidden, lay it out to be copied by hand. @param {HTMLElement} said */
  const copyLink = async said => {
    try {
      await navigator.clipboard.writeText(location.href);
      said.textContent = say("copied");
    } catch {
      const text = /** @type {HTMLInputElement} */ (make("input", { readonly: "", value: location.href, "aria-label": say("copy") }));
      said.replaceChildren(say("copy_failed"), " ", text);
      text.select();
    }
  };

  writeAddress({});
  return { page, links, fromFolder, say, make, button, spaced, writeAddress, download, copyLink };
})();
