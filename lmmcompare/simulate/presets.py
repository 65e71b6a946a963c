"""Presets: named settings, each for a phenomenon that it demonstrates."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from ..errors import SettingsError
from .settings import Settings


@dataclass(frozen=True)
class Preset:
    """Settings with a name and a sentence on what they demonstrate.

    Parameters
    ----------
    name : str
        The key, for a link or a file.
    title : str
        The phenomenon, in a few words.
    see : str
        What to look at.
    """

    name: str
    title: str
    see: str
    settings: Settings


PRESETS: tuple[Preset, ...] = (
    Preset(
        "clash",
        "Between against within",
        "Groups with a higher x have a higher intercept, so the slope between groups is four times the slope within. OLS and "
        "the random intercept each mix the two, in different shares, as in the data of question 161703 on Cross Validated.",
        Settings(
            20, 3, intercept=2.9, slope=0.4, tau0=1.7, sigma=0.9, x_icc=0.5, x_mean=5, x_sd=1.5, rho_mean=0.85, seed=6
        ),
    ),
    Preset(
        "simpson",
        "Simpson's paradox",
        "Within every group y falls with x; over all rows it rises in nine of ten draws, because groups with a high x start high. OLS "
        "then has the wrong sign, group dummies and within–between do not.",
        Settings(6, 25, intercept=8, slope=-0.6, tau0=3, sigma=0.7, x_icc=0.8, x_mean=5, x_sd=2, rho_mean=0.9, seed=5),
    ),
    Preset(
        "false-alarms",
        "A predictor of whole groups",
        "The predictor varies between 20 groups of 30 and has no effect. OLS counts 600 independent rows, so its 5% test rejects "
        "far more often than 5%; the mixed model counts groups. Draw again, and see how often each misses the truth.",
        Settings(20, 30, intercept=0, slope=0, tau0=0.5, sigma=1, varies="between", seed=2),
    ),
    Preset(
        "drug",
        "A treatment within groups",
        "Four people, each measured 5 times with and 5 times without a drug. What differs between people is only noise to OLS: "
        "its standard error is far too large, and it misses the effect.",
        Settings(4, 10, intercept=0, slope=1, tau0=10, sigma=1, predictor="binary", varies="within", seed=1),
    ),
    Preset(
        "chapter7",
        "Four groups of two",
        "The toy example of a course chapter: 8 rows, but only 4 groups that differ by far more than the rows in them. The mean "
        "is known from 4 numbers: the mixed model's standard error shows it, that of OLS does not.",
        Settings(4, 2, intercept=2, tau0=10, sigma=1, predictor="none", seed=1),
    ),
    Preset(
        "few-groups",
        "Few groups",
        "Five groups say little about how much groups differ. Draw again: the SD between groups comes out anywhere from 0 to "
        "twice the truth.",
        Settings(5, 12, intercept=1, slope=0.5, tau0=0.5, sigma=1, varies="within", seed=5),
    ),
    Preset(
        "slopes",
        "Every group its own slope",
        "18 people over 10 days whose slopes differ, after the sleepstudy data. OLS and the random intercept take the common slope "
        "to be known from 180 rows; with a random slope its standard error is that of 18 slopes.",
        Settings(18, 10, intercept=250, slope=10, tau0=25, tau1=6, rho=0.1, sigma=25, predictor="time", seed=1),
    ),
    Preset(
        "dropout",
        "People who leave",
        "One person in six leaves after each occasion. Those who stayed have most rows and most weight in OLS; the mixed model "
        "pulls those with few rows towards the common line.",
        Settings(
            30, 8, dropout=0.17, intercept=10, slope=0.5, tau0=2, tau1=0.3, rho=-0.2, sigma=1, predictor="time", seed=8
        ),
    ),
    Preset(
        "unequal",
        "Groups of very different size",
        "From a few rows to many. OLS weights groups by their rows, the mixed model more evenly, so even the intercepts differ.",
        Settings(20, 12, spread=1.0, intercept=1, slope=0.5, tau0=1.5, sigma=1, seed=5),
    ),
    Preset(
        "outlier",
        "One outlying group",
        "One of 12 groups lies far from the rest. Its distance inflates the SD between groups, and so all other groups are "
        "pulled less.",
        Settings(12, 8, intercept=1, slope=0.5, tau0=2, sigma=1, effects="outlier", seed=1),
    ),
    Preset(
        "heavy-tails",
        "Heavy tails",
        "The intercepts follow a t distribution: most groups close together, some far out. The slope hardly notices; the SD "
        "between groups does.",
        Settings(40, 6, intercept=1, slope=0.5, tau0=2, sigma=1, effects="heavy", seed=1),
    ),
    Preset(
        "two-kinds",
        "Two kinds of groups",
        "The random effects are as far from normal as can be: every group is one of two kinds. The fixed effects stay right.",
        Settings(24, 6, intercept=1, slope=0.5, tau0=2, sigma=1, effects="two-point", seed=1),
    ),
    Preset(
        "autocorrelation",
        "Errors with a memory",
        "Neighbouring residuals of a group resemble each other, which only a serial correlation (ar1) knows. Groups seem to "
        "have slopes of their own although they have none.",
        Settings(15, 15, intercept=5, slope=0.2, tau0=1, sigma=1.5, predictor="time", autocorrelation=0.8, seed=1),
    ),
    Preset(
        "negative",
        "More rows, more certainty: negative correlation",
        "Rows of a group offset each other, as litter mates who share one feeder do: any two residuals correlate −0.15. The mean of "
        "6 rows has half the standard error of 6 independent ones. A random intercept cannot show this, its variance stops at 0; "
        "compound symmetry (cs) and cluster-robust errors can.",
        Settings(
            24,
            6,
            intercept=5,
            slope=0,
            tau0=0,
            sigma=1,
            predictor="binary",
            varies="between",
            exchangeable=-0.15,
            seed=1,
        ),
    ),
    Preset(
        "drift",
        "A drifting instrument",
        "20 series of 6 readings. Each reading resembles the one before (autocorrelation 0.7), and there is no trend. The random "
        "intercept’s standard error of the trend is about a third too small, worse than that of OLS; AR(1) has it right.",
        Settings(20, 6, intercept=5, slope=0, tau0=0, sigma=1, predictor="time", autocorrelation=0.7, seed=1),
    ),
    Preset(
        "trial",
        "A trial by visits (MMRM)",
        "40 patients, two arms, 4 visits, no effect, and none leaves. Neighbouring visits resemble each other most, and a covariance "
        "by visit (us, the MMRM of trials) takes nothing about them for granted: study what that costs.",
        Settings(
            40,
            4,
            intercept=50,
            slope=0,
            tau0=5,
            sigma=8,
            predictor="binary",
            varies="between",
            autocorrelation=0.6,
            seed=1,
        ),
    ),
    Preset(
        "trial-dropout",
        "A trial with drop-out (MMRM)",
        "60 patients, 5 visits, no change over time. After each visit a tenth leave, rather those who were just doing badly, so those who "
        "stay look better and better: OLS finds a rise that is not there, and complete cases, those who stayed to the end, start 3 points "
        "too high. A random intercept puts the rise right but for a little, with a standard error that is too small; models of all rows "
        "with the visits’ correlation (ar1, us) are right on average, as what is missing depends on nothing but what was measured.",
        Settings(
            60,
            5,
            dropout=0.1,
            dropout_by="outcome",
            intercept=50,
            slope=0,
            tau0=0,
            sigma=10,
            predictor="time",
            autocorrelation=0.7,
            seed=1,
        ),
    ),
    Preset(
        "uneven-noise",
        "Noise that grows with x",
        "The residual SD is two and a half times as large for each SD of x. OLS, dummies and the random intercept take it to be the same "
        "everywhere, so their standard errors of the slope come out too small. Cluster-robust errors allow for it; to a random slope "
        "the noise looks like slopes that differ, so its standard error is about right.",
        Settings(20, 10, intercept=1, slope=0.5, tau0=1, sigma=1, sigma_by_x=2.5, varies="within", seed=1),
    ),
)


def preset(name: str) -> Preset:
    """The preset of this name.

    Raises
    ------
    SettingsError
        When there is none; the message names the closest ones.
    """
    for result in PRESETS:
        if result.name == name:
            return result
    names = [p.name for p in PRESETS]
    close = difflib.get_close_matches(name, names, n=2, cutoff=0.5) or names
    listed = " or ".join(f"“{c}”" for c in close) if len(close) < 3 else ", ".join(close)
    raise SettingsError(f"There is no preset “{name[:40]}”.", f"Choose {listed}.")
