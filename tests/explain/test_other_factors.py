"""What the other grouping factors of a formula have to do with a coefficient is said beside the factor that is shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.assess.compared_levels import compared_levels
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.facts import facts
from lmmcompare.explain.headline import headline
from lmmcompare.explain.within_between_sentences import within_between_sentences


@pytest.fixture(scope="module")
def words() -> pd.DataFrame:
    """20 speakers who say some of 30 words, whose frequency is the words' own; speech rate varies in both."""
    rng = np.random.default_rng(7)
    speaker, word = (a.ravel() for a in np.meshgrid(np.arange(20), np.arange(30), indexing="ij"))
    frequency = rng.normal(size=30)[word]
    rate = rng.normal(size=20)[speaker] + rng.normal(size=600)
    length = (
        -0.2 * frequency - 0.5 * rate + rng.normal(size=30)[word] + rng.normal(size=20)[speaker] + rng.normal(size=600)
    )
    frame = pd.DataFrame({"speaker": speaker, "word": word, "frequency": frequency, "rate": rate, "length": length})
    return frame[rng.random(600) < 0.6].reset_index(drop=True)


def test_a_property_of_words_is_said_to_compare_words(words: pd.DataFrame) -> None:
    both = compare("length ~ frequency + rate + (1 | speaker) + (1 | word)", words)
    assert (words.groupby("word")["frequency"].nunique() == 1).all()
    assert compared_levels(both, both.column_of("frequency")) == "word"
    assert compared_levels(both, both.column_of("rate")) is None
    said = headline(both, "frequency").reason
    assert "**frequency** is the same within each of 30 words, so it compares these with each other" in said
    assert "within each of" not in headline(both, "rate").reason


def test_words_differ_in_more_than_that_property(words: pd.DataFrame) -> None:
    """Rows of one speaker are free of what differs between speakers; of what differs between words they are not."""
    both = compare("length ~ frequency + rate + (1 | speaker) + (1 | word)", words)
    carried = (
        "frequency is constant in each of 30 words, so its coefficient compares these with each other rather than "
        f"{len(words)} rows, and carries along whatever else differs between them, unless frequency was assigned to them at random."
    )
    assert carried in within_between_sentences(both, "frequency")
    within = next(a for a in which_to_report(both, "frequency") if "within the same speaker" in a.question)
    assert carried in within.reason
    assert not any("is constant in each of" in a.reason for a in which_to_report(both, "rate"))
    assert not any("is constant in each of" in text for text in within_between_sentences(both, "rate"))


def test_speakers_differ_in_it_by_which_words_they_said(words: pd.DataFrame) -> None:
    """No slope between speakers is made of that, unless it is more than chance: here they said the frequent words the more, the later."""
    both = compare("length ~ frequency + (1 | speaker) + (1 | word)", words)
    assert facts(both, "frequency").by_rows_alone and "**between** speakers" not in headline(both, "frequency").reason
    assert not any("higher mean of" in a.question for a in which_to_report(both, "frequency"))
    chosen = words[words["frequency"] * (words["speaker"] - 9.5) > -3].reset_index(drop=True)
    apart = compare("length ~ frequency + (1 | speaker) + (1 | word)", chosen)
    assert not facts(apart, "frequency").by_rows_alone


def test_whole_plots_are_counted() -> None:
    rng = np.random.default_rng(1)
    rows = [(b, w, v) for b in range(4) for w in ("high", "low") for v in "ABC"]
    frame = pd.DataFrame(rows, columns=["block", "water", "variety"])
    frame["y"] = rng.normal(size=24) + rng.normal(size=8)[frame["block"] * 2 + (frame["water"] == "low")]
    both = compare("y ~ water + variety + (1 | block/water)", frame)
    assert "is the same within each of 8 combinations of block and water" in headline(both, "water[T.low]").reason
    assert "within each of" not in headline(both, "variety[T.B]").reason


def test_one_factor_s_two_slopes_are_not_advised_where_another_makes_them() -> None:
    """Years move the predictor and the outcome alike: 0.9 within a firm by its dummies, 0 with years taken out too."""
    rng = np.random.default_rng(2)
    firm, year = (a.ravel() for a in np.meshgrid(np.arange(50), np.arange(8), indexing="ij"))
    shock, own = 2 * rng.normal(size=8), rng.normal(size=50)
    x = own[firm] + shock[year] + 0.5 * rng.normal(size=400)
    y = 2 * own[firm] + shock[year] + rng.normal(size=50)[firm] + 0.5 * rng.normal(size=400)
    frame = pd.DataFrame({"firm": firm, "year": year, "x": x, "y": y})
    both = compare("y ~ x + (1 | firm) + (1 | year)", frame)
    several, within = float(both.mixed.params["x"]), float(both.no_pooling.params["x"])
    slopes = [within, within + float(both.fits["within_between"].params["x_mean"])]
    assert not min(slopes) < several < max(slopes)
    said = within_between_sentences(both, "x")[0]
    assert "Report the two" not in said and "one number for both" not in said
    assert "Both leave in what differs between years" in said
    assert "What differs between years makes that difference" in headline(both, "x").reason
