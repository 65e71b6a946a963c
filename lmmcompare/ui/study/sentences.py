"""Sentences about a study, made from its numbers: what to see first, and what each panel shows."""

from __future__ import annotations

import math

import pandas as pd

from ...design.coefficients import INTERCEPT
from ...model_catalogue import Model
from ...simulate.settings import Settings
from ...simulate.truth import contextual_effect
from ...text.labels import model_phrase
from ...text.numbers import decimals_for, number, rate, setting_text

OFF = 0.02
"""A coverage that is further from what is promised matters to readers, if it is beyond chance."""


def genitive(model: str) -> str:
    """The genitive of a model inside a sentence: "OLS's", "group dummies'"."""
    return model_phrase(model) + ("'" if model_phrase(model).endswith("s") and model != Model.OLS else "'s")


def capitalised(text: str) -> str:
    """With a capital."""
    return text[:1].upper() + text[1:]


def coefficient_words(settings: Settings, term: str) -> str:
    """A coefficient in plain words."""
    if term == INTERCEPT:
        return "intercept" if settings.has_slope else "mean"
    if term != settings.x_name:
        return "contextual effect"
    where = {"both": " within groups", "between": " between groups"} if contextual_effect(settings) else {}
    return f"slope{where.get(settings.where, '')}"


def headline_rows(part: pd.DataFrame, settings: Settings) -> list[pd.Series]:
    """The rows of the models that the headline is about: OLS, and the mixed model that the data come from."""
    by_model = {str(row["model"]): row for _, row in part.iterrows()}
    own = (
        (Model.RANDOM_SLOPE, Model.RANDOM_INTERCEPT)
        if settings.tau1 > 0
        else (Model.RANDOM_INTERCEPT, Model.RANDOM_SLOPE)
    )
    wanted = [Model.OLS if Model.OLS in by_model else "", next((m for m in own if m in by_model), "")]
    result = [by_model[m] for m in wanted if m]
    rest = [row for model, row in by_model.items() if model not in wanted]
    return (result + rest)[:2]


def headline(part: pd.DataFrame, settings: Settings, term: str, done: int, *, brief: bool = False) -> str:
    """The answer in one or two sentences; where it is long, ``brief`` leaves out the number of studies."""
    rows, studies, named = headline_rows(part, settings), f"{done:,} studies", coefficient_words(settings, term)
    who, truth, kind = capitalised(genitive(str(rows[0]["model"]))), float(rows[0]["truth"]), _story(rows)
    if kind == "bias":
        decimals = decimals_for(float(rows[0]["se_empirical"]))
        rows = rows + _unbiased(part, rows)
        means = [number(truth + float(row["bias"]), decimals=decimals) for row in rows]
        names = [model_phrase(str(row["model"])) for row in rows]
        others = "".join(f", {who} {mean}" for who, mean in zip(names[1:], means[1:], strict=True))
        average = "On average" if brief else f"On average over {studies}"
        says = "say" if rows[0]["model"] == Model.NO_POOLING else "says"
        return f"The true {named} is {setting_text(truth)}. {average} {names[0]} {says} {means[0]}{others}."
    share, other = _each(rows, "coverage" if kind == "coverage" else "rejection", done)
    if (fitted := int(rows[0]["replicates"])) < done:
        studies = f"the {fitted:,} studies that it could be fitted to"
    if kind == "coverage":
        return f"{who} 95% intervals hold the true {named} in {share} of {studies}{other}."
    if kind == "power":
        return f"{who} 5% test finds the true {named} of {setting_text(truth)} in {share} of {studies}{other}."
    return f"{who} 5% test finds {'an' if named[0] in 'aeio' else 'a'} {named} that is not there in {share} of {studies}{other}."


def _each(rows: list[pd.Series], measure: str, done: int) -> tuple[str, str]:
    """The first model's share, and what follows of the second's; of those it could be fitted to, where these are fewer."""
    shares = [rate(float(row[measure])) for row in rows]
    if len(rows) < 2:
        return shares[0], ""
    fitted = int(rows[1]["replicates"])
    of_fewer = f" of the {fitted:,} that it could be fitted to" if fitted < done else ""
    return shares[0], f", {genitive(rows[1]['model'])} in {shares[1]}{of_fewer}"


def _story(rows: list[pd.Series]) -> str:
    """Which of its measures tells these models apart best."""
    one = rows[0]
    if one["truth"] == 0:
        return "false alarms"
    if any(is_biased(row) for row in rows):
        return "bias"
    covers = [float(row["coverage"]) - 0.95 for row in rows]
    if any(is_off(row) for row in rows):
        too_wide = covers[0] > 0 and len(rows) > 1
        return "power" if too_wide and abs(_gap(rows)) > OFF else "coverage"
    return "power" if len(rows) > 1 and abs(_gap(rows)) > 0.05 else "coverage"


def _gap(rows: list[pd.Series]) -> float:
    return float(rows[0]["rejection"]) - float(rows[1]["rejection"])


def is_biased(row: pd.Series) -> bool:
    """Whether the estimates lie off the truth beyond chance, and by enough to matter."""
    bias = abs(float(row["bias"]))
    return bias > 4 * float(row["bias_mcse"]) and bias > 0.2 * float(row["se_empirical"])


