from __future__ import annotations

import re

import pytest

from lmmcompare import examples
from lmmcompare.examples.references import DATA, Reference
from lmmcompare.export import references
from lmmcompare.export.bibtex import cited_works
from lmmcompare.export.citations import in_text, plain, reference_list
from lmmcompare.export.methods import methods_with_references
from lmmcompare.tables.inference import Resampling

from .cases import KINDS, Case, example

STRUCTURED = example("machines", "score ~ Machine + (1 | Worker), correlation = cs(1 | Worker)")
CASES = [
    example("sleepstudy"), example("sleepstudy", reml=False), example("cv161703", kenward_roger=True), STRUCTURED,
    next(k for k in KINDS if isinstance(k.intervals, Resampling)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (references.SATTERTHWAITE, "Satterthwaite, 1946"),
        (references.KENWARD_ROGER, "Kenward & Roger, 1997"),
        (references.LME4, "Bates et al., 2015"),
        (references.LMMCOMPARE, "The lmmcompare developers, 2026"),
        (DATA["cv161703"][0], "“Question 161703”, n.d."),
    ],
)
def test_in_the_text_a_work_is_names_and_year(work: Reference, said: str) -> None:
    """APA 7: one name, two with an ampersand, of three or more the first; a title where there is no name."""
    assert in_text(work) == said


def test_several_works_stand_by_name() -> None:
    assert in_text(*reversed(references.CR2)) == "Bell & McCaffrey, 2002; Pustejovsky & Tipton, 2018"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (r"M{\"a}chler", "Mächler"), (r"H{\o}jsgaard, S{\o}ren", "Højsgaard, Søren"), ("Jos{\\'e}", "José"),
        (r"Business \& Economics", "Business & Economics"), ("92--96", "92–96"), ("using {lme4}", "using lme4"),
    ],
)  # fmt: skip
def test_latex_becomes_letters(written: str, said: str) -> None:
    assert plain(written) == said


def test_entries_are_as_apa_writes_them() -> None:
    """The forms of the manual's seventh edition, of an article, of a book with an edition, and of editors."""
    article, book, edited = references.LME4, DATA["hsb82"][0], DATA["dyestuff2"][-1]
    said = reference_list([edited, book, article]).splitlines()
    assert said[0] == (
        "Bates, D., Mächler, M., Bolker, B., & Walker, S. (2015). Fitting linear mixed-effects models using lme4. "
        "Journal of Statistical Software, 67(1), 1–48. https://doi.org/10.18637/jss.v067.i01"
    )
    assert said[1].startswith("Davies, O. L., & Goldsmith, P. L. (Eds.). (1972). Statistical Methods")
    assert said[2].startswith("Raudenbush, S. W., & Bryk, A. S. (2002).") and said[2].endswith("(2nd ed.). Sage.")


@pytest.mark.parametrize("name", examples.names())
def test_no_latex_is_left_in_an_entry(name: str) -> None:
    works = [*DATA.get(name, ()), *(v for v in vars(references).values() if isinstance(v, Reference))]
    assert not re.search(r"[{}\\]|--", reference_list(works))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_the_text_cites_is_listed_and_what_is_listed_is_cited(case: Case) -> None:
    done, _, listed = methods_with_references(case.snapshot).split("\n\n")
    works = cited_works(case.snapshot)
    assert all(in_text(work) in done for work in works)
    assert len(listed.splitlines()) == 1 + len(works)
    cited = re.findall(r"[;(] ?([^;()]+?), (\d{4}|n\.d\.)(?=[;)])", done)
    assert {f"{who}, {year}" for who, year in cited} == {in_text(work) for work in works}
