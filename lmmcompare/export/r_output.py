"""The last part of the R script: coefficients under our names, likelihoods, variances, regressions per group, the page's beside."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..models import MixedResult, NoPoolingResult, OLSResult, Result
from ..models.gls import GLSResult
from ..tables.inference import QUANTITIES
from ..tables.robust_errors import robust_kinds
from .model_terms import MAX_DUMMIES, is_structured, spread_numbers, spread_rows, too_many_dummies
from .page_results import PAGE
from .r_formula import RFormula, r_string, r_strings
from .r_inference import WEIGHTS_KR, intervals, lmer_coefficients, no_limits_reason, robust, too_large_clusters
from .r_structure import NO_WORDS, OF_NLME, has_words
from .snapshot import Snapshot

NO_DF = "degrees of freedom need the R package lmerTest, and confint() finds no profile on the boundary"
STRUCTURE_DF = "R has no degrees of freedom to be trusted of covariance structures"
NLME_DF = (
    "nlme's degrees of freedom are others than the page's, and its errors are without Kenward and Roger's adjustment"
)
"""Why R has no number of a mixed model, of one with a covariance structure, of one with structured residuals."""
OF_LM = """\
# Estimates, standard errors and degrees of freedom; of lm the last coefficients, which follow the dummies. NA is not estimable
of_lm <- function(model, fit, terms) {
  k <- length(terms)
  data.frame(model = rep(model, k), term = terms, estimate = tail(coef(fit), k), se = tail(sqrt(diag(vcov(fit))), k),
    df = rep(df.residual(fit), k), row.names = NULL)
}"""
ESTIMABLE = "terms[!is.na(coef(ols))]"
"""The names of the coefficients of ``ols`` that are estimable."""
OF_FIT = """\
# Log-likelihood, AIC and BIC, of all models by maximum likelihood
of_fit <- function(model, fit) {
  ml <- if (inherits(fit, "merMod")) refitML(fit) else fit
  data.frame(model, loglik = as.numeric(logLik(ml)), aic = AIC(ml), bic = BIC(ml), sigma = sigma(fit))
}
# Standard deviations of what varies between groups, their correlations, and the residual standard deviation
of_spread <- function(model, fit) {
  found <- as.data.frame(VarCorr(fit))
  data.frame(model, found[1:3], estimate = found$sdcor, se = NA, df = NA, t = NA, p = NA, lower = NA, upper = NA)
}"""
ABSENT = "  absent <- NULL  # why R has no number\n"
NUMBERED = """\
  spreads$number <- ave(seq_along(spreads$model), spreads$model, FUN = seq_along)
"""
MATCH = f"""\
# The page's numbers beside R's, where {PAGE} lies beside this script: here of the coefficient that was looked at, all in
# match_r.csv
if (file.exists("{PAGE}")) {{
  page <- read.csv("{PAGE}", fileEncoding = "UTF-8")
  results$number <- match(results$term, all_terms)
{NUMBERED}  found <- c(paste(results$model, "coefficient", results$number), paste(spreads$model, "spread", spreads$number))
  at <- match(paste(page$model, page$kind, page$number), found)
  compared <- do.call(rbind, lapply({r_strings(QUANTITIES)}, function(quantity)
    data.frame(page[c("model", "name", "chosen")], quantity, page = page[[quantity]],
      r = c(results[[quantity]], spreads[[quantity]])[at])))
  compared$difference <- ifelse(compared$r == compared$page, 0, compared$r - compared$page)  # two infinite limits are equal
  compared <- compared[order(rep(seq_len(nrow(page)), length.out = nrow(compared))), ]
  compared <- compared[!is.na(compared$page), ]
{ABSENT}  compared$note <- ifelse(is.na(compared$r), absent[compared$model], "")
  write.csv(compared, "match_r.csv", row.names = FALSE, fileEncoding = "UTF-8")
  print(compared[compared$chosen == "yes", !names(compared) %in% c("chosen", "note")], digits = 8, row.names = FALSE)
  writeLines(setdiff(paste0(compared$model, ": ", compared$note)[compared$note != ""], ""))
}}"""


def helpers(snapshot: Snapshot) -> str:
    """R's functions that the tables are made by."""
    result = [OF_LM, lmer_coefficients(snapshot), OF_FIT]
    if has_words(snapshot.comparison):
        none = "  if (is.null({})) return(NULL)\n"  # where nlme finds no optimum
        of_fit = OF_FIT.replace("else fit\n", "else nlme_by_ml(fit)\n" + none.format("ml"))
        result[2:] = [OF_NLME, of_fit.replace("fit) {\n", "fit) {\n" + none.format("fit"), 1)]
    return "\n".join(result)


