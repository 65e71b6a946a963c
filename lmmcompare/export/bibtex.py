"""A bibliography of what a comparison rests on, as BibTeX."""

from __future__ import annotations

from .. import examples
from ..compare import Comparison
from ..examples.references import DATA, Reference
from . import references
from .source import Source


def bibtex(comparison: Comparison, source: Source, *, kenward_roger: bool = False, scripts: bool = False) -> str:
    """BibTeX entries for the data and for the methods that this comparison uses, and for no others.

    Parameters
    ----------
    comparison : Comparison
    source : Source
        A bundled example is cited; of simulated data and of a user's own there is nothing to cite.
    kenward_roger : bool
        Whether Kenward and Roger's errors and degrees of freedom are reported in place of Satterthwaite's.
    scripts : bool
        Whether R and statsmodels are cited too, for those who run the scripts.
    """
    small_sample = [references.KENWARD_ROGER] if kenward_roger else [references.SATTERTHWAITE, references.LMERTEST]
    found = [
        *_data(source),
        references.LMMCOMPARE,
        references.LME4,
        *([references.REML] if comparison.reml else []),
        *small_sample,
        *references.CR2,
        *([references.MUNDLAK] if "within_between" in comparison.fits else []),
        *([references.MADDALA] if comparison.design.fixed else []),  # the split by level
        *([references.R, references.STATSMODELS] if scripts else []),
    ]
    return "\n".join(map(_entry, found))


def _data(source: Source) -> tuple[Reference, ...]:
    if not source.example:
        return ()
    example = examples.get(source.example)
    shipped = Reference(f"data-{example.name}", "misc", {
        "title": f"Data set {example.name}: {example.title}", "howpublished": "Bundled with lmmcompare", "note": example.citation,
    })  # fmt: skip
    return DATA.get(example.name, (shipped,))


def _entry(reference: Reference) -> str:
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in reference.fields.items())
    return f"@{reference.kind}{{{reference.key},\n{fields}}}\n"
