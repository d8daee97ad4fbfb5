# nginx and Caddy take the lines of docs/publish.md, and say with a file, a page and what is not found what `_headers` says.
# apt: nginx-light caddy curl
"$PYTHON" - <<'END'
import getpass
from pathlib import Path

from open_reports.files import headers

here = Path.cwd()
(here / "site-pages").mkdir()
(here / "site-pages" / "index.html").write_text("<!doctype html><title>x</title>")
(here / "nginx.conf").write_text(
    f"user {getpass.getuser()}; daemon off; pid {here}/nginx.pid; error_log stderr; events {{}}\n"
    f"http {{ access_log off; types {{ text/html html; }} client_body_temp_path {here}/b; proxy_temp_path {here}/p; fastcgi_temp_path {here}/f;\n"
    f"uwsgi_temp_path {here}/u; scgi_temp_path {here}/s;\n"
    f"server {{ listen unix:{here}/nginx.socket; root {here}/site-pages; {headers.nginx()} }} }}\n"
)
(here / "Caddyfile").write_text(
    f"{{\n\tadmin off\n\tauto_https off\n}}\nhttp:// {{\n\tbind unix/{here}/caddy.socket\n\troot * {here}/site-pages\n\tfile_server\n{headers.caddy()}}}\n"
)
END
nginx -t -q -c "$PWD/nginx.conf"
XDG_DATA_HOME=$PWD XDG_CONFIG_HOME=$PWD caddy validate --adapter caddyfile --config Caddyfile 2>caddy.log || { cat caddy.log; exit 1; }
chmod 755 . site-pages
nginx -c "$PWD/nginx.conf" & one=$!
XDG_DATA_HOME=$PWD XDG_CONFIG_HOME=$PWD caddy run --adapter caddyfile --config Caddyfile 2>caddy.log & other=$!
trap 'kill $one $other' EXIT
for name in nginx caddy; do
  for path in index.html not-there; do
    curl --silent --show-error --retry 20 --retry-delay 1 --retry-all-errors --unix-socket "$name.socket" --dump-header "$name.$path" --output body "http://localhost/$path"
  done
done
"$PYTHON" - <<'END'
from pathlib import Path

from open_reports.files.headers import HEADERS

for server in ("nginx", "caddy"):
    for path in ("index.html", "not-there"):
        lines = Path(f"{server}.{path}").read_text(encoding="utf-8").splitlines()
        said = dict(line.split(": ", 1) for line in lines if ": " in line)
        said = {name.lower(): value for name, value in said.items()}
        assert ("200" if path == "index.html" else "404") in lines[0], (server, lines)
        wrong = {name: said.get(name.lower()) for name, value in HEADERS.items() if said.get(name.lower()) != value}
        assert not wrong, (server, path, wrong)
END
