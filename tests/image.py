"""The image without Docker: the Dockerfile's own steps, run by chroot in a Debian that debootstrap makes."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
LENT = (
    "etc/resolv.conf", "etc/apt/sources.list", "etc/apt/sources.list.d", "etc/apt/apt.conf.d", "etc/pip.conf",
    "etc/ssl/certs/ca-certificates.crt",
)  # fmt: skip
"""What the build takes from this machine: how to reach the package mirrors."""


@dataclass
class Stage:
    """From one FROM to the next: the base's name, the stage's own, and its instructions."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def said(self, instruction: str) -> list[str]:
        """What follows an instruction, each time that it is given."""
        return [rest for word, rest in self.steps if word == instruction]


def stages(text: str) -> list[Stage]:
    """Read a Dockerfile."""
    lines = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    found: list[Stage] = []
    for line in filter(str.strip, lines.splitlines()):
        word, rest = line.strip().split(maxsplit=1)
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            found.append(Stage(base, name))
        else:
            found[-1].steps.append((word, " ".join(rest.split())))
    return found


def copied(stage: Stage) -> list[tuple[list[str], str]]:
    """What a stage takes from the project: the sources and the target of each COPY."""
    words = [shlex.split(rest) for rest in stage.said("COPY")]
    return [(w[:-1], w[-1]) for w in words if not w[0].startswith("--")]


def copy(sources: list[Path], target: str, root: Path) -> None:
    """Do what COPY does: the content of a folder, or files into a folder; never bytecode."""
    place = root / target.lstrip("/")
    for source in sources:
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc") if ROOT in source.parents else None
            shutil.copytree(source, place, symlinks=True, ignore=ignored, dirs_exist_ok=True)
        else:
            place.mkdir(parents=True, exist_ok=True) if target.endswith("/") else None
            shutil.copy(source, place)


def build(debian: Path, folder: Path) -> tuple[Path, Stage]:
    """Run every step of the Dockerfile; the root of the last stage, and what that stage says."""
    roots: dict[str, Path] = {}
    for number, stage in enumerate(stages((ROOT / "Dockerfile").read_text())):
        root = folder / str(number)
        subprocess.run(["cp", "-a", "--reflink=auto", debian, root], check=True)
        for word, rest in stage.steps:
            words = shlex.split(rest)
            if word == "RUN":
                _run(root, rest)
            elif word == "COPY" and words[0].startswith("--from="):
                before = roots[words[0].removeprefix("--from=")]
                copy([before / w.lstrip("/") for w in words[1:-1]], words[-1], root)
            elif word == "COPY":
                copy([ROOT / w for w in words[:-1]], words[-1], root)
        roots[stage.name] = root
    return root, stage


def _run(root: Path, command: str) -> None:
    for name in LENT:
        source, target = Path("/") / name, root / name
        if source.exists():
            subprocess.run(["rm", "-rf", target], check=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "-aL", source, target], check=True)
    lent = {k: v for k, v in os.environ.items() if k.startswith("PIP_") or k.lower().endswith("_proxy")}
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "DEBIAN_FRONTEND": "noninteractive",
    }
    done = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", f"--mount-proc={root}/proc", "chroot", root, "sh", "-c", command],
        env=environment | lent, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, f"RUN {command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def run(root: Path, stage: Stage, command: str, shown: Path) -> subprocess.CompletedProcess[str]:
    """Run the image as docs/deploy.md says, and ``command`` in it beside the app.

    Its user, all files read-only but /tmp and /data, and no network at all; ``shown`` is seen in it as /tmp/shown.
    """
    environment = dict(re.findall(r"(\w+)=(\S+)", " ".join(stage.said("ENV"))))
    environment["PATH"] = environment["PATH"].replace("$PATH", "/usr/bin:/bin")
    uid = re.search(r"--uid (\d+)", " ".join(stage.said("RUN")))
    assert uid is not None
    app = shlex.join(json.loads(stage.said("CMD")[0]))
    words = ["bwrap", "--unshare-all", "--die-with-parent", "--uid", uid[1], "--gid", uid[1], "--clearenv"]
    words += ["--ro-bind", str(root), "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/data"]
    words += ["--ro-bind", str(shown), "/tmp/shown", "--chdir", stage.said("WORKDIR")[0]]
    words += [w for name, value in environment.items() for w in ("--setenv", name, value)]
    script = f"{app} >/tmp/log 2>&1 & {command}; status=$?; cat /tmp/log; exit $status"
    return subprocess.run([*words, "sh", "-c", script], capture_output=True, text=True, timeout=120)
