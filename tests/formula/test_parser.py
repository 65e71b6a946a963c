"""Formula text is data: what is accepted means what it means in R, what is not is refused with its place."""

from __future__ import annotations

import builtins
import os
from random import Random
from time import process_time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lmmcompare
from lmmcompare.errors import FormulaError
from lmmcompare.formula import parse, read
from tests.effort import examples

FRAME = pd.DataFrame({"y": [1.0, 2.0, 4.0], "x": [1.0, 3.0, 2.0]})

# text -> the same model written out, as R's terms() and lme4's findbars() give it
ACCEPTED = {
    "y ~ x": "y ~ x",
    "y~1": "y ~ 1",
    "y ~ x + ((1 | g))": "y ~ x + (1 | g)",
    "y ~ (((x | g))) + z": "y ~ z + (x | g)",
    "y ~ x + (x > 4 | g)": "y ~ x + ((x > 4) | g)",
    "y ~ x + (x > 4 & z < 2 || g)": "y ~ x + (((x > 4) & (z < 2)) || g)",
    "y ~ c(scale(x)) + as.vector(scale(z))": "y ~ as.numeric(scale(x)) + as.numeric(scale(z))",
    "y ~ I(c(scale(x))^2)": "y ~ I(as.numeric(scale(x)) ^ 2)",
    "y ~ 0 + x": "y ~ 0 + x",
    "y ~ x - 1": "y ~ 0 + x",
    "y ~ -1 + x": "y ~ 0 + x",
    "y ~ x + 0": "y ~ 0 + x",
    "y ~ x + 1": "y ~ x",
    "y ~ +x": "y ~ x",
    "y ~ ((x))": "y ~ x",
    "y ~ x - x": "y ~ 1",
    "y ~ x + x": "y ~ x",
    "y ~ a*b": "y ~ a + b + a:b",
    "y ~ a*b - a:b": "y ~ a + b",
    "y ~ a:b + a": "y ~ a + a:b",
    "y ~ b:a + a:b": "y ~ b:a",
    "y ~ a/b": "y ~ a + a:b",
    "y ~ (a + b):c": "y ~ a:c + b:c",
    "y ~ (a+b+c)^2": "y ~ a + b + c + a:b + a:c + b:c",
    "y ~ (a + b)**2": "y ~ a + b + a:b",
    "y ~ x^2": "y ~ x",
    "log(y) ~ x": "log(y) ~ x",
    "y ~ I(x^2) + x": "y ~ I(x ^ 2) + x",
    "y ~ I(x**2)": "y ~ I(x ^ 2)",
    "y ~ I(x^2^3)": "y ~ I(x ^ (2 ^ 3))",
    "y ~ I(-x^2)": "y ~ I(0 - (x ^ 2))",
    "y ~ I(a - (b - c))": "y ~ I(a - (b - c))",
    "y ~ I(1e3*x)": "y ~ I(1000 * x)",
    "y ~ poly(x,2)": "y ~ poly(x, degree=2)",
    "y ~ poly(x, 3, raw=TRUE)": "y ~ poly(x, degree=3, raw=TRUE)",
    "y ~ bs(x,5,degree=2)": "y ~ bs(x, df=5, degree=2)",
    "y ~ factor(g) + C(h)": "y ~ factor(g) + C(h)",
    "y ~ scale(x) + center(z)": "y ~ scale(x) + center(z)",
    "y ~ exp(x/10) + sqrt(I(x+1))": "y ~ exp(x / 10) + sqrt(I(x + 1))",
    "y ~ `my col` + `1x`": "y ~ `my col` + `1x`",
    "y ~ `eval(x)`": "y ~ `eval(x)`",
    "y ~ `two\nlines`": "y ~ `two\nlines`",
    "y ~ x.1 + x_2": "y ~ x.1 + x_2",
    "结果 ~ возраст + (1|ομάδα)": "结果 ~ возраст + (1 | ομάδα)",
    "y ~ x + offset(z)": "y ~ x + offset(z)",
    "y ~ offset(10 * z) + x + offset(log(n))": "y ~ x + offset(10 * z) + offset(log(n))",
    "y ~ offset(z) - 1": "y ~ 0 + offset(z)",
    "y ~ offset + `offset`": "y ~ offset",
    "y ~ offset(z) + (1|g)": "y ~ 1 + offset(z) + (1 | g)",
    "y ~ x, offset = z": "y ~ x + offset(z)",
    "y ~ (1|g)": "y ~ 1 + (1 | g)",
    "y ~ x+(1+x|g)": "y ~ x + (x | g)",
    "y ~ x+(0+x|g)": "y ~ x + (0 + x | g)",
    "y ~ x+(x - 1|g)": "y ~ x + (0 + x | g)",
    "y ~ x+(x||g)": "y ~ x + (x || g)",
    "y ~ (x*z|g)": "y ~ 1 + (x + z + x:z | g)",
    "y ~ (1|g) + x": "y ~ x + (1 | g)",
    "y ~ x + (1|g) + (0 + x|g)": "y ~ x + (1 | g) + (0 + x | g)",
    "y ~ (1|a:b)": "y ~ 1 + (1 | a:b)",
    "y ~ (1|a/b)": "y ~ 1 + (1 | a) + (1 | a:b)",
    "y ~ (1|`my group`)": "y ~ 1 + (1 | `my group`)",
}

