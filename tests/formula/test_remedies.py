"""Every refusal names its place and a remedy; the formula that it offers can be fitted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.errors import DesignError, FormulaError, LmmCompareError
from lmmcompare.formula import parse

RANDOM = np.random.default_rng(4)
FRAME = pd.DataFrame({
    "y": RANDOM.normal(size=120), "x": RANDOM.normal(size=120), "z": RANDOM.normal(size=120) + 5,
    "g": np.arange(120) % 10, "h": np.repeat(list("abcdef"), 20), "f": np.array(list("pqr"))[np.arange(120) % 3],
    "if": RANDOM.normal(size=120), "my col": RANDOM.normal(size=120),
})  # fmt: skip

# what people write -> what is offered
OFFERED = {
    "y = x + (1 | g)": "y ~ x + (1 | g)",
    "y <- x + (1 | g)": "y ~ x + (1 | g)",
    "y ~ x ~ z": "y ~ x + z",
    "y ~ x z": "y ~ x + z",
    "y ~ scale(x)[, 1] + scale(z)[,1L]": "y ~ scale(x) + scale(z)",
    "y ~ x, z": "y ~ x + z",
    "y ~ x +": "y ~ x",
    "y ~ * x": "y ~  x",
    "y ~": "y ~ 1",
    "y ~ d$x + d$z": "y ~ x + z",
    "d$y ~ d$x": "y ~ x",
    "y ~ x # the slope": "y ~ x",
    "y ~ x + (1 | g": "y ~ x + (1 | g)",
    "y ~ log(z": "y ~ log(z)",
    "y ~ x) + z": "y ~ x + z",
    "y ~ x - (1 | g)": "y ~ x + (1 | g)",
    "y ~ x*(1 | g)": "y ~ x+(1 | g)",
    "y ~ x + (| g)": "y ~ x + (1 | g)",
    "y ~ x + (0 | g)": "y ~ x + (1 | g)",
    "y ~ x + (1 g)": "y ~ x + (1 | g)",
    "y ∼ x × z + (1 ∣ g)": "y ~ x * z + (1 | g)",
    "y ~ x − z + (1 | g)": "y ~ x - z + (1 | g)",
    "y ~ x + (1 | g + h)": "y ~ x + (1 | g) + (1 | h)",
    "y ~ x + (x || g, h)": "y ~ x + (x || g) + (x || h)",
    "y ~ (1 | g) + x | h": "y ~ (1 | g) + (x | h)",
    "y ~ x + (1 | log(g))": "y ~ x + (1 | g)",
    "y ~ x + (1|p|g)": "y ~ x + (1|g)",
    "y ~ x + toep(x | g)": "y ~ x + us(x | g)",
    "y ~ x + exp(x | g)": "y ~ x + us(x | g)",
    "y ~ x + homcs(0 + f | g)": "y ~ x + cs(0 + f | g, hom = TRUE)",
    "y ~ 2*x": "y ~ I(2*x)",
    "y ~ x/10 + z": "y ~ I(x/10) + z",
    "y ~ 'my col'": "y ~ `my col`",
    "y ~ if": "y ~ `if`",
    "y ~ Log(z)": "y ~ log(z)",
    "y ~ np.log(z)": "y ~ log(z)",
    "y ~ as.Factor(g)": "y ~ as.factor(g)",
    "y ~ Q('my col')": "y ~ `my col`",
    "y ~ s(x)": "y ~ ns(x, df = 4)",
    "y ~ f + Error(h)": "y ~ f + (1 | h)",
    "y ~ f %in% c('p', 'q')": "y ~ I(f %in% c('p', 'q'))",
    "y ~ x > 0 + (1 | g)": "y ~ (x > 0) + (1 | g)",
    "y ~ z + x > 0 + (1 | g)": "y ~ z + (x > 0) + (1 | g)",
    "y ~ I(-1 < x < 1)": "y ~ I(-1 < x & x < 1)",
}


def fit(formula: str) -> None:
    (lmmcompare.lmer if parse(formula).random else lmmcompare.lm)(formula, FRAME)


@pytest.mark.parametrize("text", OFFERED)
def test_the_formula_that_is_offered_fits(text: str) -> None:
    with pytest.raises(FormulaError) as error:
        parse(text)
    assert error.value.suggestion == OFFERED[text]
    assert error.value.position is not None
    assert error.value.remedy
    fit(error.value.suggestion)


# refused once the table is known -> what the remedy says to write
REMEDIES = {
    "y ~ I(w - mean(w))": ("mean(w)", "mean(w, na.rm = TRUE)"),
    "y ~ relevel(factor(f), ref = 'P')": ("ref = 'P'", 'ref = "p"'),
    "y ~ as.numeric(f)": ("as.numeric(f)", "as.numeric(factor(f))"),
    "y ~ cut(x)": ("cut(x)", "cut(x, 3)"),
    "y ~ ifelse(x > 0, o, 'none')": ("o,", "as.character(o),"),
}


@pytest.mark.parametrize("text", REMEDIES)
def test_what_the_remedy_says_can_be_fitted(text: str) -> None:
    wrong, right = REMEDIES[text]
    frame = FRAME.assign(w=FRAME["x"].where(FRAME.index > 3), o=pd.Categorical(FRAME["f"]))
    with pytest.raises(DesignError) if "numeric" not in text else pytest.raises(LmmCompareError) as error:
        lmmcompare.lm(text, frame)
    assert right.strip(",") in str(error.value)
    lmmcompare.lm(text.replace(wrong, right), frame)
