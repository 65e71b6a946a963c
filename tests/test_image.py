"""The image is built by the Dockerfile's own steps and run as deployed: not as root, read-only, without a network."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.image import ROOT, build, run, stages

VISIT = """
import asyncio, random, sys, time, urllib.request
sys.path.insert(0, "/tmp/shown")
from benchmarks.person import CHANGES, Person

async def visit():
    for _ in range(100):
        try:
            urllib.request.urlopen("http://127.0.0.1:8501/_stcore/health", timeout=4)
            break
        except OSError:
            time.sleep(0.2)
    begin = time.monotonic()
    person = Person("http://127.0.0.1:8501", "/compare?example=sleepstudy", random.Random(1))
    await person.arrive()
    first = time.monotonic() - begin
    for _ in range(10):
        await person.change()
    await person.leave()
    print("visited", sum(kind in CHANGES for kind, *_ in person.changes), f"{first:.1f} s", person.errors)

asyncio.run(visit())
"""


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="chroot needs root")
def test_the_image_runs_read_only_without_a_network_and_not_as_root(tmp_path: Path) -> None:
    for needed in ("debootstrap", "bwrap"):
        assert shutil.which(needed), f"{needed} is not installed: scripts/setup load"
    assert all(stage.base.startswith("debian:12.") for stage in stages((ROOT / "Dockerfile").read_text()))
    debian = Path(os.environ.get("DEBIAN_ROOT") or tmp_path / "debian")
    if not debian.exists():
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", debian], check=True, capture_output=True)
    root, stage = build(debian, tmp_path)
    shown = tmp_path / "shown"
    shutil.copytree(ROOT / "benchmarks", shown / "benchmarks", ignore=shutil.ignore_patterns("__pycache__"))
    (shown / "visit.py").write_text(VISIT)
    health = shlex.join(json.loads(stage.said("HEALTHCHECK")[0].split("CMD", 1)[1]))

    done = run(root, stage, f"python /tmp/shown/visit.py && {health} && id -u && ! touch /app/file", shown)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "visited 10" in done.stdout and "[]" in done.stdout and "\n1000\n" in done.stdout
    assert "Traceback" not in done.stdout
    size = int(subprocess.run(["du", "-sm", root], capture_output=True, text=True, check=True).stdout.split()[0])
    print(f"the image is {size} MB")
    assert size < 1_200