# text -> place of the offending character, and a word of what is said
REFUSED = {
    "": (0, "~"),
    "y": (1, "~"),
    "y ~": (3, "nothing after"),
    "~ x": (0, "no outcome"),
    "y x": (3, "~"),
    "y ~ x ~ z": (6, "one “~” only"),
    "1 ~ x": (0, "column name"),
    "y ~ x +": (6, "Nothing follows"),
    "y ~ * x": (4, "needs a term before"),
    "y ~ x z": (6, "no operator before “z”"),
    "y ~ ()": (4, "do not make sense"),
    "y ~ (x": (4, "never closed"),
    "y ~ x)": (5, "closes nothing"),
    "y ~ 2": (4, "number 2"),
    "y ~ 2*x": (4, "I(2 * x)"),
    "y ~ x:1": (4, "cannot multiply"),
    "y ~ x^9": (6, "I(x^2)"),
    "y ~ a^b": (4, "do not make sense"),
    "y ~ (1|g": (4, "never closed"),
    "y ~ (|g)": (5, "random intercept"),
    "y ~ (1|)": (7, "grouping factor"),
    "y ~ (0|g)": (6, "empty"),
    "y ~ (1|g+h)": (8, "a:b or a/b"),
    "y ~ (1|log(g))": (7, "not a function"),
    "y ~ (x|g|h)": (8, "one “|”"),
    "y ~ ((x|g)|h)": (5, "nested"),
    "y ~ x*(1|g)": (5, "added with “+”"),
    "y ~ x - (1|g)": (6, "added with “+”"),
    "y ~ foo(x)": (4, "Known are"),
    "y ~ log(2)": (4, "needs a column"),
    "y ~ poly(x, 0)": (12, "1 to 9"),
    "y ~ poly(x, x)": (12, "1 to 9"),
    "y ~ poly(x, degree=2, degree=3)": (29, "degree, raw"),
    "y ~ I(x y)": (8, "Expected “)”"),
    "y ~ I(1e400*x)": (6, "too large"),
    "y ~ `x": (4, "second backquote"),
    "y ~ x; z": (5, "“;”"),
    "y ~ x$z": (5, "“$”"),
    "y ~ 'x'": (4, "quotes"),
}

CODE = [
    "y ~ __import__('os').system('x')",
    "y ~ I(__import__('os').system('x'))",
    "__import__('os').system('x') ~ x",
    "y ~ (1 | __import__('os').system('x'))",
    "y ~ eval(x)",
    "y ~ exec(x)",
    "y ~ log(eval(x))",
    "y ~ I(eval(x))",
    "eval(y) ~ x",
    "y ~ getattr(x, y)",
    "y ~ open(x)",
    "y ~ os.system(x)",
    "y ~ np.log(x)",
    "y ~ x.__class__()",
    "y ~ x.mean()",
    "y ~ (x).values",
    "y ~ lambda x: x",
    "y ~ x if y else z",
    "y ~ [x for x in y]",
    "y ~ (x := 1)",
    "y ~ {x}",
    "y ~ x[0]",
    "y ~ f'{x}'",
    'y ~ f"{x}"',
    "y ~ Q('x')",
    "y ~ poly(x, degree=eval)",
    "y ~ `x`(1)",
    "y ~ x; import os",
    "y ~ x\nimport os",
    "y ~ x # comment",
    "y ~ x\\x",
    "y ~ \x00",
]

