"""The R scripts are run by Rscript, all in one process, and what they find is compared with what we show."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.export.comments import visible
from lmmcompare.export.data_file import data_file
from lmmcompare.export.page_results import PAGE, page_file, page_numbers
from lmmcompare.export.r_code import NUMERICAL, r_code
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.models import MixedResult, NoPoolingResult
from lmmcompare.tables.inference import QUANTITIES, Resampling
from tests.effort import THOROUGH
from tests.helpers import table
from tests.sources import file_source

from .cases import EXAMPLES, RUN, SIMULATED, TIED, Case, nasty_cases
from .rscript import r_lacks

CASES = {
    case.name + ("" if case.reml else ", ML"): case
    for case in [*(EXAMPLES if THOROUGH else EXAMPLES[:-1]), *SIMULATED, *nasty_cases(), TIED, *RUN]
}
SLEEP = "Reaction ~ Days + (1 | Subject), weights = w"
LONGER = file_source("sleep.csv", table("sleepstudy").assign(w=lambda rows: 1 + (rows["Days"] > 4)))
WEIGHTED = {
    "pbkrtest takes no notice of prior weights": (
        Case("Kenward-Roger", SLEEP, LONGER, kenward_roger=True),
        {"se", "df", "t", "p", "lower", "upper"},
    ),
    "with prior weights lme4’s profiles are wrong for coefficients": (
        Case("profile", SLEEP, LONGER, intervals="profile"),
        {"lower", "upper"},
    ),
}
"""Why R's numbers do not stand beside the page's: the case, and the quantities of its slope that are left out."""

UTF8 = os.environ | {"LC_ALL": "C.UTF-8"}
# Runs each script by itself, quietly, and writes what it found as JSON with every digit.
RUNNER = """
suppressMessages({library(lme4); library(lmerTest)})
shown <- function(name) {
  found <- new.env()
  setwd(name)
  capture.output(suppressMessages(suppressWarnings(source("script.R", local = found, encoding = "UTF-8"))))
  setwd("..")
  fits <- Filter(function(x) inherits(x, "merMod"), mget(ls(found), found))
  list(results = found$results, statistics = found$statistics, per_group = found$per_group,
    variances = lapply(fits, function(f) as.data.frame(VarCorr(f))$sdcor))
}
found <- lapply(commandArgs(TRUE), function(name) tryCatch(shown(name), error = function(e) {
  if (basename(getwd()) == name) setwd("..")
  list(error = conditionMessage(e))
}))
jsonlite::write_json(found, "found.json", digits = NA, na = "null", auto_unbox = TRUE, matrix = "rowmajor")
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the scripts run."""
    return tmp_path_factory.mktemp("r")


@pytest.fixture(scope="module")
def found(place: Path) -> dict[str, dict]:
    """What R finds, by case."""
    if reason := r_lacks("lme4", "lmerTest", "jsonlite"):
        pytest.skip(reason)
    for k, case in enumerate(CASES.values()):
        write(place / f"case{k}", case)
    for case, _ in WEIGHTED.values():
        write(place / case.name, case)
    (place / "run.R").write_text(RUNNER)
    names = [*(f"case{k}" for k in range(len(CASES))), *(case.name for case, _ in WEIGHTED.values())]
    ran = subprocess.run(["Rscript", "run.R", *names], cwd=place, env=UTF8, capture_output=True, text=True, timeout=900)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return dict(zip([*CASES, *WEIGHTED], json.loads((place / "found.json").read_text()), strict=True))


def write(place: Path, case: Case) -> None:
    """The script, the page's numbers, and the rows beside it where they do not stand in it."""
    place.mkdir()
    (place / PAGE).write_bytes(page_file(case.snapshot))
    (place / "script.R").write_text(r_code(case.snapshot), encoding="utf-8")
    file = data_file(case.comparison, case.source)
    if not file.inline:
        (place / file.name).write_text(file.text, encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_r_finds_our_numbers(name: str, found: dict[str, dict]) -> None:
    """Least squares to rounding; mixed models as closely as lme4's optimiser goes (tests/helpers.py says why)."""
    comparison, theirs = CASES[name].comparison, found[name]
    assert "error" not in theirs, theirs["error"]
    ours, rows = CASES[name].snapshot.inferred.frame, pd.DataFrame(theirs["results"])
    if not (rows["model"] == "ols_robust").any():  # clubSandwich is not installed
        ours = ours[ours["model"] != "ols_robust"]
    rows = rows[rows["model"].isin(ours["model"])]
    rows = rows.reindex(columns=["model", "term", "estimate", "se", "df"])
    aliased = {one.name for one in comparison.design.aliased}  # of these R has rows for lm only
    assert rows[rows["term"].isin(aliased)]["estimate"].isna().all()
    ours, rows = (of[~of["term"].isin(aliased)] for of in (ours, rows))
    both = ours.merge(rows, on=["model", "term"], how="outer", suffixes=("", "_r"), indicator=True, validate="1:1")
    assert (both["_merge"] == "both").all(), both
    np.testing.assert_array_equal(both["estimate"].isna(), both["estimate_r"].isna())
    both = both[both["estimate"].notna()].astype({"estimate_r": float, "se_r": float, "df_r": float})
    off = (both["estimate"] - both["estimate_r"]).abs() / np.maximum(both["estimate"].abs(), both["se"])
    mixed = both["model"].isin(comparison.mixed_fits())
    assert off[~mixed].max() < 1e-8 and not off[mixed].max() > 1e-5, both.assign(off=off)
    off = (both["se"] / both["se_r"] - 1).abs()
    assert off[~mixed].max() < 1e-8 and not off[mixed].max() > 1e-5, both.assign(off=off)
    singular = {k for k, f in comparison.mixed_fits().items() if f.singular}  # second differences fail there
    inner = both[~both["model"].isin(singular)]
    np.testing.assert_allclose(inner["df_r"], inner["df"], rtol=2e-3)
    _statistics_agree(comparison, pd.DataFrame(theirs["statistics"]).set_index("model"))
    _variances_agree(comparison.mixed_fits(), theirs["variances"])
    no_pooling = comparison.fits.get("no_pooling")
    if isinstance(no_pooling, NoPoolingResult):
        beta = no_pooling.per_group.beta.T
        known = np.isfinite(beta).all(axis=1)
        regressions = np.array(theirs["per_group"], dtype=float)
        _same(np.sort(beta[known], axis=0), np.sort(regressions[np.isfinite(regressions).all(axis=1)], axis=0), 1e-7)


@pytest.mark.parametrize("name", CASES)
def test_the_scripts_own_table_sets_the_page_beside_r(name: str, found: dict[str, dict], place: Path) -> None:
    """All that the page shows is in it, and R's is the same within what each method can give.

    Least squares and its robust errors: rounding. lmer's estimates and errors: where its optimiser stops. Degrees of freedom:
    lmerTest differentiates numerically, as closely as that is. Profiles: confint interpolates the profile by splines, to about
    1e-3 of the width of a coefficient's interval and 2e-2 of a spread's; correlations of more than two coefficients are not
    compared, for which it warns of an “unexpected decrease in profile” and may put a limit on the wrong side of its own
    estimate (`tests/inference/test_profile.py` asks the likelihood itself who is right). Bootstraps: five Monte Carlo errors
    of the difference of two limits.
    """
    assert "error" not in found[name], found[name]["error"]
    case = CASES[name]
    comparison, inferred = case.comparison, case.snapshot.inferred
    table = pd.read_csv(place / f"case{list(CASES).index(name)}" / "match_r.csv")
    page = page_numbers(case.snapshot)
    assert len(table) == page[[*QUANTITIES]].notna().sum().sum()
    written = (table["difference"] - (table["r"] - table["page"])).abs() / table[["r", "page"]].abs().max(axis=1)
    assert not written[np.isfinite(written)].max() > 1e-14  # R writes 15 digits
    chosen = set(table.loc[table["chosen"] == "yes", "name"])
    assert chosen == {visible(case.snapshot.coefficient)}
    edge = {k for k, f in comparison.mixed_fits().items() if f.singular}  # R's derivatives and profiles fail there
    if not (table["model"] == "ols_CR0").any() or table.loc[table["model"] == "ols_CR0", "r"].isna().any():
        table = table[~table["model"].str.startswith("ols_")]  # clubSandwich is not installed
    table = table[~table["model"].isin(edge)]
    wide = table.pivot_table(index=["model", "name"], columns="quantity", values=["page", "r"], dropna=False)
    ours, theirs = wide["page"], wide["r"].reindex(columns=wide["page"].columns)
    np.testing.assert_array_equal(ours.isna(), theirs.isna())
    models = ours.index.get_level_values("model")
    mixed, spread = models.isin(comparison.mixed_fits()), ours["se"].isna().to_numpy()
    size = ours["se"].fillna(ours["estimate"].abs() + 1e-3)
    for quantity in ("estimate", "se"):
        off = ((ours[quantity] - theirs[quantity]).abs() / np.maximum(size, ours[quantity].abs())).fillna(0)
        assert off[~mixed].max() < 1e-8
        assert not off[mixed & ~spread].max() > 1e-5 and not off[mixed & spread].max() > 2e-4, off
    np.testing.assert_allclose(theirs["df"], ours["df"], rtol=2e-3)
    np.testing.assert_allclose(theirs["p"], ours["p"], rtol=2e-2, atol=1e-10)  # what 0.2% of df can do to a small p
    drawn = isinstance(inferred.intervals, Resampling)
    width = ours["upper"] - ours["lower"]
    for limit in ("lower", "upper"):
        off = ((theirs[limit] - ours[limit]).abs() / width).fillna(0)
        by_draws = models.isin(inferred.other_limits) & drawn
        names = ours.index.get_level_values("name")
        many = spread & names.str.contains(", ") & (len(set(names[names.str.contains(", ")])) > 1)
        assert off[~by_draws & ~spread].max() < 1e-3, off
        assert not off[~by_draws & spread & ~many].max() > 2e-2, off
        if drawn:  # sqrt(q (1 - q) / B) over the density there: 2.7 SE / sqrt(B) if normal; a width is about 4 SE
            samples = inferred.intervals.samples
            assert off[by_draws].max() < 5 * np.sqrt(2) * 2.7 / 4 / np.sqrt(samples), off


def _same(ours: np.ndarray, theirs: np.ndarray, tolerance: float) -> None:
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=tolerance * np.abs(ours).max(initial=1))


