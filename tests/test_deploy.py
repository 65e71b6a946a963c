"""What is deployed: the image has all the app imports, the proxy keeps secrets, everything is pinned."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.image import ROOT, Stage, copied, copy, stages

PROXY = (ROOT / "deploy" / "haproxy.cfg").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILES = ("Dockerfile", "deploy/proxy.Dockerfile")


@pytest.fixture(scope="module")
def app() -> list[Stage]:
    return stages((ROOT / "Dockerfile").read_text())


def test_the_app_runs_from_what_the_image_copies_alone(app: list[Stage], tmp_path: Path) -> None:
    for sources, target in copied(app[0]):
        copy([ROOT / source for source in sources], target, tmp_path)
    program = (
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=60).run()\n"
        "assert app.main.children and not app.exception, app.exception\n"
        "import router, lmmcompare, lmmcompare.ui.compare.panels\n"
        "print(router.__file__, lmmcompare.__file__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, '.')\n{program}"],
        cwd=tmp_path / "app", capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert all(path.startswith(str(tmp_path)) for path in done.stdout.split()), done.stdout


def test_what_the_image_copies_is_not_ignored(app: list[Stage]) -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {source for stage in app for sources, _ in copied(stage) for source in sources} == kept


@pytest.mark.parametrize("name", DOCKERFILES)
def test_bases_have_full_versions_and_nothing_runs_as_root(name: str) -> None:
    found = stages((ROOT / name).read_text())
    assert all(re.fullmatch(r"[a-z]+:\d+\.\d+-slim", stage.base) for stage in found)
    assert found[-1].said("USER")[-1] not in ("root", "0")


def test_the_lock_pins_every_requirement_by_hash() -> None:
    text = (ROOT / "requirements.lock").read_text()
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+) \\$", text, re.MULTILINE))
    assert len(pinned) == text.count("==") and text.count("--hash=sha256:") >= len(pinned)
    wanted = re.findall(r"^([\w.-]+)(?:\[\w+\])?~=([\d.]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert wanted
    for name, version in wanted:
        assert pinned[name.lower()].startswith(version.rsplit(".", 1)[0]), f"{name}: run scripts/lock"


def test_the_app_is_health_checked_and_sends_no_usage_statistics(app: list[Stage]) -> None:
    assert "/_stcore/health" in app[-1].said("HEALTHCHECK")[0]
    assert "app.py" in json.loads(app[-1].said("CMD")[0])
    assert "gatherUsageStats = false" in (ROOT / ".streamlit" / "config.toml").read_text()


def test_compose_runs_two_read_only_apps_before_which_only_the_proxy_is_seen() -> None:
    services = COMPOSE["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"]
    for name in ("app1", "app2", "proxy"):
        service = services[name]
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        assert set(service["networks"]) == ({"inside", "outside"} if name == "proxy" else {"inside"})
    one, other = (services[name] | {"environment": dict(services[name]["environment"])} for name in ("app1", "app2"))
    assert {service["environment"].pop("LMMCOMPARE_CORE") for service in (one, other)} == {"0", "1"}
    assert one == other and "LMMCOMPARE_STORE" in one["environment"]
    assert re.fullmatch(r"postgres:\d+\.\d+-\w+", services["database"]["image"])


def test_variables_of_compose_are_explained() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    assert asked == set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    documented = (ROOT / "docs" / "deploy.md").read_text()
    assert all(f"`{name}`" in documented for name in asked)


def test_every_app_of_compose_is_behind_the_proxy() -> None:
    servers = re.findall(r"^ *server (\w+) (\S+) cookie (\w+)$", PROXY, re.MULTILINE)
    assert servers == [(name, f"{name}:8501", name) for name in COMPOSE["services"] if name.startswith("app")]


def test_the_proxys_log_has_no_query_and_no_header() -> None:
    [written] = re.findall(r'^ *log-format "(.*)"', PROXY, re.MULTILINE)
    # %r, %HP, %HQ and %HU hold the query; %hr, %hs and captures hold headers, the Referer's query among them.
    assert set(re.findall(r"%(?:\{[^}]*\})?(\[.*?\]|\w+)", written)) <= {
        "ci", "tr", "ST", "B", "Tr", "Ta", "s", "HM", "[var(txn.place)]",
    }  # fmt: skip
    assert re.search(r"set-var\(txn.place\) 'path,", PROXY) and "capture" not in PROXY


def test_the_proxy_accepts_its_configuration(tmp_path: Path) -> None:
    if shutil.which("haproxy") is None:
        pytest.skip("haproxy is not installed: scripts/setup load")
    done = subprocess.run(["haproxy", "-c", "-f", ROOT / "deploy" / "haproxy.cfg"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
