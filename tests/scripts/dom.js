"use strict";
/*
 * As much of a document as the site's scripts touch when no browser is there: elements with text, attributes, data, events.
 *
 * The scripts are run as they are shipped, one after another in one scope, as a page runs them. Whatever is not here is an
 * error at once, so that a test cannot pass because something did nothing.
 */
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const PACKAGE = path.join(__dirname, "..", "..", "plugins", "open_reports");

/** Where each shipped script lies, by its name: beside its page, or among the assets. */
const SCRIPTS = new Map(
  fs
    .readdirSync(PACKAGE, { recursive: true })
    .filter(name => name.endsWith(".js") && !name.includes("__pycache__"))
    .map(name => [path.basename(name), path.join(PACKAGE, name)]),
);

class FakeElement {
  constructor(tag, document) {
    this.tag = tag;
    this.document = document;
    this.childNodes = [];
    this.attributes = new Map();
    this.dataset = {};
    this.style = {};
    this.listeners = new Map();
    this.hidden = false;
    this.value = "";
    this.className = "";
    this.lang = "";
  }
  append(...nodes) {
    for (const node of nodes) {
      if (node instanceof FakeElement && node.tag === "#fragment") this.append(...node.childNodes);
      else {
        // Like a real one, an element stands in one place: put elsewhere, it leaves where it was.
        if (node instanceof FakeElement && node.parent) node.parent.childNodes = node.parent.childNodes.filter(each => each !== node);
        if (node instanceof FakeElement) node.parent = this;
        this.childNodes.push(node);
      }
    }
  }
  replaceChildren(...nodes) {
    this.childNodes = [];
    this.append(...nodes);
  }
  remove() {}
  focus() {
    this.document.activeElement = this;
  }
  get children() {
    return this.childNodes.filter(each => each instanceof FakeElement);
  }
  get childElementCount() {
    return this.children.length;
  }
  get textContent() {
    return this.childNodes.map(each => (each instanceof FakeElement ? each.textContent : each)).join("");
  }
  set textContent(text) {
    this.childNodes = text === "" ? [] : [String(text)];
  }
  setAttribute(name, value) {
    this.attributes.set(name, String(value));
    if (name.startsWith("data-")) this.dataset[name.slice(5).replace(/-(.)/g, (_, letter) => letter.toUpperCase())] = String(value);
  }
  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }
  removeAttribute(name) {
    this.attributes.delete(name);
  }
  addEventListener(name, listener) {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }
  dispatch(name, event = {}) {
    for (const listener of this.listeners.get(name) ?? []) listener({ preventDefault() {}, ...event });
  }
  click() {
    this.dispatch("click");
  }
  contains(node) {
    return node === this || this.children.some(each => each.contains(node));
  }
  querySelectorAll(tag) {
    return this.children.flatMap(each => [...(each.tag === tag ? [each] : []), ...each.querySelectorAll(tag)]);
  }
  // A cell of a table, a row, a table: as far as sorting asks.
  get cells() {
    return this.children;
  }
  get rows() {
    return this.children;
  }
  get tHead() {
    return this.children.find(each => each.tag === "thead");
  }
  get tBodies() {
    return this.children.filter(each => each.tag === "tbody");
  }
}

class FakeDocument {
  constructor(language) {
    this.documentElement = { lang: language };
    this.ids = new Map();
    this.activeElement = null;
  }
  createElement(tag) {
    return new FakeElement(tag, this);
  }
  createDocumentFragment() {
    return new FakeElement("#fragment", this);
  }
  /** Give the document an element with an id. */
  put(id, tag = "div") {
    const element = this.createElement(tag);
    this.ids.set(id, element);
    return element;
  }
  getElementById(id) {
    return this.ids.get(id) ?? null;
  }
  querySelectorAll() {
    return [];
  }
}

/** A page of a language: its document, and a way to run shipped scripts in it. `given` are further globals, such as `fetch`. */
function page(language, given = {}) {
  const document = new FakeDocument(language);
  const window = { setTimeout: () => 0, clearTimeout() {} };
  const scope = vm.createContext({
    document,
    window,
    setTimeout: () => 0,
    location: { href: "https://reports.example/search/", protocol: "https:", reload() {} },
    history: { state: null, replaceState() {} },
    URL,
    console,
    ...given,
  });
  return {
    document,
    /** Run scripts by their names; returns what the last one defines under a name. */
    run(names, defined = "undefined") {
      for (const name of names) {
        const file = SCRIPTS.get(name);
        if (!file) throw new Error(`no such script: ${name}`);
        vm.runInContext(fs.readFileSync(file, "utf8"), scope, { filename: file });
      }
      return vm.runInContext(defined, scope);
    },
  };
}

/** A worker: shipped scripts in a scope without a document. `self` is the scope, `files` what it fetches, by name. */
function worker(files) {
  const posted = [];
  const scope = vm.createContext({ Blob, TextDecoder, TextEncoder, URL, performance, console, location: { href: "https://reports.example/assets/worker.js" } });
  const load = name => vm.runInContext(fs.readFileSync(SCRIPTS.get(name), "utf8"), scope, { filename: SCRIPTS.get(name) });
  Object.assign(scope, {
    self: scope,
    WorkerGlobalScope: class {},
    importScripts: (...names) => names.forEach(load),
    postMessage: message => posted.push(message),
    fetch: async name => new Response(files.get(name), { headers: { "content-type": "application/wasm" } }),
  });
  /** Send a message; returns the answer. */
  const ask = async data => {
    await scope.onmessage({ data });
    return posted.pop();
  };
  return { load, ask, scope };
}

/** What Python prepared for the tests: golden cases and data of the project's own packages (`tests/test_scripts.py`). */
function prepared() {
  const file = process.env.OPEN_REPORTS_CASES;
  if (!file) throw new Error("run these tests with: python -m pytest tests/test_scripts.py");
  return JSON.parse(fs.readFileSync(file, "utf8"));
}

module.exports = { page, worker, prepared, SCRIPTS };
