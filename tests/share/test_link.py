"""The address of an analysis: made, read back, and read when it is old, damaged or hostile."""

from __future__ import annotations

from hashlib import sha512
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmmcompare import examples
from lmmcompare.data.recipe import Recipe
from lmmcompare.data.steps import Drop, Rename
from lmmcompare.data.table import Reading
from lmmcompare.formula import parse
from lmmcompare.model_catalogue import Model
from lmmcompare.share import link, table_in_link, upload_address
from lmmcompare.share.upload_address import Upload
from lmmcompare.share.view_parameters import TABS, Choices
from lmmcompare.simulate import link as simulated
from lmmcompare.simulate.settings import Settings

FIRST = "Y ~ X + (1 | ID)"
SIMULATED = "simulated:" + simulated.encode(Settings(groups=7, seed=3))
INLINE = "inline:" + table_in_link.encode(examples.load("dyestuff"), ["Yield", "Batch"])
STEPS = Recipe((Rename("a~b", "ü"), Drop(("x", "y"))))
UPLOADS = [
    Upload("a-_9" * 6), Upload("a-_9" * 6, "größe ~ & % 50.csv", 90, 3), Upload("a-_9" * 6, "mine.csv", 90, 3, steps=STEPS),
    Upload("a-_9" * 6, origin="drug", steps=STEPS), Upload("a-_9" * 6, origin="folder:a~b.csv", unsaid=True),
    Upload("a-_9" * 6, "mine.csv", 90, 3, digest="a-_9b" * 4 + "xy"),
    Upload("a-_9" * 6, "m.xlsx", 90, 3, "", STEPS, digest="a-_9b" * 4 + "xy", reading=Reading(False, "Sheet ~ 2.b")),
    Upload("a-_9" * 6, "mine.csv", 90, 3, reading=Reading(True)),
]  # fmt: skip
TABLES = [
    *examples.names(),
    SIMULATED,
    INLINE,
    *(f"upload:{u.to_place()}" for u in UPLOADS),
    "stored:" + "Zz09" * 6,
    "folder:our school.csv",
    "excluded:3-5,17:sleepstudy",
    f"excluded:2:upload:{UPLOADS[2].to_place()}",
]

names = st.text(min_size=1, max_size=40)
choices = st.builds(
    Choices, x=st.none() | names, mark=st.none() | names, zero=st.none() | st.booleans(),
    models=st.none() | st.lists(st.sampled_from(sorted(Model)), unique=True).map(tuple),
    tab=st.none() | st.sampled_from(TABS),
    details=st.builds(
        dict.__or__, st.dictionaries(st.sampled_from(["effect", "interval", "at.X & Y=1", "of.größe #"]), names),
        st.fixed_dictionaries({}, optional={"df": st.sampled_from(["satterthwaite", "kenward-roger"]), "p": st.sampled_from("01")}),
    ),
)  # fmt: skip


@given(
    table=st.sampled_from(TABLES),
    formula=st.sampled_from(
        [FIRST, "y ~ x + (x || g)", "`a b` ~ log(x) + (1 | g:h)", "score ~ 1 + (1 | `größe %&=+#`)"]
    ),
    reml=st.booleans(),
    view=choices,
)
def test_what_was_made_is_read_back(table: str, formula: str, reml: bool, view: Choices) -> None:
    address = link.make(table, formula, reml, view)
    assert link.read(address) == link.Opened(table, formula, reml, view)
    through = parse_qs(urlsplit(link.url("https://a.org/compare", address)).query, keep_blank_values=True)
    assert {k: v[-1] for k, v in through.items()} == address


@pytest.mark.parametrize("said", UPLOADS)
def test_what_an_address_says_of_an_upload_is_read_back(said: Upload) -> None:
    assert upload_address.read(said.to_place()) == said


def test_steps_that_are_too_many_for_an_address_are_said_to_be() -> None:
    names = sha512(b"1").hexdigest(), sha512(b"2").hexdigest()
    steps = Recipe(tuple(Rename(f"{k}{names[k % 2]}"[:99], f"{hash((k, 7))}{k}") for k in range(50)))
    place = Upload("a-_9" * 6, "mine.csv", 90, 3, steps=steps).to_place()
    assert len(place) < 2_000
    found = upload_address.read(place)
    assert found is not None and (found.unsaid or found.steps == steps)


@given(st.text(max_size=300))
def test_no_text_in_place_of_an_upload_breaks_anything(text: str) -> None:
    for place in (
        text,
        "a-_9" * 6 + "~" + text,
        "a-_9" * 6 + "~mine.csv~90x3~" + text,
        "a-_9" * 6 + "~m.csv~9x3~~~" + text,
    ):
        found = upload_address.read(place)
        assert found is None or found.key == "a-_9" * 6 or found.key == text


def test_weights_and_offsets_travel_in_the_formula() -> None:
    text = "Reaction ~ Days + offset(Days) + (1 | Subject), weights = 1 / Days"
    assert link.read(link.make("sleepstudy", text)) == link.Opened("sleepstudy", text)


def test_the_comparison_that_stays_in_sight_travels_beside_the_one_that_cannot_be_fitted() -> None:
    address = link.make("cv161703", "Y ~ 1 + (1 | X)", shown=FIRST)
    assert link.read(address) == link.Opened("cv161703", "Y ~ 1 + (1 | X)", shown=FIRST)
    assert "shown" not in link.make("cv161703", FIRST, shown=FIRST)
    assert link.read({"example": "cv161703", "shown": FIRST}).shown == ""  # there is none to stand in for
    (said,) = link.read({**address, "shown": "Y ~"}).notices
    assert said == "Parts of the link mean nothing here and are left out: shown."


