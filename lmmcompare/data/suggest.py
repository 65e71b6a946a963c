"""Guess from names and values which column is the outcome, which the predictor and which the group."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..text.numbers import count
from .columns import ColumnInfo, describe
from .within import Relation, codes_of, groups, numeric_relation, relate

_PLAIN_NAME = re.compile(r"[^\W\d_][\w.]*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GROUP_WORDS = _words(
    "id ids subject subjects subj group groups grp cluster clusters school schools class classroom teacher batch plate "
    "block blocks site center centre clinic hospital patient patients person people participant participants student "
    "pupil child family household team firm company plot field farm region country state county city district village "
    "range lab laboratory rater judge animal litter tank cage item speaker user worker lecturer station tree sample "
    "code nr no number"
)
OUTCOME_WORDS = _words(
    "y outcome outcomes score scores value response reaction result results dv target yield strength diameter rt "
    "measure measurement rating grade mark ach achievement exam test math weight height income price sales gain "
    "growth concentration signal"
)
PREDICTOR_WORDS = _words(
    "x time day days week weeks month months year age treatment treat dose drug condition arm exposure intervention "
    "length size hours temperature covariate predictor"
)
WEAK_GROUP_WORDS = _words("code nr no number sample range class")
MOST_CANDIDATES = 40
"""Columns that are looked at closely; a table of 300 columns is judged by its most promising ones."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A first guess at a comparison; what cannot be guessed is None (or empty), with the reason in ``reasons``.

    Attributes
    ----------
    outcome, group : str or None
        Column names.
    predictors : tuple of str
        Column names, at most one.
    formula : str or None
        The comparison in lme4's notation, when there are an outcome and a group.
    reasons : dict
        A sentence for each of "outcome", "predictors" and "group".
    """

    outcome: str | None = None
    predictors: tuple[str, ...] = ()
    group: str | None = None
    formula: str | None = None
    reasons: dict[str, str] = field(default_factory=dict)


def suggest(frame: pd.DataFrame) -> Suggestion:
    """Suggest outcome, predictor and group of a table from the names and the values of its columns."""
    infos = [info for info in describe(frame) if (frame.columns == info.name).sum() == 1]
    reasons: dict[str, str] = {}
    group = _group(frame, infos)
    if group is None:
        reasons["group"] = (
            "No column has values that repeat as those of groups do: at least 2 groups, more than 1 row each."
        )
    else:
        reasons["group"] = f"“{group.name}” splits the rows into {groups(frame, group.name).words}."
    rest = [info for info in infos if group is None or info.name != group.name]
    relations = _relations(frame, rest, group)
    outcome = _outcome(rest, relations, len(frame))
    if outcome is None:
        reasons["outcome"] = "No numeric column with three or more different values is left for the outcome."
        reasons["predictors"] = "Without an outcome there is nothing to predict."
        return Suggestion(None, (), group.name if group else None, None, reasons)
    reasons["outcome"] = f"“{outcome.name}” is numeric with {count(outcome.n_unique, 'different value')}" + (
        f" and {relations[outcome.name].words}." if outcome.name in relations else "."
    )
    rest = [info for info in rest if info.name != outcome.name]
    predictor = _predictor(rest, relations, outcome, len(frame))
    if predictor is None:
        reasons["predictors"] = "No other column is numeric or has few categories."
    else:
        where = f"; it {relations[predictor.name].words}" if predictor.name in relations else ""
        what = "holds dates" if predictor.is_date else f"is {predictor.kind}"
        reasons["predictors"] = f"“{predictor.name}” {what}{where}."
    predictors = (predictor.name,) if predictor else ()
    formula = None
    if group is not None:
        right = " + ".join(_quoted(name) for name in predictors) or "1"
        formula = f"{_quoted(outcome.name)} ~ {right} + (1 | {_quoted(group.name)})"
    return Suggestion(outcome.name, predictors, group.name if group else None, formula, reasons)


def _quoted(name: str) -> str:
    """A name as it stands in a formula (``spec.quote`` says the same downstream)."""
    return name if _PLAIN_NAME.fullmatch(name) else f"`{name}`"


def words_of(name: str) -> list[str]:
    """The words of a column's name, in lower case: "testScore" and "test_score" are both test, score."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    return re.findall(r"[^\W\d_]+", spaced.lower())


def _group(frame: pd.DataFrame, infos: list[ColumnInfo]) -> ColumnInfo | None:
    n = len(frame)
    scored = []
    for position, info in enumerate(infos):
        rows = n - info.n_missing
        if info.kind not in ("numeric", "binary", "categorical", "text") or info.n_infinite or not n:
            continue
        if not 2 <= info.n_unique < rows / 1.5:
            continue
        if info.is_number and not _whole(frame[info.name]):
            continue
        score = name_score(info.name, GROUP_WORDS)
        if info.is_number:
            if score == 0:
                continue  # whole numbers without a telling name are measurements as a rule
        else:
            score += 1.0
        score += min(math.log2(info.n_unique), 8) / 2 - (1.5 if info.n_unique == 2 else 0.0)
        score -= 1.0 if rows / info.n_unique < 2 else 0.0
        score -= 2.0 if groups(frame, info.name).median < 2 else 0.0  # most groups have a single row
        score -= 1.0 if info.n_not_numeric else 0.0
        scored.append((score, -position, info))
    if not scored:
        return None
    scored.sort(reverse=True, key=lambda item: item[:2])
    best = scored[:MOST_CANDIDATES]
    if best[0][2].kind == "binary" and name_score(best[0][2].name, GROUP_WORDS) == 0:
        return None  # two unnamed categories are a predictor
    return _tell_apart(frame, infos, best)


