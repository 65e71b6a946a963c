"""Intervals cover the truth as often as they say, as far as they can: a simulation on small designs (docs/coverage.md)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.coverage import METHODS, PAGE, SETTINGS, TARGETS, Method, Setting, study

SMALL, MIDDLING, UNEVEN = SETTINGS
NORMAL, SATTERTHWAITE, KENWARD_ROGER, PROFILE, BOOTSTRAP = METHODS
SLOPES = ["intercept", "slope of x", "slope of w"]


def coverage(setting: Setting, method: Method, replicates: int) -> dict[str, float]:
    found = study(setting, method, replicates)
    return dict(zip(found["target"], found["coverage"], strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
@pytest.mark.parametrize("method", [SATTERTHWAITE, KENWARD_ROGER], ids=lambda m: m.name)
def test_small_sample_t_intervals_cover_at_least_their_95_per_cent(setting: Setting, method: Method) -> None:
    found = coverage(setting, method, 600)
    error = np.sqrt(0.95 * 0.05 / 600)
    assert list(found) == SLOPES
    # a variance that is estimated as 0 in some data sets makes them a little too short or too long
    assert all(0.94 - 3 * error < c < 0.98 + 3 * error for c in found.values()), found


@pytest.mark.slow
def test_normal_intervals_are_too_short_with_few_groups() -> None:
    """The reason why the degrees of freedom matter: for what varies between 6 groups, and not for what varies within them."""
    normal, exact = coverage(SMALL, NORMAL, 600), coverage(SMALL, KENWARD_ROGER, 600)
    assert normal["intercept"] < 0.92 and normal["slope of w"] < 0.92
    assert all(exact[t] > normal[t] for t in SLOPES)
    assert normal["slope of x"] > 0.92


@pytest.mark.slow
@pytest.mark.parametrize("method", [PROFILE, BOOTSTRAP], ids=lambda m: m.name)
def test_intervals_of_standard_deviations_come_near_with_20_groups(method: Method) -> None:
    found = coverage(MIDDLING, method, 150)
    error = np.sqrt(0.95 * 0.05 / 150)
    assert list(found) == TARGETS
    assert all(0.93 - 3 * error < c <= 1 for c in found.values()), found


def test_the_study_counts_what_is_covered() -> None:
    """Limits that always or never hold the truth, and targets that have none."""

    def limits(fit: object, moments: object, seed: int) -> np.ndarray:
        return np.array(
            [[-9.0, 9.0], [0.6, 9.0], [-8.0 if seed else np.nan, 9.0], [np.nan, np.nan], [0.5, 0.9 + 0.2 * (seed % 2)]]
        )

    found = study(SMALL, Method("made up", limits, 10), 10).set_index("target")
    assert found["coverage"].to_dict() == {"intercept": 1, "slope of x": 0, "slope of w": 1, "residual SD": 0.5}
    assert found.loc["residual SD", "mcse"] == pytest.approx(0.5 / np.sqrt(10))


def test_the_page_has_a_row_for_every_design_and_method() -> None:
    lines = [line for line in Path(PAGE).read_text().splitlines() if line.startswith("| ")]
    for setting in SETTINGS:
        for method in METHODS:
            assert any(line.startswith(f"| {setting.name} | {method.name} | {method.replicates:,} |") for line in lines)
