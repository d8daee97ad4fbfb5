// @ts-check
// Opens the definition of a term in place: the term is a link to its entry of the glossary, and the entry is read from
// that page, so that there is one text of it. Without this script, or where it cannot read, the link leads there.

(() => {
  /** @type {Map<string, Promise<Document>>} Pages of the glossary by address; each is fetched once. */
  const pages = new Map();
  /** @type {HTMLDialogElement | undefined} */
  let dialog;

  /**
   * @param {string} address
   * @returns {Promise<Document>}
   */
  function pageAt(address) {
    let page = pages.get(address);
    if (!page) {
      page = fetch(address).then(async response => {
        if (!response.ok) throw new Error(`${response.status} ${address}`);
        return new DOMParser().parseFromString(await response.text(), "text/html");
      });
      page.catch(() => pages.delete(address));
      pages.set(address, page);
    }
    return page;
  }

  /**
   * Copy an entry out of the glossary: links that were relative to its page are made whole, ids are left behind.
   * @param {Element} entry
   * @param {string} address
   * @returns {HTMLElement}
   */
  function copyOf(entry, address) {
    const list = document.createElement("dl");
    list.className = "or-glossary";
    const copy = /** @type {HTMLElement} */ (document.importNode(entry, true));
    copy.removeAttribute("id");
    for (const link of copy.querySelectorAll("a[href]")) {
      link.setAttribute("href", new URL(link.getAttribute("href") ?? "", address).href);
    }
    const term = copy.querySelector("dt");
    if (term) term.id = "or-definition-term";
    list.append(copy);
    return list;
  }

  /** @returns {HTMLDialogElement} */
  function emptyDialog() {
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.className = "or-definition md-typeset";
      dialog.setAttribute("aria-labelledby", "or-definition-term");
      const own = dialog;
      // The dialog has no padding of its own, so a click that hits it and nothing inside hits the backdrop.
      own.addEventListener("click", event => {
        if (event.target === own) own.close();
      });
      document.body.append(own);
    }
    dialog.replaceChildren();
    return dialog;
  }

  /**
   * @param {HTMLAnchorElement} link
   */
  async function show(link) {
    const address = new URL(link.href);
    const id = decodeURIComponent(address.hash.slice(1));
    address.hash = "";
    try {
      const page = await pageAt(address.href);
      const entry = page.getElementById(id);
      const words = page.getElementById("definitions");
      if (!entry || !words) throw new Error(`no entry ${id}`);
      const shown = emptyDialog();
      const inside = document.createElement("div");
      const close = document.createElement("button");
      close.type = "button";
      close.className = "or-close";
      close.textContent = words.dataset.close ?? "";
      close.addEventListener("click", () => shown.close());
      const whole = document.createElement("a");
      whole.href = link.href;
      whole.textContent = words.dataset.whole ?? "";
      const foot = document.createElement("p");
      foot.className = "or-definition-foot";
      foot.append(close, whole);
      inside.append(copyOf(entry, address.href), foot);
      shown.append(inside);
      shown.showModal();
      close.focus();
    } catch {
      location.assign(link.href);
    }
  }

  // In the page itself, labels of tables only name their entries: tables whose labels are links are taken for menus by programs
  // that read pages for their text, and are dropped with their numbers. The link below a table knows where the glossary is.
  const glossary = document.querySelector(".or-terms a[href]")?.getAttribute("href")?.replace(/#.*/, "");
  if (glossary !== undefined) {
    for (const label of document.querySelectorAll("[data-term]")) {
      const link = document.createElement("a");
      link.className = "or-term";
      link.setAttribute("href", `${glossary}#${label.getAttribute("data-term")}`);
      link.append(...label.childNodes);
      label.append(link);
    }
  }

  // Pages opened from a folder may not read one another.
  if (location.protocol.startsWith("http") && "showModal" in HTMLDialogElement.prototype) {
    document.addEventListener("click", event => {
      const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
      const link = event.target instanceof Element ? event.target.closest("a.or-term") : null;
      if (!plain || event.defaultPrevented || !(link instanceof HTMLAnchorElement)) return;
      event.preventDefault();
      void show(link);
    });
  }
})();
