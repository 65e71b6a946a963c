"""Coverage of models with and without correlated residuals: writes its table into docs/coverage.md.

Run as ``python -m benchmarks.coverage_structures``; it takes a minute or two on one core.
"""

from __future__ import annotations

from pathlib import Path

from lmmcompare import study
from lmmcompare.simulate.presets import preset
from lmmcompare.text.labels import model_label

PAGE = Path(__file__).parents[1] / "docs" / "coverage.md"
START, END = "<!-- made by python -m benchmarks.coverage_structures -->", "<!-- end of structures -->"
DESIGNS = {"negative": "difference of two arms", "drift": "trend within groups", "trial": "difference of two arms"}
MODELS = ["ols", "ols_robust", "random_intercept", "cs", "ar1", "us"]
REPLICATES = 4_000


def lines() -> list[str]:
    """The table's lines."""
    rows = [
        "| design | coefficient | model | SE ÷ true SD | covered, % | false alarms, % |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, words in DESIGNS.items():
        settings = preset(name).settings
        frame = study(settings, REPLICATES, models=MODELS)
        for _, row in frame[frame["term"] == settings.x_name].iterrows():
            ratio = row["se_model"] / row["se_empirical"]
            rows.append(
                f"| {preset(name).title} | {words} | {model_label(row['model'])} | {ratio:.2f} | "
                f"{100 * row['coverage']:.1f} ({100 * row['coverage_mcse']:.1f}) | "
                f"{100 * row['rejection']:.1f} ({100 * row['rejection_mcse']:.1f}) |"
            )
    return rows


def main() -> None:
    """Put the table between its marks."""
    before, rest = PAGE.read_text(encoding="utf-8").split(START)
    after = rest.split(END)[1]
    PAGE.write_text(before + "\n\n".join([START, "\n".join(lines()), END]) + after, encoding="utf-8")


if __name__ == "__main__":
    main()
