"""The models' catalogue: a key is a member and the member is the key, and each has all that a reader tells it by."""

import json

import pytest

from lmmcompare import compare, examples
from lmmcompare.figures.theme import COLOURS, MODELS
from lmmcompare.model_catalogue import Model, Pooling
from lmmcompare.studies.estimators import ESTIMATORS
from lmmcompare.text.labels import model_label, model_phrase


def test_a_member_is_its_key_wherever_keys_are_written():
    assert Model("ols") is Model.OLS and Model.OLS == "ols" and {"ols": 1}[Model.OLS] == 1
    assert f"{Model.SEVERAL}" == "several" and json.dumps([Model.TRUTH]) == '["truth"]'


@pytest.mark.parametrize("key", ["population", "", "OLS"])
def test_what_is_no_model_is_refused(key):
    with pytest.raises(ValueError, match="not a valid Model"):
        Model(key)


@pytest.mark.parametrize("model", Model)
def test_each_model_has_its_words_its_marks_and_its_colour(model):
    assert (
        model.label and model.phrase and model.markdown_colour and model.symbol and model.dash and len(model.sign) == 1
    )
    assert model_label(model) == model.label and model_phrase(model) == model.phrase
    assert (MODELS[model].symbol, MODELS[model].dash) == (model.symbol, model.dash)
    assert set(COLOURS) == set(Model)


def test_signs_and_symbols_tell_models_apart():
    assert len({m.sign for m in Model}) == len({m.symbol for m in Model}) == len(Model)


def test_every_model_that_is_fitted_or_studied_is_in_it():
    comparison = compare("strength ~ 1 + (1 | batch) + (1 | cask)", examples.load("pastes"))
    assert {*comparison.fits, *ESTIMATORS} <= {*Model}
    assert [m for m in comparison.fits if Model(m).is_mixed] == list(comparison.mixed_fits())


def test_a_mixed_model_is_one_that_pools_partially():
    assert {m for m in Model if m.pooling is Pooling.PARTIAL} == {m for m in Model if m.is_mixed}
    assert {m for m in Model if not m.has_lines} == {Model.WITHIN_BETWEEN}
    assert Pooling.NONE == "no pooling"
