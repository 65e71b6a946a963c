"""Calls of R: lmer, lme, gls, glmmTMB, mixed of afex, lm, glm, aov, lm_robust, lmList, feols, felm, plm, geeglm, gee."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ...errors import FormulaError
from ..baselines import exchange, is_of_own_levels
from ..expressions import Call, Column, Expression
from ..parser import parse
from ..spec import ModelSpec
from .build import Kinds, formula_of, known_part, specify, specify_fixed
from .call import ModelCall
from .call_syntax import Part, match_arguments, named
from .fixed_effects import felm_clusters, feols_clusters, read_feols, read_lm_list, read_lm_robust, read_plm
from .gee import population_average
from .nlme import read_gls, read_lme
from .r_call import ModelAndMethod, RCall
from .refused import OTHER_OUTCOMES
from .residuals import tmb_residuals
from .rows import read_conditions
from .tables import read_table

SIGNATURES = {
    "lmer": "formula data REML control start verbose subset weights na.action offset contrasts devFunOnly",
    "lm": "formula data subset weights na.action method model x y qr singular.ok contrasts offset",
    "glm": "formula family data weights subset na.action start etastart mustart offset control model method x y singular.ok contrasts",
    "aov": "formula data projections qr contrasts",
    "lm_robust": "formula data weights subset clusters fixed_effects se_type ci alpha return_vcov try_cholesky",
    "lmList": "formula data family subset weights na.action offset pool warn level control",
    "geeglm": "formula family data weights subset na.action start etastart mustart offset control method x y contrasts id waves zcor "
    "corstr scale.fix scale.value std.err",
    "gee": "formula id data subset na.action R b tol maxiter family corstr Mv silent contrasts scale.fix scale.value",
    "mixed": "formula data type method per_parameter args_test test_intercept check_contrasts expand_re all_fit set_data_arg "
    "progress cl return sig_symbols REML control weights subset na.action offset verbose",
    "lme": "fixed data random correlation weights subset method na.action control contrasts keep.data",
    "gls": "model data correlation weights subset method na.action control verbose",
    "glmmTMB": "formula data family ziformula dispformula weights offset contrasts na.action "
    "se verbose doFit control REML start map sparseX",
    "feols": "fml data vcov weights offset subset split fsplit split.keep split.drop cluster se ssc panel.id fixef",
    "felm": "formula data exactDOF subset na.action contrasts weights",
    "plm": "formula data subset weights na.action effect model random.method random.models random.dfcor inst.method "
    "restrict.matrix restrict.rhs index",
}
_ORIGIN = {
    "lmer": "lme4",
    "mixed": "afex",
    "lm_robust": "estimatr",
    "geeglm": "geepack",
    "gee": "gee",
    "lme": "nlme",
    "gls": "nlme",
    "glmmTMB": "glmmTMB",
    "feols": "fixest",
    "felm": "lfe",
    "plm": "plm",
}


def read_r(function: str, part: Part, kinds: Kinds) -> ModelCall:
    """A call of one of these functions, whose arguments ``part`` holds."""
    result = match_arguments(part.arguments(), SIGNATURES[function].split())
    remarks: list[str] = []
    data, conditions = read_table(result.get("data"), remarks)
    if "subset" in result and result["subset"].text != "NULL":
        conditions += read_conditions(result["subset"], data)
    _refuse_families(result)
    first = SIGNATURES[function].split()[0]
    if first not in result or not result[first].tokens:
        part.fail("The call has no formula.", "Write one: outcome ~ predictors + (1 | group).")
    call = RCall(result, result[first], data, kinds, remarks)
    spec, reml = _READERS[function](call)
    _remark_on_missing(result.get("na.action"), remarks)
    if any(name in result for name in ("control", "start")):
        remarks.append("Settings of the optimiser are left aside: the optimum here is certified by a test of its own.")
    if (contrasts := result.get("contrasts")) and contrasts.text != "NULL":
        spec = _coded(spec, contrasts, fixed_only=function == "lmer")
    known = {*SIGNATURES[function].split(), "family"}
    strangers = [n for n in result if n not in known] + [n for n in result if n in {"map"}]
    if strangers:
        result[strangers[0]].fail(
            f"{function}() with {strangers[0]}= is not read here.", "Remove this argument if it does not matter."
        )
    if function == "glmmTMB" and known_part(result, "weights", data):
        result["weights"].fail(
            "The weights of glmmTMB() multiply the log-likelihood; those here divide the residual variance, as lmer's.",
            "Paste a call of lmer().",
        )
    offset = known_part(result, "offset", data)
    # of nlme they are a structure of the residuals, which is read with these
    weights = None if function in ("lme", "gls") else known_part(result, "weights", data)
    spec = replace(spec, weights=weights, offset=(*spec.offset, offset) if offset else spec.offset)
    return ModelCall(
        f"a call of {function}() in R" + (f" ({_ORIGIN[function]})" if function in _ORIGIN else ""),
        spec,
        reml,
        data,
        conditions,
        cluster=_CLUSTERS[function](call) if function in _CLUSTERS else "",
        remarks=tuple(remarks),
    )


def _lmer(call: RCall) -> ModelAndMethod:
    spec = specify(call.formula, formula_of(call.formula))
    if not spec.random:
        call.formula.fail("lmer() needs a random part.", "Add one such as (1 | group).")
    return spec, call.flag("REML", True)


def _mixed(call: RCall) -> ModelAndMethod:
    """Afex codes categories of the fixed part by sums to zero, and fits by ML where it tests by likelihood ratios or bootstrap."""
    (spec, reml), kinds = _lmer(call), call.kinds
    if call.flag("expand_re", False) and any(not r.correlated for r in spec.random):
        call.arguments["expand_re"].fail("expand_re = TRUE is not read here.", "Write (1 | g) + (0 + x | g) instead.")
    if call.flag("check_contrasts", True):
        columns = {f for f in spec.fixed_factors if isinstance(f, Column)}
        for factor in columns if kinds else ():
            if not kinds.get(factor.name, True):
                coding = parse(f"y ~ C({factor}, contr.sum)").terms[0].factors[0]
                assert isinstance(coding, Call)
                spec = exchange(spec, [factor], replace(coding, text=str(factor)))
        if not kinds or any(not kinds.get(f.name, True) for f in columns):
            call.remarks.append(
                "mixed() codes categories by contr.sum: a coefficient is a distance from the mean of the levels."
            )
    return spec, reml and call.string("method", "S") not in ("LRT", "PB")


def _clusters(call: RCall) -> str:
    """The column of lm_robust()'s clusters; its kinds of errors are said where they are others than those here."""
    cluster = named(call.arguments, "clusters", call.data)
    kind = call.string("se_type", "") or ("CR2" if cluster else "HC2")
    if not cluster:
        call.remarks.append(
            f"lm_robust() has {kind} errors, one row by itself; here errors allow for groups, or for nothing."
        )
    elif kind != "CR2":
        kind = {"stata": "CR1S"}.get(kind, kind)
        call.remarks.append(
            f"lm_robust() was asked for {kind} errors: choose them under the table; CR2 is what it opens with."
        )
    return cluster


