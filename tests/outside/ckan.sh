# CKAN's harvester (ckanext-dcat) reads catalog.jsonld: every dataset with its title in the language asked for, its day, its agency and its files.
# pip: ckan[requirements]==2.12.0 ckanext-dcat==2.4.4
# As seen: of several places of a dataset it keeps the last, so the country is the last of the corpus; a licence it knows by another address than that
# of Creative Commons, so `license_id` is empty and the address stands with each file.
cat >read.py <<'END'
import hashlib
import json
import os
import sys
from pathlib import Path
from urllib.parse import unquote

from ckantoolkit import config

config["ckan.locale_default"] = sys.argv[1]
from ckanext.dcat.processors import RDFParser  # noqa: E402 (it reads the setting)

language = {"zh_Hans_CN": "zh", "en": "en"}[sys.argv[1]]
site = Path("site")
text = (site / "data/catalog.jsonld").read_text(encoding="utf-8")
stated = {each["identifier"]: each for each in json.loads(text)["dataset"]}
index = json.loads((site / "data/index.json").read_text(encoding="utf-8"))
agencies = {each["identifier"]: each["creator"]["name"].values() for each in stated.values() if isinstance(each.get("creator"), dict)}
parser = RDFParser(profiles=["euro_dcat_ap_3"])
parser.parse(text, "json-ld")
found = {}
for each in parser.datasets():
    extras = {extra["key"]: extra["value"] for extra in each["extras"]}
    found[extras["identifier"]] = (each, extras)
assert found.keys() == stated.keys(), found.keys() ^ stated.keys()
assert {f"{each['agency']}-{each['year']}" for each in index["reports"]} < found.keys()
files = 0
for name, (each, extras) in found.items():
    assert each["title"] == stated[name]["title"][language], (name, each["title"])
    assert each["notes"] == stated[name]["description"][language], name
    for key in ("issued", "modified"):
        assert extras.get(key) == stated[name].get(key), (name, key)
    if name != "open-reports":
        agency = name if name in agencies else name.rpartition("-")[0]
        assert extras["creator_name"] in agencies[agency], (name, extras["creator_name"])
    assert len(each["resources"]) == len(stated[name]["distribution"]), name
    for resource in each["resources"]:
        path = site / unquote(resource["download_url"].removeprefix(os.environ["SITE"]))
        data = path.read_bytes()
        assert resource["license"] == "https://creativecommons.org/publicdomain/zero/1.0/", name
        if "hash" in resource:
            assert (resource["hash"], int(resource["size"])) == (hashlib.sha256(data).hexdigest(), len(data)), path
        files += 1
assert found["open-reports"][1]["spatial_text"] == "中国", found["open-reports"][1]["spatial_text"]
assert found["pingtan-2024"][1]["temporal_start"] == "2024-01-01"
print(language, len(found), "datasets,", files, "files")
END
for locale in zh_Hans_CN en; do
  "$PYTHON" read.py "$locale" 2>log || { cat log; exit 1; }
done
