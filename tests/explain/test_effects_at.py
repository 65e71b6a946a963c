"""Headlines about an effect at several values do not hide where the models differ."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lmmcompare import compare
from lmmcompare.assess.effects_at import effects_at
from lmmcompare.explain.effect_question import effect_question
from lmmcompare.explain.effects_at import headline_at, subject
from lmmcompare.panels.effects_at import effects_table_panel
from lmmcompare.tables.inference import default_inference


def trial(gaps: bool) -> pd.DataFrame:
    """Two arms at four visits; the patients who lie highest are not seen at the third."""
    rng = np.random.default_rng(7)
    patient, visit = np.repeat(np.arange(20), 4), np.tile(np.arange(4), 20)
    level = rng.normal(0, 6, 20)
    y = 50 + level[patient] + np.where(patient % 2, -1.5, 0) * visit + rng.normal(0, 2, 80)
    frame = pd.DataFrame(
        {"patient": patient, "arm": np.where(patient % 2, "d2", "c1"), "visit": [f"v{k}" for k in visit], "y": y}
    )
    highest = np.argsort(level)[-6:]
    return frame[~(np.isin(patient, highest) & (visit == 2) & (patient % 2 == 1))] if gaps else frame


def title(gaps: bool) -> str:
    both = compare("y ~ arm * visit + (1 | patient)", trial(gaps))
    question = effect_question(both, "arm[T.d2]", "visit")
    assert question is not None
    effects = effects_at(both, question)
    ols, mixed = (effects.of_model(m)["estimate"].to_numpy() for m in ("ols", "random_intercept"))
    apart = np.abs(ols - mixed) / effects.of_model("random_intercept")["se"].to_numpy()
    assert (apart[2] > 0.2) == gaps  # by the numbers themselves: the third visit alone is another one
    assert apart[[0, 1, 3]].max() < 0.02
    assert subject(effects) == "d2 − c1"
    panel = effects_table_panel(both, "arm[T.d2]", effects, default_inference(both))
    assert panel.title == "d2 − c1 at each visit"  # the level's own name, no capital added
    return headline_at(both, "arm[T.d2]", effects, both.coefficients()).title


def test_models_that_differ_at_one_value_are_not_said_to_agree() -> None:
    assert title(gaps=False).startswith("OLS and the mixed model agree")
    told = title(gaps=True)
    assert told.startswith("The mixed model says") and "where it is v2" in told


def test_of_a_number_with_many_values_it_is_said_which_are_told():
    rng = np.random.default_rng(3)
    frame = trial(gaps=False).assign(z=rng.uniform(2, 9, 80))
    both = compare("y ~ arm * z + (1 | patient)", frame)
    effects = effects_at(both, effect_question(both, "arm[T.d2]", "z"))
    low, middle, high = (float(text) for text in effects.texts)
    np.testing.assert_allclose(
        [low, middle, high], frame["z"].mean() + np.array([-1, 0, 1]) * frame["z"].std(), rtol=0.01
    )
    said = headline_at(both, "arm[T.d2]", effects, both.coefficients())
    reason = said.reason
    assert effects.texts[0] in said.title and effects.texts[2] in said.title
    assert effects.texts[1] not in said.title  # a straight line's ends say what lies between them
    assert f"lie a standard deviation from the mean of z, {effects.texts[1]}." in reason
