"""The inference that the page shows, in R's words: errors and degrees of freedom, cluster-robust errors, intervals."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..explain.lone_group import lone_group
from ..formula.expressions import learning_calls
from ..formula.spec import ModelSpec
from ..model_catalogue import Model
from ..models import MixedResult
from ..tables.inference import Resampling
from ..tables.robust_errors import robust_kinds
from .comments import comment
from .file_columns import unused_name
from .model_terms import is_structured, random_part_text, spread_rows
from .r_formula import RFormula, r_string, r_strings
from .snapshot import Snapshot

MAX_CLUSTER = 3_000
"""clubSandwich builds a square matrix of each cluster's rows; larger ones would fill the memory."""
RESTS_ON_ONE = "one cluster alone determines them, and would be taken for known"
"""Why some clustered errors are taken away, as a comment."""
TESTS = """\
# t tests against 0 and Wald's 95% intervals
results$t <- results$estimate / results$se
results$p <- 2 * pt(-abs(results$t), results$df)
# below half a degree of freedom an interval has no end
reach <- ifelse(results$df < 0.5, Inf, qt(0.975, results$df)) * results$se
results$lower <- results$estimate - reach
results$upper <- results$estimate + reach"""
PUT = """\
# Limits of a model's coefficients and spreads in place of those there
put <- function(model, terms, ends, spread_ends) {
  rows <- match(paste(model, terms), paste(results$model, results$term))
  results[rows, c("lower", "upper")] <<- ends
  spreads[spreads$model == model, c("lower", "upper")] <<- spread_ends
}"""
PROFILE = """\
# Intervals by profile likelihood, for which lme4 fits by maximum likelihood; where it fails, as it may on the boundary, there are none.
# The spreads come first, the residual's last of them, then the coefficients. Within a term lme4 2 puts the standard deviations before the
# correlations; earlier ones go down the columns of the covariance matrix, and their .sig02 is lme4 2's .sig03
profiled <- function(model, fit, terms) {
  limits <- tryCatch(confint(profile(fit, signames = FALSE)), error = function(e) NULL)
  if (is.null(limits)) {
    message("No profile of ", model)
    return(put(model, terms, NA, NA))
  }
  k <- lengths(getME(fit, "cnms"))
  term <- rep(seq_along(k), k * (k + 1) / 2)
  by_kind <- order(term, startsWith(rownames(limits)[seq_along(term)], "cor_"))
  put(model, terms, tail(limits, length(terms)), limits[c(by_kind, length(term) + 1), ])
}"""
DRAWN = """\
draws <- draws[stats::complete.cases(draws[, seq_along(fixef({key})), drop = FALSE]), , drop = FALSE]
ends <- t(apply(draws, 2, quantile, c(0.025, 0.975), na.rm = TRUE))
put("{key}", {terms}, ends[seq_along(fixef({key})), ], ends[-seq_along(fixef({key})), ])"""


WEIGHTS_KR = "pbkrtest takes no notice of prior weights"
WEIGHTS_PROFILE = "with prior weights lme4’s profiles are wrong for coefficients"
SCALED_ANEW = "rows drawn anew would be scaled anew, which the page does not do"
"""Why R has no errors, or no limits, like those of the page."""
NO_LIMITS = 'results[results$model == {key}, c("lower", "upper")] <- NA'


def lmer_coefficients(snapshot: Snapshot) -> str:
    """R's function that gives a mixed model's coefficients with the errors and degrees of freedom of the page."""
    if snapshot.inferred.kenward_roger and snapshot.comparison.spec.weights is not None:
        return f"""\
of_lmer <- function(model, fit, terms) {{  # no errors: {WEIGHTS_KR}
  data.frame(model, term = terms, estimate = fixef(fit), se = NA, df = NA, row.names = NULL)
}}"""
    if snapshot.inferred.kenward_roger:
        return """\
of_lmer <- function(model, fit, terms) {  # Kenward and Roger's standard errors and degrees of freedom
  found <- coef(if (inherits(fit, "lmerModLmerTest")) summary(fit, ddf = "Kenward-Roger") else summary(fit))
  df <- if ("df" %in% colnames(found)) found[, "df"] else NA  # none of covariance structures
  data.frame(model, term = terms, estimate = found[, 1], se = found[, 2], df, row.names = NULL)
}"""
    return """\
of_lmer <- function(model, fit, terms) {  # Satterthwaite's degrees of freedom
  found <- coef(summary(fit))
  df <- if ("df" %in% colnames(found)) found[, "df"] else NA  # without lmerTest there are none
  data.frame(model, term = terms, estimate = found[, 1], se = found[, 2], df, row.names = NULL)
}"""


