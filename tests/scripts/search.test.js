"use strict";
/* Ranking: the golden queries of tests/cases/search.yml, asked of the shipped script with the index of the project's own packages. */
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { page, prepared } = require("./dom.js");

const FIRST = 3;
const { search } = prepared();

/** Open a search page; returns a function that asks and gives the results as addresses. */
async function opened({ index, dataset }, language, search = "") {
  const asked = [];
  const own = page(language === "zh" ? "zh-CN" : "en", {
    location: { href: `https://reports.example/search/${search}`, protocol: "https:", reload() {} },
    fetch: async address => {
      asked.push(address);
      return { ok: true, json: async () => index };
    },
  });
  const form = own.document.put("or-search", "form");
  Object.assign(form.dataset, dataset);
  const input = own.document.put("or-query", "input");
  input.setAttribute("maxlength", "100");
  const results = own.document.put("or-results", "ol");
  for (const id of ["or-search-says", "or-search-failed", "or-search-retry", "or-search-more", "or-search-scripts"]) own.document.put(id);
  own.run(["search.js"]);
  input.dispatch("focus");
  for (let turn = 0; turn < 10 && !results.attributes.has("done"); turn++) await new Promise(setImmediate);
  assert.deepEqual(asked, [dataset.index], "the index is asked for once, and by its address");
  assert.equal(results.getAttribute("aria-busy"), null);
  const ask = query => {
    input.value = query;
    input.dispatch("input");
    return results.querySelectorAll("a").map(link => link.href.replace(/^\.\.\//, ""));
  };
  return { ask, input, results, says: own.document.getElementById("or-search-says"), submit: () => form.dispatch("submit") };
}

for (const language of ["zh", "en"]) {
  test(`ranking on the ${language} page`, async t => {
    const { ask, results } = await opened(search.pages[language], language);
    for (const { query, finds } of search.cases[language]) {
      await t.test(`${query} finds ${finds}`, () => {
        const found = ask(query);
        assert.ok(found.slice(0, FIRST).includes(finds), `first are ${found.slice(0, FIRST).join(", ")}`);
      });
    }
    for (const spellings of search.same) {
      await t.test(`the same for ${spellings.join(" = ")}`, () => {
        const found = spellings.map(ask);
        assert.ok(found[0].length > 0);
        for (const each of found) assert.deepEqual(each, found[0]);
      });
    }
    for (const query of search.nothing) {
      await t.test(`nothing for ${query}`, () => assert.deepEqual(ask(query), []));
    }
    for (const { query, finds, within } of search.names[language]) {
      await t.test(`${query} is found by its name`, () => assert.ok(ask(query).slice(0, within).includes(finds)));
    }
    assert.ok(search.reports.length > 10);
    for (const { query, finds } of search.reports) {
      await t.test(`${query} finds that report first`, () => assert.equal(ask(query)[0], finds));
    }
    await t.test("agencies stand before reports, reports newest first", () => {
      const found = ask("平潭");
      const kinds = found.map(each => each.split("/").length);
      assert.deepEqual(kinds, [...kinds].sort((one, other) => one - other));
      const years = found.filter(each => each.split("/").length === 4).map(each => Number(each.split("/")[2]));
      assert.deepEqual(years, [...years].sort((one, other) => other - one));
      assert.equal(found[0], "reports/pingtan/");
      assert.equal(years[0], search.latest);
      assert.equal(new Set(found).size, found.length);
    });
    await t.test("what stands in the index is text, and the terms are marked in it", () => {
      ask("公安局");
      const marks = results.querySelectorAll("mark").map(each => each.textContent);
      if (language === "zh") assert.ok(marks.length > 0 && marks.every(each => each === "公安局"));
    });
  });
}

test("names that the project's own packages do not have", async t => {
  const { ask } = await opened(search.invented, "zh");
  for (const { query, first } of search.invented.cases) {
    await t.test(`${query} finds ${first} first`, () => assert.equal(ask(query)[0], first));
  }
});

test("of an address only as much is searched for as can be typed, and it is told", async () => {
  const { input, submit, says } = await opened(search.pages.zh, "zh", `?q=${encodeURIComponent("平潭".padEnd(99, "安"))}`);
  submit();
  assert.equal(input.value.length, 99);
  assert.doesNotMatch(says.textContent, /只搜索了前/);
  const long = await opened(search.pages.zh, "zh", `?q=${encodeURIComponent(Array.from({ length: 300 }, (_, at) => `第${at}`).join(" "))}`);
  long.submit();
  assert.equal(long.input.value.length, 100);
  assert.match(long.says.textContent, /^网址里的字太多，只搜索了前 100 个字符。/);
  // Whoever goes on typing has been told.
  long.ask("平潭");
  long.submit();
  assert.doesNotMatch(long.says.textContent, /只搜索了前/);
});

// -- what nobody means to ask -----------------------------------------------------------------------------------------

/** How many questions are made up for each page: FUZZ_QUESTIONS makes them more. */
const QUESTIONS = Number(process.env.FUZZ_QUESTIONS ?? 100);
const ODD = ["", " ", "\0", "\u3000", "\u200b", "\u202e", "\ud800", "１２", "𠮷", "__proto__", "constructor", "<b>", "&amp;", '"', "'", "\\", "%00", "(", "[", "*", "+", "?", "|", "^", "$", "/", "..", "9".repeat(40), "公".repeat(500)];

/** Whole numbers below a bound, the same each time for a seed (the generator of Park and Miller). @param {number} seed */
function numbers(seed) {
  let state = seed;
  return bound => {
    state = (state * 48271) % 2147483647;
    return state % bound;
  };
}

for (const language of ["zh", "en"]) {
  test(`whatever is asked of the ${language} page is answered`, async () => {
    const { ask } = await opened(search.pages[language], language);
    const known = search.cases[language].map(each => each.query);
    const chance = numbers(12);
    for (let asked = 0; asked < QUESTIONS; asked++) {
      let query = known[chance(known.length)];
      for (let turn = chance(4); turn >= 0; turn--) {
        const at = chance(query.length + 1);
        query = query.slice(0, at) + ODD[chance(ODD.length)] + query.slice(at + chance(3));
      }
      for (const found of ask(query)) assert.match(found, /^[a-z0-9/#_.-]*$/i, JSON.stringify(query));
    }
  });
}
