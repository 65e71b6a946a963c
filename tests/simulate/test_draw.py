"""The two stages of drawing: the same on every machine, in whatever batches, and with the moments that were stated."""

import hashlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from scipy import stats

import lmmcompare
from lmmcompare import simulate
from lmmcompare.errors import SettingsError
from lmmcompare.simulate.design import design
from lmmcompare.simulate.outcome import effects, outcomes, residuals
from lmmcompare.simulate.predictor import mean_sd
from lmmcompare.simulate.presets import PRESETS, preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.simulate.streams import normals, uniforms
from lmmcompare.simulate.table import table

from .test_settings import settings_that_can_be

MANY = range(400)


def digest(frame: pd.DataFrame) -> str:
    """A hash of every bit of a table."""
    numbers = frame.select_dtypes("number").to_numpy("<f8")
    return hashlib.sha256(numbers.tobytes() + frame["group"].cat.codes.to_numpy("<i4").tobytes()).hexdigest()[:16]


# ------------------------------------------------------------------------------------------- the same data, always

# Made once, on x86-64 Linux with numpy 2.4 and scipy 1.17. A change here breaks every link that was ever sent.
PINNED = {
    "clash": "50c0208198bfc8d5",
    "simpson": "20da55257ba589b8",
    "false-alarms": "ad61f3c835904b8a",
    "drug": "5e42270043e6565a",
    "chapter7": "06b613848d57971c",
    "few-groups": "dc9f41f42d731451",
    "slopes": "0aedbeffcd2af6ca",
    "dropout": "10eb0b6e769838c0",
    "unequal": "083c181005bae20a",
    "outlier": "e46751444e69161d",
    "heavy-tails": "2eafe1b7fcc6d848",
    "two-kinds": "b77f6f5f9e0c13bc",
    "autocorrelation": "80ebfac05015c694",
    "negative": "0b6a5734afdc16f9",
    "drift": "f2b55714d1f526dd",
    "trial": "b47ef175e75d00d3",
    "trial-dropout": "eccdf1c072c420eb",
    "uneven-noise": "9fc06d67a4cff902",
}


@pytest.mark.parametrize("name", [p.name for p in PRESETS])
def test_the_data_of_a_preset_never_change(name):
    assert digest(table(preset(name).settings)) == PINNED[name]


def test_the_raw_words_are_numpys_own():
    """The bit generator and SeedSequence are what numpy promises to keep; these are PCG64's words of seed 1, stream 2."""
    child = np.random.SeedSequence(1).spawn(4)[2]
    words = np.random.PCG64(child).random_raw(5)
    assert uniforms(1, 2, range(1), 5)[0].tolist() == [((int(w) >> 12) + 0.5) / 2**52 for w in words]
    assert words.tolist() == WORDS


WORDS = [4301196022613586579, 867395562149415902, 7767920224972454091, 13129636493941269609, 13348232105820617621]


