# MariaDB: the recipe as printed gives the answer; a plain LOAD DATA, which makes 0 of every empty cell, is found by the check query.
# apt: mariadb-server mariadb-client
here=$(pwd)
own="$here/server"
mkdir "$own"
mariadb-install-db --no-defaults --datadir="$own/data" --auth-root-authentication-method=normal --user="$(id -un)" >"$own/log" 2>&1
mariadbd --no-defaults --user="$(id -un)" --datadir="$own/data" --socket="$own/socket" --skip-networking --local-infile=1 >>"$own/log" 2>&1 &
server=$!
trap 'kill "$server"; wait "$server" || true' EXIT
until mariadb-admin --no-defaults -u root -S "$own/socket" ping >/dev/null 2>&1; do
  kill -0 "$server" || { cat "$own/log"; exit 1; }
  sleep 0.2
done
# The recipe calls `mariadb`, which finds the server of this test by its own settings.
printf '[client]\nuser=root\nsocket=%s/socket\n' "$own" >"$here/.my.cnf"
HOME=$here
export HOME
mariadb -e 'CREATE DATABASE reports'
{ echo 0; cat answer; } >expected
sh snippets/mariadb >found
diff expected found
rows=$(($(grep -c '' observations.csv) - 1)) # no cell of the corpus has a line break
test "$(mariadb -N reports -e 'SELECT count(*) FROM observations')" = "$rows"
test "$(mariadb -N reports -e "SELECT count(*) FROM observations WHERE value IS NULL")" = "$(mariadb -N reports -e "SELECT count(*) FROM observations WHERE status <> 'reported'")"
test "$(mariadb -N reports -e "SELECT sum(value) FROM observations WHERE \`column\` = 'amount'")" = "$("$PYTHON" -c '
import csv, decimal
rows = csv.DictReader(open("observations.csv", encoding="utf-8", newline=""))
print(f"""{sum(decimal.Decimal(row["value"]) for row in rows if row["column"] == "amount" and row["value"]):.6f}""")')"
# Without NULLIF, as most people load a CSV: the check query must not give 0.
mariadb -e 'DROP DATABASE reports; CREATE DATABASE reports'
sed -n 's/^  \(`agency`.*\),$/CREATE TABLE observations (\1) CHARACTER SET utf8mb4;/p' snippets/mariadb >careless.sql
cat >>careless.sql <<'END'
LOAD DATA LOCAL INFILE 'observations.csv' INTO TABLE observations CHARACTER SET utf8mb4
  FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY '\n' IGNORE 1 LINES;
END
mariadb --local-infile=1 reports <careless.sql
check=$(sed -n 's/^\(SELECT count.*\);$/\1/p' snippets/mariadb)
test "$(mariadb -N reports -e "$check")" -gt 0