def _statistics_agree(comparison, theirs: pd.DataFrame) -> None:
    ours = comparison.statistics().set_index("model")
    assert list(ours.index) == list(theirs.index)
    for column in ("loglik", "aic", "bic"):
        np.testing.assert_allclose(theirs[column], ours[column], rtol=1e-9, atol=1e-5)
    np.testing.assert_allclose(theirs["sigma"], [fit.sigma for fit in comparison.fits.values()], rtol=1e-5)


def _variances_agree(fits: dict[str, MixedResult], theirs: dict[str, list[float]]) -> None:
    """SDs of each block, its correlations, then the residual SD: lme4's order."""
    assert set(fits) == set(theirs)
    for key, fit in fits.items():
        ours: list[float] = []
        for covariance in fit.fit.covariances:
            sd = np.sqrt(np.diag(covariance))
            outer = np.outer(sd, sd)
            with np.errstate(invalid="ignore", divide="ignore"):
                ours += [*sd, *(covariance / outer)[np.tril_indices(len(sd), -1)[::-1]]]
        values = np.array(theirs[key], dtype=float)
        assert len(values) == len(ours) + 1
        if len(fit.factors) > 1 and len(ours) == len(fit.blocks):
            # lme4 sorts the terms; test_the_scripts_own_table_sets_the_page_beside_r compares them by name
            ours, values = sorted(ours), np.array([*sorted(values[:-1]), values[-1]])
        if not fit.singular:  # at a boundary a correlation hangs on the last digits of a variance
            np.testing.assert_allclose(values, [*ours, fit.sigma], rtol=2e-4, atol=1e-6)