def packages(snapshot: Snapshot) -> list[str]:
    """Lines that load what the inference needs."""
    lines = ["library(lme4)"]
    if not snapshot.inferred.kenward_roger:
        return [*lines, 'if (requireNamespace("lmerTest", quietly = TRUE)) library(lmerTest)']
    if snapshot.comparison.design.n > MAX_CLUSTER:
        lines.append(
            "# pbkrtest works with matrices of as many rows and columns as the data have rows: it may take long"
        )
    if snapshot.comparison.spec.weights is not None:
        lines.append(f"# {WEIGHTS_KR}: the page's errors and degrees of freedom have none beside them")
    return [*lines, "library(lmerTest)", "library(pbkrtest)  # Kenward and Roger's method"]


def subtract_offset(spec: ModelSpec) -> str:
    """The outcome of R's ``ols`` less its offset."""
    return "model.response(model.frame(ols))" + (" - model.offset(model.frame(ols))" if spec.offset else "")


def too_large_clusters(comparison: Comparison) -> str:
    """Why clubSandwich cannot be asked for cluster-robust errors; empty where it can."""
    if comparison.moments.n.max() <= MAX_CLUSTER:
        return ""
    return f"clubSandwich would need square matrices of over {MAX_CLUSTER:,} rows"


def robust(snapshot: Snapshot, write: RFormula) -> str:
    """OLS with every kind of cluster-robust error that it can have."""
    comparison, in_table = snapshot.comparison, snapshot.inferred.robust
    if reason := too_large_clusters(comparison):
        return comment(f"Cluster-robust errors are left out: {reason}")
    fit, rows = "ols", ""
    if comparison.spec.weights is not None:  # clubSandwich's CR2 takes the errors of weighted rows to have one variance
        fit, rows = (
            "ols_rows",
            (
                "\n  # of rows times the roots of their weights, whose errors have one variance; CR2 of ols itself takes the rows for such"
                f"\n  roots <- sqrt(weights(ols))\n  own_y <- roots * ({subtract_offset(comparison.spec)})"
                "\n  own_x <- roots * model.matrix(ols)\n  ols_rows <- lm(own_y ~ 0 + own_x)"
            ),
        )
    alone = [name for name in comparison.ols.names if lone_group(comparison, name) is not None]
    of_one = f"terms[kept] %in% {r_strings(alone)}"
    none = f"\n    robust$SE[{of_one}] <- df[{of_one}] <- NA  # {RESTS_ON_ONE}" if alone else ""
    kinds = r_strings(sorted(robust_kinds(comparison), key=lambda kind: kind != in_table))
    return f"""\
if (requireNamespace("clubSandwich", quietly = TRUE)) {{  # cluster-robust errors with Satterthwaite's degrees of freedom{rows}
  for (kind in {kinds}) {{  # {in_table} is in the page's table
    robust <- clubSandwich::coef_test({fit}, vcov = kind, cluster = with(data, {write.group()}), test = "Satterthwaite")
    df <- robust[[grep("^df", names(robust))[1]]]
    model <- if (kind == "{in_table}") "ols_robust" else paste0("ols_", kind)
    kept <- !is.na(coef(ols)){none}
    results <- rbind(results, data.frame(model, term = terms[kept], estimate = coef(ols)[kept], se = robust$SE, df, row.names = NULL))
  }}
}}"""