# each must be refused (or read) at once, however much it would expand to
GREEDY = {
    "many factors crossed": "y ~ " + "*".join(f"a{i}" for i in range(26)),
    "a power of many": "y ~ (" + "+".join(f"a{i}" for i in range(100)) + ")^4",
    "powers of powers": "y ~ (((a+b+c+d+e+f+g+h+i+j)^4)^4)^4",
    "a chain of nesting": "y ~ " + "/".join(f"a{i}" for i in range(900)),
    "many terms": "y ~ " + "+".join(f"a{i}" for i in range(900)),
    "random factors crossed": "y ~ (" + "*".join(f"a{i}" for i in range(26)) + "|g)",
    "minus signs": "y ~ I(" + "-" * 3000 + "x)",
    "a long sum": "y ~ I(" + "x+" * 2000 + "x)",
    "a long product": "y ~ I(" + "x*" * 2000 + "x)",
    "a tower of powers": "y ~ I(" + "x^" * 2000 + "x)",
    "deep parentheses": "y ~ " + "(" * 2000 + "x" + ")" * 2000,
    "deep calls": "y ~ " + "log(" * 900 + "x" + ")" * 900,
    "too long": "y ~ " + "x" * 6000,
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted_text_means_what_it_means_in_r(text: str) -> None:
    assert parse(text).formula == ACCEPTED[text]


@pytest.mark.parametrize("text", ACCEPTED)
def test_written_out_and_read_again_is_the_same_model(text: str) -> None:
    spec = parse(text)
    assert parse(spec.formula) == spec


@pytest.mark.parametrize("text", REFUSED)
def test_refused_text_names_the_place(text: str) -> None:
    position, word = REFUSED[text]
    with pytest.raises(FormulaError) as error:
        parse(text)
    assert word in str(error.value)
    assert error.value.position == position
    assert error.value.pointer() == f"{text}\n{' ' * position}^"


@pytest.mark.parametrize("text", CODE)
def test_code_is_refused_and_never_runs(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran, lm = [], lmmcompare.lm  # imported as long as there is an exec
    for module, name in ((os, "system"), (builtins, "eval"), (builtins, "exec"), (builtins, "open")):
        monkeypatch.setattr(module, name, lambda *args, **kwargs: ran.append(args))
    try:
        with pytest.raises(FormulaError):
            lm(text, FRAME)
    finally:
        monkeypatch.undo()
    assert not ran


def test_a_name_with_dots_is_only_ever_a_column() -> None:
    with pytest.raises(lmmcompare.LmmCompareError, match=r"no column “x\.values”"):
        lmmcompare.lm("y ~ x.values", FRAME)


@pytest.mark.parametrize("kind", GREEDY)
def test_text_that_would_take_forever_is_refused(kind: str) -> None:
    with pytest.raises(FormulaError):
        parse(GREEDY[kind])


@pytest.mark.parametrize(
    "text",
    ["y ~ a*b*c*d*e*f*g*h", "y ~ (" + "+".join("abcdefghij") + ")^3", "y ~ " + "+".join(f"x{i}" for i in range(300))],
)
def test_large_but_sensible_text_is_read(text: str) -> None:
    assert len(parse(text).terms) in (255, 175, 300)


PIECES = st.sampled_from(
    ["y", "x", "g", "`a b`", "1", "0", "2", "~", "+", "-", "*", ":", "/", "^", "(", ")", "|", "||", ",", "=", " ", "log(",
     "I(", "poly(", "bs(", "factor(", "raw", "TRUE", "1e9", ".5", "(1|g)", "y ~ ", "`", "'", ".", "é", "\n", "_", "%"]
)  # fmt: skip


def _reads_or_refuses(text: str) -> None:
    try:
        spec = parse(text)
    except FormulaError as error:
        assert error.problem
        assert error.position is None or 0 <= error.position <= len(text)
    else:
        assert parse(spec.formula) == spec


@settings(max_examples=examples(300))
@given(st.lists(PIECES, max_size=14).map("".join))
def test_no_string_of_formula_pieces_raises_anything_else(text: str) -> None:
    _reads_or_refuses(text)


@settings(max_examples=examples(100))
@given(st.lists(PIECES, max_size=8).map(lambda pieces: "y ~ " + "".join(pieces)))
def test_no_right_hand_side_raises_anything_else(text: str) -> None:
    _reads_or_refuses(text)


@settings(max_examples=examples(100))
@given(st.text(max_size=30))
def test_no_text_raises_anything_else(text: str) -> None:
    _reads_or_refuses("y ~ x" + text)


NAMES = st.sampled_from(["x", "z", "w.1", "`my col`", "f", "g", "T", ".x"])
NUMBERS = st.sampled_from(["0", "1", "2", "2L", "1e3", ".5", "-1", "pi", "Inf"])
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "^", "%%", "%/%", ">", "<=", "==", "!=", "&", "|"]), inner)
        .map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        st.tuples(st.sampled_from(["log", "I", "abs", "scale", "factor", "mean", "as.numeric"]), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, st.integers(1, 9)).map(lambda t: f"poly({t[0]}, {t[1]})"),
        st.tuples(inner, NUMBERS).map(lambda t: f"I({t[0]} * {t[1]})"),
        inner.map(lambda t: f"ns({t}, knots = c(1, -2.5), Boundary.knots = c(-3, 1e2))"),
        inner.map(lambda t: f"I({t} %in% c('a', \"b's\"))"),
        st.tuples(inner, inner, inner).map(lambda t: f"ifelse({t[0]} > 1, {t[1]}, no = {t[2]})"),
        inner.map(lambda t: f"I(!({t}))"),
        inner.map(lambda t: f"I(-{t})"),
        inner.map(lambda t: f"cut({t}, breaks = seq(0, 10, by = 2), right = F)"),
    ),
    max_leaves=5,
)  # fmt: skip
FACTORS = st.one_of(NAMES, EXPRESSIONS.map(lambda e: f"I({e})"), EXPRESSIONS.map(lambda e: f"(({e}) > 2)"))
TERMS = st.recursive(
    FACTORS,
    lambda inner: st.tuples(inner, st.sampled_from(["+", "*", ":", "-"]), inner).map(
        lambda t: f"({t[0]} {t[1]} {t[2]})"
    ),
    max_leaves=4,
)
GROUPS = st.sampled_from(["g", "g:h", "g/h", "g*h", "factor(g)", "interaction(g, h)", "`a b`"])
RANDOM = st.tuples(st.one_of(st.just("1"), TERMS), st.sampled_from(["|", "||"]), GROUPS).map(
    lambda t: f"({t[0]} {t[1]} {t[2]})"
)
MODELS = st.tuples(EXPRESSIONS, TERMS, st.sampled_from(["", " - 1", " + 0"]), st.lists(RANDOM, max_size=2)).map(
    lambda t: f"{t[0]} ~ {' + '.join([f'{t[1]}{t[2]}', *t[3]])}"
)


