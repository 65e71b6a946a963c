"""What a number within groups says of its interval: what it takes for granted, and what would make it narrower."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.rests_on import is_replicated
from lmmcompare.tables.coefficients import with_kenward_roger
from tests.explain.test_sentences import value


def numbers(text: str) -> list[float]:
    return [value(n) for n in re.findall(r"−?\d+\.\d+", text)]


def test_a_treatment_that_begins_and_stays_has_errors_that_count_hospitals() -> None:
    """R: clubSandwich, lm with all dummies, CR2: -0.292 (-1.11 to 0.528), 6.56 df; lm's own -0.762 to 0.179 counts 240 rows."""
    rng = np.random.default_rng(12)
    rows = [(h, p, int(p > h // 2)) for h in range(8) for p in range(5) for _ in range(6)]
    frame = pd.DataFrame(rows, columns=["hospital", "period", "treated"])
    cell = rng.normal(0, 0.5, (8, 5))[frame["hospital"], frame["period"]]
    frame["y"] = (10 + cell - 0.5 * frame["treated"] + rng.normal(size=len(frame))).round(3)
    (within,) = [
        a
        for a in which_to_report(compare("y ~ treated + factor(period) + (1 | hospital)", frame), "treated")
        if "the same hospital" in a.question
    ]
    assert numbers(within.answer)[:3] == pytest.approx([-0.292, -1.11, 0.528], abs=0.011)
    assert "Rows of a hospital in the same or in neighbouring periods may be alike" in within.reason


@pytest.fixture(scope="module")
def tasted() -> pd.DataFrame:
    """Ten assessors taste three products three times each; what they think of each differs between them, too little for AIC."""
    rng = np.random.default_rng(5)
    a, p, _ = (v.ravel() for v in np.meshgrid(np.arange(10), np.arange(3), np.arange(3), indexing="ij"))
    own = rng.normal(0, 1.5, (10, 3))[a, p]
    y = (own + 5.0 * (p == 2) + rng.normal(0, 3, len(a))).round(3)
    return pd.DataFrame({"assessor": a, "product": [f"p{k}" for k in p], "y": y})


def test_an_interval_that_takes_a_difference_for_one_has_the_wider_one_beside_it(tasted: pd.DataFrame) -> None:
    """R: lm with all dummies, 4.695 (3.195 to 6.194); clubSandwich's CR2, clustered by assessor, 2.536 to 6.853."""
    both = compare("y ~ product + (1 | assessor)", tasted)
    within = which_to_report(both, "product[T.p2]")[0]
    assert numbers(within.answer)[:3] == pytest.approx([4.695, 3.195, 6.194], abs=0.011)
    said = within.reason.partition("with errors that let it differ (CR2) it is ")[2]
    assert numbers(said)[:2] == pytest.approx([2.536, 6.853], abs=0.011)


def test_nothing_is_said_where_each_group_has_one_row_of_a_category(tasted: pd.DataFrame) -> None:
    """There what differs between groups is what the rows scatter by, and the dummies' interval counts it."""
    means = tasted.groupby(["assessor", "product"], as_index=False)["y"].mean()
    both = compare("y ~ product + (1 | assessor)", means)
    assert not is_replicated(both, both.column_of("product[T.p2]"))
    assert "let it differ" not in which_to_report(both, "product[T.p2]")[0].reason


def blocks_of_seven() -> pd.DataFrame:
    """14 blocks of three of seven varieties, two of each pair together."""
    rng = np.random.default_rng(10)
    fano = [(0, 1, 3), (1, 2, 4), (2, 3, 5), (3, 4, 6), (4, 5, 0), (5, 6, 1), (6, 0, 2)]
    rows = [(7 * r + b, t) for r in range(2) for b, block in enumerate(fano) for t in block]
    frame = pd.DataFrame(rows, columns=["block", "t"])
    frame["y"] = (0.6 * frame["t"] + rng.normal(size=14)[frame["block"]] + 1.2 * rng.normal(size=42)).round(2)
    return frame.assign(variety="V" + frame["t"].astype(str))


def test_recovery_of_inter_block_information_is_offered_where_blocks_do_not_contradict() -> None:
    """R: lmerTest on these 42 plots, 3.035 (1.624 to 4.446), 27.26 df."""
    frame = blocks_of_seven()
    both = compare("y ~ variety + (1 | block)", frame)
    said = which_to_report(both, "variety[T.V6]")[0].reason
    assert numbers(said.partition("(inter-block information): ")[2])[:3] == pytest.approx(
        [3.035, 1.624, 4.446], abs=0.011
    )
    # blocks with more of a variety are better by far: then what lies between blocks is another difference
    frame["y"] += 20 * (frame["t"] == 6).groupby(frame["block"]).transform("max")
    both = compare("y ~ variety + (1 | block)", frame)
    assert "inter-block" not in which_to_report(both, "variety[T.V6]")[0].reason


def test_an_interaction_is_not_said_to_be_assigned_to_rows() -> None:
    """Whether twins are of one egg is nothing that rows of a pair are assigned to."""
    rng = np.random.default_rng(2)
    pair = np.repeat(np.arange(40), 2)
    frame = pd.DataFrame({"pair": pair, "zygosity": np.where(pair % 2, "DZ", "MZ"), "educ": 0.6 * rng.normal(size=80)})
    frame["educ"] += rng.normal(size=40)[pair]
    frame["iq"] = 2 * frame["educ"] + 4 * rng.normal(size=40)[pair] + 5 * rng.normal(size=80)
    both = compare("iq ~ educ * zygosity + (1 | pair)", frame)
    reasons = [which_to_report(both, term)[0].reason for term in ("educ", "educ:zygosity[T.MZ]")]
    assert [("inter-block" in reason) for reason in reasons] == [True, False]


def test_inter_block_information_has_the_interval_that_was_asked_for() -> None:
    """With Kenward and Roger's errors the page says one interval of the random intercept, not two."""
    both = compare("y ~ variety + (1 | block)", blocks_of_seven())
    usual, small = (which_to_report(both, "variety[T.V6]", f) for f in (None, with_kenward_roger(both)))
    reports = [
        report[0].reason.partition("(inter-block information): ")[2].partition(". ")[0] for report in (usual, small)
    ]
    assert reports[0] != reports[1]
    for said, report in zip(reports, (usual, small), strict=True):
        assert any(said in advice.answer for advice in report[1:])


def test_one_group_that_decides_a_coefficient_has_no_inter_block_information_beside_it() -> None:
    """A policy that began in one state was drawn for no row, whatever a test finds between states."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"g": np.repeat(np.arange(8), 10), "t": np.tile(np.arange(10), 8)})
    frame["policy"] = ((frame["g"] == 3) & (frame["t"] > 4)).astype(int)
    frame["y"] = rng.normal(size=8)[frame["g"]] * 0.3 + rng.normal(size=80)
    both = compare("y ~ policy + (1 | g)", frame)
    reason = which_to_report(both, "policy")[0].reason
    assert "alone, on which it rests" in reason and "inter-block" not in reason
