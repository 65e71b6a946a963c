"""Model choice: tests in words, AIC, AICc and BIC, REML beside ML, a table of terms, shares of variance."""

from __future__ import annotations

import pandas as pd

from ..assess.between_degrees import between_degrees
from ..assess.hypotheses import Ddf, Type
from ..assess.icc_by_row import icc_sentence
from ..assess.model_choice import WhichModel
from ..assess.random_columns import intercept_term
from ..assess.structured_shares import StructuredShares, structured_sentence
from ..assess.variance_explained import MEAN, Shares
from ..comparison.comparison import Comparison
from ..explain.clustered_errors import clusters_kept_sentence
from ..explain.coefficient_spreads import has_random_slope, slopes_differ
from ..explain.inference_rows import clustered_contrast
from ..explain.negative_correlation import offsetting_sentence, within_group_correlation
from ..explain.structure_choice import independence_sentence, structure_choice
from ..explain.within_between import within_between
from ..explain.within_between_sentences import within_between_sentences
from ..model_catalogue import Model
from ..tables.inference import Inferred
from ..tables.model_tests import information_table, terms_table, tests_in_words, tests_table
from ..tables.table import NOTHING, Cell, Row, Table
from ..text.english import listed
from ..text.labels import an, literal, model_phrase, plural
from ..text.numbers import number
from .panel import Block, Fold, Note, Panel, Sentence, TableBlock

TYPES: dict[Type, str] = {
    "III": "Type III: each term beside all others, every combination of categories counting the same.",
    "II": "Type II: each term beside all others but the interactions that contain it.",
    "I": "Type I (sequential): each term beside those before it in the formula, so the order of the terms matters.",
}
DDF: dict[Ddf, str] = {
    "satterthwaite": "F tests with Satterthwaite’s degrees of freedom.",
    "kenward-roger": "F tests with Kenward and Roger’s standard errors and degrees of freedom.",
    "chi-square": "Wald’s χ² takes the variances as known: with few groups its p values are too small.",
}


def tests(comparison: Comparison, term: str, result: WhichModel, inferred: Inferred) -> Panel:
    """Each question with its answer and p value; the statistics on request."""
    clustered = any(clustered_contrast(comparison, name) for name in comparison.design.fixed_names)
    told = tests_in_words(result, clustered=clustered)
    blocks: list[Block] = [Sentence(f"**{literal(t.question)}** {literal(t.verdict)}") for t in told]
    frame = inferred.within()
    if within_group_correlation(comparison).offsetting:  # the test of a variance does not look for it
        blocks.append(Note(literal(offsetting_sentence(comparison, term))))
    elif kept := clusters_kept_sentence(comparison, term):
        blocks.append(Note(literal(kept)))
    choice = structure_choice(comparison)
    if choice is not None and choice.preferred:
        blocks.append(Note(independence_sentence(comparison)))
    if within_between(comparison, term, frame).known:
        blocks.append(Note(literal(" ".join(within_between_sentences(comparison, term, frame)))))
    caption = ""
    if any(test.p < test.p_naive for test in result.tests):
        caption = "A variance cannot be negative, so 0 is the end of what is possible: the naive p ignores that and is too large."
    notes = [Note(f"**{literal(test.name)}.** {literal(test.note)}") for test in result.tests]
    for reason in dict.fromkeys(result.left_out.values()):
        names = [f"**{literal(name)}**" for name, why in result.left_out.items() if why == reason]
        notes.append(Note(f"{listed(names)} {'is' if len(names) == 1 else 'are'} left out: {literal(reason)}"))
    statistics = TableBlock(tests_table(result), caption, "Tests between models")
    blocks.append(Fold("tests", "Every test with its statistic, and what it assumes", (statistics, *notes)))
    lead = "Each question that chooses between these models, with what a test answers."
    return Panel("tests", "What the data say", lead, tuple(blocks))


def information(result: WhichModel) -> Panel:
    """AIC, AICc and BIC of the models, and which of them may be ranked."""
    caption = (
        "Smaller is better; all by maximum likelihood. The weight is each model’s share of the support among the ranked ones, by AICc. "
        "BIC favours smaller models, and all three count every row as evidence of its own."
    )
    block = TableBlock(information_table(result), caption, "AIC, AICc and BIC")
    return Panel("information", "AIC, AICc and BIC: fit against size", literal(result.sentence), (block,))


