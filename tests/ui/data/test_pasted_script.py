"""A table and a model of it in one text."""

from __future__ import annotations

import pytest

from lmmcompare.errors import DataError
from lmmcompare.ui.data.pasted_script import read_pasted

TABLE = """d <- data.frame(id = rep(1:3, each = 2), x = rep(c(0, 1), 3), y = c(1.2, 3.4, 2.2, 3.1, 4.5, 2.2))
"""
QUOTED = 'd <- read.table(header = TRUE, text = "id x y\n1 0 1.2\n1 1 3.4\n2 0 2.2\n2 1 3.1")\n'


@pytest.mark.parametrize("table", [TABLE, QUOTED])
@pytest.mark.parametrize(
    ("model", "formula"),
    [
        ("library(lme4)\nsummary(lmer(y ~ x + (1 | id), data = d))", "y ~ x + (1 | id)"),
        ("m0 <- lm(y ~ x, d)\nm1 <- lmer(y ~ x + (x | id), d) # slopes", "y ~ x + (x | id)"),
        ("lmer(y ~ x + (1 | school), data = d)", ""),  # no such column
        ("lmer(y ~ x, data = d)", ""),  # not to be read
        ("lm(y ~ x, data = d)", ""),
        ("", ""),
    ],
)
def test_the_model_beside_a_table_is_the_first_comparison(table, model, formula):
    read = read_pasted(table + model)
    assert read.formula == formula
    assert read.frame["y"].tolist()[:2] == [1.2, 3.4]


def test_a_model_without_a_table_is_said_to_be_one():
    with pytest.raises(DataError, match="no table above it"):
        read_pasted("fit <- lmer(y ~ x + (1 | id), data = d)")


def test_a_model_of_statsmodels_is_taken_up_too():
    code = "df = pd.DataFrame({'id': [1, 1, 2, 2], 'y': [1.5, 2, 3, 4], 'x': [0, 1, 0, 1]})\n"
    read = read_pasted(code + "md = smf.mixedlm('y ~ x', df, groups=df['id'])\nprint(md.fit().summary())")
    assert read.formula == "y ~ x + (1 | id)"


@pytest.mark.parametrize(
    "text",
    [
        "Why does m <- lmer(y ~ x + (1 | g), d) fail?\n\n{table}\n# " + "words " * 1_500,
        "{table}\n\n# m0 <- lmer(y ~ 1 + (1 | g), d)\nm1 <- lmer(y ~ x + (1 | g), d)\n",
        "{table}\n\nm0 <- lmer(y ~ 1 + (1 | g), d)\nm1 <- lmer(y ~ x + (1 | g), d)\nanova(m0, m1)\n",
        "{table}\n\nm = fit(MixedModel, @formula(y ~ x + (1 | g)), d)\n",
        "input x y str1 g\n1 2.5 a\n2 3.5 a\n1 1.5 b\n2 3 b\nend\nmixed y x || g:\n",
    ],
)
def test_the_last_model_of_a_question_is_its_model_whatever_stands_round_it(text):
    found = read_pasted(text.replace("{table}", "x,y,g\n1,2.5,a\n2,3.5,a\n1,1.5,b\n2,3,b"))
    assert found.formula == "y ~ x + (1 | g)"
    assert found.frame["y"].tolist() == [2.5, 3.5, 1.5, 3.0]
