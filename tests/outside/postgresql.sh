# PostgreSQL: the recipe as printed gives the answer; a table that holds 0 where nothing is stated is refused, and found by the check query.
# apt: postgresql
here=$(pwd)
bin=$(dirname "$(find /usr/lib/postgresql -name initdb | sort -V | tail -1)")
# The server refuses to run as root; whoever is not runs it himself.
if [ "$(id -u)" = 0 ]; then
  own=$(mktemp -d)
  chown postgres "$own"
  as() { (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$own" "$@"); }
else
  own="$here/server"
  mkdir "$own"
  as() { "$@"; }
fi
as "$bin/initdb" --pgdata="$own/data" --auth=trust --username=reader --encoding=UTF8 --locale=C >log 2>&1 || { cat log; exit 1; }
as "$bin/pg_ctl" --pgdata="$own/data" --wait --silent --log="$own/log" --options="-c listen_addresses='' -k $own" start || { cat "$own/log"; exit 1; }
trap 'as "$bin/pg_ctl" --pgdata="$own/data" --mode=immediate --silent stop' EXIT
# The recipe calls `psql`, which finds the server of this test by its own settings.
export PGHOST="$own" PGUSER=reader
createdb reports
{ echo 0; cat answer; } >expected
sh snippets/postgresql >found
diff expected found
ask() { psql -qAtX -v ON_ERROR_STOP=1 reports -c "$1"; }
rows=$(($(grep -c '' observations.csv) - 1)) # no cell of the corpus has a line break
test "$(ask 'SELECT count(*) FROM observations')" = "$rows"
test "$(ask 'SELECT count(*) FROM observations WHERE value IS NULL')" = "$(ask "SELECT count(*) FROM observations WHERE status <> 'reported'")"
test "$(ask "SELECT sum(value) FROM observations WHERE \"column\" = 'amount'")" = "$("$PYTHON" -c '
import csv, decimal
rows = csv.DictReader(open("observations.csv", encoding="utf-8", newline=""))
print(f"""{sum(decimal.Decimal(row["value"]) for row in rows if row["column"] == "amount" and row["value"]):.6f}""")')"
# As a program leaves it that puts 0 where nothing is: refused by the recipe's table, found by the check query in any other.
if ask 'UPDATE observations SET value = coalesce(value, 0)' 2>refused; then exit 1; fi
grep -q 'violates check constraint' refused
ask 'CREATE TABLE careless AS SELECT status, coalesce(value, 0) AS value FROM observations'
check=$(sed -n 's/^\(SELECT count.*\);$/\1/p' snippets/postgresql)
test "$(ask "$(echo "$check" | sed 's/FROM observations/FROM careless/')")" -gt 0
