# Arrow in JavaScript, fed by parquet-wasm, opens every Parquet file; `number` is that of the CSV, and `value` the exact decimal without its point.
# npm: apache-arrow@21.2.0 parquet-wasm@0.8.0
# As seen: the text of a decimal is its digits unscaled, 90 is 90000000. So the page of the data names `number` for programs like it.
cat >read.mjs <<'END'
import assert from "node:assert";
import fs from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { readParquet } from "parquet-wasm";

const root = fs.realpathSync("site");
const paths = fs.readdirSync(root, { recursive: true }).filter((each) => each.endsWith(".parquet"));
assert.ok(paths.length > 1);
for (const path of paths) {
  const table = tableFromIPC(readParquet(fs.readFileSync(`${root}/${path}`)).intoIPCStream());
  // No cell of the corpus has a line break, and no column before `value` a comma.
  const lines = fs.readFileSync(`${root}/${path.replace(".parquet", ".csv")}`, "utf8").trimEnd().split("\n");
  const at = lines[0].split(",").indexOf("value");
  const { scale } = table.schema.fields.find((field) => field.name === "value").type;
  assert.equal(table.numRows, lines.length - 1, path);
  for (let index = 0; index < table.numRows; index += 1) {
    const cell = lines[index + 1].split(",")[at];
    const row = table.get(index);
    assert.equal(row.number, cell === "" ? null : Number(cell), `${path} ${index}`);
    const [whole, decimals = ""] = cell.split(".");
    const unscaled = cell === "" ? "null" : String(BigInt(whole + decimals.padEnd(scale, "0")));
    assert.equal(String(row.value), unscaled, `${path} ${index}`);
  }
}
console.log(paths.length, "files");
END
node read.mjs
