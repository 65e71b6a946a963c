#!/usr/bin/env bash
# SQLite's timeout of 3 seconds waits 0 seconds where a connection asks for the write-ahead log while another one writes.
#
# One would expect: sqlite3.connect(path, timeout=3) makes each statement that meets another writer wait for up to 3 seconds, and
# so it does for BEGIN IMMEDIATE: it begins as soon as the other has ended.
# What happens: PRAGMA journal_mode = WAL on a file that has no such log yet fails at once, with the same error that BEGIN IMMEDIATE
# gives after its 3 seconds. Once any connection has made the log, the statement does nothing and never fails.
# Versions: pysqlite3-binary 0.5.4.post2 (SQLite 3.51.1); the same with Python 3.11's own sqlite3 (SQLite 3.40.1).
# Why it matters: the recipe for a database that several workers of an app share is this pragma whenever a connection opens, and a
# generous timeout. Started together with a new file, as by a container's first start, one worker in so many finds the database
# locked, seldom enough that no test sees it; an app that then does without its store does so until it is restarted.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pysqlite3-binary==0.5.4.post2

cat > program.py <<'PY'
from threading import Timer
from time import monotonic

from pysqlite3 import dbapi2 as sqlite3


def beside_a_writer(statement, path, seconds):
    """What a connection with a timeout of 3 s hears, and after how long, if another one writes for so many seconds."""
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    end = Timer(seconds, writer.execute, ["COMMIT"])
    end.start()
    begin = monotonic()
    try:
        sqlite3.connect(path, timeout=3, isolation_level=None).execute(statement)
        heard = "done"
    except sqlite3.OperationalError as error:
        heard = str(error)
    took = monotonic() - begin
    end.join()
    writer.close()
    return f"{statement}: {heard} {'at once' if took < 0.5 else 'after the writer had ended'}"


print("SQLite", sqlite3.sqlite_version)
print(beside_a_writer("BEGIN IMMEDIATE", "one.sqlite", 1))
print(beside_a_writer("PRAGMA journal_mode = WAL", "two.sqlite", 1))
sqlite3.connect("three.sqlite").execute("PRAGMA journal_mode = WAL")
print("with a log from before,", beside_a_writer("PRAGMA journal_mode = WAL", "three.sqlite", 1))
PY

cat > recorded.txt <<'TXT'
SQLite 3.51.1
BEGIN IMMEDIATE: done after the writer had ended
PRAGMA journal_mode = WAL: database is locked at once
with a log from before, PRAGMA journal_mode = WAL: done at once
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: each statement is done, the first two after the writer had ended.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
