"""The part of the Python script that fits the same models by statsmodels, with comments where it cannot."""

from __future__ import annotations

import numpy as np

from ..comparison.comparison import Comparison
from ..design.contrasts import Coded
from ..design.encoding import Indicator
from ..design.grouping import Grouping
from ..formula.baselines import is_of_own_levels
from ..formula.expressions import group_name
from ..formula.spec import RandomTerm
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.english import listed
from ..text.labels import model_label
from .comments import comment
from .data_file import DataFile
from .file_columns import unused_name
from .model_terms import random_part_text
from .statsmodels_formula import StatsmodelsFormula

MAX_DUMMIES = 200
"""More groups than this would make a large matrix of dummies."""
MAX_ROWS = 20_000
"""MixedLM takes minutes beyond."""
MAX_CROSSED = 500
"""Crossed factors are one group to MixedLM, and the covariance matrix of all its rows is built whole."""
NO_STRUCTURE = (
    "Structured residuals: statsmodels has no equivalent. Its GLS takes the residuals' covariance as known, and its GEE has no "
    "likelihood; see lmmcompare's above"
)
ERRORS = '''

def errors(fit):
    """Standard errors at the fitted variances, as lme4 and lmmcompare have them; without balance fit.bse_fe is larger."""
    k = len(fit.fe_params)
    return np.sqrt(np.diag(np.linalg.inv(-fit.model.hessian(fit.params_object)[0][:k, :k])))


'''


def statsmodels_code(comparison: Comparison, file: DataFile) -> str:
    """The part of a script that fits the models of a comparison by statsmodels, to a table ``data``."""
    return _Writer(comparison, file).code()


