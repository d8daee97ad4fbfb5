"use strict";
/* Figures that are sifted: what the page takes away is what the agencies' own files hold, as text from end to end. */
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { page, prepared } = require("./dom.js");

const { sift, address } = prepared();
const SCRIPTS = ["elements.js", "explore-words.js", "explore-csv.js", "explore-facets.js"];
const plain = value => JSON.parse(JSON.stringify(value));
/** A row as a spreadsheet may read it: an agency's name may begin like a formula, and its own file, which is data, leaves it so. */
const defused = row => row.map(text => (/^-(?!\d+(\.\d+)?$)/.test(text) ? `'${text}` : text));

/** Open the page with agencies and facets in its address; gives the rows shown and a way to take the CSV away. */
async function opened({ dataset, data, list, files }, query) {
  const taken = [];
  class Addresses extends URL {
    static createObjectURL(blob) {
      taken.push(blob);
      return "blob:";
    }
  }
  const answers = new Map([[dataset.list, list], ...Object.entries(files).map(([id, text]) => [`${dataset.files}reports/${id}/${id}.csv`, text])]);
  const own = page("zh-CN", {
    Blob,
    URL: Addresses,
    location: { href: `${address}?${query}`, protocol: "https:" },
    fetch: async name => (answers.has(name) ? new Response(answers.get(name)) : new Response("", { status: 404 })),
  });
  Object.assign(own.document.put("or-explore").dataset, dataset);
  own.document.put("or-explore-data", "script").textContent = data;
  const place = own.document.put("or-explore-facets");
  const csv = own.run(SCRIPTS, "exploreCsv");
  const buttons = () => place.querySelectorAll("button").filter(each => each.textContent.includes("CSV"));
  for (let turn = 0; turn < 200 && !buttons().length; turn++) await new Promise(setImmediate);
  const take = async () => {
    buttons()[0].click();
    return Buffer.from(await taken.pop().arrayBuffer()).toString("utf8");
  };
  const shown = () => place.querySelectorAll("tbody").flatMap(body => body.rows.map(row => row.cells.map(cell => cell.textContent)));
  const told = () => place.textContent;
  return { take, shown, csv, told };
}

sift.forEach((given, index) => {
  for (const [id, text] of Object.entries(given.files)) {
    test(`all figures of ${id} are its own file again${index ? ", whatever its names hold" : ""}`, async () => {
      const { take, csv } = await opened(given, `a=${id}`);
      const found = await take();
      const rows = plain(csv.read(text)).map(defused);
      assert.ok(rows.length > 100);
      assert.deepEqual(plain(csv.read(found)), rows);
      assert.doesNotMatch(found, /(^|,)""(,|\r)/m, "an empty cell is nothing, not an empty text");
      assert.ok(found.split("\n").every(line => line === "" || line.endsWith("\r")));
    });
  }
});

test("what is sifted is what stands in the files, digit by digit", async () => {
  const given = sift[1];
  const { take, shown, csv } = await opened(given, `a=${Object.keys(given.files).join(",")}&table=disclosure&line=disclosure/fees`);
  const all = Object.values(given.files).flatMap(text => plain(csv.read(text)).slice(1).map(defused));
  const wanted = all.filter(row => row[4] === "disclosure" && row[5] === "fees");
  const found = plain(csv.read(await take())).slice(1);
  assert.deepEqual(found.toSorted(), wanted.toSorted());
  const values = ["999999999999999.123456", "999999999999999.123457", "75394432.50"];
  for (const value of values) {
    assert.ok(found.some(row => row[7] === value), value);
    assert.ok(shown().some(row => row.includes(value)), value);
  }
});

test("of agencies that an address names in vain a few are told, and how many they are", async () => {
  const [known] = Object.keys(sift[0].files);
  const { told, shown } = await opened(sift[0], `a=${known},${Array.from({ length: 1500 }, (_, at) => `no-${at}`).join(",")}`);
  assert.ok(shown().length > 0);
  assert.match(told(), /“no-0”、“no-1”、“no-2”、“no-3”、“no-4”、“no-5”、等共 999 个/);
  assert.doesNotMatch(told(), /no-6/);
});
