"""A bibliography of what a comparison rests on, as BibTeX."""

from __future__ import annotations

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

OWN_R = "The year of R is this one's; that of the version you run is in what citation() prints there. BibTeX skips this line.\n"


def bibtex(snapshot: Snapshot, *, scripts: bool = False) -> str:
    """BibTeX entries for the data and for the methods that this comparison uses, and for no others.

    Parameters
    ----------
    snapshot : Snapshot
        A bundled example is cited; of simulated data and of a user's own there is nothing to cite.
    scripts : bool
        Whether R and statsmodels are cited too, for those who run the scripts.
    """
    result = [
        *cited_works(snapshot),
        *([references.MADDALA] if snapshot.comparison.design.fixed else []),
    ]  # the split by level
    if scripts:
        own = [references.PBKRTEST, references.LMERTEST] if snapshot.inferred.kenward_roger else []
        result += [*own, references.STATSMODELS]
    once = {reference.key: reference for reference in result}
    entries = [_entry(reference) for reference in once.values()]
    return "\n".join([*entries, *([OWN_R, _entry(_r())] if scripts else [])])


def cited_works(snapshot: Snapshot) -> list[Reference]:
    """The works that the methods paragraph cites, each once: of the data, then of the methods."""
    comparison, inferred = snapshot.comparison, snapshot.inferred
    result = [
        *data_works(snapshot.source),
        references.LMMCOMPARE,
        references.LME4,
        *([references.REML] if comparison.reml else []),
        *small_sample_works(snapshot),
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


def _r() -> Reference:
    """R, of this year: a bibliography needs one, and each reader runs a version of R of their own."""
    return replace(references.R, fields=references.R.fields | {"year": str(datetime.now(UTC).year)})


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