def _tell_apart(
    frame: pd.DataFrame, infos: list[ColumnInfo], scored: list[tuple[float, int, ColumnInfo]]
) -> ColumnInfo:
    """Among close candidates the one that explains most of the numeric columns, allowing for its number of groups."""
    top = scored[0][0]
    close = [item for item in scored if item[0] > top - 2.0][:6]
    numeric = [i for i in infos if i.kind == "numeric" and i.is_number and not i.n_missing and not i.n_infinite][:3]
    numeric = [i for i in numeric if i.name not in {item[2].name for item in close}]
    if len(close) == 1 or not numeric:
        return scored[0][2]

    def judged(item: tuple[float, int, ColumnInfo]) -> float:
        codes, levels = codes_of(frame[item[2].name])
        shares = []
        for info in numeric:
            varies, share = numeric_relation(frame[info.name].to_numpy(dtype=float), codes, levels)
            n = int((codes >= 0).sum())
            if varies == "both" and n > levels:
                shares.append(max(0.0, 1 - (1 - share) * (n - 1) / (n - levels)))
        return item[0] + 2.0 * (max(shares) if shares else 0.0)

    return max(close, key=judged)[2]


def _relations(frame: pd.DataFrame, infos: list[ColumnInfo], group: ColumnInfo | None) -> dict[str, Relation]:
    if group is None:
        return {}
    useful = [i for i in infos if i.kind in ("numeric", "binary", "categorical") or i.is_date]
    useful.sort(key=lambda i: -name_score(i.name, OUTCOME_WORDS) - name_score(i.name, PREDICTOR_WORDS))
    codes, n_groups = codes_of(frame[group.name])
    return {
        i.name: Relation(i.name, group.name, *relate(frame[i.name], codes, n_groups)) for i in useful[:MOST_CANDIDATES]
    }


def _outcome(infos: list[ColumnInfo], relations: dict[str, Relation], n: int) -> ColumnInfo | None:
    best, best_score = None, -math.inf
    for position, info in enumerate(infos):
        if info.kind != "numeric" or not info.is_number or not math.isfinite(info.sd):
            continue
        score = name_score(info.name, OUTCOME_WORDS) - 0.5 * name_score(info.name, PREDICTOR_WORDS)
        score -= 2.0 if name_score(info.name, GROUP_WORDS) >= 2.0 and info.n_unique == n else 0.0
        score += min(math.log10(info.n_unique), 3.0) - 0.01 * position
        score += {"both": 2.0, "within": 1.0}.get(relations[info.name].varies, -2.0) if info.name in relations else 0.0
        score -= 3.0 if _running_number(info, n) else 0.0
        if score > best_score:
            best, best_score = info, score
    return best


def _predictor(
    infos: list[ColumnInfo], relations: dict[str, Relation], outcome: ColumnInfo, n: int
) -> ColumnInfo | None:
    best, best_score = None, -math.inf
    for position, info in enumerate(infos):
        usable = info.kind in ("numeric", "binary", "categorical") or (info.is_date and info.n_unique > 1)
        if not usable or info.n_infinite or info.n_not_numeric:
            continue
        if not (info.is_number or info.is_date) and info.n_unique > 12:
            continue
        if _running_number(info, n) or (info.kind == "categorical" and name_score(info.name, GROUP_WORDS) >= 2.0):
            continue
        varies = relations[info.name].varies if info.name in relations else ""
        if info.kind == "categorical" and varies == "between" and not name_score(info.name, PREDICTOR_WORDS):
            continue  # parts of the group's own label as a rule: a batch, a ward
        score = name_score(info.name, PREDICTOR_WORDS) + {"both": 1.5, "within": 1.5}.get(varies, 0.0)
        score += 1.0 if info.is_number or info.is_date else 0.5 if info.n_unique <= 6 else 0.0
        score -= 3.0 * info.n_missing / max(n, 1) + 0.01 * position
        if score > best_score:
            best, best_score = info, score
    return best


def name_score(name: str, hints: frozenset[str]) -> float:
    """3 where a word of the name is a hint, 1.5 where one contains a hint (or the hint is a weak one), else 0."""
    words = words_of(name)
    result = [word for word in words if word in hints]
    if result:
        return 1.5 if hints is GROUP_WORDS and all(word in WEAK_GROUP_WORDS for word in result) else 3.0
    long = [hint for hint in hints if len(hint) >= 4]
    return 1.5 if any(hint in word for word in words for hint in long) else 0.0


def _whole(column: pd.Series) -> bool:
    values = column.to_numpy(dtype=float, na_value=np.nan)
    values = values[np.isfinite(values)]
    return bool((values == np.round(values)).all())


def _running_number(info: ColumnInfo, n: int) -> bool:
    """Whether a column may count the rows: as many different whole numbers, one apart, as there are rows."""
    return info.is_number and n > 2 and info.n_unique == n and info.maximum - info.minimum == n - 1