def _gee_clusters(call: RCall) -> str:
    """The column of ``id =``."""
    return named(call.arguments, "id", call.data)


_CLUSTERS = {
    "lm_robust": _clusters,
    "feols": feols_clusters,
    "felm": felm_clusters,
    "geeglm": _gee_clusters,
    "gee": _gee_clusters,
}


def _lm(call: RCall) -> ModelAndMethod:
    text = formula_of(call.formula)
    if "Error(" in text.replace(" ", ""):
        call.formula.fail("Error() strata are not read here.", "Write each as a random intercept: + (1 | group).")
    return specify_fixed(call.formula, text), None


def _gee(call: RCall) -> ModelAndMethod:
    group = _gee_clusters(call)
    if not group:
        call.formula.fail("The call names no clusters.", "Add id = group.")
    corstr = call.arguments.get("corstr")
    working = "independence" if corstr is None else corstr.string() or ""
    spec = specify_fixed(call.formula, formula_of(call.formula))
    return population_average(spec, group, working, corstr or call.formula, call.remarks)


def _glmm_tmb(call: RCall) -> ModelAndMethod:
    zeros, dispersion = call.arguments.get("ziformula"), call.arguments.get("dispformula")
    if zeros and zeros.text.replace(" ", "") != "~0":
        zeros.fail("ziformula is not fitted here.", "Leave it out, or write ~0.")
    spec = specify(call.formula, formula_of(call.formula))
    return tmb_residuals(spec, dispersion) if dispersion else spec, call.flag("REML", False)


