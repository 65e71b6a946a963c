from __future__ import annotations

import re

import pytest

from lmmcompare import examples
from lmmcompare.examples.references import DATA
from lmmcompare.export import references
from lmmcompare.export.bibtex import OWN_R, bibtex, python_works, r_works
from lmmcompare.export.python_code import python_code
from lmmcompare.export.r_code import r_code
from lmmcompare.export.source import Source
from tests.sources import file_source

from .cases import SIMULATED, Case, example

ENTRY = re.compile(r"@(article|book|inproceedings|manual|misc)\{([a-z0-9-]+),\n((?:  [a-z]+ = \{.+\},\n)+)\}\n")
NEEDED = {"article": {"author", "title", "journal", "year", "volume", "pages"}, "book": {"title", "publisher", "year"}}


def entries(case: Case, scripts: list[references.Reference] | None = None) -> dict[str, set[str]]:
    """Keys of the bibliography with the fields of each."""
    text = bibtex(case.snapshot, scripts or [])
    assert ENTRY.sub("", text).strip() == (OWN_R.strip() if scripts else "")
    found = {key: set(re.findall(r"^  ([a-z]+) =", fields, re.M)) for _, key, fields in ENTRY.findall(text)}
    for kind, key, _ in ENTRY.findall(text):
        assert NEEDED.get(kind, {"title"}) <= found[key]
    assert text.count("{") == text.count("}")
    return found


def test_only_what_the_comparison_uses_is_cited() -> None:
    reml, ml, mean = example("sleepstudy"), example("sleepstudy", reml=False), example("dyestuff2")
    both = set(entries(reml))
    assert both == {
        "belenky2003", "lmmcompare", "bates2015", "patterson1971", "satterthwaite1946", "kuznetsova2017", "bell2002",
        "pustejovsky2018",
    }  # fmt: skip
    assert both - set(entries(ml)) == {"patterson1971"}
    assert {"box1973", "davies1972"} <= set(entries(mean))
    assert "mundlak1978" in entries(example("cv161703")) and "mundlak1978" not in both


def test_kenward_and_roger_in_place_of_satterthwaite() -> None:
    found = set(entries(example("cv161703", kenward_roger=True)))
    assert "kenward1997" in found and "satterthwaite1946" not in found


@pytest.mark.parametrize(
    ("case", "used"),
    [
        (example("cv161703", "Y ~ exp(X) + (1 | ID)"), {"kuznetsova2017", "clubsandwich"}),
        (example("cv161703", kenward_roger=True), {"kuznetsova2017", "halekoh2014", "clubsandwich", "emmeans"}),
        (example("orthodont", "distance ~ age * Sex + (1 | Subject)"), {"kuznetsova2017", "clubsandwich", "emmeans"}),
    ],
)
def test_the_packages_of_r_that_a_script_loads_are_cited_with_a_year(case: Case, used: set[str]) -> None:
    works = r_works(r_code(case.snapshot))
    assert used | {"r", "bates2015"} == {work.key for work in works}
    assert all(work.fields.get("year") for work in works) and "year" in entries(case, works)["r"]
    assert [work.key for work in python_works(python_code(case.snapshot))] == ["seabold2010"]


def test_of_data_of_ones_own_there_is_nothing_to_cite() -> None:
    simulated, bundled = SIMULATED[0], example("cv161703")
    own = Case("own", bundled.formula, file_source("secret {name}.csv", bundled.source.frame))
    assert set(entries(bundled)) - set(entries(own)) == {"crossvalidated161703"}
    assert "secret" not in bibtex(own.snapshot) and "misc" not in bibtex(simulated.snapshot)


def test_a_changed_example_is_cited_still() -> None:
    bundled = example("sleepstudy")
    source = Source("sleepstudy, changed", bundled.source.frame, changed_example="sleepstudy")
    assert "belenky2003" in entries(Case("changed", bundled.formula, source))


def test_structured_residuals_are_cited_once_also_where_the_data_are_from_the_same_book() -> None:
    machines = example("machines", "score ~ Machine + (1 | Worker), correlation = cs(1 | Worker)")
    assert bibtex(machines.snapshot).count("{pinheiro2000,") == 1
    own = file_source("own.csv", machines.source.frame)
    assert "pinheiro2000" in entries(Case("own", machines.formula, own))
    assert "pinheiro2000" not in entries(Case("own", "score ~ Machine + (1 | Worker)", own))


@pytest.mark.parametrize("name", examples.names())
def test_every_example_can_be_cited_and_entries_agree_with_its_citation(name: str) -> None:
    """The years and pages that the citation states are those of an entry."""
    found = DATA.get(name, ())
    citation = examples.get(name).citation
    years = re.findall(r"\((\d{4})\)", citation)
    assert all(any(r.fields.get("year") == year for r in found) for year in years)
    for first, last in re.findall(r"(\d+)-(\d+)\.$", citation):
        assert any(r.fields.get("pages") == f"{first}--{last}" for r in found)


def test_keys_are_unique() -> None:
    methods = [v for v in vars(references).values() if isinstance(v, references.Reference)] + list(references.CR2)
    known = {r.key: r for r in [*methods, *(r for found in DATA.values() for r in found)]}
    assert all(known[r.key] == r for r in methods)
    dois = [r.fields["doi"] for r in known.values() if "doi" in r.fields]
    assert len(dois) == len(set(dois)) and all(re.fullmatch(r"10\.\d{4,}/\S+", d) for d in dois)
