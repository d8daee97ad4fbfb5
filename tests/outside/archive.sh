# A crawler that follows links and runs no script (wget) keeps the whole site; pywb replays what it kept: every page says what it said, and works.
# apt: wget chromium
# pip: pywb==2.10.0
# As seen: a script's own block is what a replayed page gives it, so that `const` is not shared; and an archive has no page of an address
# with a question that nobody asked while it was made, so the box for searching passes the words on behind a #.
cat >steps.py <<'PYTHON'
import difflib
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import open_reports
from playwright.sync_api import expect

root = Path(open_reports.__file__).parents[2]
sys.path.insert(0, str(root / "tests"))
from test_archives import NEEDLESS  # noqa: E402 (needs the line above)
from website import Watch, chromium, served  # noqa: E402 (needs the line above)

tools = Path(sys.argv[1]).parent
here = Path.cwd()
built = here / "built"
PATHS = ("", "reports/pingtan/", "reports/pingtan/2024/", "years/2024/", "indicators/", "quality/", "coverage/", "compare/")
PATHS += ("compare/?a=pingtan&y=2024", "explore/", "search/", "glossary/", "corrections/", "data/", "about/")
LANGUAGES = ("", "en/")


def words(place):
    """What stands on a page, once its scripts have come to rest."""
    before, now = None, place.locator("article").first.text_content()
    while before != now:
        time.sleep(0.7)
        before, now = now, place.locator("article").first.text_content()
    return now.split()


@contextmanager
def replaying(port):
    with (here / "wayback.log").open("w") as log:
        command = [tools / "wayback", "-b", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(command, cwd=here, stdout=log, stderr=subprocess.STDOUT)
        try:
            for _ in range(240):
                if f"Starting Gevent Server on {port}" in (here / "wayback.log").read_text():
                    break
                time.sleep(0.5)
            yield
        finally:
            process.terminate()
            process.wait()


def use(page, address, language):
    """What a reader does."""
    page.goto(f"{address}{language}reports/pingtan/2024/")
    place = page.frame(name="replay_iframe")
    place.locator("a.or-term").first.click()
    expect(place.get_by_role("dialog")).to_be_visible()
    page.goto(f"{address}{language}compare/")
    place = page.frame(name="replay_iframe")
    for agency in ("pingtan", "pingtan-police"):
        place.locator(f"#or-compare input[value='{agency}']").first.check()
    expect(place.locator("#or-compare-result tbody tr")).to_have_count(2)
    page.goto(f"{address}{language}explore/")
    place = page.frame(name="replay_iframe")
    place.locator("[data-example]").first.click()
    expect(place.locator("#or-sql-result table tbody tr").first).to_be_visible()
    expect(place.locator("#or-explore-facets button").first).to_be_visible()
    for start in ("", "search/"):
        page.goto(f"{address}{language}{start}")
        place = page.frame(name="replay_iframe")
        box = place.locator("main input[type=search]").first
        box.fill("公安")
        box.press("Enter")
        expect(place.locator("#or-results li").first).to_contain_text("公安" if not language else "Public Security")
    # There and back, and in the other language.
    place.locator("#or-results a").first.click()
    expect(place.locator("#or-results")).to_have_count(0)
    page.go_back()
    expect(place.locator("#or-results li").first).to_be_visible()
    place.locator("a.or-language").first.click()
    expect(place.locator("html")).to_have_attribute("lang", "zh" if language else "en")
    expect(place.locator("#or-results li").first).to_be_visible()


subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q", "-d", built], cwd=root, check=True)
expected = {}
with served(built, mount="/") as server, chromium() as browser:
    crawl = ["wget", "--mirror", "--page-requisites", "-e", "robots=off", "--no-verbose", "--no-proxy", "--warc-file=site", server.url]
    subprocess.run(crawl, cwd=here, check=False, stderr=(here / "crawl.log").open("w"))
    origin, port = server.url, server.server_port
    page = browser.context().new_page()
    for path in (language + path for language in LANGUAGES for path in PATHS):
        assert page.goto(origin + path).ok, path
        expected[path] = words(page)
kept = here / f"127.0.0.1:{port}"
lost = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file() and not (kept / path.relative_to(built)).exists()}
missed = sorted(path for path in lost if not NEEDLESS.fullmatch(path))
assert not missed, missed

for step in (("init", "site"), ("add", "site", "site.warc.gz")):
    subprocess.run([tools / "wb-manager", *step], cwd=here, check=True, capture_output=True)
# The site itself is not served any more.
with replaying(port), chromium() as browser:
    address = f"http://127.0.0.1:{port}/site/20990101000000/{origin}"
    context = browser.context()
    watch = Watch.over(context)
    page = context.new_page()
    for path, told in expected.items():
        page.goto(address + path)
        said = words(page.frame(name="replay_iframe"))
        assert said == told, (path, list(difflib.unified_diff(told, said, lineterm="", n=1)))
    for language in LANGUAGES:
        use(page, address, language)
    assert watch.complaints == [], watch.complaints
    assert browser.outside == [], browser.outside
print(f"{len(expected)} pages say in the archive what they said on the site")
PYTHON
"$OWN" steps.py "$PYTHON"
