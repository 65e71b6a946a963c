"""A bibliography of what a comparison rests on, as BibTeX."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from .. import examples
from ..examples.references import DATA, PINHEIRO_BATES, Reference
from ..model_catalogue import Model
from ..tables.inference import Resampling
from ..version import YEAR
from . import references
from .snapshot import Snapshot
from .source import Source

OWN_R = (
    "The years of R and of its packages are this one's; those of the versions you run are in what citation() prints there. "
    "BibTeX skips this line.\n"
)
R_PACKAGES = {
    "library(lmerTest)": references.LMERTEST,
    "library(pbkrtest)": references.PBKRTEST,
    "clubSandwich::": references.CLUBSANDWICH,
    "emmeans::": references.EMMEANS,
}
"""What of R's packages stands in a script that uses them."""


def bibtex(snapshot: Snapshot, scripts: Iterable[Reference] = ()) -> str:
    """BibTeX entries for what the methods paragraph cites, and for no other work.

    Parameters
    ----------
    snapshot : Snapshot
        A bundled example is cited; of simulated data and of a user's own there is nothing to cite.
    scripts : iterable of Reference
        What is cited beside it for those who run the scripts: `r_works`, `python_works`.
    """
    once = {reference.key: reference for reference in (*cited_works(snapshot), *scripts)}
    undated = [OWN_R] if references.R.key in once else []
    return "\n".join([*map(_entry, once.values()), *undated])


def r_works(script: str) -> list[Reference]:
    """R, lme4 and the packages that a script of R uses."""
    packages = [work for call, work in R_PACKAGES.items() if call in script]
    return [_this_years(references.R), references.LME4, *map(_this_years, packages)]


def python_works(script: str) -> list[Reference]:
    """What a script of Python uses beside lmmcompare."""
    return [references.STATSMODELS] if "statsmodels" in script else []


def cited_works(snapshot: Snapshot) -> list[Reference]:
    """The works that the methods paragraph cites, each once: of the data, then of the methods."""
    comparison, inferred = snapshot.comparison, snapshot.inferred
    result = [
        *data_works(snapshot.source),
        references.LMMCOMPARE,
        references.LME4,
        *([references.REML] if comparison.reml else []),
        *small_sample_works(snapshot),
        *([references.KENWARD_ROGER] if snapshot.boundary_interval is not None else []),
        *references.CR2,
        *([references.BOOTSTRAP] if isinstance(inferred.intervals, Resampling) else []),
        *([references.MUNDLAK] if Model.WITHIN_BETWEEN in comparison.fits else []),
        *([PINHEIRO_BATES] if comparison.structured is not None else []),
    ]
    return list({reference.key: reference for reference in result}.values())


def small_sample_works(snapshot: Snapshot) -> tuple[Reference, ...]:
    """The works on the standard errors and degrees of freedom of the mixed models."""
    if snapshot.inferred.kenward_roger:
        return (references.KENWARD_ROGER,)
    return references.SATTERTHWAITE, references.LMERTEST


def _this_years(software: Reference) -> Reference:
    """Software of no year, of this year: a bibliography needs one, and each reader runs a version of their own."""
    return replace(software, fields={"year": str(datetime.now(UTC).year)} | software.fields)


def data_works(source: Source) -> tuple[Reference, ...]:
    """The works that a bundled example is from; none of other data."""
    if not source.bundled:
        return ()
    example = examples.get(source.bundled)
    shipped = Reference(
        f"data-{example.name}",
        "misc",
        {
            "title": f"Data set {example.name}: {example.title}",
            "howpublished": "Bundled with lmmcompare",
            "year": YEAR,
            "note": example.citation,
        },
    )
    return DATA.get(example.name, (shipped,))


def _entry(reference: Reference) -> str:
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in reference.fields.items())
    return f"@{reference.kind}{{{reference.key},\n{fields}}}\n"
