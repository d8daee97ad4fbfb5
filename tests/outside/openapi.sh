# openapi-python-client: a client made of the description, every JSON file asked for by it, and what it parsed held against the file.
# pip: openapi-python-client==0.29.1
PATH="$(dirname "$PYTHON"):$PATH" "$PYTHON" -m openapi_python_client generate --path site/data/openapi.json --output-path made --meta none >log 2>&1 || { cat log; exit 1; }
if grep -i 'reference' log; then exit 1; fi
"$PYTHON" - <<'END'
import importlib
import json
import os
import pathlib
import re

from made import Client

description = json.load(open("site/data/openapi.json", encoding="utf-8"))
client = Client(base_url=os.environ["SITE"].rstrip("/"))
asked = 0


def same(parsed, stated):
    """Numbers by value: a client has no decimals."""
    if isinstance(stated, dict):
        return isinstance(parsed, dict) and parsed.keys() == stated.keys() and all(same(parsed[key], stated[key]) for key in stated)
    if isinstance(stated, list):
        return isinstance(parsed, list) and len(parsed) == len(stated) and all(map(same, parsed, stated))
    return parsed == stated


def plain(value):
    return [plain(each) for each in value] if isinstance(value, list) else value.to_dict() if hasattr(value, "to_dict") else value


site = pathlib.Path("site")
for path, item in description["paths"].items():
    operation = item["get"]
    ((media, content),) = operation["responses"]["200"]["content"].items()
    if not media.endswith("json") or "schema" not in content:
        continue
    pattern = re.escape(path[1:])
    for name in dict.fromkeys(re.findall(r"\\{(\w+)\\}", pattern)):
        pattern = pattern.replace(rf"\{{{name}\}}", f"(?P<{name}>[^/]+?)", 1).replace(rf"\{{{name}\}}", f"(?P={name})")
    call = importlib.import_module(f"made.api.{operation['tags'][0]}.{operation['operationId']}").sync_detailed
    files = [(file, match) for file in sorted(site.rglob("*.json*")) if (match := re.fullmatch(pattern, file.relative_to(site).as_posix()))]
    assert files, path
    for file, match in files:
        values = {name: int(text) if name == "year" else text for name, text in match.groupdict().items()}
        given = {}
        for parameter in operation.get("parameters", ()):
            known = description["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
            given[known["name"]] = values[known["name"]]
        answer = call(client=client, **given)
        assert answer.parsed is not None, file
        assert same(plain(answer.parsed), json.load(open(file, encoding="utf-8"))), file
        asked += 1
print(asked, "answers parsed")
END