def test_where_a_fit_with_slopes_is_singular_the_script_says_that_lmertest_may_differ() -> None:
    def script(name: str, formula: str) -> str:
        frame = table(name)
        return r_code(Snapshot(compare(formula, frame), file_source(name, frame)))

    assert NUMERICAL in script("wages", "log(wage) ~ poly(experience, 2) + (1 | person)")
    assert NUMERICAL not in script("sleepstudy", "Reaction ~ Days + (Days | Subject)")


def test_where_r_has_no_number_of_the_page_its_table_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clusters too large for clubSandwich, as those of the pSHP2 data are, and structured residuals, whose df nlme has otherwise."""
    if reason := r_lacks("lme4", "lmerTest", "nlme"):
        pytest.skip(reason)
    monkeypatch.setattr("lmmcompare.export.r_inference.MAX_CLUSTER", 3)
    frame = table("orthodont_structures")
    comparison = compare("distance ~ age + (1 | Subject)", frame, correlation="cs(1 | Subject)")
    snapshot = Snapshot(comparison, file_source("orthodont.csv", frame))
    (tmp_path / PAGE).write_bytes(page_file(snapshot))
    (tmp_path / "script.R").write_text(r_code(snapshot), encoding="utf-8")
    (tmp_path / "orthodont.csv").write_text(data_file(comparison, snapshot.source).text, encoding="utf-8")
    ran = subprocess.run(["Rscript", "script.R"], cwd=tmp_path, env=UTF8, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr[-2000:]
    found = pd.read_csv(tmp_path / "match_r.csv")
    assert (found["note"].notna() == found["r"].isna()).all()
    said = found.dropna(subset="note").groupby("model")["note"].unique()
    assert {"ols_robust", "ols_CR0", "structured"} <= set(said.index)
    assert all(len(notes) == 1 for notes in said)
    assert said["ols_robust"][0] == "clubSandwich would need square matrices of over 3 rows"
    assert "nlme" in said["structured"][0] and "ols_robust: clubSandwich would need" in ran.stdout


@pytest.mark.parametrize("why", WEIGHTED)
def test_what_r_has_wrong_of_weighted_rows_does_not_stand_beside_the_page(
    why: str, found: dict[str, dict], place: Path
) -> None:
    """Wald's limits stood beside profiles, and errors that take no notice of the weights, as if R found other numbers."""
    if reason := r_lacks("pbkrtest"):
        pytest.skip(reason)
    assert "error" not in found[why], found[why]["error"]
    case, missing = WEIGHTED[why]
    rows = pd.read_csv(place / case.name / "match_r.csv")
    own = rows[(rows["model"] == "random_intercept") & (rows["name"] == "Days")]
    assert set(own.loc[own["r"].isna(), "quantity"]) == missing
    assert own.loc[own["r"].isna(), "note"].str.contains(why).all()


