"""Calls that have group dummies without writing them in the formula: feols of fixest, felm of lfe, plm, lm_robust, lmList."""

from __future__ import annotations

from ..spec import ModelSpec, RandomTerm
from .build import Kinds, as_factor, formula_of, specify_fixed
from .call_syntax import Part, Source
from .r_call import ModelAndMethod, RCall

_PLAIN = "Write the dummies after the bar as columns: y ~ x | group."


def dummies_remark(group: str) -> str:
    """What stands for a model with group dummies here."""
    return f"Its estimates are those of the group dummies (no pooling); (1 | {group}) is for the models beside them."


def lines_remark(term: RandomTerm) -> str:
    """What stands for a model with an intercept and slopes for each group here."""
    return f"Its estimates are those of a regression for each group (no pooling); {term} is for the models beside them."


def with_dummies(part: Part, fixed: str, columns: list[str], kinds: Kinds) -> ModelSpec:
    """A model of the groups of the first column, whose dummies are among the models compared; of the others dummies are predictors."""
    group, *others = columns
    text = " + ".join([fixed, *(as_factor(name, kinds) for name in others)])
    return specify_fixed(part, text).with_random(RandomTerm((group,)))


def read_feols(call: RCall) -> ModelAndMethod:
    """The model of ``y ~ x | group + year``, or of ``y ~ x | group | 0 | cluster`` as felm writes it; by least squares."""
    for name in ("split", "fsplit"):
        if name in call.arguments:
            call.arguments[name].fail(f"{name}= is not read here.", "Leave it out.")
    formula = _unquoted(call.formula)
    fixed, *behind = formula.split("|")
    if len(behind) > 1 and behind[1].text != "0":
        behind[1].fail("Instruments are not fitted here.", "Leave them out.")
    columns = _columns(behind[0]) if behind else _named_columns(call.arguments.get("fixef"))
    if not columns:
        return specify_fixed(formula, fixed.text), None
    call.remarks.append(dummies_remark(columns[0]))
    return with_dummies(formula, fixed.text, columns, call.kinds), None


def read_lm_robust(call: RCall) -> ModelAndMethod:
    """The model of ``lm_robust(y ~ x, fixed_effects = ~ group)``; by least squares."""
    text, part = formula_of(call.formula), call.arguments.get("fixed_effects")
    if part is None:
        return specify_fixed(call.formula, text), None
    columns = _columns(part.behind_tilde())
    if not columns:
        part.fail("fixed_effects= names no column.", "Write fixed_effects = ~ group.")
    call.remarks.append(dummies_remark(columns[0]))
    return with_dummies(call.formula, text, columns, call.kinds), None


def read_lm_list(call: RCall) -> ModelAndMethod:
    """The model of ``lmList(y ~ x | group)``, a regression for each group; by least squares."""
    fixed, *behind = call.formula.split("|")
    group = behind[0].column() if len(behind) == 1 else None
    if group is None:
        call.formula.fail("lmList() needs a group behind a bar.", "Write y ~ x | group.")
    spec = specify_fixed(call.formula, fixed.text)
    term = RandomTerm((group,), spec.terms, spec.intercept)
    call.remarks.append(lines_remark(term))
    return spec.with_random(term), None


def _unquoted(part: Part) -> Part:
    """The formula that pyfixest has in quotes."""
    text = part.string()
    if text is None:
        return part
    source = Source(text)
    return Part(source, 0, len(source.tokens))


def feols_clusters(call: RCall) -> str:
    """The column of ``cluster = ~g``, ``cluster = "g"`` or ``vcov = ~g``, and of pyfixest's ``vcov={"CRV1": "g"}``."""
    part = call.arguments.get("cluster") or call.arguments.get("vcov")
    if part is None:
        return ""
    if part.tokens[0].text == "{" and len(part.tokens) == 5:
        part = Part(part.source, part.start + 3, part.end - 1)
    column = part.behind_tilde().column(call.data)
    if column is None or (part.string() or "") in ("iid", "hetero", "HC1", "twoway"):
        call.remarks.append("Other errors than those here: choose cluster-robust ones under Inference.")
        return ""
    call.remarks.append(f"Cluster-robust standard errors by {column}: choose them under Inference.")
    return column


def felm_clusters(call: RCall) -> str:
    """The fourth part of felm's formula."""
    parts = call.formula.split("|")
    return (parts[3].column(call.data) or "") if len(parts) > 3 and parts[3].text != "0" else ""


def _named_columns(part: Part | None) -> list[str]:
    """The columns of ``fixef = c("group", "year")``, whose names are in quotes; none where it is not given."""
    if part is None:
        return []
    called = part.call()
    names = [one.string() for one in (called[1] if called and called[0] == "c" else [part])]
    if None in names:
        part.fail(f"“{part.text[:40]}” is not read.", 'Write fixef = "group".')
    return [str(name) for name in names]


def _columns(part: Part) -> list[str]:
    """The columns of ``group + year``; none for 0."""
    if part.text in ("0", "1"):
        return []
    columns = [piece.column() if piece.tokens else None for piece in part.split("+")]
    if None in columns:
        part.fail(f"“{part.text[:40]}” is not read: dummies of a product, or slopes for each group.", _PLAIN)
    return [name for name in columns if name]


def read_plm(call: RCall) -> ModelAndMethod:
    """The model of ``plm(y ~ x, index = c("g", "t"), model = "within")`` and whether by REML, None for least squares."""
    model = call.string("model", "within") or "within"
    effect = call.string("effect", "individual") or "individual"
    if model == "pooling":
        return specify_fixed(call.formula, call.formula.text), None
    index = call.arguments.get("index")
    if index is None:
        call.formula.fail("plm() takes its groups from the table here.", 'Add index = c("group", "time").')
    called = index.call()
    names = [part.string() for part in (called[1] if called and called[0] == "c" else [index])]
    needed = {"individual": 1, "time": 2, "twoways": 2}.get(effect, 0)
    if None in names or not needed or len(names) < needed:
        index.fail("The groups of plm() are not read.", 'Write index = c("group", "time").')
    columns = [str(name) for name in names]
    groups = {"individual": columns[:1], "time": columns[1:2], "twoways": columns[:2]}[effect]
    if "weights" in call.arguments:  # findings/plm-centres-weighted-panels-at-unweighted-means.sh
        call.remarks.append(
            "plm() weights the rows only after it has taken group means without weights; here they count throughout, as in lm() "
            "with the dummies and in lmer(), so the numbers differ from plm()'s."
        )
    if model == "within":
        call.remarks.append(dummies_remark(groups[0]))
        return with_dummies(call.formula, call.formula.text, groups, call.kinds), None
    if model == "random":
        call.remarks.append(
            "plm() estimates the variances from moments (Swamy and Arora unless told otherwise); here by REML."
        )
        spec = specify_fixed(call.formula, call.formula.text)
        return spec.with_random(*(RandomTerm((name,)) for name in groups)), True
    call.arguments["model"].fail(
        f"plm() with the model “{model[:20]}” is not fitted here.", 'Write model = "within" or "random".'
    )
