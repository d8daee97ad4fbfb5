# Ajv in its strict mode compiles every schema and finds every JSON file right; datamodel-code-generator makes a module of each that can be loaded.
# npm: ajv@8.17.1 ajv-formats@3.0.1
# pip: datamodel-code-generator==0.89.0 pydantic==2.14.3
cat >ajv.mjs <<'END'
import fs from "node:fs";
import Ajv from "ajv/dist/2020.js";
import formats from "ajv-formats";

const description = JSON.parse(fs.readFileSync("site/data/openapi.json", "utf8"));
const ajv = new Ajv({ strict: true, allErrors: true });
formats(ajv);
const judges = new Map();
for (const file of fs.readdirSync("site/schemas")) judges.set(file, ajv.compile(JSON.parse(fs.readFileSync(`site/schemas/${file}`, "utf8"))));
const patterns = Object.entries(description.paths).flatMap(([path, { get }]) => {
  const [content] = Object.values(get.responses[200].content);
  const component = description.components.schemas[content.schema?.$ref?.split("/").pop()];
  if (!component) return [];
  const pattern = path.slice(1).replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+");
  return [[new RegExp(`^${pattern}$`), component.externalDocs.url.split("/").pop()]];
});
let count = 0;
for (const path of fs.readdirSync(fs.realpathSync("site"), { recursive: true })) {
  for (const [pattern, file] of patterns.filter(([each]) => each.test(path))) {
    const judge = judges.get(file);
    if (!judge(JSON.parse(fs.readFileSync(`site/${path}`, "utf8")))) throw new Error(`${path}: ${ajv.errorsText(judge.errors)}`);
    count += 1;
  }
}
if (count < 100) throw new Error(`only ${count} files`);
console.log(judges.size, "schemas,", count, "files");
END
node ajv.mjs
for schema in site/schemas/*.json; do
  name=$(basename "$schema" .json)
  "$(dirname "$PYTHON")/datamodel-codegen" --input "$schema" --input-file-type jsonschema --output "made_$name.py" \
    --output-model-type pydantic_v2.BaseModel --target-python-version 3.11 --enum-field-as-literal all >log 2>&1 || { cat log; exit 1; }
  "$PYTHON" -c "import made_$name"
done
"$PYTHON" - <<'END'
import made_report

for file in ("pingtan/2024", "pingtan/2019"):
    text = open(f"site/reports/{file}/report.json", encoding="utf-8").read()
    assert made_report.Report.model_validate_json(text).agency
END