def is_off(row: pd.Series) -> bool:
    """Whether the intervals cover more or less than they promise, beyond chance and by enough to matter."""
    off = abs(float(row["coverage"]) - 0.95)
    return off > OFF and off > 4 * max(float(row["coverage_mcse"]), 0.001)


def _unbiased(part: pd.DataFrame, rows: list[pd.Series]) -> list[pd.Series]:
    """A further model that is right on average, where those of the headline are not."""
    if len(rows) > 1 and not all(is_biased(row) for row in rows):
        return []
    result = {str(r["model"]): r for _, r in part.iterrows() if not is_biased(r)}
    return [result[m] for m in (Model.WITHIN_BETWEEN, Model.NO_POOLING) if m in result][:1]


def lead(part: pd.DataFrame, settings: Settings, done: int) -> str:
    """How the numbers came about, and how sure they are."""
    rows = headline_rows(part, settings)
    kind = _story(rows)
    measure = {"bias": "bias", "coverage": "coverage"}.get(kind, "rejection")
    error = max(float(row[f"{measure}_mcse"]) for row in rows)
    points = number(100 * error, 1)
    sure = number(error, 1) if kind == "bias" else f"{points} percentage point{'s' * (points != '1')}"
    words = (
        f" Chance leaves these numbers unsure by ±\N{NO-BREAK SPACE}{sure} (Monte Carlo standard error)."
        if math.isfinite(error)
        else ""
    )
    if error == 0 and kind != "bias":  # of a share of all or none the formula knows nothing
        most = number(100 * (1 - 0.05 ** (1 / done)), 2)
        words = (
            f" By chance a share of all or none may be up to {most} percentage points off (95% Monte Carlo interval)."
        )
    could = " that they can carry" if (part["replicates"] < done).any() else ""
    return f"Each of the {done:,} studies drew new data from the equation and fitted every model{could} to them.{words}"


def spread(part: pd.DataFrame, settings: Settings, term: str) -> str:
    """What to see in the sampling distributions."""
    rows = headline_rows(part, settings)
    words = [_claim(row) for row in rows]
    listed = "; ".join(f"{genitive(row['model'])} {text}" for row, text in zip(rows, words, strict=True))
    biased = [row for row in rows if is_biased(row)]
    off = ""
    if biased:
        decimals = decimals_for(float(biased[0]["se_empirical"]))
        each = [
            f"{genitive(r['model'])} {coefficient_words(settings, term)} is {number(abs(float(r['bias'])), decimals=decimals)} too "
            f"{'high' if r['bias'] > 0 else 'low'}"
            for r in biased
        ]
        off = f" On average {' and '.join(each)} (bias)."
    return f"{capitalised(listed)}.{off}"


def _claim(row: pd.Series) -> str:
    """How far the estimates spread against what their standard errors say."""
    its = "their" if row["model"] == Model.NO_POOLING else "its"
    ratio = float(row["se_empirical"]) / float(row["se_model"]) if row["se_model"] > 0 else math.nan
    if not math.isfinite(ratio):
        return "estimates have no spread yet"
    if ratio > 1.1:
        return f"estimates spread {number(ratio, 2)} times as wide as {its} standard errors claim"
    if ratio < 0.9:
        return f"standard errors claim {number(1 / ratio, 2)} times the spread that {its} estimates have"
    return f"estimates spread as {its} standard errors claim"


def shares(part: pd.DataFrame) -> str:
    """What to see in the rejection and coverage figure."""
    truth = float(part["truth"].iloc[0])
    off = [str(row["model"]) for _, row in part.iterrows() if is_off(row)]
    if truth == 0:
        text = "The truth is 0: every rejection is a false alarm (type I error), and a right test has them in 5% of studies."
    else:
        text = f"The truth is {setting_text(truth)}, so a rejection is right (power); the more the better, if the intervals are honest."
    selected = [m for _, row in part.iterrows() if (m := str(row["model"])) == Model.COMPLETE_CASES and is_biased(row)]
    if selected:
        text += (
            f" {capitalised(model_phrase(selected[0]))} is biased: who stays to the end is a selection. "
            "Leaving the others out is harmless only where leaving has nothing to do with the outcome. A model of all rows that has the "
            "visits’ correlation right needs less: that leaving depends on nothing but what was measured before (missing at random)."
        )
    if not off:
        close = (part["coverage"] - 0.95).abs().max() <= OFF
        held = "All intervals hold the truth about as often as they promise."
        return f"{text} {held if close else 'No coverage is off beyond what chance does in so few studies.'}"
    listed = " and ".join(
        [", ".join(model_phrase(m) for m in off[:-1]), model_phrase(off[-1])]
        if len(off) > 1
        else [model_phrase(off[0])]
    )
    text = f"{text} Coverage is off by more than {100 * OFF:.0f} percentage points, beyond chance: {listed}."
    if Model.US in off and float(part.loc[part["model"] == Model.US, "coverage"].iloc[0]) < 0.95:
        text += (
            " The covariance by visit estimates a number for every two visits, and its standard errors make no allowance for "
            "that: with few groups they are too small (Kenward and Roger’s adjustment is for this)."
        )
    return text
