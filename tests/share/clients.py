"""Four client processes of one store, as a program: ``clients.py open|write URL``.

``open`` opens the store in all of them at once. ``write`` stores tables until it is killed, and prints a line for each
that is confirmed: the id, the deletion key, and the number that `written` makes the table from.
"""

from __future__ import annotations

import os
import sys
from itertools import count

import numpy as np
import pandas as pd

from lmmcompare.data.table import Table
from lmmcompare.share.store import Store

CLIENTS = 4


def written(number: int) -> Table:
    """A table of 1 to 20,000 rows, always the same for a number."""
    draw = np.random.default_rng(number)
    n = int(draw.choice([1, 100, 5_000, 20_000]))
    groups = pd.Categorical.from_codes(draw.integers(0, 3, n), ["c", "a", "unused", "b"])
    frame = pd.DataFrame({"y": draw.normal(size=n), "n": draw.integers(0, 9, n), "g": groups})
    return Table(frame, f"{number}.csv", (f"{n:,} rows.",))


def write(client: int, url: str) -> None:
    """Store tables for ever."""
    store = Store.open(url)
    for number in count(client, CLIENTS):
        kept = store.put(written(number), "someone")
        os.write(sys.stdout.fileno(), f"{kept.id} {kept.deletion_key} {number}\n".encode())  # whole or not at all


def main(what: str, url: str) -> int:
    """Fork the clients, and wait for them: what they print and read is then all that differs from true processes."""
    for client in range(CLIENTS):
        if os.fork() == 0:
            write(client, url) if what == "write" else Store.open(url)
            os._exit(0)
    return int(any([os.wait()[1] for _ in range(CLIENTS)]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
