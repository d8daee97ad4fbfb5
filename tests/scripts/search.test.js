"use strict";
/* Ranking: the golden queries of tests/cases/search.yml, asked of the shipped script with the index of the project's own packages. */
const { test } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const { page, prepared, SCRIPTS } = require("./dom.js");

const FIRST = 3;
const { search } = prepared();
const sounds = JSON.parse(fs.readFileSync(SCRIPTS.get("hits.js").replace("hits.js", "sounds.json"), "utf8"));

/** Let what was asked for arrive. */
const arrived = async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
};

/** Open a search page; returns a function that asks and gives the results as addresses. */
async function opened({ index, figures, dataset, lost = [] }, language, search = "") {
  const asked = [];
  const files = { [dataset.index]: index, [dataset.figures]: figures, [dataset.sounds]: sounds };
  const own = page(language === "zh" ? "zh-CN" : "en", {
    location: { href: `https://reports.example/search/${search}`, protocol: "https:", reload() {} },
    fetch: async address => {
      asked.push(address);
      return { ok: address in files && !lost.includes(address), json: async () => files[address] };
    },
  });
  const form = own.document.put("or-search", "form");
  Object.assign(form.dataset, dataset);
  const input = own.document.put("or-query", "input");
  input.setAttribute("maxlength", "100");
  const results = own.document.put("or-results", "ol");
  for (const id of ["or-search-says", "or-search-failed", "or-search-retry", "or-search-more", "or-search-scripts"]) own.document.put(id);
  own.run(["finding.js", "hits.js", "search.js"]);
  input.dispatch("focus");
  await arrived();
  assert.equal(asked[0], dataset.index, "the index is asked for by its address");
  assert.equal(asked.filter(each => each === dataset.index).length, 1, "and once");
  assert.equal(results.getAttribute("aria-busy"), null);
  const ask = query => {
    input.value = query;
    input.dispatch("input");
    return results.querySelectorAll("a").map(link => link.href.replace(/^\.\.\//, ""));
  };
  /** Ask, and ask again when the files have arrived that the query needs. */
  const askWhole = async query => {
    ask(query);
    await arrived();
    return ask(query);
  };
  return { ask, askWhole, asked, input, results, says: own.document.getElementById("or-search-says"), submit: () => form.dispatch("submit") };
}

for (const language of ["zh", "en"]) {
  test(`ranking on the ${language} page`, async t => {
    const { ask, askWhole, results } = await opened(search.pages[language], language);
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
      await t.test(`nothing for ${query}`, async () => assert.deepEqual(await askWhole(query), []));
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

// -- the table of searches --------------------------------------------------------------------------------------------

for (const { name, page: made, language } of search.tables) {
  test(`searches.yml on the ${language} page of ${name}`, async t => {
    const { askWhole } = await opened(made, language);
    const cases = search.searches.filter(each => (each.languages ?? ["zh", "en"]).includes(language) && (!each.of || each.of === name));
    assert.ok(cases.length > 30);
    for (const { query, finds, within, why } of cases) {
      await t.test(`${query} finds ${finds} (${why})`, async () => {
        const found = await askWhole(query);
        for (const each of finds) assert.ok(found.slice(0, within ?? FIRST).includes(each), `first are ${found.slice(0, FIRST + 3).join(", ")}`);
      });
    }
  });
}

test("files are read where a query needs them, once, and a search without them still answers", async () => {
  const { askWhole, asked, says, submit } = await opened(search.pages.zh, "zh");
  const { dataset } = search.pages.zh;
  await askWhole("平潭");
  await askWhole("公安局");
  assert.deepEqual(asked, [dataset.index, dataset.figures], "reports of older years show figures, names alone need no sounds");
  assert.equal((await askWhole("平谭"))[0], "reports/pingtan/");
  submit();
  assert.match(says.textContent, /没有找到“平谭”，按“平潭”查找。/);
  await askWhole("gongan");
  assert.deepEqual(asked, [dataset.index, dataset.figures, dataset.sounds]);
  const poor = await opened({ ...search.pages.zh, lost: [dataset.sounds, dataset.figures] }, "zh");
  assert.equal((await poor.askWhole("平潭"))[0], "reports/pingtan/");
  assert.deepEqual(await poor.askWhole("平谭"), []);
});

test("a hit shows its figure, and the mark where it does not add up", async () => {
  const { askWhole, results } = await opened(search.pages.zh, "zh");
  for (const { query, says, marked } of search.figured) {
    await askWhole(query);
    const row = results.children[0];
    const figure = row.children.find(each => each.className === "or-search-figure");
    assert.equal(figure?.textContent.replace(/^≠/, ""), says, query);
    assert.equal(figure?.children.some(each => each.className === "or-neq") ?? false, marked, query);
  }
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
