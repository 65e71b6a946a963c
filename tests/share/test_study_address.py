"""The address of a simulation study."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmmcompare.share.study_address import ALONG, EACH, MEASURES, PANELS, POWERS, REPLICATES, TERMS, StudyChoices
from lmmcompare.studies.estimators import ESTIMATORS

models = st.sets(st.sampled_from(list(ESTIMATORS))).map(lambda left: tuple(m for m in ESTIMATORS if m in left))


typed = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=400)


@given(
    st.builds(
        StudyChoices, st.sampled_from(REPLICATES), models, st.sampled_from(["", *TERMS]), st.sampled_from(list(PANELS)),
        st.sampled_from(["", *ALONG]), typed, st.sampled_from(list(MEASURES)), st.sampled_from(EACH), st.sampled_from(POWERS),
        st.sampled_from(["", *ESTIMATORS]),
    )
)  # fmt: skip
def test_what_was_made_is_read_back(asked: StudyChoices) -> None:
    assert StudyChoices.from_address(asked.to_address()) == (asked, ())


def test_a_link_says_no_more_than_it_must() -> None:
    assert StudyChoices().to_address() == {"studies": "10000"}
    asked = StudyChoices(1_000, panel="curve", along="icc", values="0, 0.5", measure="bias", each=10_000)
    assert asked.to_address() == {
        "studies": "1000", "panel": "curve", "along": "icc", "values": "0, 0.5", "measure": "bias", "each": "10000",
    }  # fmt: skip
    assert StudyChoices.from_address({"simulated": "1.abc"}) == (StudyChoices(), ())


@pytest.mark.parametrize(
    ("address", "asked", "notice"),
    [
        (
            {"studies": "7", "term": "x"},
            StudyChoices(term="x"),
            "asks for “7” studies; 1,000, 10,000, 100,000 can be had",
        ),
        ({"studies": "9" * 5_000}, StudyChoices(), "asks for “99999999999999999999” studies"),
        ({"without": "ols,magic"}, StudyChoices(without=("ols",)), "leaves out “magic”"),
        ({"term": "<b>", "studies": "1000"}, StudyChoices(1_000), "looks at “<b>”"),
        ({"panel": "x" * 99}, StudyChoices(), "opens “" + "x" * 40 + "”"),
        ({"along": "seed", "values": "1, 2"}, StudyChoices(values="1, 2"), "goes along “seed”, which is no setting"),
        ({"values": "1, " * 200, "along": "icc"}, StudyChoices(along="icc"), "values of a setting cannot be read"),
        ({"values": "1\x00 2"}, StudyChoices(), "values of a setting cannot be read"),
        ({"measure": "mse"}, StudyChoices(), "draws “mse”"),
        ({"each": "1e9"}, StudyChoices(), "for “1e9” studies at each value; 1,000, 10,000 can be had"),
        (
            {"power": "1.0", "tested": "ols"},
            StudyChoices(tested="ols"),
            "power of “1.0”; 0.7, 0.8, 0.9, 0.95 can be had",
        ),
        ({"tested": "per_group"}, StudyChoices(), "tests by “per_group”, which is no model"),
    ],
)
def test_what_cannot_be_had_is_said(address: dict[str, str], asked: StudyChoices, notice: str) -> None:
    found, said = StudyChoices.from_address(address)
    assert found == asked
    assert len(said) == 1 and notice in said[0]
