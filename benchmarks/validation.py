"""How closely the package agrees with R: measure every difference again and write the tables of docs/validation.md.

Run as ``python -m benchmarks.validation``; with ``--check`` it only prints them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.helpers import CASES, TOLERANCES, Difference, comparison, differences

PAGE = Path(__file__).parent.parent / "docs" / "validation.md"
START, END = "<!-- made by python -m benchmarks.validation -->\n", "<!-- end -->\n"
SHOWN = ("criterion", "estimate", "se", "theta", "random effect", "satterthwaite df", "ols robust se", "dummies se")


def main() -> None:
    results = [d for case in CASES for d in differences(case)]
    text = f"{START}\n{by_quantity(results)}\n{by_case(results)}\n{END}"
    if "--check" in sys.argv:
        print(text)
        return
    before, _, rest = PAGE.read_text().partition(START)
    PAGE.write_text(before + text + rest.partition(END)[2])
    print(
        f"{PAGE.name}: {len(results)} comparisons in {len(CASES)} cases, {sum(d.measured > d.tolerance for d in results)} too far"
    )


def by_quantity(results: list[Difference]) -> str:
    """For each quantity the tolerance of the tests and the largest difference of all cases."""
    lines = [row("quantity", "comparisons", "tolerance", "largest difference", "in"), row(*["---"] * 5)]
    for quantity, tolerance in TOLERANCES.items():
        own = [d for d in results if d.quantity == quantity]
        worst = max(own, key=lambda d: d.measured)
        where = worst.case + (f" ({worst.where})" if worst.where else "")
        lines.append(row(quantity, str(len(own)), f"{tolerance:.0e}", number(worst.measured), where))
    return "\n".join(lines) + "\n"


def by_case(results: list[Difference]) -> str:
    """For each case the largest difference of the chief quantities, by REML and ML."""
    lines = [row("case", "rows", "groups", *SHOWN), row(*["---"] * (len(SHOWN) + 3))]
    for case in CASES:
        design = comparison(case).design
        assert design.grouping is not None
        worst = [max((d.measured for d in results if (d.case, d.quantity) == (case, q)), default=None) for q in SHOWN]
        shown = ["" if w is None else number(w) for w in worst]
        lines.append(row(case, f"{design.n:,}", f"{len(design.grouping.levels):,}", *shown))
    return "\n".join(lines) + "\n"


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def number(value: float) -> str:
    """Two digits are all that a rounding difference deserves."""
    return "0" if value == 0 else f"{value:.1e}"


if __name__ == "__main__":
    main()
