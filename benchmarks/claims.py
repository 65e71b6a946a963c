"""The first sentences of every example and of the trial, for review by hand: written into docs/validation.md.

Run as ``python -m benchmarks.claims``; with ``--check`` it only prints them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from lmmcompare import compare, examples
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.explain.headline import headline
from lmmcompare.explain.question import first_term

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "validation.md"
START, END = "<!-- made by python -m benchmarks.claims -->\n", "<!-- end of claims -->\n"
TRIAL = (
    ("score ~ week + arm + baseline + (1 | patient)", "week"),
    ("score ~ week + arm + baseline + (1 | patient)", "arm[T.Placebo]"),
    ("score ~ week * arm + baseline + (1 | patient)", "arm[T.Placebo]"),
    ("score ~ week * arm + baseline + (1 | patient)", "week:arm[T.Placebo]"),
)


def claims() -> Iterator[tuple[str, Comparison, str]]:
    """The data's name, the comparison, and the coefficient asked about."""
    for name in examples.names():
        comparison = compare(examples.get(name).formula, examples.load(name))
        yield name, comparison, first_term(comparison)
    hsb82 = examples.load("hsb82")
    for formula, term in (("mAch ~ ses + meanses + (1 | school)", t) for t in ("ses", "meanses")):
        yield "hsb82", compare(formula, hsb82), term
    trial = pd.read_csv(ROOT / "tests" / "data_files" / "trial.csv")
    for formula, term in TRIAL:
        yield "trial", compare(formula, trial), term


def main() -> None:
    lines = []
    for name, comparison, term in claims():
        said = headline(comparison, term)
        lines.append(f"- **{name}**, `{comparison.spec.formula}`, {term}: {said.title} {said.reason}")
    text = START + "\n" + "\n".join(lines) + "\n\n" + END
    if "--check" in sys.argv:
        print(text)
        return
    before, _, rest = PAGE.read_text().partition(START)
    PAGE.write_text(before + text + rest.partition(END)[2])
    print(f"{PAGE.name}: {len(lines)} claims")


if __name__ == "__main__":
    main()
