#!/bin/sh
# mkdocs-table-reader-plugin 4.0.2 publishes the amounts of a CSV file with six
# digits, and empty cells as the word nan; build --strict is content.
#
# Expected: {{ read_csv('fees.csv') }} shows the table as it stands in the file.
# Seen (2026-11-28): 73802895.90 is published as 7.38029e+07 and 18651.064104 as
# 18651.1; the code 007 as 7; a cell left blank as nan. The plugin reads with
# pandas and prints with tabulate's six significant digits. It passes dtype='str'
# on, but that alone mends the code and not the amounts: tabulate takes text for
# a number again. Only dtype='str' with disable_numparse=True and na_filter=False
# shows the file. The documentation names the pass-through, not the loss.
#
# So: tables of official figures are rendered by code that never turns a printed
# number into a float; a page made by a plugin is compared with its data.
set -eu
export PYTHONUTF8=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
    click==8.5.1 ghp-import==2.1.0 Jinja2==3.1.6 Markdown==3.11.3 \
    MarkupSafe==3.0.4 mergedeep==1.3.4 mkdocs==1.6.1 mkdocs-get-deps==0.2.2 \
    mkdocs_table_reader_plugin==4.0.2 numpy==2.4.6 packaging==26.4 \
    pandas==3.1.1 pathspec==1.1.1 platformdirs==4.14.8 \
    python-dateutil==4.0.0 PyYAML==6.0.4 pyyaml_env_tag==1.1 six==1.17.0 \
    tabulate==0.10.0 tzdata==2026.6 watchdog==7.1.0
mkdir docs
cat > mkdocs.yml <<'TEXT'
site_name: reports
theme: {name: null, custom_dir: theme}
plugins: [table-reader]
TEXT
mkdir theme
echo '{{ page.content }}' > theme/main.html
cat > docs/fees.csv <<'TEXT'
code,item,amount
007,收费,73802895.90
012,补助,18651.064104
020,,0.10
TEXT
cat > docs/index.md <<'TEXT'
{{ read_csv('fees.csv') }}

{{ read_csv('fees.csv', dtype='str') }}

{{ read_csv('fees.csv', dtype='str', na_filter=False, disable_numparse=True) }}
TEXT
venv/bin/mkdocs build -q --strict
grep '^<td' site/index.html | sed 's/<[^>]*>//g' | paste -d ' ' - - - > found
cat > expected <<'TEXT'
7 收费 7.38029e+07
12 补助 18651.1
20 nan 0.1
007 收费 7.38029e+07
012 补助 18651.1
020 nan 0.1
007 收费 73802895.90
012 补助 18651.064104
020  0.10
TEXT
if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
