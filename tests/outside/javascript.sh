# What pages and notebooks in JavaScript read a CSV with: d3-dsv, Papa Parse and Arquero give the rows as they are, with their own guesses at types.
# npm: d3-dsv@3.0.2 papaparse@5.7.1 arquero@7.2.1
# As seen: Arquero guesses by the first 1,000 rows. `parent` and `consolidated_in` are empty in these, and each name below becomes true: hence the
# word `autoMax` on the page of the data.
cat >read.mjs <<'END'
import assert from "node:assert";
import fs from "node:fs";
import { fromCSV } from "arquero";
import { autoType, csvParse } from "d3-dsv";
import Papa from "papaparse";

const text = fs.readFileSync("site/data/observations.csv", "utf8");
const rows = csvParse(text);
const same = (found, cell) => (cell === "" ? found === null : typeof found === "number" ? found === Number(cell) : found === cell);
const options = { header: true, skipEmptyLines: true };
const read = {
  d3: csvParse(text, autoType),
  papa: Papa.parse(text, { ...options, dynamicTyping: true }).data,
  arquero: fromCSV(text, { autoMax: Infinity }).objects({ limit: Infinity }),
};
assert.deepEqual(Papa.parse(text, options).data, rows.map((row) => ({ ...row })));
for (const [name, found] of Object.entries(read)) {
  assert.equal(found.length, rows.length, name);
  found.forEach((row, index) => {
    for (const column of rows.columns) assert.ok(same(row[column], rows[index][column]), `${name} ${index} ${column} ${row[column]}`);
    assert.equal(row.status === "reported", row.value !== null, `${name} ${index}`);
  });
}
const guessed = fromCSV(text).objects({ limit: Infinity });
const lost = rows.columns.filter((column) => guessed.some((row) => row[column] === true));
console.log(rows.length, "rows; without autoMax, Arquero makes true of", lost.join(", ") || "nothing");
END
node read.mjs