def reml(sentence: str) -> Panel:
    """REML beside maximum likelihood, with the numbers of these data, as `assess.reml_ml.reml_sentence` says them."""
    return Panel("reml", "REML or maximum likelihood?", literal(sentence))


def terms(comparison: Comparison, result: pd.DataFrame, kind: Type, ddf: Ddf) -> Panel:
    """Whether each term of the fixed part is needed; ``result`` as `assess.hypotheses.anova` gives it."""
    table = terms_table(result, comparison.design.term_labels, ddf)
    lead = f"ANOVA table of {model_phrase(comparison.formula_model)}: all coefficients of a term at once."
    blocks: list[Block] = [
        TableBlock(table, f"{TYPES[kind]} {DDF[ddf]}", "ANOVA table"),
        *map(Note, _cautions(comparison, result, kind, ddf)),
    ]
    return Panel("terms", "Does each predictor matter?", lead, tuple(blocks))


def _cautions(comparison: Comparison, result: pd.DataFrame, kind: Type, ddf: Ddf) -> list[str]:
    """What a row of the table does not say though it looks as if it did."""
    labels, words = comparison.design.term_labels, []
    term = intercept_term(comparison)
    if term is not None and term in set(result["term"]):
        words.append(
            f"The formula has no intercept, so the test of {literal(labels[term])} asks whether all of its means are 0, not whether they "
            "are alike; a small p value here tells no difference between them. Their differences are under “Adjusted means”; with an "
            "intercept in the formula the test is of these."
        )
    empty = [
        one.label
        for one in comparison.design.aliased
        if comparison.design.coefficient(one.column).is_level and " × " in one.label
    ]
    if kind == "III" and empty:
        words.append(
            f"Some combinations of categories have no rows ({literal(listed(empty[:3]))} cannot be estimated), so they cannot all count "
            "the same: of a term that stands in such an interaction what is left of it is tested, and other programs may test "
            "something else."
        )
    if known := _variance_known(comparison, result, ddf):
        words.append(known)
    if uncounted := _uncounted(comparison):
        words.append(uncounted)
    return words


def _variance_known(comparison: Comparison, result: pd.DataFrame, ddf: Ddf) -> str:
    """That terms which compare groups have rows' degrees of freedom, for Satterthwaite's method takes a variance of 0 for known."""
    most, design, moments = between_degrees(comparison.mixed), comparison.design, comparison.moments
    if ddf != "satterthwaite" or most is None or within_group_correlation(comparison).offsetting:
        return ""
    constant = {str(t) for t in design.spec.terms if not moments.varies_within[list(design.terms[str(t)])].any()}
    terms = [
        design.term_labels[t]
        for t, df in zip(result["term"], result["den_df"], strict=True)
        if t in constant and df > most
    ]
    if not terms:
        return ""
    groups, have = literal(plural(comparison.group)), "has" if len(terms) == 1 else "have"
    return (
        f"The variance between {groups} is estimated as 0, which Satterthwaite’s method counts as known: {literal(listed(terms))} {have} "
        f"the degrees of freedom that rows leave, though what is compared are {groups}, which leave {number(most)} (as R’s nlme counts). "
        "Kenward and Roger’s method counts that variance as estimated."
    )


def _uncounted(comparison: Comparison) -> str:
    """What the formula's model takes to be nothing, and the data do not; empty where they say nothing against it."""
    choice, groups = structure_choice(comparison), literal(plural(comparison.group))
    if choice is not None and choice.preferred:
        return (
            "These tests take the residuals to be independent and of one variance; structured residuals, which are not, fit better, and "
            "the coefficients of their model have errors and p values of their own."
        )
    if comparison.formula_model == Model.RANDOM_INTERCEPT and slopes_differ(comparison):
        varying = [n for n in comparison.fits[Model.RANDOM_SLOPE].names if has_random_slope(comparison, n)]
        labels = literal(listed([comparison.coefficient(n).label for n in varying]))
        return (
            f"These tests take the coefficient{'s' if len(varying) > 1 else ''} of {labels} to be the same in all {groups}, which AIC "
            f"doubts: with random slopes, {groups} count where rows do here, and p is larger as a rule."
        )
    return ""


