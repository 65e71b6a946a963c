"""Coverage of models with and without correlated residuals, and under drop-out: writes two tables into docs/coverage.md.

Run as ``python -m benchmarks.coverage_structures``; it takes a minute or two on one core.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lmmcompare import study
from lmmcompare.design.coefficients import INTERCEPT
from lmmcompare.simulate.presets import preset
from lmmcompare.text.labels import model_label

PAGE = Path(__file__).parents[1] / "docs" / "coverage.md"
MADE = "<!-- made by python -m benchmarks.coverage_structures"
MARKS = {
    "structures": (f"{MADE} -->", "<!-- end of structures -->"),
    "drop-out": (f"{MADE}, drop-out -->", "<!-- end of drop-out -->"),
}
DESIGNS = {"negative": "difference of two arms", "drift": "trend within groups", "trial": "difference of two arms"}
MODELS = ["ols", "ols_robust", "random_intercept", "cs", "ar1", "us"]
LEAVING = {"chance": "by chance", "outcome": "by the last outcome"}
REPLICATES = 4_000


def structures() -> list[str]:
    """Lines of the table by design."""
    rows = [
        "| design | coefficient | model | SE ÷ true SD | covered, % | false alarms, % |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, words in DESIGNS.items():
        settings = preset(name).settings
        frame = study(settings, REPLICATES, models=MODELS)
        for _, row in frame[frame["term"] == settings.x_name].iterrows():
            start = f"| {preset(name).title} | {words} | {model_label(row['model'])} | {_ratio(row):.2f} | "
            rows.append(f"{start}{_share(row, 'coverage')} | {_share(row, 'rejection')} |")
    return rows


def dropout() -> list[str]:
    """Lines of the table by who leaves."""
    rows = [
        "| who leaves | coefficient | model | bias | SE ÷ true SD | covered, % |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    settings = preset("trial-dropout").settings
    terms = {INTERCEPT: "mean at the first visit", settings.x_name: "change from visit to visit"}
    for by, who in LEAVING.items():
        frame = study(settings.change(dropout_by=by), REPLICATES, models=[*MODELS, "complete_cases"])
        for term, words in terms.items():
            for _, row in frame[frame["term"] == term].iterrows():
                start = (
                    f"| {who} | {words} | {model_label(row['model'])} | {row['bias']:.2f} ({row['bias_mcse']:.2f}) | "
                )
                rows.append(f"{start}{_ratio(row):.2f} | {_share(row, 'coverage')} |")
    return rows


def _ratio(row: pd.Series) -> float:
    return float(row["se_model"] / row["se_empirical"])


def _share(row: pd.Series, measure: str) -> str:
    return f"{100 * row[measure]:.1f} ({100 * row[f'{measure}_mcse']:.1f})"


def main() -> None:
    """Put the tables between their marks."""
    text = PAGE.read_text(encoding="utf-8")
    for name, lines in (("structures", structures()), ("drop-out", dropout())):
        start, end = MARKS[name]
        before, rest = text.split(start)
        text = before + "\n\n".join([start, "\n".join(lines), end]) + rest.split(end)[1]
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
