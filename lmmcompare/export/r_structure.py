"""The model with structured residuals in R: gls or lme of nlme."""

from __future__ import annotations

import numpy as np

from ..comparison.comparison import Comparison
from ..formula.correlation import Correlation
from ..model_catalogue import Model
from ..models.serial_mixed import SerialMixedResult
from ..text.labels import model_label
from .comments import comment, visible
from .file_columns import unused_name
from .r_formula import RFormula

KINDS = {"cs": "corCompSymm", "ar1": "corAR1", "car1": "corCAR1", "us": "corSymm"}
"""What nlme calls the structures."""
OF_NLME = """\
# Of nlme: its degrees of freedom are others than the page's, which are Satterthwaite's or Kenward and Roger's, so there are none
# here, and its standard errors are without Kenward and Roger's adjustment
of_nlme <- function(model, fit, terms) {
  if (is.null(fit)) return(NULL)
  gls <- inherits(fit, "gls")
  k <- length(terms)
  se <- sqrt(diag(vcov(fit)))
  if (gls && fit$method == "ML") se <- se * sqrt(1 - k / nobs(fit))  # gls multiplies them by sqrt(N / (N - p))
  data.frame(model, term = terms, estimate = if (gls) coef(fit) else nlme::fixef(fit), se, df = NA, row.names = NULL)
}
# A fit of nlme by maximum likelihood; any other as it is
nlme_by_ml <- function(fit) {
  if (!inherits(fit, c("gls", "lme"))) return(fit)
  call <- fit$call
  call[[1]] <- if (inherits(fit, "gls")) nlme::gls else nlme::lme
  call$method <- "ML"
  tryCatch(eval(call), error = function(e) message("nlme finds no optimum by ML: ", conditionMessage(e)))
}"""


NO_FIT = 'error = function(e) message("nlme finds no optimum, so its rows are left out: ", conditionMessage(e))'
"""What becomes of a fit of nlme that fails, as it may on the boundary: nothing, and the other models are printed still."""


NO_WORDS = "lme of nlme has no words for this random part that are as short"
"""Why there is no fit of nlme."""


def has_words(comparison: Comparison) -> bool:
    """Whether nlme can be asked for the model in as few words: beside its lme, one random term, and no factor's levels in ``||``."""
    spec, fit = comparison.spec, comparison.structured
    if not isinstance(fit, SerialMixedResult):
        return fit is not None
    return len(spec.random) == 1 and (spec.random[0].correlated or all(len(b.columns) == 1 for b in fit.blocks))


def structured_model(comparison: Comparison, write: RFormula) -> list[str]:
    """Lines that fit the model, or a comment where nlme has no words for it; none without such a model."""
    spec, key = comparison.spec, Model.STRUCTURED
    if comparison.structured is None:
        return []
    if not has_words(comparison):
        return [comment(f"{model_label(key)}: {NO_WORDS}")]
    lines, arguments = [f"# {model_label(key)}, by nlme"], [write.formula(), "data"]
    if not _is_gls(spec.correlation):
        random = spec.random[0]
        inside = " + ".join(random.inside(map(write.term, random.terms)))
        group = _group(random.group, comparison, write, lines)
        text = f"~ {inside} | {group}"
        if not random.correlated and random.terms:
            text = f"list({group} = nlme::pdDiag(~ {inside}))"
        arguments.append(f"random = {text}")
    if spec.correlation is not None:
        place = "1"
        if spec.correlation.order is not None:
            place = write.name(spec.correlation.order)
        if spec.correlation.kind == "us":
            visit = unused_name("visit_number", spec.columns)
            lines.append(f"data${visit} <- with(data, as.integer(factor({place})))")
            place = visit
        group = _group(spec.correlation.group, comparison, write, lines)
        arguments.append(f"correlation = nlme::{KINDS[spec.correlation.kind]}(form = ~ {place} | {group})")
        if spec.correlation.kind == "us":
            arguments.append(f"weights = nlme::varIdent(form = ~ 1 | {place})")
    if spec.variance:
        arguments.append(f"weights = nlme::varIdent(form = ~ 1 | {write.name(spec.variance)})")
    arguments.append(f'method = "{"REML" if comparison.reml else "ML"}"')
    function = "gls" if _is_gls(spec.correlation) else "lme"
    call = f"nlme::{function}({', '.join(arguments)})"
    return [*lines, f"{key} <- tryCatch({call}, {NO_FIT})", *_elsewhere(comparison, write)]