def intervals(snapshot: Snapshot, write: RFormula, terms: dict[Model, str]) -> str:
    """Tests and Wald's intervals, and the page's intervals in their place where it has others.

    Parameters
    ----------
    terms : dict
        Mixed model to the names of its coefficients, as R's code, in R's order.
    """
    inferred, asked = snapshot.inferred, snapshot.comparison.formula_model
    if inferred.intervals == "Wald":
        return TESTS
    if isinstance(inferred.intervals, Resampling):
        draws = _draws(snapshot.comparison, write, inferred.intervals)
        put = DRAWN.format(key=asked, terms=terms[asked])
        if draws[-1][0] == "#":
            return "\n".join([TESTS, *draws, NO_LIMITS.format(key=r_string(asked))])
        return "\n".join([TESTS, PUT, *draws, put])
    if reason := no_limits_reason(snapshot):
        none = [NO_LIMITS.format(key=r_string(key)) for key in inferred.other_limits]
        return "\n".join([TESTS, comment(f"No profiles: {reason}"), *none])
    calls = [
        comment(f"{key}: confint() has no profile of all covariance structures; Wald's limits stay")
        if is_structured(snapshot.comparison, key)
        else f"profiled({r_string(key)}, {key}, {terms[key]})"
        for key in inferred.other_limits
    ]
    return "\n".join([TESTS, PUT, PROFILE, *calls])


def no_limits_reason(snapshot: Snapshot) -> str:
    """Why R has no limits beside the page's profiles or draws; empty where it has."""
    comparison, kind = snapshot.comparison, snapshot.inferred.intervals
    if kind == "profile" and comparison.spec.weights is not None:
        return WEIGHTS_PROFILE
    whole = isinstance(kind, Resampling) and kind.kind == "case"
    return SCALED_ANEW if whole and _learns(comparison) else ""


def _learns(comparison: Comparison) -> bool:
    """Whether the formula has functions, such as scale(), that learn something from all rows."""
    spec = comparison.spec
    return any(next(learning_calls(e), None) for e in (spec.outcome, *spec.factors, *spec.known_parts))


def _draws(comparison: Comparison, write: RFormula, resampling: Resampling) -> list[str]:
    """A bootstrap of the formula's own model; its draws are others than the page's."""
    key, n = comparison.formula_model, resampling.samples
    rows = ", ".join(map(str, spread_rows(comparison.mixed)))
    own_rows = f"[c({rows})]" if is_structured(comparison, key) else ""
    start = [
        "# A bootstrap. R draws other samples than the page, so the limits agree as closely as two bootstraps do",
        f"set.seed({resampling.seed})",
        f"drawn <- function(fit) c(fixef(fit), as.data.frame(VarCorr(fit))$sdcor{own_rows})",
    ]
    if resampling.kind == "parametric" and comparison.spec.weights is not None:
        return [
            *start,
            "again <- function(fit) {  # new outcomes; lme4's simulate, and so bootMer, takes no notice of weights",
            '  random <- crossprod(getME(fit, "A"), rnorm(nrow(getME(fit, "A"))))',
            "  error <- rnorm(nobs(fit)) / sqrt(weights(fit))",
            "  drawn(refit(fit, predict(fit, re.form = NA) + sigma(fit) * (as.vector(random) + error)))",
            "}",
            f"draws <- suppressMessages(suppressWarnings(t(replicate({n}, again({key})))))",
        ]
    if resampling.kind == "parametric":
        return [*start, f"draws <- bootMer({key}, drawn, nsim = {n})$t  # new outcomes from the fitted model"]
    fit = comparison.mixed
    if _learns(comparison):
        return [comment(f"No bootstrap of whole groups: {SCALED_ANEW}")]
    assert isinstance(fit, MixedResult)
    reml, own = str(comparison.reml).upper(), unused_name("drawn_group", comparison.spec.columns)
    random = [write.random(r, own) for r in random_part_text(comparison, key)]
    return [
        *start,
        f"rows <- split(seq_len(nrow(data)), with(data, {write.group()}))",
        "again <- function() {  # whole groups with replacement; copies count as groups of their own",
        "  picked <- rows[sample(length(rows), replace = TRUE)]",
        "  drawn_data <- droplevels(data[unlist(picked), ])",
        f"  {own} <- factor(rep(seq_along(picked), lengths(picked)))",
        f"  fit <- tryCatch(lme4::lmer({write.formula(*random)}, drawn_data, REML = {reml}{write.weights()}, control = control),",
        "    error = function(e) NULL)",
        f"  if (is.null(fit) || length(fixef(fit)) < length(fixef({key}))) rep(NA, length(drawn({key}))) else drawn(fit)",
        "}",
        f"draws <- suppressMessages(suppressWarnings(t(replicate({n}, again()))))  # on the boundary lmer says so each time",
    ]