def test_a_link_is_short_and_can_be_read() -> None:
    view = Choices(
        x="X", mark="3", zero=True, models=("ols", "no_pooling"), tab="trust",
        details={"df": "kenward-roger", "at.X": "2.5"},
    )  # fmt: skip
    assert link.make("cv161703", FIRST, False, view) == {
        "example": "cv161703", "formula": FIRST, "method": "ml", "x": "X", "mark": "3", "zero": "1",
        "models": "ols,no_pooling", "tab": "trust", "df": "kenward-roger", "at.X": "2.5",
    }  # fmt: skip
    assert link.make("drug", "") == {"example": "drug"}


TYPED = [
    ("Y ~ X   (1|ID)", FIRST),
    ("Y~X (1|ID)", FIRST),
    ("`a b`~`c d`   log(x)   (1   x || g)", "`a b` ~ `c d` + log(x) + (1 + x || g)"),
    ("y ~ poly(x, 2)   z:w   (1 | g:h)", "y ~ poly(x, 2) + z:w + (1 | g:h)"),
]


@pytest.mark.parametrize(("text", "formula"), TYPED)
def test_a_plus_that_the_web_made_a_space_is_understood(text: str, formula: str) -> None:
    assert link.read({"example": "cv161703", "formula": text}) == link.Opened("cv161703", parse(formula).formula)


OLD = [
    ({}, link.Opened()),
    ({"example": "cv161703", "formula": "Y~X+(1|ID)"}, link.Opened("cv161703", FIRST)),
    ({"example": "cv161703", "method": "ml", "x": "X", "mark": "5", "zero": "0"},
     link.Opened("cv161703", "", False, Choices(x="X", mark="5", zero=False))),
    ({"simulated": SIMULATED[10:], "formula": "y ~ x + (1 | group)"}, link.Opened(SIMULATED, "y ~ x + (1 | group)")),
    ({"table": "a-_9" * 6}, link.Opened("upload:" + "a-_9" * 6)),
    ({"upload": "a-_9" * 6}, link.Opened("upload:" + "a-_9" * 6)),
    ({"example": "drug", "utm_source": "mail", "embed": "true"}, link.Opened("drug")),
    ({"example": "drug", "example2": "x", "formula": ""}, link.Opened("drug")),
]  # fmt: skip


@pytest.mark.parametrize(("address", "opened"), OLD)
def test_old_links_go_on_working(address: dict[str, str], opened: link.Opened) -> None:
    assert link.read(address) == opened


SAID = [
    ({"example": "cv161704", "formula": FIRST}, "There is no example “cv161704”. Try “cv161703”. Meanwhile the first example is shown."),
    ({"example": "x" * 9_000}, "There is no example “" + "x" * 60 + "”"),
    ({"example": "cv161703", "formula": "Y ~ X + (1 | ID"}, "The link's formula could not be read:"),
    ({"example": "cv161703", "formula": "__import__('os').system('id')"}, "The link's formula could not be read:"),
    ({"simulated": SIMULATED[10:30]}, "part of the link is missing or changed. Copy it again. Meanwhile the first example is shown."),
    ({"simulated": "9" + SIMULATED[11:]}, "made by a newer version of lmmcompare"),
    ({"inline": INLINE[7:60]}, "part of the link is missing or changed."),
    ({"inline": "2" + INLINE[8:]}, "written by a newer version of lmmcompare"),
    ({"upload": "gone"}, "The linked table is no longer on the server."),
    ({"upload": "../../etc/passwd"}, "The linked table is no longer on the server."),
    ({"stored": "' or 1=1"}, "it has expired or was deleted, or the link was changed."),
    ({"upload": "a-_9" * 6 + "~no.csv~3"}, "The linked table is no longer on the server."),
    ({"formula": "Y ~ X + (1 | ID)"}, "a formula and names no table"),
    ({"folder": "x" * 300}, "This server offers no such table."),
    ({"example": "drug", "zero": "perhaps", "models": "ols,magic", "tab": "9", "df": "", "method": "magic", "x": "y" * 300},
     "Parts of the link mean nothing here and are left out: df, models, tab, x, zero, method."),
    ({"example": "drug", "at.": "3", "rows": "many", "of.<b>": ""}, "mean nothing here and are left out: at.…, of.…, rows."),
]  # fmt: skip


@pytest.mark.parametrize(("address", "notice"), SAID)
def test_what_cannot_be_had_is_said_and_the_rest_is_kept(address: dict[str, str], notice: str) -> None:
    opened = link.read({**address, "mark": "7", "p": "1"})
    said = str(*opened.notices)
    assert notice in said and len(said) < 500
    assert opened.choices == Choices(mark="7", details={"p": "1"})
    assert opened.table in ("", address.get("example"))
    assert opened.formula == ""


def test_the_snippet_holds_the_link_escaped() -> None:
    title = 'Why "lm" & <lmer> differ'
    snippet = link.embed_snippet("https://a.org/compare", link.make("cv161703", '`a"<b>` ~ X + (1 | ID)'), title)
    assert snippet.count("<") == snippet.count(">") == 2 and snippet.count('"') == 14
    source = unescape(snippet.split('"')[1])
    assert parse_qs(urlsplit(source).query) == {
        "example": ["cv161703"], "formula": ["`a\"<b>` ~ X + (1 | ID)"], "embed": ["true"],
    }  # fmt: skip
    assert unescape(snippet.split('"')[3]) == title
