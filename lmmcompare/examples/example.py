"""What is known of a bundled example, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A bundled data set with its question and the comparison that it opens with.

    Attributes
    ----------
    name, title : str
        The key for ``load``, and a short heading.
    question : str
        What a person would ask of these data.
    summary : str
        What the data are, in one or two sentences.
    formula : str
        The comparison it opens with, in lme4's notation.
    design : str
        What kinds of data these are, a teacher's words: "random slopes, growth".
    citation : str
        Where the data come from.
    outcome, predictor, group : str
        What the formula's outcome, first predictor ("" if it has none) and grouping factor are, in words.
    """

    name: str
    title: str
    question: str
    summary: str
    formula: str
    design: str
    citation: str
    outcome: str = ""
    predictor: str = ""
    group: str = ""
