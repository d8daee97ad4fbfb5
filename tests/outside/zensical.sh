# Zensical reads mkdocs.yml and drops the plugin without a word: with the guard there is no site and exit code 1, with a sentence where it can be said.
# pip: zensical==0.0.73
# As seen: without the guard five pages by hand, not one report, and exit code 0; `--strict` fails for links that lead nowhere, and leaves the pages.
root=$(cd "$(dirname "$0")/../.." && pwd)
zensical="$(dirname "$PYTHON")/zensical"
mkdir project
cp -R "$root/mkdocs.yml" "$root/docs" project/
cd project
grep -q 'open_reports.site.guard' mkdocs.yml
refused() {
  rm -rf site .cache
  if timeout 300 "$zensical" build -f mkdocs.yml >log 2>&1; then cat log; return 1; fi
  test ! -e site/about/index.html && test ! -e site/publish/index.html
}
# In an environment without this project, the guard cannot be found; in one that has it, it says what to do.
refused
"$PYTHON" -m pip install --quiet --disable-pip-version-check "$root"
refused
grep -q 'mkdocs build' log
# What it would be without: this test sees that something is stopped.
sed -i '/open_reports.site.guard/d' mkdocs.yml
rm -rf site .cache
"$zensical" build -f mkdocs.yml >log 2>&1
test -e site/about/index.html
test ! -e site/reports
