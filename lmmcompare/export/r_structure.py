"""The model with structured residuals in R: gls or lme of nlme."""

from __future__ import annotations

from ..comparison.compare import Comparison
from ..formula.correlation import Correlation
from ..text.labels import model_label
from .comments import comment
from .datafile import unused
from .r_formula import RFormula

KINDS = {"cs": "corCompSymm", "ar1": "corAR1", "car1": "corCAR1", "us": "corSymm"}
"""What nlme calls the structures."""
OF_NLME = """\
# Of nlme: its own degrees of freedom are others than the page's, which are Satterthwaite's, so there are none here
of_nlme <- function(model, fit, terms) {
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
  eval(call)
}"""


def has_words(comparison: Comparison) -> bool:
    """Whether nlme can be asked for the model in as few words: beside its lme, one random term."""
    spec = comparison.spec
    if comparison.structured is None:
        return False
    return _is_gls(spec.correlation) or len(spec.random) == 1


def structured_model(comparison: Comparison, write: RFormula) -> list[str]:
    """Lines that fit the model, or a comment where nlme has no words for it; none without such a model."""
    spec, key = comparison.spec, "structured"
    if comparison.structured is None:
        return []
    if not has_words(comparison):
        return [comment(f"{model_label(key)}: lme of nlme has no words for this random part that are as short")]
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
            visit = unused("visit_number", spec.columns)
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
    return [*lines, f"{key} <- nlme::{function}({', '.join(arguments)})"]


def _is_gls(correlation: Correlation | None) -> bool:
    return correlation is not None and correlation.kind in ("cs", "us")


def _group(columns: tuple[str, ...], comparison: Comparison, write: RFormula, lines: list[str]) -> str:
    """The groups as one column, made where several columns make them."""
    names = list(map(write.name, columns))
    if len(names) == 1:
        return names[0]
    made = unused("residual_group", comparison.spec.columns)
    line = f"data${made} <- with(data, interaction({', '.join(names)}, drop = TRUE))"
    lines += [line] * (line not in lines)
    return made