def test_another_process_draws_the_same():
    code = (
        "from lmmcompare import simulate; d = simulate(7, 5, seed=12, x_icc=0.6, tau1=0.4, rho=-0.3, effects='heavy'); "
        "print(d.x.sum().hex(), d.y.sum().hex(), d.y.iloc[-1].hex())"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    d = simulate(7, 5, seed=12, x_icc=0.6, tau1=0.4, rho=-0.3, effects="heavy")
    assert found == [d.x.sum().hex(), d.y.sum().hex(), d.y.iloc[-1].hex()]


@given(settings_that_can_be())
def test_any_settings_give_the_same_table_twice(settings):
    one, other = table(settings), table(Settings.from_dict(settings.to_dict()))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert np.isfinite(one["y"]).all() and one["group"].nunique() == settings.groups


@given(settings_that_can_be())
def test_batches_change_nothing(settings):
    whole = design(settings, range(5))
    y = outcomes(settings, whole, range(5))
    parts = [range(0, 2), range(2, 3), range(3, 5)]
    np.testing.assert_array_equal(np.concatenate([design(settings, p).x for p in parts]), whole.x)
    np.testing.assert_array_equal(np.concatenate([outcomes(settings, design(settings, p), p) for p in parts]), y)
    held = design(settings)
    y = outcomes(settings, held, range(5))
    np.testing.assert_array_equal(np.concatenate([outcomes(settings, held, p) for p in parts]), y)
    np.testing.assert_array_equal(y[0], table(settings)["y"])


@given(settings_that_can_be())
def test_sigma_alone_leaves_design_and_groups_as_they_are(settings):
    other = settings.change(sigma=2 * settings.sigma)
    one, two = design(settings), design(other)
    for name in ("sizes", "codes", "time", "x", "centre", "noise"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    np.testing.assert_array_equal(effects(settings, one), effects(other, two))
    np.testing.assert_array_equal(2 * residuals(settings, one), residuals(other, two))


@pytest.mark.parametrize("change", [{"tau0": 3}, {"tau1": 0.5}, {"slope": 9}, {"effects": "heavy"}, {"rho_mean": 0.5}])
def test_what_concerns_the_outcome_leaves_predictor_and_residuals(change):
    one, two = Settings(), Settings(**change)
    np.testing.assert_array_equal(design(one).x, design(two).x)
    np.testing.assert_array_equal(residuals(one, design(one)), residuals(two, design(two)))


@pytest.mark.parametrize("effects_", ["heavy", "skewed", "two-point"])
def test_another_distribution_keeps_the_groups_order(effects_):
    normal, other = (effects(s, design(s))[0, 0] for s in (Settings(), Settings(effects=effects_)))
    order = np.argsort(normal)
    assert (np.diff(other[order]) >= 0).all() and not np.array_equal(normal, other)


def test_another_seed_is_another_table():
    assert digest(simulate(seed=1)) != digest(simulate(seed=2)) != digest(simulate(seed=2**53 - 1))


def test_the_streams_are_independent():
    z = np.stack(
        [normals(1, stream, range(1), 20_000)[0] for stream in range(4)] + [normals(2, 0, range(1), 20_000)[0]]
    )
    off = np.corrcoef(z)[np.triu_indices(5, 1)]
    assert np.abs(off).max() < 4 / np.sqrt(20_000)  # four Monte Carlo errors
    assert stats.kstest(z.ravel(), "norm").pvalue > 1e-3


# ---------------------------------------------------------------------------------------------- the moments stated


def near(values: np.ndarray, truth: float, errors: float = 4.5) -> bool:
    """Whether the mean over independent replicates is within so many Monte Carlo errors of the truth."""
    return abs(values.mean() - truth) <= errors * values.std(ddof=1) / np.sqrt(len(values)) + 1e-12


def within_between(values: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean squares within and between groups of equal size, (R, n) to (R,) each: plain analysis of variance."""
    cells = values.reshape(len(values), groups, -1)
    n, means = cells.shape[2], cells.mean(axis=2)
    return ((cells - means[:, :, None]) ** 2).sum((1, 2)) / (groups * (n - 1)), n * means.var(axis=1, ddof=1)


@pytest.mark.parametrize("predictor", ["continuous", "binary"])
@pytest.mark.parametrize("icc", [0.0, 0.3, 0.8])
def test_the_icc_of_the_predictor(predictor, icc):
    s = Settings(30, 6, predictor=predictor, x_icc=icc, x_mean=3, x_sd=2, share=0.3)
    x, variance = design(s, MANY).x, 4.0 if predictor == "continuous" else 0.3 * 0.7
    within, between = within_between(x, 30)
    assert near(within, variance * (1 - icc)) and near((between - within) / 6, variance * icc)
    assert near(x.mean(axis=1), 3.0 if predictor == "continuous" else 0.3)


@pytest.mark.parametrize("predictor", ["continuous", "binary"])
def test_a_predictor_within_groups_has_the_same_mean_in_each(predictor):
    s = Settings(8, 10, predictor=predictor, varies="within", x_mean=3, x_sd=2, share=0.4)
    x = design(s, MANY).x
    means = x.reshape(400, 8, 10).mean(axis=2)
    np.testing.assert_allclose(means, 3 if predictor == "continuous" else 0.4, atol=1e-12)
    assert near(((x - means.mean()) ** 2).mean(axis=1), 4 if predictor == "continuous" else 0.24)
    assert "within_between" in lmmcompare.compare("y ~ x + (1 | group)", table(s)).absent


@pytest.mark.parametrize("predictor", ["continuous", "binary"])
def test_a_predictor_between_groups_is_constant_in_each(predictor):
    s = Settings(9, [3, 4, 5, 6, 7, 8, 9, 10, 11], predictor=predictor, varies="between", share=0.4)
    d = design(s, MANY)
    assert (d.x == d.x[:, np.cumsum(d.sizes) - 1][:, d.codes]).all()
    if predictor == "binary":
        assert (d.x[:, np.cumsum(d.sizes) - 1].sum(axis=1) == 4).all()  # 0.4 x 9, rounded
        assert near(d.x[:, 0], 4 / 9)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_binary_predictor_has_both_values(share):
    within = design(Settings(5, 4, predictor="binary", varies="within", share=share), MANY).x.reshape(400, 5, 4)
    assert set(np.unique(within.sum(axis=2))) == {min(max(round(4 * share), 1), 3)}
    between = design(Settings(5, 4, predictor="binary", varies="between", share=share), MANY).x.reshape(400, 5, 4)
    assert (between.sum(axis=1).max(axis=1) > 0).all() and (between.sum(axis=1).min(axis=1) < 5).all()


def test_time_counts_the_rows_of_each_group():
    d = simulate(4, [2, 3, 1, 4], predictor="time")
    assert d["time"].tolist() == [0, 1, 0, 1, 2, 0, 0, 1, 2, 3]
    assert d.columns.tolist() == ["y", "group", "time"]


@pytest.mark.parametrize("kind", ["normal", "heavy", "skewed", "two-point", "outlier"])
def test_random_effects_have_the_stated_covariance(kind):
    s = Settings(12, 4, tau0=2, tau1=0.5, rho=-0.6, effects=kind)
    u = effects(s, design(s), range(4_000))
    assert near(u[:, 0].mean(axis=1), 0) and near(u[:, 1].mean(axis=1), 0)
    assert near((u[:, 0] ** 2).mean(axis=1), 4) and near((u[:, 1] ** 2).mean(axis=1), 0.25)
    assert near((u[:, 0] * u[:, 1]).mean(axis=1), -0.6)


def test_the_distributions_are_what_they_are_called():
    def u0(kind: str) -> np.ndarray:
        s = Settings(50, 2, tau0=1, effects=kind)
        return effects(s, design(s), range(2_000))[:, 0]

    assert stats.kstest(u0("normal").ravel(), "norm").pvalue > 1e-3
    assert stats.kstest(u0("heavy").ravel() / np.sqrt(3 / 5), stats.t(5).cdf).pvalue > 1e-3
    assert stats.kstest(u0("skewed").ravel() + 1, "expon").pvalue > 1e-3
    assert set(np.unique(u0("two-point"))) == {-1.0, 1.0}
    far = u0("outlier")
    ranked = np.sort(far, axis=1)
    assert (ranked[:, -1] > 4 * np.abs(ranked[:, :-10]).mean(axis=1)).all()
    assert near((far.argmax(axis=1) == 7).astype(float), 1 / 50)  # any group may be the one


@pytest.mark.parametrize(
    "where",
    [{"varies": "both", "x_icc": 0.4}, {"varies": "both", "x_icc": 0}, {"varies": "between"}, {"varies": "both", "predictor": "binary"},
     {"varies": "between", "predictor": "binary"}, {"varies": "both", "size": [2, 5, 9, 4] * 5}],
)  # fmt: skip
def test_the_group_mean_correlates_with_the_intercepts_alone(where):
    slopes = {"tau1": 0.5, "rho": 0.5} if where["varies"] == "both" else {}
    s = Settings(**{"groups": 20, "size": 6, "tau0": 2, "rho_mean": 0.7, "x_sd": 3} | slopes | where)
    d = design(s, range(3_000))
    u = effects(s, d, range(3_000))
    starts = np.cumsum(d.sizes) - d.sizes
    means = np.add.reduceat(d.x, starts, axis=1) / d.sizes  # straight from the rows
    expected = s.x_mean if s.predictor == "continuous" else s.share
    m = (means - expected) / mean_sd(s)
    assert near((m**2).mean(axis=1), 1)
    assert near((u[:, 0] * m).mean(axis=1) / 2, 0.7)
    assert near((u[:, 0] ** 2).mean(axis=1), 4)
    assert near((u[:, 0] * u[:, 1]).mean(axis=1), 0.5 if slopes else 0)
    assert near((u[:, 1] * m).mean(axis=1), 0)


def test_the_outcome_has_the_stated_intraclass_correlation():
    s = Settings(25, 8, tau0=2, sigma=1.5, slope=3)
    d = design(s)
    y = outcomes(s, d, MANY) - 3 * d.x
    within, between = within_between(y, 25)
    assert near(within, 1.5**2) and near((between - within) / 8, 4)


@pytest.mark.parametrize("phi", [0.8, -0.5])
def test_residuals_remember_their_neighbour(phi):
    s = Settings(6, [1, 2, 5, 9, 3, 8], autocorrelation=phi, sigma=2)
    d = design(s)
    e = residuals(s, d, range(5_000))
    assert near((e**2).mean(axis=1), 4)
    for lag in (1, 2):
        rows = np.flatnonzero(d.time >= lag)
        assert near((e[:, rows] * e[:, rows - lag]).mean(axis=1) / 4, phi**lag)
    first = np.flatnonzero(d.time == 0)[1:]
    assert near((e[:, first] * e[:, first - 1]).mean(axis=1), 0)  # nothing goes from group to group
    assert "time" in table(s)


def test_noise_follows_predictor_and_group_and_keeps_its_mean_square():
    s = Settings(30, 10, sigma=2, sigma_by_x=1.5, sigma_by_group=2, varies="both")
    d = design(s, MANY)
    np.testing.assert_allclose((d.noise**2).mean(axis=1), 1, rtol=1e-8)  # the grid
    slope = [
        np.linalg.lstsq(np.c_[x, np.eye(30)[d.codes]], np.log(f), rcond=None)[0][0]
        for x, f in zip(d.x[:5], d.noise[:5], strict=True)
    ]
    np.testing.assert_allclose(np.exp(slope), 1.5, rtol=1e-6)
    of_group = np.log(d.noise) - np.log(1.5) * d.x
    means = of_group.reshape(400, 30, 10).mean(axis=2)
    assert near(means.var(axis=1, ddof=1), np.log(2) ** 2)
    e = residuals(s, d, MANY)
    assert near((e**2).mean(axis=1), 4)


# ------------------------------------------------------------------------------------------------- the public call


def test_the_plain_call():
    d = simulate()
    assert d.columns.tolist() == ["y", "x", "group"] and len(d) == 200
    assert d["group"].cat.categories.tolist() == [str(j) for j in range(1, 21)]
    assert d["group"].value_counts(sort=False).tolist() == [10] * 20
    pd.testing.assert_frame_equal(d, simulate(groups=20, size=10, seed=1))
    fit = lmmcompare.lmer("y ~ x + (1 | group)", d)
    assert abs(fit.params["x"] - 0.5) < 4 * fit.bse["x"]


def test_unknown_settings_are_named():
    with pytest.raises(SettingsError, match=r"“tau_0”\. Did you mean “tau0”"):
        simulate(tau_0=1)