@settings(max_examples=examples(300))
@given(MODELS)
def test_any_formula_of_the_grammar_is_printed_and_read_again(text: str) -> None:
    try:
        spec = parse(text)
    except FormulaError as error:  # what no model is, such as a - a, or 1:a
        assert error.problem
        return
    for known in ([], ["T", "pi", "x"], ["x", "z", "f", "g", "q"]):
        try:
            spec = read(text, known)
        except FormulaError as error:  # log(T) where T is no column
            assert "needs a column" in error.problem
            continue
        assert read(spec.formula, known) == spec


R_PIECES = [
    "y", "x", "`a b`", ".", "pi", "T", "1", "2L", "1e400", "-1", "~", "+", "-", "*", ":", "/", "^", "**", "%in%", "%%", "|", "||", "&", "!",
     "==", "!=", "<=", ">", "(", ")", ",", "=", " ", "c(", "seq(", "log(", "ifelse(", "cut(", "factor(", "ns(", "relevel(", "interaction(",
     "mean(", "dummy(", "C(", "'a'", '"b"', "'", '"', "\\", "levels", "ref", "na.rm", "TRUE", "$", "#", "::", "splines::", "(1|g)", "if",
]  # fmt: skip


@pytest.mark.parametrize("examples", [500, pytest.param(50_000, marks=pytest.mark.slow)])
def test_no_string_of_r_pieces_hangs_or_raises_anything_else(examples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[object] = []
    for name in ("eval", "exec", "compile"):
        monkeypatch.setattr(builtins, name, lambda *args, **kwargs: ran.append(args))
    random = Random(18)
    started = process_time()
    for _ in range(examples):
        text = "y ~ " * (random.random() < 0.8) + "".join(random.choices(R_PIECES, k=random.randrange(16)))
        _reads_or_refuses(text)
    monkeypatch.undo()
    assert not ran
    assert process_time() - started < 0.02 * examples
