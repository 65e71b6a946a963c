"""Read a file in a process of its own, so that no file can crash, stall or fill the process that serves everybody.

Every format but plain text is read by native libraries, and damaged files do crash them or make them ask for all the
memory there is (``tests/data/test_hostile.py`` has such files). Each child reads one file. It starts in a fifth of a
second, or has been started before (``prepare``), knows nothing of the app (see ``data.readers``), inherits no environment
and so no secrets, may write no file, and is ended when it takes too much of the processor's time, or far too long. Plain
text is read in the server's own process: Arrow's parser sees it only once it is known to be UTF-8, and its cells cannot be
more than its bytes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from signal import SIGXCPU
from threading import BoundedSemaphore, Event, Thread
from time import monotonic, sleep
from typing import IO, Any

from ..errors import DataError
from . import limits
from .readers.result import SAVE_ANEW, Unreadable
from .spare_process import Spare

CODE = "import sys; sys.path.append(sys.argv[1]); from readers.child_process import main; main(*sys.argv[2:])"
FOLDER = str(Path(__file__).parent)
INHERITED = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
SETTINGS = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Less address space: Arrow's own memory pools and a thread per processor reserve gigabytes that they never use."""

PIPE = 1 << 20
"""Bytes that wait in a pipe; the most that Linux allows everybody."""
PATIENCE = 5
"""How many times its seconds of the processor a child may last: on a busy machine it has to wait for them."""
LINGER = 0.1
"""Seconds from its answer until a child is ended: to end it takes the system some ms, in which a small table is compared."""
_AT_ONCE = BoundedSemaphore(2)  # files being read; others wait, so that a class of forty does not fill the memory


def ask(
    content: bytes, name: str, what: str, sheet: str | None = None, header: bool | None = None
) -> tuple[dict[str, Any], bytes]:
    """Have a file read in a child process.

    Parameters
    ----------
    content, name : bytes, str
        The file and its name.
    what : str
        What messages call it.
    sheet : str, optional
        The sheet of a workbook to read.
    header : bool, optional
        Whether the first line holds names; found out when left out.

    Returns
    -------
    reply : dict
        What the child found; its keys are those of ``readers.child_process``.
    payload : bytes
        An Arrow stream, or text that was packed.

    Raises
    ------
    DataError
        When the file cannot be read, for whatever reason.
    """
    request = {
        "name": name,
        "sheet": sheet,
        "header": header,
        "size": len(content),
        "limits": asdict(limits.limits()),
        "memory": limits.MEMORY,
        "seconds": limits.seconds(len(content)),
    }
    with _AT_ONCE:
        reply, payload, late = _exchange(json.dumps(request).encode(), content)
    if reply is None:
        took = f"took longer than {limits.seconds(len(content)):.0f} seconds to read"
        died = "cannot be read: it is damaged, or needs more memory than is allowed"
        raise DataError(f"{what} {took if late else died}.", SAVE_ANEW)
    if "problem" in reply:
        raise DataError(*Unreadable(reply["problem"], reply["remedy"]).named(what))
    return reply, payload


def prepare() -> None:
    """Have a child ready with all readers' libraries (85 MB of memory), for a place where files may be brought at any moment."""
    _SPARE.prepare()


def _start(*of_main: str) -> subprocess.Popen[bytes]:
    environment = {key: os.environ[key] for key in INHERITED if key in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", CODE, FOLDER, *of_main],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment | SETTINGS,
    )
    _widen(process.stdin, process.stdout)
    return process


def _widen(*pipes: IO[bytes] | None) -> None:
    """Let a small table through pipes at once, where the system can: at 64 KB both ends wait for one another, some ms each time."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        for pipe in filter(None, pipes):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


_SPARE = Spare(lambda: _start("ready"))


def _exchange(request: bytes, content: bytes) -> tuple[dict[str, Any] | None, bytes, bool]:
    """Send, wait, receive: the reply or None, its bytes, and whether the child had to be ended."""
    process = _SPARE.take() or _start()
    patience, done = PATIENCE * limits.seconds(len(content)), Event()
    ends = monotonic() + patience
    Thread(target=_end, args=(process, done, patience), daemon=True).start()
    assert process.stdin is not None and process.stdout is not None
    try:
        with suppress(BrokenPipeError):
            process.stdin.write(request + b"\n")
            process.stdin.write(content)
            process.stdin.flush()
        head = process.stdout.readline()
        reply = json.loads(head) if head.endswith(b"\n") else None
        payload = process.stdout.read(reply["size"]) if reply else b""
        complete = reply is not None and len(payload) == reply["size"]
        if not complete:  # it has ended by itself, or was ended for the time that it took
            process.wait()
    finally:
        done.set()
        process.stdout.close()
    late = monotonic() >= ends or process.returncode == -SIGXCPU
    return (reply if complete else None), payload, late


def _end(process: subprocess.Popen[bytes], done: Event, patience: float) -> None:
    """End a child a moment after it is done, or when it has lasted too long; nobody waits for that."""
    if done.wait(patience):
        sleep(LINGER)
    process.kill()
    process.wait()
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.close()
