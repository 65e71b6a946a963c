"""A PostgreSQL server for the tests, made from Debian's packages in a folder of its own, reached by a Unix socket only."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import psycopg

MISSING = "no PostgreSQL found: run `make test`, which installs it (Debian: apt-get install postgresql)"


def programs() -> Path | None:
    """The folder with initdb and postgres: the newest of Debian's, or what stands in PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found += [Path(named) for named in [shutil.which("initdb")] if named and not found]
    return found[-1].resolve().parent if found else None


class Server:
    """A cluster with fsync on. Root may not run PostgreSQL, so it then runs as Debian's user postgres, or as nobody."""

    def __init__(self) -> None:
        place = programs()
        if place is None:
            raise RuntimeError(MISSING)
        self._programs = place
        self.folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path has at most 107 characters
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            names = {entry.pw_name: entry for entry in pwd.getpwall()}
            user = names.get("postgres") or names["nobody"]
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._numbers = count()
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync")
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._programs / program, "-D", self.folder / "data", *arguments]
        subprocess.run(command, check=True, cwd=self.folder, capture_output=True, **self._as)

    def start(self) -> None:
        """Start, and wait until it answers; after a crash it first recovers."""
        command = [self._programs / "postgres", "-D", self.folder / "data", "-k", self.folder]
        command += ["-c", "listen_addresses=", "-c", "fsync=on", "-c", "synchronous_commit=on"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self._as)
        until = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres").close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.02)

    def kill(self) -> None:
        """`kill -9` to all its processes."""
        parent = psutil.Process(self._process.pid)
        parent.suspend()  # it is to start no further ones
        processes = [parent, *parent.children(recursive=True)]
        for process in processes:
            process.kill()
        self._process.wait()
        psutil.wait_procs(processes, timeout=10)

    def database(self) -> str:
        """The address of a new, empty schema: to whoever comes by it, a database of its own."""
        name = f"test{next(self._numbers)}"
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"postgresql://postgres@/postgres?host={self.folder}&options=-csearch_path%3D{name}"

    def stop(self) -> None:
        """Stop at once and leave nothing behind, no shared memory either."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(20)
        shutil.rmtree(self.folder)
