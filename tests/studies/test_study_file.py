"""Studies written down in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from lmmcompare.errors import LmmCompareError
from lmmcompare.simulate.presets import preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.studies.plan import Plan
from lmmcompare.studies.study_file import read

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
WHOLE = """
preset = "false-alarms"
groups = 30
seed = 7

[study]
replicates = 2_500
seed = 3
models = ["ols", "random_intercept"]
fixed_design = true
alpha = 0.1
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_a_plan(tmp_path: Path) -> None:
    (plan,) = read(written(tmp_path, WHOLE)).plans
    settings = preset("false-alarms").settings.change(groups=30, seed=7)
    assert plan == Plan.of(settings, 2_500, 3, ["ols", "random_intercept"], True, 0.1)
    (plan,) = read(written(tmp_path, "")).plans
    assert plan == Plan.of(Settings(), 10_000)


def test_what_a_page_saves_is_a_file(tmp_path: Path) -> None:
    settings = preset("clash").settings
    text = "\n".join(f"{k} = {v!r}".replace("'", '"') for k, v in settings.to_dict().items())
    assert read(written(tmp_path, text)).plans[0].settings == settings


def test_a_file_with_a_curve(tmp_path: Path) -> None:
    job = read(written(tmp_path, '[curve]\nsetting = "icc"\nvalues = [0, 0.2, 0.5]\n[study]\nmodels = ["ols"]'))
    assert job.setting == "icc" and job.values == (0, 0.2, 0.5) and len(job.plans) == 3
    assert [p.settings.tau0 for p in job.plans] == pytest.approx([0, 0.4**0.5, 1]) and job.plans[0].replicates == 2_000


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda p: p.name)
def test_the_examples_can_be_run(path: Path) -> None:
    assert read(path).plans and f"study docs/examples/{path.name} " in path.read_text()


REFUSED = [
    ("groups = ", "is not TOML"),
    ("groups = 1", "Number of groups is 1, below 2"),
    ("grops = 10", "no setting “grops”. Did you mean “groups”"),
    ("rho_mean = 1.5", "above 1, the most"),
    ('preset = "classic"', "no preset “classic”"),
    ("preset = 3", "“preset” is no name"),
    ("version = 9", "version 9"),
    ("replicates = 100", r"“replicates” stands among the settings. Move it to the table \[study\]"),
    ("study = 100", r"“study” is a single value. Write a table: \[study\]"),
    ("[study]\nreplicate = 100", r"\[study\] has no “replicate”. Write “replicates”"),
    ("[study]\nreplicates = 1e9", "not a whole number"),
    ("[study]\nreplicates = 0", "from 1 to 1,000,000,000"),
    ("[study]\nalpha = 2", "“alpha” is 2"),
    ("[study]\nseed = -1", "below 0"),
    ('[study]\nmodels = "ols"', "no list of names"),
    ('[study]\nmodels = ["lmer"]', "no model “lmer”"),
    ('varies = "between"\n[study]\nmodels = ["random_slope"]', "varies between groups only"),
    ('[study]\nfixed_design = "yes"', "neither true nor false"),
    ('[curve]\nsetting = "groups"', "needs a setting and its values"),
    ('[curve]\nsetting = "groups"\nvalues = [5, 1]', "At groups = 1"),
    ("[curves]\nvalues = [1]", "no setting “curves”"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_bad_file_is_refused_with_the_name_and_the_limit(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(LmmCompareError, match=message) as found:
        read(written(tmp_path, text))
    assert found.value.remedy


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "nothing.toml", "No such file"), (tmp_path, "directory")):
        with pytest.raises(LmmCompareError, match=message):
            read(path)
    path = tmp_path / "latin.toml"
    path.write_bytes(b"# \xe9\n")
    with pytest.raises(LmmCompareError, match="not UTF-8"):
        read(path)
    path.write_bytes(b" " * 1_000_001)
    with pytest.raises(LmmCompareError, match="larger than 1,000,000 bytes"):
        read(path)