def _coded(spec: ModelSpec, contrasts: Part, *, fixed_only: bool) -> ModelSpec:
    """The model with the codings of ``contrasts = list(f = contr.sum, g = "contr.helmert")`` in its factors.

    R calls their coefficients by the factors' own names, and lme4 leaves those of the random part as they are.
    """
    called = contrasts.call()
    if called is None or called[0] != "list" or not all(a.name for a in called[1]):
        contrasts.fail("contrasts is not read.", "Write contrasts = list(f = contr.sum).")
    for part in called[1]:
        name = part.name.strip("`")
        own = next((f for f in spec.factors if is_of_own_levels(f) and name in (str(f), *_names(f))), None)
        if own is None:
            part.fail(f"“{part.name}” is no factor of the formula.", "Leave its contrasts out.")
        try:
            coding = parse(f"y ~ C({own}, {part.text})").terms[0].factors[0]
        except FormulaError as error:
            part.fail(error.problem, error.remedy)
        assert isinstance(coding, Call)
        spec = exchange(
            spec,
            [own],
            replace(coding, text=(own.text if isinstance(own, Call) else "") or str(own)),
            fixed_only=fixed_only,
        )
    return spec


def _names(factor: Expression) -> Iterator[str]:
    """The texts by which R may know a factor besides its own: a column without backquotes, a call as it was written."""
    match factor:
        case Column(name):
            yield name
        case Call():
            yield factor.text


def _remark_on_missing(part: Part | None, remarks: list[str]) -> None:
    """What R would do about missing values other than leave their rows out."""
    action = "" if part is None else (part.column() or "").removeprefix("stats::")
    if action == "na.exclude":
        remarks.append(
            "Rows with missing values are left out, as by na.omit; na.exclude would also keep a place for their residuals."
        )
    elif action == "na.fail":
        remarks.append("na.fail would stop at a missing value; here such rows are left out, and their number is said.")
    elif part is not None and action not in ("NULL", "na.omit"):
        part.fail(
            f"na.action = {part.text[:40]} is not done here.", "Rows with missing values are left out: write na.omit."
        )


def _refuse_families(result: dict[str, Part]) -> None:
    family = result.get("family")
    if family is None:
        return
    called = family.call()
    name = called[0] if called else family.column() or ""
    links = [a.string() or a.text for a in called[1]] if called else []
    if name != "gaussian" or any(link != "identity" for link in links):
        family.fail(
            f"family = {family.text[:40]} is not fitted here. {OTHER_OUTCOMES}",
            "Use family = gaussian where the outcome is such a number.",
        )


_READERS: dict[str, Callable[[RCall], ModelAndMethod]] = {
    "lmer": _lmer,
    "mixed": _mixed,
    "lm": _lm,
    "lm_robust": read_lm_robust,
    "lmList": read_lm_list,
    "geeglm": _gee,
    "gee": _gee,
    "glm": _lm,
    "aov": _lm,
    "lme": read_lme,
    "gls": read_gls,
    "glmmTMB": _glmm_tmb,
    "feols": read_feols,
    "felm": read_feols,
    "plm": read_plm,
}