def _nested(comparison: Comparison, result: Shares) -> list[str]:
    """How alike rows of one group are where it lies within a group of another factor, from whose share it gains."""
    names: list[str] = [g.name for g in comparison.design.groupings]
    within: dict[str, list[str]] = {}
    for (fine, coarse), cells in comparison.crossing.cells.items():
        if len(cells.first) == comparison.crossing.factors[fine].n_groups:
            within.setdefault(names[fine], []).append(names[coarse])
    texts = []
    for inner, around in within.items():
        total = number(sum(result.icc[name] for name in (inner, *around)), decimals=2)
        own, others = plural(inner), listed([plural(name) for name in around])
        texts.append(
            f"{own[:1].upper()}{own[1:]} lie within {others}: two rows of one correlate by {total}, the shares together."
        )
    return texts


def shares(
    comparison: Comparison,
    result: Shares,
    effects: pd.DataFrame,
    spread: pd.DataFrame,
    along: pd.DataFrame,
    structured: StructuredShares | None = None,
) -> Panel:
    """R2, ICC, design effects and effective sample sizes.

    Parameters
    ----------
    result, effects, spread, along
        What `shares`, `design_effects` and `predictor_icc` of `assess.variance_explained` give, and `icc_at` of `assess.icc_by_row`.
    structured : StructuredShares, optional
        The same by the model with structured residuals.
    """
    groups, predictors = plural(comparison.group), bool(comparison.design.fixed)
    further = {} if structured is None else structured.effects.set_index("term").to_dict("index")
    rows = []
    for row in effects.itertuples():
        if row.term == comparison.constant and not predictors:  # it is the mean
            continue
        worth = [(row.effective_n, row.design_effect), (row.effective_n_ols, row.design_effect_ols)]
        if further:
            worth.append((further[row.term]["effective_n"], further[row.term]["design_effect"]))
        cells = [Cell(number(n, decimals=0), "", f"design effect {number(effect, 2)}") for n, effect in worth]
        if predictors:
            icc = spread.loc[(spread["term"] == row.term) & (spread["factor"] == comparison.group), "icc"]
            cells.append(Cell(number(float(icc.iloc[0]), decimals=2)) if len(icc) else NOTHING)
        rows.append(Row("Mean" if row.term == MEAN else comparison.coefficient(str(row.term)).label, tuple(cells)))
    heads = [("Mixed model", "effective rows"), ("OLS", "effective rows")]
    heads += [("Structured residuals", "effective rows")] if further else []
    caption = (
        f"Effective rows: how many independent rows of the same variance would say as much as these {comparison.design.n:,}. Rows of "
        f"{an(comparison.group)} repeat each other in what differs between {groups} (design effect above 1) and cancel it out in "
        "what differs within them (below 1)."
    )
    if comparison.structured is not None:
        caption += (
            " Those of the mixed model and of OLS are by the mixed model’s variances, which take residuals to be independent and of one "
            f"variance{': where they are not, read the column of the structured residuals' if further else ''}."
        )
    if predictors:
        heads.append(("The predictor’s own ICC", f"over {groups}"))
        caption += (
            f" A predictor’s own ICC is of the predictor, not of the outcome, by analysis of variance. It is 1 where it is constant within "
            f"{groups}, about 0 where {groups} differ in it no more than by chance, below 0 where it is spread alike in all."
        )
    kinds = ("mixed", "ols", *["structured"] * bool(further), *[""] * predictors)
    table = Table(kinds, tuple(heads), tuple(rows))
    texts = [*_nested(comparison, result), *([icc_sentence(along)] if len(along) else [])]
    notes = [Note(literal(text)) for text in texts]
    if within_group_correlation(comparison).offsetting:
        notes.append(
            Note(
                f"Rows of {literal(an(comparison.group))} offset each other here. These numbers are by the mixed model’s variances, which "
                "cannot say so: they stop at 0."
            )
        )
    title = "How much is explained, and what are the rows worth?"
    lead = result.sentence()
    if comparison.structured is not None:
        lead = result.sentence(
            f"By {model_phrase(comparison.formula_model)}, whose residuals are independent and of one variance, "
        )
        lead = f"{structured_sentence(comparison, structured)} {lead}" if structured else lead
    return Panel("shares", title, literal(lead), (*notes, TableBlock(table, caption, "Effective sample sizes")))
