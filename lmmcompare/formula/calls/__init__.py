"""Model calls of R, Python, Julia, SPSS, Stata and SAS as people paste them, to `ModelCall`: read as data, never evaluated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from ...errors import FormulaError
from ...text.english import listed
from ..tokens import MAX_LENGTH
from . import python, r, refused
from .call import ONLY, Condition, ModelCall
from .call_syntax import Part, Source
from .effects import refuse_long
from .groups import with_groups
from .julia import is_julia, read_julia
from .printed_fits import has_several, is_printed_fit, printed_call
from .sas import is_sas, read_sas
from .scripts import plain_r, spss_commands, stata_commands, stata_panel
from .several_calls import comparison_of
from .spss import is_spss, read_spss
from .stata import is_stata, read_stata
from .tables import PIPES, read_pipe

_PY_NAMES = {*python.SIGNATURES, *refused.PYTHON} - {python.BAMBI}
_R_NAMES = {*r.SIGNATURES, *refused.R}
_PY_CALL = re.compile(
    r"(?<![\w.`])(?:[A-Za-z]\w*\.){0,3}(?:from_formula|(?<=bmb\.|mbi\.)Model|"
    + "|".join(sorted(_PY_NAMES, key=len, reverse=True))
    + r")\s*\("
)
_R_CALL = re.compile(
    r"(?<![\w.`])(?:" + "|".join(re.escape(n) for n in sorted(_R_NAMES, key=len, reverse=True)) + r")\s*\("
)
_BEFORE = re.compile(
    r"""\s*(?:(?:library|require)\(["'\w.]*\)[\s;]*|(?:from\s+[\w.]+\s+)?import\s+\w[\w.]*(?:\s+as\s+\w+)?[\s;]*)*"""
    r"(?:[\w.]+\s*(?:<-|=)\s*)?\(?(?:(?:summary|print|coef|fixef|ranef|VarCorr|anova|Anova)\(\s*)*(?:\w+:::?\s*)?"
)
"""What may stand before a call without being lost: packages, the name that the result gets, a function that shows it."""
_SEVERAL = "There are several model calls, which differ in more than the random part."
_ONE_OF_THEM = "Paste one of them."
_STRING = re.compile(r'"[^"]*"|\'[^\']*\'|`[^`]*`')
_BRACKETS = re.compile(r"\([^()]*\)|\[[^][]*\]")


@lru_cache(maxsize=1_000)
def is_call(text: str) -> bool:
    """Whether text holds a model call or command rather than a bare formula; of a very long one its beginning is looked at."""
    text = text[:MAX_LENGTH]
    bare = _STRING.sub('""', text)
    known = _R_CALL.search(bare) or is_julia(bare) or is_sas(text) or is_printed_fit(text)
    commands = any(map(is_spss, spss_commands(text))) or any(map(is_stata, stata_commands(text)))
    return bool(
        known or commands or refused.refused_command(text) or (_PY_CALL.search(bare) and not _is_formula(text, bare))
    )


def _is_formula(text: str, bare: str) -> bool:
    """Whether a tilde stands outside all brackets and none in quotes: ``logit(p) ~ x``. Python's formulas are in quotes."""
    if text.count("~") > bare.count("~"):
        return False
    while (inner := _BRACKETS.sub("", bare)) != bare:
        bare = inner
    return "~" in bare


def read_call(text: str, columns: Mapping[str, bool] | None = None) -> ModelCall:
    """Read a model call such as ``lmer(y ~ x + (x | g), data = d, REML = FALSE)``.

    Parameters
    ----------
    text : str
        A call, or several that differ in the random part only: of lmer, lme, gls, glmmTMB, afex's mixed, lm, glm, aov, lm_robust,
        lmList, feols, felm, plm, geeglm or gee in R; of mixedlm, ols, wls or gee in statsmodels, pymer4's Lmer and Lm, bambi's Model or
        Julia's MixedModels; SPSS's MIXED, Stata's mixed, regress, xtreg, areg or reghdfe, or proc mixed of SAS. At most 5,000
        characters.
    columns : mapping of str to bool, optional
        The table's columns, and whether each holds numbers: names without regard to capitals are then matched, and
        categories stand as plain columns.

    Returns
    -------
    ModelCall
        ``formula``, ``method`` ("REML", "ML" or "OLS") and what else the call asks for; ``remarks`` says what is read differently.

    Raises
    ------
    FormulaError
        Where it cannot be read, or asks for a model that is none of ours, with what to write instead.
    """
    return _read(text, tuple((columns or {}).items()))


@lru_cache(maxsize=200)
def _read(text: str, columns: tuple[tuple[str, bool], ...]) -> ModelCall:
    refuse_long(text)
    kinds = dict(columns)
    if is_printed_fit(text):
        call = printed_call(text)
        result = read_julia(Source(call), kinds) if is_julia(call) else _read_function(Source(call), kinds)
        remarks = (*result.remarks, ONLY.format("the first fit")) if has_several(text) else result.remarks
        return replace(result, origin=result.origin.replace("a call", "the printed fit"), remarks=remarks)
    if is_sas(text):
        return read_sas(text, kinds)
    if (command := _read_commands(text, kinds)) is not None:
        return command
    if (refusal := refused.refused_command(text)) is not None:
        raise FormulaError(*refusal, text=text, position=0)
    source = Source(plain_r(text))
    in_julia = is_julia(_STRING.sub('""', source.text))
    return read_julia(source, kinds) if in_julia else _read_function(source, kinds)


def _read_commands(text: str, kinds: Mapping[str, bool]) -> ModelCall | None:
    """The model of a script of SPSS or Stata, which may have several commands; None for other text."""
    if commands := _commands(spss_commands(text), is_spss):
        calls, what = [read_spss(command, kinds) for command in commands.models], "MIXED"
    elif commands := _commands(stata_commands(text, frozenset(kinds)), is_stata):
        calls = [read_stata(command, kinds, stata_panel(commands.others)) for command in commands.models]
        what = listed(list(dict.fromkeys(command.split()[0] for command in commands.models)))
    else:
        return None
    result = calls[0] if len(calls) == 1 else comparison_of(calls, kinds)
    if result is None:
        raise FormulaError(_SEVERAL, _ONE_OF_THEM, text=text, position=max(text.find(commands.models[1]), 0))
    rest = [command for command in commands.others if not stata_panel((command,))]
    return replace(result, remarks=(*result.remarks, ONLY.format(what))) if rest else result


class _Commands(NamedTuple):
    models: tuple[str, ...]
    others: tuple[str, ...]


def _commands(commands: tuple[str, ...], is_model: Callable[[str], bool]) -> _Commands | None:
    """Those that fit a model and those that do not; None where none does."""
    models = tuple(filter(is_model, commands))
    return _Commands(models, tuple(c for c in commands if c not in models)) if models else None


def _read_function(source: Source, kinds: Mapping[str, bool]) -> ModelCall:
    tokens = source.tokens
    called = [k for k in range(len(tokens) - 1) if tokens[k + 1].text == "(" and _function(source, k)]
    places = [k for k in called if not _refusal(source, k)] or called[:1]
    if not places:
        source.fail("There is no model call that is read here.", "Write outcome ~ predictors + (1 | group).", 0)
    calls = [_read_at(source, at, end, kinds) for at, end in zip(places, [*places[1:], len(tokens)], strict=True)]
    if len(calls) > 1:
        result = comparison_of([call for call, _, _ in calls], kinds)
        return result or source.fail(_SEVERAL, _ONE_OF_THEM, places[1])
    ((read, before, rest),) = calls
    if _BEFORE.fullmatch(before) and not rest.strip(" \n\t;)"):
        return read
    function = (_function(source, places[0]) or ("", ""))[1]
    return replace(read, remarks=(*read.remarks, ONLY.format(f"the call of {function}()")))


def _read_at(source: Source, at: int, limit: int, kinds: Mapping[str, bool]) -> tuple[ModelCall, str, str]:
    """The call of the function at a token, what stands before it, and what is left up to the token ``limit``."""
    language, function = _function(source, at) or ("", "")
    refusal = _refusal(source, at)
    if refusal:
        source.fail(*refusal, at=at)
    end = source.closing[at + 1]
    inside, after = Part(source, at + 2, end), Part(source, end + 1, max(limit, end + 1))
    if language == "R":
        read, begin = _read_r(source, at, function, inside, kinds)
    else:
        read, begin = python.read_python(function, inside, after, kinds), at
    before = " ".join(source.text[: source.tokens[begin].position].split()) + " "
    return read, before, source.text[after.position :] if language == "R" else python.after_fit(after)


def _read_r(source: Source, at: int, function: str, inside: Part, kinds: Mapping[str, bool]) -> tuple[ModelCall, int]:
    """A call of R with the table that is piped into it, and the token at which the whole begins."""
    if not any(t.text in PIPES for t in source.tokens[:at]):
        return r.read_r(function, inside, kinds), at
    remarks: list[str] = []
    begin, (data, conditions) = read_pipe(source, at, remarks)
    read = r.read_r(function, inside, kinds)
    if read.data:
        source.fail("A table is piped into the call, which names another.", "Leave one of them out.", at)
    return (
        replace(read, data=data, conditions=conditions + read.conditions, remarks=(*remarks, *read.remarks)),
        begin,
    )


def _function(source: Source, k: int) -> tuple[str, str] | None:
    """The language and the bare name of a model function at this token; None where it is none."""
    *modules, name = source.tokens[k].text.split(".")
    if name == "from_formula" and modules:
        return ("Python", modules[-1].lower()) if modules[-1].lower() in _PY_NAMES else None
    if name == python.BAMBI and modules and modules[-1] in ("bmb", "bambi"):
        return "Python", name
    if name == "feols" and modules in (["pf"], ["pyfixest"]):
        return "R", name  # its calls are fixest's, with the formula in quotes
    if name in _PY_NAMES and (modules or name not in _R_NAMES):
        return "Python", name
    return ("R", source.tokens[k].text) if source.tokens[k].text in _R_NAMES else None


def _refusal(source: Source, k: int) -> refused.Refusal | None:
    """Why the function at this token is not read; None where it is."""
    language, name = _function(source, k) or ("", "")
    return (refused.R if language == "R" else refused.PYTHON).get(name)


__all__ = ["Condition", "ModelCall", "is_call", "read_call", "with_groups"]
