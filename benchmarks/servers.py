"""The app as it is deployed: several processes behind the proxy of ``deploy/haproxy.cfg``, on loopback."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from lmmcompare.ui.server.cpu_affinity import VARIABLE

ROOT = Path(__file__).parents[1]
PROXY = ROOT / "deploy" / "haproxy.cfg"
HOST = "127.0.0.1"


@dataclass
class Servers:
    """What runs: the address that people open, the processes behind it, and what they all log."""

    address: str
    apps: list[psutil.Process]
    proxy: psutil.Process
    log: Path

    def resident(self) -> int:
        """Bytes of memory that the app's processes hold."""
        return sum(p.memory_info().rss for p in self.apps)


def cpu(processes: list[psutil.Process]) -> float:
    """Seconds of processor time that processes have taken."""
    return sum(sum(p.cpu_times()[:2]) for p in processes)


def proxied(config: str, port: int, behind: list[int]) -> str:
    """The deployed proxy's configuration with this port and these servers; all else as it is."""
    server = re.search(r"^ *server app1 \S+(.*)$", config, re.MULTILINE)
    assert server is not None
    config = re.sub(r"^( *bind) .*$", rf"\1 {HOST}:{port}", config, flags=re.MULTILINE)
    lines = [f"    server app{k} {HOST}:{p}{server[1].replace('app1', f'app{k}')}" for k, p in enumerate(behind, 1)]
    return re.sub(r"(^ *server .*\n)+", "\n".join(lines) + "\n", config, flags=re.MULTILINE)


@contextlib.contextmanager
def servers(count: int) -> Iterator[Servers]:
    """Start ``count`` processes of the app and the proxy before them; all end with the block."""
    port, *behind = free_ports(count + 1)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", HOST, "--server.port"]
    started = []
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "haproxy.cfg"
        config.write_text(proxied(PROXY.read_text(), port, behind))
        commands = {p: [*command, str(p)] for p in behind} | {port: ["haproxy", "-db", "-f", str(config)]}
        try:
            said = Path(folder) / "log"
            with said.open("w") as log:
                # the proxy last: it counts on those behind it
                for core, (listens, words) in enumerate(commands.items()):
                    own = os.environ | ({VARIABLE: str(core)} if count > 1 else {})  # as in compose.yaml
                    started.append(subprocess.Popen(words, cwd=ROOT, env=own, stdout=log, stderr=subprocess.STDOUT))
                    wait_for(f"http://{HOST}:{listens}/_stcore/health")
            *apps, proxy = (psutil.Process(p.pid) for p in started)
            yield Servers(f"http://{HOST}:{port}", apps, proxy, said)
        finally:
            for process in started:
                process.terminate()
            for process in started:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(10)
                process.kill()


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]


def wait_for(url: str, limit: float = 60) -> None:
    """Until an address answers; RuntimeError when it does not."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {url}")
