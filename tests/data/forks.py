"""Children of the readers by fork, so that hundreds of hostile files take seconds: what ``child`` does, minus start-up.

Run as a script it answers on standard output: per request a line of JSON (size, status, kilobytes at the peak) and what
``readers.child_process.main`` wrote in a forked process under the same limits.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from lmmcompare.data import reader_process

ROOT = Path(__file__).parent.parent.parent


class Forks:
    """Stands in for ``child._exchange``; ``peaks`` are the kilobytes that each reader took, its libraries included."""

    def __init__(self) -> None:
        self.peaks: list[int] = []
        self.process = subprocess.Popen(
            [sys.executable, __file__, reader_process.FOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={**os.environ, **reader_process.SETTINGS, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def __call__(self, request: bytes, content: bytes) -> tuple[dict[str, Any] | None, bytes, bool]:
        self.process.stdin.write(request + b"\n" + content)
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        self.peaks.append(told["peak"])
        answer = self.process.stdout.read(told["size"])
        head, end, payload = answer.partition(b"\n")
        reply = json.loads(head) if end else None
        complete = reply is not None and len(payload) == reply["size"]
        return (
            (reply if complete else None),
            payload,
            os.WIFSIGNALED(told["status"]) and os.WTERMSIG(told["status"]) == 14,
        )

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


def serve() -> None:
    """Read requests until there are no more."""
    sys.path.append(sys.argv[1])
    from readers import child_process

    child_process.load_readers()
    while head := sys.stdin.buffer.readline():
        content = sys.stdin.buffer.read(json.loads(head)["size"])
        source, sink = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.dup2(sink, 1)
            sys.stdin = io.TextIOWrapper(io.BytesIO(head + content))
            signal.alarm(9)
            try:
                child_process.main()
            finally:
                os._exit(1)
        os.close(sink)
        with os.fdopen(source, "rb") as stream:
            answer = stream.read()
        _, status, usage = os.wait4(pid, 0)
        told = {"size": len(answer), "status": status, "peak": usage.ru_maxrss}
        sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
