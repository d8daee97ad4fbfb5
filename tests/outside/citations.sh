# citation-js reads RIS and CSL-JSON: the title is the original's, the author an institution, day, version and address are as stated.
# npm: @citation-js/core@0.8.2 @citation-js/plugin-ris@0.8.2 @citation-js/plugin-bibtex@0.8.2
cat >read.mjs <<'END'
import assert from "node:assert";
import fs from "node:fs";
import { Cite } from "@citation-js/core";
import "@citation-js/plugin-ris";
import "@citation-js/plugin-bibtex";

const index = JSON.parse(fs.readFileSync("site/data/index.json", "utf8"));
for (const { agency, year } of index.reports) {
  const name = `site/reports/${agency}/${year}/${agency}-${year}`;
  const [stated] = JSON.parse(fs.readFileSync(`${name}.csl.json`, "utf8"));
  const found = { ris: new Cite(fs.readFileSync(`${name}.ris`, "utf8")).data, bib: new Cite(fs.readFileSync(`${name}.bib`, "utf8")).data };
  for (const [kind, data] of Object.entries(found)) {
    assert.equal(data.length, 1, `${name}.${kind}`);
    const [item] = data;
    assert.equal(item.title, stated.title, `${name}.${kind}`);
    assert.equal(item.URL, stated.URL, `${name}.${kind}`);
    assert.equal(item.issued["date-parts"][0][0], stated.issued["date-parts"][0][0], `${name}.${kind}`);
    assert.equal(item.author[0].literal ?? item.author[0].family, stated.author[0].literal, `${name}.${kind}`);
    assert.equal(item.type, "dataset", `${name}.${kind}`);
  }
}
console.log(index.reports.length, "citations");
END
node read.mjs
