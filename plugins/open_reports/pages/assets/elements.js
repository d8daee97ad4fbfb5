// @ts-check
"use strict";
/*
 * What the comparison and exploring share: elements made of text alone, sentences with their values, names of agencies, numbers
 * in words, what is read once, and what is taken away.
 */

/** An entry of the list of agencies. @typedef {{id: string, name: string, name_en: string, kind: string, parent: string | null, region: string, reading?: string, also?: string[], years: number[]}} Agency */

// `var`, as every name that scripts share: web archives (pywb) put each script into a block of its own when they replay it, and
// a constant of one block is unknown in the next. A test holds it (`tests/test_archives.py`).
var openReportsElements = (() => {
  const english = document.documentElement.lang.startsWith("en");

  // -- elements ------------------------------------------------------------------------------------------------------

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

  /**
   * A checkbox with its label. @param {string} id @param {boolean} checked @param {(Node | string)[]} content
   * @param {(on: boolean, box: HTMLInputElement) => void} toggled
   */
  const choice = (id, checked, content, toggled) => {
    const box = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", value: id }));
    box.checked = checked;
    box.addEventListener("change", () => toggled(box.checked, box));
    return make("label", { class: "or-choice" }, box, make("span", {}, ...content));
  };

  // -- words ---------------------------------------------------------------------------------------------------------

  /** What speaks with the sentences of a page. @param {Record<string, string>} says */
  const speaking = says => {
    /** A sentence of the page with its values. @param {string} key @param {Record<string, string | number>} [values] */
    const say = (key, values = {}) => String(says[key]).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

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

    /** Says that something could not be read, and offers to try again. @param {string} text @param {() => void} again @param {Record<string, string>} [attributes] */
    const failure = (text, again, attributes = {}) => {
      const hint = location.protocol === "file:" ? ` ${say("from_folder")}` : "";
      return make("p", { class: "or-warning", ...attributes }, text + hint, " ", button(say("retry"), again));
    };

    /** Join names; more than a few are counted. @param {string[]} names @param {number} [most] */
    const listed = (names, most = 6) =>
      names.slice(0, most).join(say("and")) + (names.length > most ? say("and").trimEnd() + say("more", { count: names.length }) : "");

    return { say, copyLink, failure, listed };
  };

  /** @param {Agency} agency */
  const nameOf = agency => (english ? agency.name_en : agency.name);
  /** What a list sorts an agency by: browsers read 长 in 长春 as zhǎng. @param {Agency} agency */
  const sortKeyOf = agency => (english ? agency.name_en : (agency.reading ?? agency.name));
  const collator = new Intl.Collator(english ? "en" : "zh-u-co-pinyin", { numeric: true });
  /** Agencies in the order of a list that somebody looks a name up in. @param {Iterable<Agency>} agencies */
  const inOrder = agencies => [...agencies].sort((one, other) => collator.compare(sortKeyOf(one), sortKeyOf(other)));

  /** Text made comparable: width, case and white space are folded. @param {string} text */
  const folded = text => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

  /** What an agency is found by, made comparable. @param {Agency} agency */
  const foundBy = agency => folded([agency.name, agency.name_en, ...(agency.also ?? []), agency.region, agency.id].join(" "));

  /** Names in a list of an address that are looked at: an address is anybody's, and no page writes one with more. */
  const MOST_NAMED = 1000;

  /** Names of a list in an address, each once. @param {string | null} list */
  const namedIn = list => [...new Set((list ?? "").split(",", MOST_NAMED).filter(Boolean))];

  /** What an address names in vain, cut: it may be anything. @param {string} id */
  const quoted = id => `“${[...id.slice(0, 120)].slice(0, 60).join("")}”`;

  /** A number with its thousands set apart, every digit as published. @param {string | number} number */
  const spaced = number => String(number).replace(/^(-?)(\d+)/, (_, sign, digits) => sign + digits.replace(/\B(?=(\d{3})+$)/g, ","));

  /** Where this script stands; not known without a page. */
  const own = /** @type {HTMLScriptElement | null | undefined} */ (document.currentScript)?.src ?? "";

  /** Run scripts that stand beside this one, one after the other. @param {string[]} names @returns {Promise<void>} */
  const run = async names => {
    for (const name of names) {
      await new Promise((done, failed) => {
        const script = /** @type {HTMLScriptElement} */ (make("script", { src: new URL(name, own).href }));
        script.addEventListener("load", done);
        script.addEventListener("error", failed);
        document.head.append(script);
      });
    }
  };

  // -- files ---------------------------------------------------------------------------------------------------------

  /** The answer to a request; one that is no success is an error. @param {string} address */
  const read = async address => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status} ${address}`);
    return answer;
  };

  /**
   * Reads the file of an agency, once: what was read is kept, what failed is asked for again.
   * @template T @param {string} files address of the data files @param {string} ending @param {(answer: Response) => Promise<T>} understand
   */
  const agencyFiles = (files, ending, understand) => {
    /** @type {Map<string, Promise<T>>} */
    const kept = new Map();
    /** @param {string} id */
    const fileOf = id => {
      let found = kept.get(id);
      if (!found) {
        const name = encodeURIComponent(id);
        found = read(`${files}reports/${name}/${name}.${ending}`).then(understand);
        kept.set(id, found);
        found.catch(() => kept.delete(id));
      }
      return found;
    };
    return fileOf;
  };

  /** @param {Blob} data @param {string} name */
  const download = (data, name) => {
    const address = URL.createObjectURL(data);
    make("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };

  return { make, button, choice, speaking, nameOf, sortKeyOf, inOrder, folded, foundBy, namedIn, quoted, spaced, read, run, agencyFiles, download };
})();