def _elsewhere(comparison: Comparison, write: RFormula) -> list[str]:
    """The same model by mmrm and glmmTMB as lines of comment, where they have it: the script does not ask for the packages."""
    spec, reml = comparison.spec, str(comparison.reml).upper()
    correlation = spec.correlation
    lines: list[str] = []
    if correlation is None:
        if len(spec.random) == 1:
            model = write.formula(write.random(spec.random[0]))
            by_level = f"dispformula = ~ {write.name(spec.variance)}"
            lines.append(f"glmmTMB::glmmTMB({model}, data, REML = {reml}, {by_level})")
        return _remarks(lines)
    if spec.variance or len(correlation.group) > 1:
        return []
    group = write.name(correlation.group[0])
    place = group if correlation.order is None else write.name(correlation.order)
    made = unused_name("at_visit", spec.columns)
    levels = {
        "cs": f"factor(ave(seq_len(nrow(data)), {group}, FUN = seq_along))",
        "us": f"factor({place})",
        "ar1": f"factor({place}, levels = min({place}):max({place}))",
    }
    lines.append(f"data${made} <- with(data, {levels.get(correlation.kind, f'glmmTMB::numFactor({place})')})")
    method = ', method = "Kenward-Roger"' if comparison.reml else ""
    fixed, subject = write.formula(), f"data${group} <- factor(data${group})"
    if correlation.kind in ("cs", "us"):
        by = f"{correlation.kind}({made} | {group})"
        lines += [subject, f"mmrm::mmrm({fixed} + {by}, data, reml = {reml}{method})"]
    if correlation.kind != "cs":
        name = {"us": "us", "ar1": "ar1"}.get(correlation.kind, "ou")
        beside = [] if correlation.kind == "us" else [write.random(r) for r in spec.random]
        terms = write.formula(*beside, f"{name}({made} + 0 | {group})")
        start = f", start = list(theta = c({_start(comparison)}))" if beside else ""
        lines.append(f"glmmTMB::glmmTMB({terms}, data, REML = {reml}, dispformula = ~ 0{start})")
    return _remarks(lines, "It keeps next to no residual beside the structure: log-likelihoods agree to about 0.01.")


def _start(comparison: Comparison) -> str:
    """Where glmmTMB is to start beside a random part: at this fit's SDs, without correlations; from its own start it may stop elsewhere."""
    fit = comparison.structured
    assert isinstance(fit, SerialMixedResult)
    sd = np.sqrt(np.diag(fit.cov_re[fit.grouping.name]))
    logs, theta, at = np.log(np.maximum(sd, 1e-3 * fit.sigma)).tolist(), [], 0
    for block in fit.blocks:
        k = len(block.columns)
        theta += [*logs[at : at + k], *[0.0] * (k * (k - 1) // 2)]
        at += k
    return ", ".join(f"{value:.3g}" for value in [*theta, np.log(fit.sigma), 0.0])


def _remarks(lines: list[str], sentence: str = "") -> list[str]:
    """Lines of code as comments under a head."""
    if not lines:
        return []
    head = ["# The same model elsewhere, where that is installed:"]
    if any("glmmTMB::glmmTMB" in line for line in lines):
        head.append(
            "# (glmmTMB takes standard errors from the Hessian of all parameters together, so they differ a little."
        )
        head.append(f"# {sentence})" if sentence else "# Its log-likelihood is the same.)")
    return [*head, *(f"#   {visible(line)}" for line in lines)]


def _is_gls(correlation: Correlation | None) -> bool:
    return correlation is not None and correlation.kind in ("cs", "us")


def _group(columns: tuple[str, ...], comparison: Comparison, write: RFormula, lines: list[str]) -> str:
    """The groups as one column, made where several columns make them."""
    names = list(map(write.name, columns))
    if len(names) == 1:
        return names[0]
    made = unused_name("residual_group", comparison.spec.columns)
    line = f"data${made} <- with(data, interaction({', '.join(names)}, drop = TRUE))"
    lines += [line] * (line not in lines)
    return made
