"""The questions people ask, as guided pages: what confuses, what to look at, which sentences answer, what to try next.

No figure is written here: every number on a story's page is computed from its data when the page is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..assess.dependence import dependence, dependence_sentence
from ..assess.paired_t_test import paired_t_test, pairs_sentences
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import literal, plural
from ..text.numbers import number
from .gap_sentences import gap_sentence, intercept_sentence, mundlak_sentence
from .headline import headline
from .paragraph import paragraph
from .question import first_term
from .repeated_measures import Names
from .standard_error_sentences import errors_sentence

Explanation = Callable[[Comparison, str], str]


def _dependence(comparison: Comparison, term: str) -> str:
    result = dependence(comparison)
    return dependence_sentence(comparison, result) if result else ""


def _pairs(comparison: Comparison, term: str) -> str:
    result = paired_t_test(comparison)
    return " ".join(pairs_sentences(comparison, result)[:2]) if result else ""


EXPLANATIONS: dict[str, Explanation] = {
    "why": lambda comparison, term: headline(comparison, term).reason,
    "gap": gap_sentence,
    "errors": errors_sentence,
    "intercept": lambda comparison, term: intercept_sentence(comparison),
    "mundlak": mundlak_sentence,
    "numbers": paragraph,
    "dependence": _dependence,
    "pairs": _pairs,
}


@dataclass(frozen=True)
class Experiment:
    """Something to try next: a page and the address that opens it."""

    label: str
    formula: str
    example: str


@dataclass(frozen=True)
class Repeated:
    """Columns of a story about repeated measures, for the classical tests beside the mixed model.

    Parameters
    ----------
    names : Names
        Of visit, subject and groups, which are columns.
    whole : str
        The example with the same data before any value was missing.
    """

    outcome: str
    names: Names
    whole: str


@dataclass(frozen=True)
class Story:
    """A question with the way to its answer.

    Parameters
    ----------
    example : str
        The bundled data set.
    name : str
        A short name for the list of stories.
    confusion : str
        What the asker could not make sense of, in their words.
    look : str
        What to look at in the picture.
    explanations : tuple of str
        Which sentences make the answer, in order (keys of `EXPLANATIONS`).
    moral : str
        What to take away, without numbers.
    formula : str
        What the story opens with, where that is not the example's own formula.
    contrast : str
        A formula whose intercept's standard error is set beside this one's.
    repeated : Repeated, optional
        What is tested by repeated-measures ANOVA and MANOVA too.
    beside : Model
        Whose lines stand beside the mixed model's.
    """

    example: str
    name: str
    confusion: str
    look: str
    explanations: tuple[str, ...]
    moral: str
    next: tuple[Experiment, ...]
    formula: str = ""
    contrast: str = ""
    repeated: Repeated | None = None
    beside: Model = Model.OLS


STORIES: tuple[Story, ...] = (
    Story(
        "cv161703",
        "Half the slope",
        "“The same data, the same variables: lm and lmer give me slopes that differ by half and intercepts of opposite sign. "
        "The groups all have the same size, so imbalance cannot be it. Which one is wrong?”",
        "Follow one colour: within an ID the points rise slowly. Follow the cloud as a whole: it rises fast, because IDs "
        "further right lie higher. The shaded part has no data: both lines are carried on to X = 0, and that is where the "
        "intercepts are read.",
        ("why", "gap", "intercept"),
        "Neither is wrong. Each is a blend of two slopes, with different weights; say which of the two you want, and report that.",
        (
            Experiment("Move the intercept into the data", "Y ~ center(X) + (1 | ID)", "cv161703"),
            Experiment("Let every ID have a slope of its own", "Y ~ X + (X | ID)", "cv161703"),
        ),
    ),
    Story(
        "drug",
        "A standard error far too large",
        "“I was told that OLS on clustered data has standard errors that are too small. Here OLS sees no effect at all and the "
        "mixed model a clear one. Should it not be the other way round?”",
        "Four people, far apart from each other. The drug's effect is the small step within each person; next to the distance "
        "between people it disappears.",
        ("why", "errors"),
        "Where rows of a group are alike and an effect is the same in all groups, OLS's standard error is wrong both ways. It is "
        "too large for what varies within groups and too small for what varies between them.",
        (
            Experiment(
                "The other extreme: a predictor that varies between groups only",
                "mAch ~ sector + (1 | school)",
                "hsb82",
            ),
        ),
    ),
    Story(
        "pshp2",
        "Two tables, one data set",
        "“I have hundreds of thousands of rows in a few clusters. lm and lmer nearly agree about the treatment, but the intercepts and "
        "their standard errors have nothing to do with each other. How do I read the two tables side by side?”",
        "Every cluster has its own level and nearly the same small step from one condition to the other. A few clusters hold most "
        "of the rows.",
        ("why", "intercept", "errors"),
        "Treatment was given within every cluster, so both models see it alike. The intercept is an average: over rows in the one, "
        "over clusters in the other, and there are few clusters.",
        (
            Experiment(
                "Does the treatment's effect vary between clusters?",
                "pSHP2 ~ condition + (condition | cluster)",
                "pshp2",
            ),
        ),
    ),
    Story(
        "dragons",
        "Dummies or a random intercept?",
        "“With a dummy for each mountain range the slope is one number, with a random intercept another. Both claim to account for the "
        "range. Why do they differ, and which should I take?”",
        "Within a range, longer dragons score hardly higher. Between ranges they do. The dummies look at the first only; the random "
        "intercept mostly.",
        ("why", "mundlak", "gap"),
        "The dummies answer the question within ranges. The mixed model can answer both, once it is given the ranges' means: "
        "within–between.",
        (Experiment("A slope for every range", "testScore ~ bodyLength2 + (bodyLength2 | mountainRange)", "dragons"),),
    ),
    Story(
        "chapter7",
        "Four groups of two",
        "“In the course's toy example the group effect is known when it is simulated. With it as a predictor the mean is known well; "
        "without it, and the groups random, its standard error is many times as large. What happened?”",
        "Two rows of a group lie close together; the groups lie far apart.",
        ("why", "errors", "dependence", "pairs"),
        "With the group effect known, eight rows tell about one line. With it unknown, there are only four independent pieces of "
        "information about the mean: the groups.",
        (Experiment("Put the true group effect in", "y ~ z + (1 | groups)", "chapter7"),),
        contrast="y ~ z + (1 | groups)",
    ),
    Story(
        "dyestuff",
        "How well is a mean known?",
        "“The mean is the same in both fits, to the last digit. Why is its standard error so different?”",
        "Batches differ: the short lines lie apart, drawn a little towards the line of an average batch.",
        ("why", "dependence", "numbers"),
        "Measuring the same few batches more often hardly makes the mean of all batches better known; more batches would.",
        (Experiment("Batches that do not differ", "Yield ~ 1 + (1 | Batch)", "dyestuff2"),),
    ),
    Story(
        "penicillin",
        "Fixed samples, random plates",
        "“Every plate carries every sample. Do I need the plates in the model at all if I only want to compare samples?”",
        "Plates shift all their samples up or down together, so the lines run parallel.",
        ("why", "errors"),
        "In a balanced design the differences between samples come out the same; without the plates their standard errors do not.",
        (Experiment("Only the plates", "diameter ~ 1 + (1 | plate)", "penicillin"),),
    ),
    Story(
        "sleepstudy",
        "Borrowing strength",
        "“I fitted a regression to each subject, and then lmer. The mixed model's lines are not the subjects' own lines. Whom should "
        "I believe?”",
        "Each subject's own line and the mixed model's nearly agree; where a subject is extreme, the mixed model's is a little less so.",
        ("why", "errors", "numbers"),
        "A subject's own line is the right one for nobody else; the mixed model's predicts that subject's next days better on "
        "average, because it knows what other subjects are like.",
        (
            Experiment("One slope for all", "Reaction ~ Days + (1 | Subject)", "sleepstudy"),
            Experiment("Intercepts and slopes uncorrelated", "Reaction ~ Days + (Days || Subject)", "sleepstudy"),
        ),
        beside=Model.PER_GROUP,
    ),
    Story(
        "orthodont_gaps",
        "ANOVA, MANOVA, or a mixed model?",
        "“Each child was to be measured at every age, and some were not. My textbook offers repeated-measures ANOVA with a correction, and "
        "MANOVA; both leave out every child with a gap. A reviewer wants a mixed model. Are these different analyses?”",
        "Follow the children: the girls, and the boys, with the shortest jaws of their sex at the first age are those without a point at "
        "the second.",
        ("why",),
        "ANOVA corresponds to a mixed model in which all pairs of visits correlate alike, MANOVA to one that leaves their covariance free. "
        "They part where something is missing: the mixed model keeps the incomplete subjects, and what is missing may depend on what was "
        "measured before.",
        (
            Experiment(
                "The same children without gaps",
                "distance ~ age + Sex + age:Sex + (1 | Subject), correlation = us(age | Subject)",
                "orthodont",
            ),
            Experiment(
                "A correlation that falls with the years between two visits",
                "distance ~ age + Sex + age:Sex + (1 | Subject), correlation = ar1(age | Subject)",
                "orthodont_gaps",
            ),
        ),
        formula="distance ~ age * Sex + (1 | Subject), correlation = us(age | Subject)",
        repeated=Repeated("distance", Names("age", "Subject", "Sex"), "orthodont"),
    ),
)


def story_of(example: str) -> Story | None:
    """The story of an example, where it has one."""
    return next((s for s in STORIES if s.example == example), None)


def answer(story: Story, comparison: Comparison, contrast: Comparison | None = None) -> list[str]:
    """The sentences that answer a story's question, made from the numbers of its comparison, and of its contrast."""
    term = first_term(comparison)
    words = [text for text in (EXPLANATIONS[key](comparison, term) for key in story.explanations) if text]
    if contrast is not None:
        known, unknown = float(contrast.ols.bse[contrast.constant]), float(comparison.mixed.bse[comparison.constant])
        predictor = literal(contrast.coefficient(first_term(contrast)).label)
        words.insert(
            1,
            (
                f"With {predictor} in the model, OLS gives the intercept a standard error of {number(known, 2)}; without it, and the "
                f"{literal(plural(comparison.group))} random, it is {number(unknown, 3)}."
            ),
        )
    return words
