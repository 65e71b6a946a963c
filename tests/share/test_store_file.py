"""What happens to the store on SQLite while it runs: its file is deleted, its disk is full. It needs no restart for either."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer

import pandas as pd
import pytest

from lmmcompare.data.table import Table
from lmmcompare.errors import ShareError
from lmmcompare.share import store_database
from lmmcompare.share.store import Store

SMALL = Table(pd.DataFrame({"y": [1.5, 2.5], "g": ["a", "b"]}), "small.csv")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "store.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    made = Store.open(f"sqlite:///{path}")
    yield made
    made.close()


def test_it_is_opened_while_another_process_begins_to_write(path: Path) -> None:
    """SQLite does not wait before it keeps a log of writes; sharing was switched off until a restart."""
    path.parent.mkdir()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = Timer(0.3, other.execute, ["COMMIT"])
    done.start()
    Store.open(f"sqlite:///{path}").close()
    done.join()
    other.close()


def delete_file(path: Path) -> None:
    for name in ("", "-wal", "-shm", "-reserve"):
        path.with_name(path.name + name).unlink(missing_ok=True)


def delete_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def replace(path: Path) -> None:
    """By an empty one, as who clears it by hand does."""
    delete_file(path)
    path.touch(0o600)


READER = """
import sys
from lmmcompare.share.store import Store
for line in sys.stdin:
    path, id = line.split()
    store = Store.open(f"sqlite:///{path}")
    print(store.get(id) is not None, flush=True)
    store.close()
"""


@pytest.fixture(scope="module")
def others_find() -> Iterator[Callable[[Path, str], bool]]:
    """``others_find(path, id)``: whether another process can read a table."""
    with subprocess.Popen(
        [sys.executable, "-c", READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdin is not None and reader.stdout is not None
        asked, answers = reader.stdin, reader.stdout

        def find(path: Path, id: str) -> bool:
            print(path, id, file=asked, flush=True)
            return answers.readline() == "True\n"

        yield find


@pytest.mark.parametrize("remove", [delete_file, delete_folder, replace])
def test_what_is_confirmed_after_the_file_was_deleted_is_there_for_others(
    store: Store, path: Path, remove: Callable[[Path], None], others_find: Callable[[Path, str], bool]
) -> None:
    before = store.put(SMALL, "someone")
    remove(path)
    assert store.get(before.id) is None  # gone with the file, and that is said as of any table that is gone
    kept = store.put(SMALL, "someone")
    assert others_find(path, kept.id)
    assert store.get(kept.id) is not None and store.usage().tables == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert store.delete(kept.id, kept.deletion_key)


def test_nothing_is_confirmed_when_the_file_goes_while_it_is_written(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch, others_find: Callable[[Path, str], bool]
) -> None:
    write = store_database.writing

    def interrupted(engine):  # type: ignore[no-untyped-def]
        delete_file(path)
        return write(engine)

    monkeypatch.setattr(store_database, "writing", interrupted)
    with pytest.raises(ShareError, match="taken away while it was written to"):
        store.put(SMALL, "someone")
    monkeypatch.undo()
    assert others_find(path, store.put(SMALL, "someone").id)


FULL = """
import json, os, subprocess, sys
folder = sys.argv[1]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], check=True)
import numpy as np, pandas as pd
from lmmcompare.data.table import Table
from lmmcompare.errors import ShareError
from lmmcompare.share.store import Store

def table(rows):
    return Table(pd.DataFrame({"x": np.random.default_rng(rows).normal(size=rows)}), "noise.csv")

store = Store.open(f"sqlite:///{folder}/store.sqlite")
kept, said = [], ""
while not said and len(kept) < 50:
    try:
        kept.append(store.put(table(60_000 + len(kept)), "someone"))
    except ShareError as error:
        said = str(error)
with open(f"{folder}/others", "wb", buffering=0) as others:  # and the rest goes to somebody else, to the last byte
    try:
        while True:
            others.write(bytes(4096))
    except OSError:
        pass
found = {"kept": len(kept), "said": said, "read": store.get(kept[0].id) is not None}
found["deleted"] = [store.delete(k.id, k.deletion_key) for k in kept]
found["again"] = store.get(store.put(table(50_000), "someone").id) is not None
again = Store.open(f"sqlite:///{folder}/store.sqlite")
found["opened"] = again.usage().tables
print(json.dumps(found))
"""


def test_on_a_full_disk_tables_are_read_and_deleted_and_stored_again(tmp_path: Path) -> None:
    """In a small file system of this test's own, which ends with its process."""
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True
    )  # fmt: skip
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip("no file system can be mounted here")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kept"] >= 2 and found["read"]
    assert "disk of the server's store is full" in found["said"]
    assert found["deleted"] == [True] * found["kept"]
    assert found["again"] and found["opened"] == 1
