"""The address of a simulation study."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmmcompare.share.study import PANELS, REPLICATES, TERMS, Asked
from lmmcompare.studies.estimators import ESTIMATORS

models = st.sets(st.sampled_from(list(ESTIMATORS))).map(lambda left: tuple(m for m in ESTIMATORS if m in left))


@given(
    st.builds(Asked, st.sampled_from(REPLICATES), models, st.sampled_from(["", *TERMS]), st.sampled_from(list(PANELS)))
)
def test_what_was_made_is_read_back(asked: Asked) -> None:
    assert Asked.from_address(asked.to_address()) == (asked, ())


def test_a_link_says_no_more_than_it_must() -> None:
    assert Asked().to_address() == {"studies": "10000"}
    assert Asked.from_address({"simulated": "1.abc"}) == (Asked(), ())


@pytest.mark.parametrize(
    ("address", "asked", "notice"),
    [
        ({"studies": "7", "term": "x"}, Asked(term="x"), "asks for “7” studies; 1,000, 10,000, 100,000 can be had"),
        ({"studies": "9" * 5_000}, Asked(), "asks for “99999999999999999999” studies"),
        ({"without": "ols,magic"}, Asked(without=("ols",)), "leaves out “magic”"),
        ({"term": "<b>", "studies": "1000"}, Asked(1_000), "looks at “<b>”"),
        ({"panel": "x" * 99}, Asked(), "opens “" + "x" * 40 + "”"),
    ],
)
def test_what_cannot_be_had_is_said(address: dict[str, str], asked: Asked, notice: str) -> None:
    found, said = Asked.from_address(address)
    assert found == asked
    assert len(said) == 1 and notice in said[0]
