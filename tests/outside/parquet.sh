# hyparquet, in JavaScript without WebAssembly, opens every Parquet file; its numbers are those of the CSV, not a decimal without its point.
# npm: hyparquet@1.33.0
cat >read.mjs <<'END'
import assert from "node:assert";
import fs from "node:fs";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";

const root = fs.realpathSync("site");
const paths = fs.readdirSync(root, { recursive: true }).filter((each) => each.endsWith(".parquet"));
for (const path of paths) {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(`${root}/${path}`) });
  // No cell of the corpus has a line break, and no column before `value` a comma.
  const lines = fs.readFileSync(`${root}/${path.replace(".parquet", ".csv")}`, "utf8").trimEnd().split("\n");
  const at = lines[0].split(",").indexOf("value");
  assert.equal(rows.length, lines.length - 1, path);
  rows.forEach((row, index) => {
    const cell = lines[index + 1].split(",")[at];
    assert.equal(row.number, cell === "" ? null : Number(cell), `${path} ${index}`);
    assert.equal(row.status === "reported", row.number !== null, `${path} ${index}`);
  });
}
console.log(paths.length, "files");
END
node read.mjs
