"""Repeated-measures ANOVA, MANOVA and the mixed model side by side, in sentences made from their numbers."""

from __future__ import annotations

from dataclasses import dataclass

from ..assess.repeated_measures import EffectKind, RepeatedMeasures
from ..inference.small_sample import FTest
from ..text.english import listed
from ..text.labels import literal, plural
from ..text.numbers import number, p_value

SAME = 1e-4
"""Two F statistics that differ by less than this share are one; the mixed model's comes from a search."""


@dataclass(frozen=True)
class Names:
    """What the columns of repeated measures are called: the visit's and the subject's, and that of groups, empty without."""

    visit: str
    subject: str
    between: str = ""

    def effect(self, kind: EffectKind) -> str:
        """An effect's name."""
        return {"visit": self.visit, "interaction": f"{self.visit} × {self.between}", "between": self.between}[kind]


def test_words(test: FTest) -> str:
    """A test as it stands in a text: "F = 24.5 on 3 and 14 df, p < 0.001"."""
    return f"F = {number(test.statistic)} on {_df(test.num_df)} and {_df(test.den_df)} df, {p_value(test.p)}"


def sentences(result: RepeatedMeasures, names: Names) -> list[str]:
    """Sphericity, MANOVA and the mixed model as one test, and what becomes of incomplete subjects."""
    return [s for s in (_sphericity(result, names), _agreement(result, names), _gaps(result, names)) if s]


def agreement_of_complete(result: RepeatedMeasures, names: Names) -> str:
    """Says that the mixed models are the classical tests where nothing is missing; empty where they are not."""
    tests = result.tests["visit"]
    if result.complete < result.subjects or not (
        _same(tests["us"], tests["manova"]) and _same(tests["cs"], tests["anova"])
    ):
        return ""
    return (
        "With every value there, the methods meet in pairs. A free covariance by visit (us) gives MANOVA’s test of "
        f"{literal(names.visit)}, "
        f"{test_words(tests['us'])}; one correlation for all visits (cs) gives that of repeated-measures ANOVA without a correction, "
        f"{test_words(tests['cs'])}."
    )


def _sphericity(result: RepeatedMeasures, names: Names) -> str:
    mauchly = result.sphericity
    if mauchly is None:
        return ""
    subjects, test = literal(plural(names.subject)), result.tests["visit"]["anova"]
    low, high = (f"{number(sd)} ({literal(a)} and {literal(b)})" for a, b, sd in (mauchly.least, mauchly.most))
    verdict = "more unequal than chance makes them" if mauchly.p < 0.05 else "which chance alone would often give"
    corrected = (
        f"{number(e)} takes {_df(test.num_df)} and {_df(test.den_df)} degrees of freedom for {_df(e * test.num_df)} and "
        f"{_df(e * test.den_df)}"
        for e in (mauchly.greenhouse_geisser, mauchly.huynh_feldt)
    )
    geisser, feldt = corrected
    return (
        "**Repeated-measures ANOVA** takes the differences between any two visits to vary alike (sphericity). Over the "
        f"{result.complete} complete {subjects} the SD of such a difference goes from {low} to {high}: Mauchly’s W = {number(mauchly.w)} "
        f"(1 where all are alike), {p_value(mauchly.p)}, {verdict}. The corrections pay in degrees of freedom, by a factor that is 1 "
        f"where all are alike and {number(1 / (len(result.visits) - 1), 2)} at worst: Greenhouse and Geisser’s {geisser}, Huynh and "
        f"Feldt’s {feldt}."
    )


def _agreement(result: RepeatedMeasures, names: Names) -> str:
    tests, subjects = result.tests["visit"], literal(plural(names.subject))
    own, manova = tests["us_complete"], tests["manova"]
    begin = (
        "**MANOVA** takes nothing for granted about how visits vary together, and nor does the mixed model with a free covariance by visit "
        f"(us). Fitted to the same {result.complete} complete {subjects}, "
    )
    if _same(own, manova):
        test = f"{test_words(own)} (Kenward and Roger’s degrees of freedom)"
        return f"{begin}they are one and the same test of {literal(names.visit)}: {test}."
    return f"{begin}they test {literal(names.visit)} by {test_words(manova)}, and {test_words(own)}."


def _gaps(result: RepeatedMeasures, names: Names) -> str:
    missing = result.subjects - result.complete
    if not missing:
        return ""
    subjects, dropped = literal(plural(names.subject)), result.rows - result.complete * len(result.visits)
    text = (
        f"**What is missing.** {missing} of {result.subjects} {subjects} lack a value. ANOVA and MANOVA need one row with every visit, so "
        f"they drop these {subjects} whole, and {dropped} values that were measured with them. The likelihood of the mixed model needs no "
        f"complete row: it uses all {result.rows} values."
    )
    means = result.means
    whole = [visit for visit, absent in means.groupby("visit", sort=False)["missing"].sum().items() if not absent]
    apart = (means["complete"] - means["observed"])[means["visit"].isin(whole)].abs()
    if len(apart):
        at = means.loc[apart.idxmax()]
        who = f"{literal(at['group'])} at " if names.between else ""
        text += (
            f" Where nobody is missing ({literal(names.visit)} {literal(listed(whole))}) its means are those of all {subjects}; over the "
            f"complete ones alone they are off by up to {number(float(apart.max()), 2)} ({who}{literal(names.visit)} "
            f"{literal(at['visit'])}: {number(at['complete'])} instead of {number(at['observed'])})."
        )
    if "between" in result.tests:
        tests = result.tests["between"]
        complete, all_rows = test_words(tests["manova"]), test_words(tests["us"])
        text += f" {literal(names.between)} is tested by {complete} over the complete {subjects}, and by {all_rows} over all."
    return text + (
        " The complete alone are a fair sample only if being complete has nothing to do with the outcome; the mixed model needs less, "
        "that what is missing depends on nothing but what was measured (missing at random)."
    )


def _same(one: FTest, other: FTest) -> bool:
    return abs(one.statistic / other.statistic - 1) < SAME and abs(one.den_df / other.den_df - 1) < SAME


def _df(df: float) -> str:
    return number(df, decimals=0 if abs(df - round(df)) < 0.005 else 1)
