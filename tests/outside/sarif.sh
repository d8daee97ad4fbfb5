# SARIF: Microsoft's validator finds the log of a check right, also by what GitHub asks for; its query and sarif-tools count its results as they are.
# pip: sarif-tools==3.0.5
# npm: @microsoft/sarif-multitool@5.7.0
# As seen: sarif-tools counts results that are accepted as open, and a filter without both settings of docs/publish.md drops open ones.
# The validator warns where a result points to a whole file, which has no region; the standard says that this is how a whole file is named.
root=$(cd "$(dirname "$0")/../.." && pwd)
multitool=$(node -p 'require("@microsoft/sarif-multitool")')
for language in zh en; do
  (cd "$root" && SITE_URL=https://open-reports.example/ "$OWN" -c 'from open_reports.cli import main; main()' \
    check datapackages --format sarif --lang "$language") >"$language.sarif"
  "$multitool" validate "$language.sarif" --rule-kind 'Sarif;Ghas' --level 'Error;Warning' --output "judged-$language.sarif" >log || { cat log; exit 1; }
  for level in Error Warning Note; do
    "$multitool" query "$language.sarif" --expression "Level == '$level'" >"query-$language-$level"
  done
  "$(dirname "$PYTHON")/sarif" summary "$language.sarif" >"summary-$language"
  for page in publish.md en/publish.md; do
    sed -n '/^configuration: {/,/^```/p' "$root/docs/$page" | sed '$d' >filter.yml
    test "$(wc -l <filter.yml)" = 2
    "$(dirname "$PYTHON")/sarif" copy --filter filter.yml --output "open-$language.sarif" "$language.sarif" >log
  done
done
"$PYTHON" - <<'END'
import json
import re
from collections import Counter
from pathlib import Path


def results(name):
    (run,) = json.loads(Path(name).read_text(encoding="utf-8-sig"))["runs"]
    return run["results"]


for language in ("zh", "en"):
    stated = results(f"{language}.sarif")
    levels = Counter(each["level"] for each in stated)
    assert levels["warning"] and levels["note"] and any("suppressions" in each for each in stated)
    judged = Counter(each["ruleId"] for each in results(f"judged-{language}.sarif"))
    whole = sum("region" not in each["physicalLocation"] for result in stated for each in result["locations"] if "physicalLocation" in each)
    assert judged == Counter({"SARIF2017": whole}), judged
    for level in ("Error", "Warning", "Note"):
        (found,) = re.findall(r"Found (\d+) of (\d+) results", Path(f"query-{language}-{level}").read_text(encoding="utf-8-sig"))
        assert tuple(map(int, found)) == (levels[level.lower()], len(stated)), (level, found)
    summary = dict(re.findall(r"^(\w+): (\d+)$", Path(f"summary-{language}").read_text(encoding="utf-8"), re.MULTILINE))
    assert {level: int(count) for level, count in summary.items()} == {each: levels[each] for each in ("error", "warning", "note", "none")}, summary
    kept = [each["partialFingerprints"] for each in results(f"open-{language}.sarif")]
    assert kept == [each["partialFingerprints"] for each in stated if "suppressions" not in each], len(kept)
print(len(stated), "results,", len(kept), "open")
END
