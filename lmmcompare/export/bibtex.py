"""A bibliography of what a comparison rests on, as BibTeX."""

from __future__ import annotations

from .. import examples
from ..examples.references import DATA, PINHEIRO_BATES, Reference
from ..model_catalogue import Model
from ..tables.inference import Resampling
from . import references
from .snapshot import Snapshot
from .source import Source


def bibtex(snapshot: Snapshot, *, scripts: bool = False) -> str:
    """BibTeX entries for the data and for the methods that this comparison uses, and for no others.

    Parameters
    ----------
    snapshot : Snapshot
        A bundled example is cited; of simulated data and of a user's own there is nothing to cite.
    scripts : bool
        Whether R and statsmodels are cited too, for those who run the scripts.
    """
    comparison, source, inferred = snapshot.comparison, snapshot.source, snapshot.inferred
    small_sample = [references.SATTERTHWAITE, references.LMERTEST]
    if inferred.kenward_roger:
        small_sample = [references.KENWARD_ROGER, *([references.PBKRTEST, references.LMERTEST] if scripts else [])]
    result = [
        *_data(source),
        references.LMMCOMPARE,
        references.LME4,
        *([references.REML] if comparison.reml else []),
        *small_sample,
        *references.CR2,
        *([references.BOOTSTRAP] if isinstance(inferred.intervals, Resampling) else []),
        *([references.MUNDLAK] if Model.WITHIN_BETWEEN in comparison.fits else []),
        *([references.MADDALA] if comparison.design.fixed else []),  # the split by level
        *([PINHEIRO_BATES] if comparison.structured is not None else []),
        *([references.R, references.STATSMODELS] if scripts else []),
    ]
    once = {reference.key: reference for reference in result}
    return "\n".join(map(_entry, once.values()))


def _data(source: Source) -> tuple[Reference, ...]:
    if not source.bundled:
        return ()
    example = examples.get(source.bundled)
    shipped = Reference(
        f"data-{example.name}",
        "misc",
        {
            "title": f"Data set {example.name}: {example.title}",
            "howpublished": "Bundled with lmmcompare",
            "note": example.citation,
        },
    )
    return DATA.get(example.name, (shipped,))


def _entry(reference: Reference) -> str:
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in reference.fields.items())
    return f"@{reference.kind}{{{reference.key},\n{fields}}}\n"