class _Writer:
    """A comparison's models as calls of statsmodels."""

    def __init__(self, comparison: Comparison, file: DataFile) -> None:
        self.comparison, self.file = comparison, file
        self.write = StatsmodelsFormula(comparison)
        self.names, self.groups = self.write.names, self.write.groups

    def code(self) -> str:
        """Everything, from the rows to the last model."""
        if not self.comparison.terms:
            return "# statsmodels fits no model without a coefficient"
        if self.comparison.design.aliased:
            return (
                "# statsmodels shares an effect out among columns that are combinations of each other, where R and lmmcompare leave\n"
                "# the later ones out: its coefficients would be others"
            )
        if unknown := self.write.unknown():
            return (
                f"# statsmodels' formulas have no {listed([f'{name}()' for name in unknown])}, or not with R's values"
            )
        mixed = [self.mixed(key, fit) for key, fit in self.comparison.mixed_fits().items()]
        lines = [
            "# The same by statsmodels; its optimiser stops a little earlier: about four digits of a mixed model agree. It has no degrees",
            "# of freedom for mixed models and no profile likelihood of coefficients; those are lmmcompare's above",
            *self.frame(),
            *([ERRORS] if any("errors(" in code for code in mixed) else []),
            f"ols = {self.least_squares(self.write.formula())}",
            'print(pd.DataFrame({"estimate": ols.params, "se": ols.bse}), end="\\n\\n")',
            "# Its cluster-robust errors have no CR2. Without its correction they are CR0, here times sqrt(G / (G - 1)): CR1",
            f"codes = frame[{self.groups[self.comparison.group]!r}].astype(str).factorize()[0]",
            'robust = ols.get_robustcov_results("cluster", groups=codes, use_correction=False)',
            "cr1 = robust.bse * np.sqrt((codes.max() + 1) / codes.max())",
            'print(pd.DataFrame({"estimate": ols.params, "CR0": robust.bse, "CR1": cr1}), end="\\n\\n")',
            self.no_pooling(),
            *mixed,
            *([comment(NO_STRUCTURE)] if self.comparison.structured is not None else []),
        ]
        return "\n".join(lines).replace("\n\n\n\n", "\n\n\n")

    def least_squares(self, formula: str) -> str:
        """A call of ordinary or weighted least squares."""
        weights = self.write.weights()
        return (
            f"smf.wls({formula!r}, frame, weights={weights}).fit()" if weights else f"smf.ols({formula!r}, frame).fit()"
        )

    def frame(self) -> list[str]:
        """The rows that are complete, and groups that several columns make."""
        lines = [f"frame = data[{list(self.names)!r}].dropna()"]
        if self.comparison.design.n < self.comparison.design.n_total:
            lines.append('for name in frame.select_dtypes("category"):')
            lines.append("    frame[name] = frame[name].cat.remove_unused_categories()")
        renamed = {name: alias for name, alias in self.names.items() if alias != name}
        if renamed:
            lines.append(f"frame = frame.rename(columns={renamed!r})")
        for grouping in self.comparison.design.groupings:
            if len(grouping.columns) > 1:
                text = ' + ":" + '.join(f"frame[{self.names[c]!r}].astype(str)" for c in grouping.columns)
                lines.append(f"frame[{self.groups[grouping.name]!r}] = {text}")
        for field in (f for f in self.file.fields if f.kind == "date"):
            column = f"frame[{self.names[field.name]!r}]"
            lines.append(
                f"{column} = (pd.to_datetime({column}) - pd.Timestamp({field.origin!r})) / pd.Timedelta(days=1)"
            )
        logical = [self.names[f.name] for f in self.file.fields if f.kind == "logical"]
        lines += [f"frame[{name!r}] = frame[{name!r}].astype(int)" for name in logical]
        weights = self.write.weights()
        return lines + ([f"frame = frame[{weights} > 0]"] if weights else [])

    def no_pooling(self) -> str:
        """OLS with a dummy for each group."""
        fit, group = self.comparison.fits.get(Model.NO_POOLING), f"C({self.groups[self.comparison.group]})"
        if fit is None or not fit.names:
            return "# Group dummies: there is no slope to fit"
        if not np.isfinite(fit.params).all() or not self.comparison.spec.intercept:
            return "# Group dummies: statsmodels does not leave out what they absorb; see lmmcompare's above"
        if self.comparison.moments.n_groups > MAX_DUMMIES:
            return comment(
                f"Group dummies: {self.comparison.moments.n_groups:,} of them would make a very large matrix"
            )
        return "\n".join(
            [
                f"no_pooling = {self.least_squares(self.write.formula(group))}",
                f'common = ~no_pooling.params.index.str.startswith(("Intercept", "{group}"))',
                'print(pd.DataFrame({"estimate": no_pooling.params, "se": no_pooling.bse})[common], end="\\n\\n")',
            ]
        )

    def mixed(self, key: Model, fit: MixedResult) -> str:
        """One mixed model, or why statsmodels cannot fit it."""
        label = model_label(key)
        if self.comparison.spec.weights is not None:
            return comment(f"{label}: MixedLM has no prior weights; see lmmcompare's above")
        if fit.singular:
            return comment(f"{label}: the fit lies on the boundary, where MixedLM stops short of the optimum or fails")
        if fit.nobs > MAX_ROWS:
            return comment(f"{label}: MixedLM would take minutes for {fit.nobs:,} rows")
        terms = random_part_text(self.comparison, key)
        if any(r.structure != "us" for r in terms):
            return comment(
                f"{label}: MixedLM has no covariance structures such as diag(), cs() and ar1(); see lmmcompare's above"
            )
        result = self.several(terms) if key == Model.SEVERAL else self.one_factor(terms)
        means = self.means(fit) if key == Model.WITHIN_BETWEEN else []
        if result is None or (key == Model.WITHIN_BETWEEN and not means):
            return comment(f"{label}: MixedLM has no words for it that are as short; see lmmcompare's above")
        names = [name for name, _ in means]
        return "\n".join(
            [
                *(
                    f'frame[{name!r}] = {code}.groupby(frame[{self.groups[fit.group]!r}]).transform("mean")'
                    for name, code in means
                ),
                f'{key} = smf.mixedlm({self.write.formula(*names)!r}, frame, {result}).fit(reml={fit.reml}, method=["bfgs", "powell"])',
                f'print(pd.DataFrame({{"estimate": {key}.fe_params, "se": errors({key})}}), end="\\n\\n")',
            ]
        )

    def one_factor(self, terms: list[RandomTerm]) -> str | None:
        """Arguments for random coefficients of one grouping factor: one block, or single ones that are uncorrelated."""
        groups = f"groups=frame[{self.groups[group_name(terms[0].group)]!r}]"
        if len(terms) == 1 and (terms[0].correlated or not terms[0].terms):
            inside = list(map(self.write.term, terms[0].terms))
            text = " + ".join([*(() if terms[0].intercept else ("0",)), *inside]) or "1"
            return f"{groups}, re_formula={f'~{text}'!r}"
        single = [t for r in terms for t in r.terms]
        if any(len(self.comparison.design.terms.get(str(t), ())) != 1 for t in single) or not terms[0].intercept:
            return None
        if any(r.intercept for r in terms[1:]) or any(r.correlated and len(r.terms) != 1 for r in terms[1:]):
            return None
        if terms[0].correlated and terms[0].terms:
            return None
        parts = {self.write.term(t): f"0 + {self.write.term(t)}" for t in single}
        return f'{groups}, re_formula="~1", vc_formula={parts!r}'

    def several(self, terms: list[RandomTerm]) -> str | None:
        """Arguments for random intercepts of several factors: within the outermost where they are nested, else as one group."""
        if any(r.terms for r in terms):
            return None
        factors = sorted(self.comparison.design.groupings, key=lambda g: len(g.levels))
        outer, rest = factors[0], factors[1:]
        nested = all(_within(inner, outer) for inner in rest)
        if not nested and self.comparison.design.n > MAX_CROSSED:
            return None
        parts = {self.groups[g.name]: f"0 + C({self.groups[g.name]})" for g in (rest if nested else factors)}
        if nested:
            return f'groups=frame[{self.groups[outer.name]!r}], re_formula="~1", vc_formula={parts!r}'
        return f'groups=np.ones(len(frame)), re_formula="0", vc_formula={parts!r}'

    def means(self, fit: MixedResult) -> list[tuple[str, str]]:
        """Names and values of the columns whose group means a within-between model has; none where one is no plain column."""
        result: list[tuple[str, str]] = []
        for k in fit.means_of:
            column = fit.design.columns[k]
            source, piece = column.uses[0][0], column.pieces[0]
            name = unused_name(f"mean{len(result) + 1}", tuple(self.names.values()))
            values = f"frame[{self.names[source]!r}]"
            of_levels = len(column.pieces) == 1 and is_of_own_levels(column.parts[0].factor)
            if of_levels and isinstance(piece, Indicator | Coded):
                levels = fit.design.encoder.levels[str(column.parts[0].factor)].tolist()
                if self.file.field(source).kind == "logical":  # these are 0 and 1 by then
                    levels = [0, 1]
                if isinstance(piece, Indicator):
                    result.append((name, f"({values} == {levels[piece.level]!r}).astype(float)"))
                else:
                    table = dict(zip(levels, map(float, piece.values), strict=True))
                    result.append((name, f"{values}.map({table!r}).astype(float)"))
            elif column.name == source and not isinstance(piece, Indicator):
                result.append((name, values))
            else:
                return []
        return result


def _within(inner: Grouping, outer: Grouping) -> bool:
    """Whether every level of one factor lies in one level of the other."""
    pairs = np.unique(inner.codes.astype(np.int64) * len(outer.levels) + outer.codes)
    return len(pairs) == len(inner.levels)
