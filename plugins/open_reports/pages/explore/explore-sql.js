// @ts-check
"use strict";
/*
 * Exploring, 3 of 4: SQL over the database. Nothing is loaded before somebody asks; the query stands in the address (`?q=`), from
 * which it comes into the box but never runs by itself: an address is anybody's, and a query may ask very much of a browser.
 *
 * The database is kept as it came, so a new worker can take it up where a stopped one left. Whatever it holds is shown as text.
 */
(() => {
  const { make, button, spaced, download } = openReportsElements;
  const { page, links, fromFolder, say, copyLink, writeAddress } = exploreWords;
  const place = document.getElementById("or-explore-sql");
  if (!place) return; // the database is too large for a browser, or there is none

  /** `columns` and `rows` are what is shown, `width` and `count` how many there are; `cut` counts values that were too long to be read whole.
   * @typedef {{columns: string[], width: number, rows: unknown[][], count: number, more: boolean, cut: number, csv: Blob, seconds: number}} Result */

  /** @template {HTMLElement} T @param {string} id @returns {T} */
  const part = id => /** @type {T} */ (document.getElementById(id));
  /** @type {HTMLTextAreaElement} */ const box = part("or-sql");
  const [runButton, stopButton, loadButton] = ["or-sql-run", "or-sql-stop", "or-sql-load"].map(part);
  const [trouble, status, result] = ["or-sql-trouble", "or-sql-status", "or-sql-result"].map(part);
  const { limits } = page;
  const { seconds, address, text: longest } = limits;
  const size = Number(links.size);
  /** @param {number} bytes */
  const megabytes = bytes => (bytes / 1_000_000).toFixed(1);
  /** Characters of what the engine says that are shown: it quotes the query. */
  const MOST_SAID = 300;
  /** @param {string} text @param {number} most */
  const shortened = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);

  /** Why there is no result: `key` names a sentence of the page; `engine` is what the engine itself said. */
  class Trouble extends Error {
    /** @param {string} key @param {Record<string, string | number>} [values] @param {string} [engine] */
    constructor(key, values = {}, engine = "") {
      super(key);
      this.key = key;
      this.values = values;
      this.engine = engine;
    }
  }

  // -- the engine ----------------------------------------------------------------------------------------------------

  /** @type {Blob | undefined} */
  let file;
  /** @type {Worker | undefined} */
  let worker;
  /** Ends what is going on, if anything is. @type {((why: Trouble) => void) | undefined} */
  let end;

  const fetched = async () => {
    const control = new AbortController();
    /** @type {Trouble | undefined} */
    let ended;
    end = why => {
      ended = why;
      control.abort();
    };
    try {
      const answer = await fetch(links.database ?? "", { signal: control.signal });
      if (!answer.ok || !answer.body) throw new Error(String(answer.status));
      const reader = answer.body.getReader();
      /** @type {BlobPart[]} */
      const chunks = [];
      let done = 0;
      let told = -1;
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        chunks.push(next.value);
        done += next.value.length;
        // A screen reader hears a tenth at a time.
        const tenth = Math.floor((10 * done) / size);
        if (tenth !== told) status.textContent = say("loading", { done: megabytes(done), size: megabytes(size) });
        told = tenth;
      }
      return new Blob(chunks);
    } catch {
      throw ended ?? new Trouble("failed_database");
    } finally {
      end = undefined;
    }
  };

  const drop = () => {
    worker?.terminate();
    worker = undefined;
  };

  /** Ask the worker; its answer, or the trouble it has. @param {Record<string, unknown>} message @returns {Promise<any>} */
  const ask = message =>
    new Promise((resolve, reject) => {
      const asked = /** @type {Worker} */ (worker);
      end = why => {
        drop();
        reject(why);
      };
      asked.onmessage = ({ data }) => {
        if (data.lost) drop();
        data.error === undefined ? resolve(data) : reject(inWords(data.error, !message.open));
      };
      asked.onerror = event => {
        event.preventDefault();
        drop();
        reject(new Trouble("failed_engine", {}, event.message ?? ""));
      };
      asked.postMessage(message);
    }).finally(() => {
      end = undefined;
    });

  /** What the engine says, and the sentence of the page that explains it. @type {[RegExp, string][]} */
  const EXPLAINED = [
    [/^near "(.*)": syntax error$/s, "error_syntax"],
    [/^unrecognized token: "(.*)"$/s, "error_syntax"],
    [/^incomplete input$/, "error_incomplete"],
    [/^no such table: (.*)$/s, "error_table"],
    [/^no such column: (.*)$/s, "error_column"],
    [/^no such function: (.*)$/s, "error_function"],
    [/^no such module: (.*)$/s, "error_module"],
    [/^ambiguous column name: (.*)$/s, "error_ambiguous"],
    [/readonly database/, "error_readonly"],
    [/out of memory|too big|out of bounds|allocation failed|Invalid array|Aborted/i, "error_memory"],
  ];

  /** @param {string} said @param {boolean} query whether a query was asked, not the engine started */
  const inWords = (said, query) => {
    if (!query) return new Trouble("failed_engine", {}, said);
    for (const [pattern, key] of EXPLAINED) {
      const found = pattern.exec(said);
      if (found) return new Trouble(key, { what: shortened(found[1] ?? "", MOST_SAID) }, said);
    }
    return new Trouble("error_other", {}, said);
  };

  /** Have the database at hand. */
  const prepare = async () => {
    if (fromFolder) throw new Trouble("from_folder");
    file ??= await fetched();
    if (worker) return;
    status.textContent = say("opening");
    try {
      worker = new Worker(links.worker ?? "");
    } catch {
      throw new Trouble("failed_engine");
    }
    const answer = await ask({ open: file, memory: limits.memory });
    if (answer.damaged) {
      drop();
      file = undefined;
      throw new Trouble("failed_damaged");
    }
    loadButton.textContent = say("loaded_button");
    loadButton.setAttribute("aria-disabled", "true");
  };

  // -- the result ----------------------------------------------------------------------------------------------------

  /** @param {unknown} value */
  const cell = value => {
    if (value === null) return make("td", { class: "or-nothing" }, say("null"));
    return make("td", typeof value === "string" ? { class: "or-words" } : {}, shortened(exploreCsv.textOf(value), longest));
  };

  /** @param {Result} found */
  const summary = ({ columns, width, rows, count, more, cut, seconds: spent }) => {
    if (!width) return say("no_result");
    if (!count) return say("no_rows");
    const values = { count: spaced(count), shown: spaced(rows.length), seconds: spent.toFixed(2) };
    const long = rows.some(row => row.some(value => exploreCsv.textOf(value).length > longest));
    return [
      say(more ? "rows_more" : rows.length < count ? "rows_shown" : "rows", values),
      ...(columns.length < width ? [say("columns_shown", { count: spaced(width), shown: spaced(columns.length) })] : []),
      ...(long ? [say("texts_shown", { most: spaced(longest) })] : []),
      ...(cut ? [say("values_cut", { count: spaced(cut), most: limits.value })] : []),
    ].join(" ");
  };

  /** @param {Result} found */
  const show = found => {
    status.textContent = summary(found);
    if (!found.width) {
      result.replaceChildren();
      return;
    }
    const head = make("tr", {}, ...found.columns.map(name => make("th", { scope: "col" }, shortened(name, MOST_SAID))));
    const body = make("tbody", {}, ...found.rows.map(row => make("tr", {}, ...row.map(cell))));
    const table = make("table", { class: "or-table or-answer" }, make("caption", { id: "or-sql-caption" }, say("result")), make("thead", {}, head), body);
    const said = make("p", { class: "or-status", role: "status" });
    result.replaceChildren(
      make("div", { class: "or-wide", role: "region", tabindex: "0", "aria-labelledby": "or-sql-caption" }, table),
      make("div", { class: "or-actions" }, button(say("csv"), () => download(found.csv, "query.csv")), button(say("copy"), () => copyLink(said))),
      said,
    );
  };

  /** @param {unknown} error */
  const tell = error => {
    const why = error instanceof Trouble ? error : new Trouble("failed_engine", {}, String(error));
    status.textContent = "";
    result.replaceChildren();
    if (why.key === "stopped") {
      status.textContent = say("stopped");
      return;
    }
    const message = make("div", { class: "or-warning" }, make("p", {}, say(why.key, why.values)));
    if (why.engine) message.append(make("p", {}, say("error"), " ", make("code", {}, shortened(why.engine, MOST_SAID))));
    trouble.replaceChildren(message);
    box.setAttribute("aria-invalid", String(why.key.startsWith("error_")));
  };

  // -- asking --------------------------------------------------------------------------------------------------------

  let busy = false;

  /** @param {boolean} now */
  const setBusy = now => {
    busy = now;
    const held = document.activeElement === stopButton;
    stopButton.hidden = !now;
    if (held && !now) runButton.focus();
    now ? runButton.setAttribute("aria-disabled", "true") : runButton.removeAttribute("aria-disabled");
    now ? result.setAttribute("aria-busy", "true") : result.removeAttribute("aria-busy");
    if (now) {
      trouble.replaceChildren();
      box.removeAttribute("aria-invalid");
    }
  };

  /** Do one thing at a time, and tell what went wrong with it. @param {() => Promise<void>} what */
  const doing = async what => {
    if (busy) return;
    setBusy(true);
    try {
      await what();
    } catch (error) {
      tell(error);
    } finally {
      setBusy(false);
    }
  };

  const load = () =>
    doing(async () => {
      await prepare();
      status.textContent = say("loaded");
    });

  /** Whether an address may carry a query; what is longer was not written by this page. @param {string} sql */
  const fitsAddress = sql => sql.length <= address && encodeURIComponent(sql).length <= address;

  const run = () => {
    const sql = box.value.trim();
    asking.remove();
    if (!sql) {
      status.textContent = say("need_sql");
      box.focus();
      return;
    }
    doing(async () => {
      const fits = fitsAddress(sql);
      writeAddress({ q: fits ? sql : "" });
      await prepare();
      status.textContent = say("running");
      const timer = setTimeout(() => end?.(new Trouble("late", { seconds })), seconds * 1000);
      try {
        show(await ask({ sql, limits }));
      } finally {
        clearTimeout(timer);
      }
      if (!fits) status.textContent += ` ${say("too_long")}`;
    });
  };

  runButton.addEventListener("click", run);
  stopButton.addEventListener("click", () => end?.(new Trouble("stopped")));
  loadButton.addEventListener("click", () => loadButton.getAttribute("aria-disabled") || load());
  box.addEventListener("keydown", event => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    run();
  });
  for (const example of /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll("[data-example]"))) {
    example.addEventListener("click", () => {
      if (busy) return;
      box.value = part(`or-example-${example.dataset.example}`).textContent ?? "";
      run();
    });
  }

  // -- what the address asks -----------------------------------------------------------------------------------------

  const asked = new URL(location.href).searchParams.get("q") ?? "";
  const runAsked = () => {
    // The press takes its button away.
    runButton.focus();
    run();
  };
  /** Says why the query of the address has not run, and runs it. */
  const asking = make("div", { class: "or-asking" });

  document.getElementById("or-explore-late")?.remove();
  place.hidden = false;
  if (asked && fitsAddress(asked)) {
    box.value = asked;
    asking.append(make("p", {}, say("asked", { size: megabytes(size) })), button(say("asked_button"), runAsked, { class: "or-button or-run" }));
    place.prepend(asking);
  } else if (asked) status.textContent = say("asked_too_long", { most: spaced(address) });
})();
