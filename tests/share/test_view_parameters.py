"""What was chosen within panels, as parameters of an address: written, read, and left out where it means nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmmcompare.model_catalogue import Model
from lmmcompare.share.view_parameters import DETAILS, GROUP_OF, LONGEST, MOST_OF_COLUMNS, VALUE_OF, Choices

names = st.text(min_size=1, max_size=LONGEST)
columns = st.builds(str.__add__, st.sampled_from([VALUE_OF, GROUP_OF]), st.text(min_size=1, max_size=LONGEST - 3))
details = st.builds(
    dict.__or__,
    st.fixed_dictionaries({}, optional={name: st.from_regex(look, fullmatch=True).filter(lambda t: len(t) <= LONGEST)
                                        for name, look in DETAILS.items()}),
    st.dictionaries(columns, names, max_size=MOST_OF_COLUMNS),
)  # fmt: skip
anything = st.text(max_size=300) | st.from_regex("|".join(DETAILS.values()))


@given(details)
def test_what_was_chosen_is_read_back(chosen: dict[str, str]) -> None:
    address = Choices(x="X", details=chosen).to_address()
    assert address == {"x": "X", **chosen}
    assert Choices.from_address(address) == (Choices(x="X", details=chosen), ())


@given(st.dictionaries(st.sampled_from([*DETAILS, "x", "tab", "other", "at.", "of."]) | columns | st.text(), anything))
def test_whatever_stands_there_is_read_or_named(address: dict[str, str]) -> None:
    found, odd = Choices.from_address(address)
    assert Choices.from_address(found.to_address()) == (found, ())
    assert found.to_address().items() <= address.items()
    assert all(name in address or name in ("at.…", "of.…") for name in odd)
    left_out = (address.keys() & {*DETAILS}) - found.details.keys()
    assert left_out <= {*odd}


GOOD = [
    {"interval": "sd:ID:Intercept", "anova": "II", "test": "chi-square", "tests": "1"},
    {"level": "new group", "at.X": "-3.5", "at.größe in cm": "1e-07", "of.batch:cask": "A:c"},
    {"rows": "30", "sd": "2.5", "panels": "25", "lines": "per_group,several"},
    {"lines": "none", "language": "R", "paragraph": "1", "ways": "0"},
    {"model": "random_slope", "effect": "a:b\n", "masses": "Intercept", "effects": "ID:X"},
]


@pytest.mark.parametrize("address", GOOD)
def test_a_good_address(address: dict[str, str]) -> None:
    assert Choices.from_address(address) == (Choices(details=address), ())


BAD = [
    ({"rows": "-3"}, "rows"), ({"rows": "1e9"}, "rows"), ({"rows": "٣"}, "rows"), ({"rows": "9" * 10}, "rows"), ({"sd": "50"}, "sd"),
    ({"sd": "1."}, "sd"), ({"tests": "yes"}, "tests"), ({"anova": "I"}, "anova"), ({"anova": "II\n"}, "anova"), ({"lines": ""}, "lines"),
    ({"lines": "ols,magic"}, "lines"), ({"lines": "ols," * 99 + "ols"}, "lines"), ({"level": "group|population"}, "level"),
    ({"interval": ""}, "interval"), ({"interval": "x" * 201}, "interval"), ({"model": "magic"}, "model"), ({"at.": "1"}, "at.…"),
    ({"at.X": ""}, "at.…"), ({"of.ID": "x" * 201}, "of.…"), ({"of." + "x" * 198: "1"}, "of.…"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "name"), BAD)
def test_what_means_nothing_is_named_and_the_rest_is_kept(address: dict[str, str], name: str) -> None:
    assert Choices.from_address({**address, "bootstrap": "case", "p": "1"}) == (
        Choices(details={"bootstrap": "case", "p": "1"}), (name,)
    )  # fmt: skip


def test_so_many_columns_are_read_and_no_more() -> None:
    address = {f"at.x{k}": "1" for k in range(MOST_OF_COLUMNS)}
    assert Choices.from_address(address) == (Choices(details=address), ())
    found, odd = Choices.from_address(address | {"of.g": "1", "of.h": "2", "rows": "3"})
    assert found.details == address | {"rows": "3"} and odd == ("of.…",)


def test_what_could_not_be_read_again_is_not_written() -> None:
    chosen = {"interval": "x" * 201, "of.ID": "y" * 201, "at." + "z" * 200: "1", "language": "Perl", "rows": "3"}
    assert Choices(details=chosen).to_address() == {"rows": "3"}


def test_every_model_can_be_asked_for() -> None:
    for model in Model:
        assert Choices.from_address({"lines": model, "model": model})[1] == ()
