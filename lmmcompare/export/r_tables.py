"""The last part of the R script: coefficients under our names, likelihoods, variances, regressions per group."""

from __future__ import annotations

from ..columns import INTERCEPT
from ..compare import Comparison
from ..results import MixedResult, NoPoolingResult, Result
from .comments import comment
from .models import MAX_DUMMIES
from .r_formula import RFormula, r_string, r_strings

MAX_CLUSTER = 3_000
"""clubSandwich builds a square matrix of each cluster's rows; larger ones would fill the memory."""
HELPERS = """\
# Estimates, standard errors and degrees of freedom; of lm the last coefficients, which follow the dummies
of_lm <- function(model, fit, terms) {
  k <- length(terms)
  data.frame(model = rep(model, k), term = terms, estimate = tail(coef(fit), k), se = tail(sqrt(diag(vcov(fit))), k),
    df = rep(df.residual(fit), k), row.names = NULL)
}
of_lmer <- function(model, fit, terms) {
  found <- coef(summary(fit))
  df <- if ("df" %in% colnames(found)) found[, "df"] else NA  # without lmerTest there are none
  data.frame(model, term = terms, estimate = found[, 1], se = found[, 2], df, row.names = NULL)
}
# Log-likelihood, AIC and BIC, of all models by maximum likelihood
of_fit <- function(model, fit) {
  ml <- if (inherits(fit, "merMod")) refitML(fit) else fit
  data.frame(model, loglik = as.numeric(logLik(ml)), aic = AIC(ml), bic = BIC(ml), sigma = sigma(fit))
}"""


def tables(comparison: Comparison, write: RFormula) -> str:
    """Coefficients as lmmcompare names them, variances and likelihoods, printed."""
    fits = {k: f for k, f in comparison.fits.items() if k != "no_pooling" or comparison.moments.n_groups <= MAX_DUMMIES}
    common = comparison.ols.names

    def terms(names: list[str]) -> str:
        shorter = comparison.design.intercept and names == common[1:]
        return "terms" if names == common else "terms[-1]" if shorter else r_strings(names)

    rows = [
        f"of_{'lmer' if isinstance(fit, MixedResult) else 'lm'}({r_string(key)}, {key}, {terms(_in_r_order(fit))})"
        for key, fit in fits.items()
        if fit.names
    ]
    lines = [f"terms <- {r_strings(common)}", "results <- rbind(\n  " + ",\n  ".join(rows) + "\n)"]
    if comparison.moments.n.max() > MAX_CLUSTER:
        lines.append(
            comment(f"ols_robust is left out: clubSandwich would need square matrices of over {MAX_CLUSTER:,} rows")
        )
    else:
        lines.append(f"""\
if (requireNamespace("clubSandwich", quietly = TRUE)) {{  # cluster-robust errors: CR2, Satterthwaite's degrees of freedom
  robust <- clubSandwich::coef_test(ols, vcov = "CR2", cluster = with(data, {write.group()}), test = "Satterthwaite")
  df <- robust[[grep("^df", names(robust))[1]]]
  results <- rbind(results, data.frame(model = "ols_robust", term = terms, estimate = coef(ols),
    se = robust$SE, df, row.names = NULL))
}}""")
    lines += [
        "print(results, digits = 8, row.names = FALSE)",
        "statistics <- rbind(\n  " + ",\n  ".join(f"of_fit({r_string(key)}, {key})" for key in fits) + "\n)",
        "print(statistics, digits = 10, row.names = FALSE)",
    ]
    lines += [
        f"print(as.data.frame(VarCorr({key}))[c(1:3, 5)], digits = 8)  # SDs and correlations"
        for key in comparison.mixed_fits()
    ]
    no_pooling = comparison.fits.get("no_pooling")
    if isinstance(no_pooling, NoPoolingResult):
        own = [INTERCEPT] * comparison.design.intercept + no_pooling.names
        lines.append(f"colnames(per_group) <- {terms(own)}\nprint(head(per_group), digits = 8)")
    return "\n".join(lines)


def _in_r_order(fit: Result) -> list[str]:
    """The names of the coefficients as R orders them: products of predictors come after the group means."""
    if not isinstance(fit, MixedResult) or not fit.means_of:
        return fit.names
    design, n_own = fit.design, len(fit.names) - len(fit.means_of)
    late = {design.names[k] for t in design.spec.terms if len(t.factors) > 1 for k in design.terms[str(t)]}
    own, means = fit.names[:n_own], fit.names[n_own:]
    return [n for n in own if n not in late] + means + [n for n in own if n in late]
