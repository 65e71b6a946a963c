"""``make load``: many people on the compare page at once, held by the app as it is deployed, on this machine only.

Each person opens a comparison through the proxy and changes one control every few seconds; a change is over when the
server says that the page has been drawn. The people are one process on the same cores as the servers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import time
from collections import Counter
from datetime import date

import numpy as np
import uvloop

from lmmcompare import examples

from . import seconds, show
from .person import Person
from .servers import Servers, cpu, servers

PEOPLE, PROCESSES, SECONDS = 400, 2, 60
LIMITS = {"people": 2_000, "processes": 16, "seconds": 600}
EVERY = 5.0
"""Seconds from one change of a person to the next."""
ARRIVALS = 0.05
"""Seconds from one person's arrival to the next."""
CLASS = ("cv161703", "sleepstudy", "exam")
"""What a class looks at: its teacher's links. Everybody changes models, terms, groups and tabs as they like."""
MOST_ROWS = 10_000
"""Of `--mixed`, where everybody opens any example and goes on to others; one with more rows is not for everybody at once."""
WARM = 20
"""Seconds of changes before those that count: what is asked for the first time has to be fitted and drawn."""
TARGET = "p95 < 1 s"


async def stay(person: Person, until: float) -> None:
    """Change a control every few seconds, the first after a random part of them, until it is time to go."""
    due = time.perf_counter() + EVERY * person.random.random()
    try:
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await person.change()
            due = max(due + EVERY, time.perf_counter())
    except Exception as error:  # whatever one person meets, the others stay, and it is counted
        person.errors.append(f"{type(error).__name__}: {error}")


async def visit(running: Servers, people: int, length: float, mixed: bool) -> None:
    """Let people come, stay for ``length`` seconds and go; print what was measured."""
    draw = random.Random(1)
    names = [name for name in examples.names() if len(examples.load(name)) <= MOST_ROWS] if mixed else list(CLASS)
    large = frozenset(examples.names()).difference(names)
    crowd = [
        Person(running.address, f"/compare?example={draw.choice(names)}", random.Random(k), large)
        for k in range(people)
    ]
    for name in names * len(running.apps):  # the libraries are loaded, and every example has been fitted
        first = Person(running.address, f"/compare?example={name}", draw)
        await first.arrive()
        await first.leave()
    before = running.resident()
    arrivals: list[float] = []

    async def come(person: Person, wait: float) -> None:
        await asyncio.sleep(wait)
        begin = time.perf_counter()
        try:
            await person.arrive()
        except Exception as error:
            person.errors.append(f"{type(error).__name__}: {error}")
        arrivals.append(time.perf_counter() - begin)

    await asyncio.gather(*(come(person, k * ARRIVALS) for k, person in enumerate(crowd)))
    memory = running.resident() - before
    begin = time.perf_counter()
    staying = asyncio.gather(*(stay(person, begin + WARM + length) for person in crowd if not person.errors))
    await asyncio.sleep(WARM)
    warm = spent(running)
    await staying
    report(crowd, arrivals, warm, spent(running), memory, running.resident() - before)
    await asyncio.gather(*(person.leave() for person in crowd))


def spent(running: Servers) -> dict[str, float]:
    """Seconds so far: of processor time, by whom it was taken, and of the clock."""
    result = {"app": cpu(running.apps), "proxy": cpu([running.proxy]), "client": time.process_time()}
    return result | {"clock": time.perf_counter()}


def report(
    crowd: list[Person], arrivals: list[float], warm: dict[str, float], end: dict[str, float], memory: int, grown: int
) -> None:
    """Print what people waited for, and what it cost."""
    changes = [change for person in crowd for change in person.changes]
    early = [t for _, begin, t in changes if begin < warm["clock"]]
    counted = [(kind, t) for kind, begin, t in changes if begin >= warm["clock"]]
    taken = [t for _, t in counted]
    errors = Counter(e.splitlines()[0][:100] for person in crowd for e in person.errors)
    if not taken or not early:
        raise SystemExit(f"Nobody could change anything: {errors.most_common(3)}")
    n = len(taken)

    def row(title: str, times: list[float]) -> list[str]:
        return [title, *(seconds(float(q)) for q in np.quantile(times, [0.5, 0.95, 0.99])), str(len(times))]

    rows = [row("a change, of any kind", taken)]
    rows += [row(f"  {k}", [t for kind, t in counted if kind == k]) for k in sorted({kind for kind, _ in counted})]
    rows.append(row(f"a change in the first {WARM} s, not counted above", early))
    rows.append(row("arriving, until the page is drawn", arrivals))
    cost = {name: end[name] - warm[name] for name in end}
    lasted = cost.pop("clock")
    show(
        f"Load: {len(crowd)} people, each changing a control of the compare page every {EVERY:g} s ({TARGET})",
        f"{date.today()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}; {n / lasted:.0f} changes a second.",
        ["", "p50", "p95", "p99", "count"],
        rows,
    )
    show(
        "What it cost",
        "Processor time per change, of the app's processes, of the proxy and of this client; memory that the app's processes\n"
        "grew by as people came, divided by the people, and by the end, with what is kept for all of them; what a change sends.",
        [*cost, "cores busy", "memory per person", "grown by", "sent per change", "errors"],
        [
            [
                *(seconds(s / n) for s in cost.values()),
                f"{sum(cost.values()) / lasted:.2f}",
                f"{memory / len(crowd) / 1e6:.2f} MB",
                f"{grown / 1e6:.0f} MB",
                f"{sum(p.received for p in crowd) / (len(changes) + len(crowd)) / 1e3:.0f} kB",
                str(sum(errors.values())),
            ]
        ],
    )
    for text, count in errors.most_common(5):
        print(f"{count} x {text}")


def main(
    people: int = PEOPLE, processes: int = PROCESSES, length: int = SECONDS, mixed: bool = False, quick: bool = False
) -> None:
    """Start the app as deployed, let people use it, and print what was measured."""
    if shutil.which("haproxy") is None:
        raise SystemExit("haproxy is not installed: scripts/setup load installs it (Debian: apt-get install haproxy)")
    # people are not what is measured: their loop should take little
    with servers(processes) as running, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(visit(running, people, 10 if quick else length, mixed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    for name, default in (("people", PEOPLE), ("processes", PROCESSES), ("seconds", SECONDS)):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"at most {LIMITS[name]:,}")
    parser.add_argument("--mixed", action="store_true", help="any example, not the three of a class")
    asked = vars(parser.parse_args())
    for name, most in LIMITS.items():
        if not 1 <= asked[name] <= most:
            parser.error(f"--{name} must be from 1 to {most:,}")
    main(asked["people"], asked["processes"], asked["seconds"], asked["mixed"])