def tables(snapshot: Snapshot, write: RFormula) -> str:
    """Coefficients as lmmcompare names them, variances and likelihoods, printed and set beside the page's."""
    comparison = snapshot.comparison
    fits = {
        k: f
        for k, f in comparison.fits.items()
        if (k != Model.NO_POOLING or comparison.moments.n_groups <= MAX_DUMMIES)
        and (k != Model.STRUCTURED or has_words(comparison))
    }
    common, mixed = comparison.ols.all_names, comparison.mixed_fits()

    def terms(names: list[str]) -> str:
        shorter = comparison.design.intercept and names == common[1:]
        if names == common:
            return "terms"
        if names == comparison.ols.names:
            return ESTIMABLE
        return "terms[-1]" if shorter else r_strings(names)

    # lm keeps the names of what is not estimable, lmer does not
    own = {k: terms(fit.all_names if isinstance(fit, OLSResult) else _in_r_order(fit)) for k, fit in fits.items()}
    rows = [f'of_{_kind(fit)}("{key}", {key}, {own[key]})' for key, fit in fits.items() if fit.names]
    lines = [
        f"terms <- {r_strings(common)}",
        _rbind("results", rows),
        robust(snapshot, write),
        _rbind("spreads", [f'of_spread("{key}", {key}){_own_rows(comparison, key)}' for key in mixed]),
        intervals(snapshot, write, own),
        "options(width = 130)  # a line for each coefficient",
        "print(results, digits = 8, row.names = FALSE)",
        _rbind("statistics", [f'of_fit("{key}", {key})' for key in fits]),
        "print(statistics, digits = 10, row.names = FALSE)",
        'print(spreads[c("model", "grp", "var1", "var2", "estimate", "lower", "upper")], digits = 8, row.names = FALSE)',
    ]
    no_pooling = comparison.fits.get(Model.NO_POOLING)
    if isinstance(no_pooling, NoPoolingResult):
        names = [comparison.constant] * comparison.design.intercept + no_pooling.names
        lines.append(f"colnames(per_group) <- {terms(names)}\nprint(head(per_group), digits = 8)")
    numbered = "".join(_numbers(comparison, key) for key in mixed)
    match = MATCH.replace(NUMBERED, NUMBERED + numbered).replace(ABSENT, _absent(snapshot))
    return "\n".join([*lines, "", f"all_terms <- {terms(comparison.terms)}", match])


def _absent(snapshot: Snapshot) -> str:
    """The lines that say of each model why R may have no number of it where the page has one."""
    comparison = snapshot.comparison
    reasons: dict[str, str] = {
        key: STRUCTURE_DF if is_structured(comparison, key) else NO_DF for key in comparison.mixed_fits()
    }
    inferred = snapshot.inferred
    if inferred.kenward_roger and comparison.spec.weights is not None:
        reasons |= dict.fromkeys(comparison.mixed_fits(), WEIGHTS_KR)
    if reason := no_limits_reason(snapshot):
        reasons |= {key: f"{reason}; {reasons[key]}" for key in inferred.other_limits}
    if comparison.moments.n_groups > MAX_DUMMIES:
        reasons[Model.NO_POOLING] = too_many_dummies(comparison)
    if comparison.structured is not None:
        reasons[Model.STRUCTURED] = NLME_DF if has_words(comparison) else NO_WORDS
    of_robust = too_large_clusters(comparison) or "it needs the R package clubSandwich"
    in_table = inferred.robust
    reasons |= {Model.OLS_ROBUST if kind == in_table else f"ols_{kind}": of_robust for kind in robust_kinds(comparison)}
    given = ",\n    ".join(
        f"{r_string(reason)} = {r_strings([key for key in reasons if reasons[key] == reason])}"
        for reason in dict.fromkeys(reasons.values())
    )
    return (
        f"  absent <- list(  # why R has no number of these models where it has none\n    {given})\n"
        "  absent <- setNames(rep(names(absent), lengths(absent)), unlist(absent))\n"
    )


def _numbers(comparison: Comparison, key: Model) -> str:
    """The line that numbers a model's spreads as the page does, where lme4 lists them in another order."""
    numbers = spread_numbers(comparison, key)
    if numbers == sorted(numbers):
        return ""
    listed = ", ".join(map(str, numbers))
    return f'  spreads$number[spreads$model == "{key}"] <- c({listed})  # lme4 sorts the terms otherwise\n'


def _kind(fit: Result) -> str:
    """Which of R's functions made above reads a fit."""
    return "lmer" if isinstance(fit, MixedResult) else "nlme" if isinstance(fit, GLSResult) else "lm"


def _own_rows(comparison: Comparison, key: Model) -> str:
    """What picks a structured model's own parameters from all that R's VarCorr lists."""
    if not is_structured(comparison, key):
        return ""
    return f"[c({', '.join(map(str, spread_rows(comparison.mixed_fits()[key])))}), ]"


def _rbind(name: str, rows: list[str]) -> str:
    return f"{name} <- rbind(\n  " + ",\n  ".join(rows) + "\n)"


def _in_r_order(fit: Result) -> list[str]:
    """The names of the coefficients as R orders them: products of predictors come after the group means."""
    if not isinstance(fit, MixedResult) or not fit.means_of:
        return fit.names
    design, n_own = fit.design, len(fit.names) - len(fit.means_of)
    late = {design.names[k] for t in design.spec.terms if len(t.factors) > 1 for k in design.terms[str(t)]}
    own, means = fit.names[:n_own], fit.names[n_own:]
    return [n for n in own if n not in late] + means + [n for n in own if n in late]