def test_an_lme4_without_covariance_structures_prints_the_other_models_and_says_what_is_needed(tmp_path: Path) -> None:
    if reason := r_lacks("lme4"):
        pytest.skip(reason)
    frame = table("sleepstudy")
    comparison = compare("Reaction ~ Days + (1 | Subject) + ar1(0 + factor(Days) | Subject)", frame)
    snapshot = Snapshot(comparison, file_source("sleepstudy.csv", frame))
    script = r_code(snapshot).replace('< "2.0.0"', '< "99"')
    (tmp_path / "script.R").write_text(script, encoding="utf-8")
    (tmp_path / "sleepstudy.csv").write_text(data_file(comparison, snapshot.source).text, encoding="utf-8")
    ran = subprocess.run(["Rscript", "script.R"], cwd=tmp_path, env=UTF8, capture_output=True, text=True, timeout=120)
    assert ran.returncode != 0 and "needs the R package lme4 2.0 or later" in ran.stderr
    found = {model: rows for model, rows in re.findall(r"\$(\w+)\n((?:.+\n)+)", ran.stdout)}
    assert set(found) == {"ols", "no_pooling", "random_intercept"}
    for model, rows in found.items():
        estimate, error = (float(number) for number in re.search(r"Days +(\S+) +(\S+)", rows).groups())
        fit = comparison.fits[model]
        np.testing.assert_allclose([estimate, error], [fit.params["Days"], fit.bse["Days"]], rtol=1e-6)


def test_groups_stay_apart_in_r_whose_numbers_differ_beyond_15_digits(tmp_path) -> None:
    """R's `factor()` makes one level of 1e15 and 1e15 + 1, and of 0.1 + 0.2 and 0.3, which lme4 then takes for one group."""
    if reason := r_lacks("lme4"):
        pytest.skip(reason)
    rng, loaded = np.random.default_rng(1), []
    for ids in (10**15 + np.arange(4), 2**53 + np.arange(4), 1e15 + np.arange(4.0), 0.3 + np.arange(4) * 2.0**-53):
        frame = pd.DataFrame({"y": rng.normal(size=24), "x": rng.normal(size=24), "g": np.repeat(ids, 6)})
        code = r_code(Case("ids", "y ~ x + (1 | g)", file_source("ids.csv", frame)).snapshot)
        reading = re.sub(r"(?m)^.*library\(.*$", "", code.partition("# The models")[0])  # which takes no package
        loaded.append(reading + "\ncat(nlevels(factor(data$g)), '')")
    script = tmp_path / "ids.R"
    script.write_text("\n".join(loaded))
    assert subprocess.run(["Rscript", script], capture_output=True, text=True).stdout.split() == ["4"] * 4
