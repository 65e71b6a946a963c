"""Links made from good ones of every kind by cutting, changing, repeating and swapping, and hostile ones written by hand."""

from __future__ import annotations

import base64
import json
import random
import zlib
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

from lmmcompare import examples
from lmmcompare.share import link, table_in_link
from lmmcompare.share.view_parameters import Choices
from lmmcompare.simulate import link as simulated
from lmmcompare.simulate.presets import PRESETS
from lmmcompare.simulate.settings import Settings

VIEW = Choices(
    x="X", mark="3", zero=True, models=("ols", "random_intercept"), tab="trust",
    details={"df": "kenward-roger", "p": "1",
             "interval": "sd:ID:X", "rows": "12", "sd": "0.5", "at.X": "-3.5", "of.ID": "3", "lines": "per_group,ols", "tests": "1"},
)  # fmt: skip
SIMULATED = [simulated.encode(s) for s in (Settings(), Settings(size=[3, 9, 4, 5]), *(p.settings for p in PRESETS))]
INLINE = [
    table_in_link.encode(examples.load(n), c)
    for n, c in (("cv161703", "YX"), ("sleepstudy", ["Reaction", "Days", "Subject"]))
]
GOOD = [
    *(link.make(n, examples.get(n).formula, n != "drug", VIEW) for n in examples.names()),
    *({"simulated": s, "formula": "y ~ x + (1 | group)", "mark": "2"} for s in SIMULATED),
    *({"simulated": s, "studies": "10000", "without": "ols,no_pooling", "term": "x"} for s in SIMULATED[:3]),
    *(
        {"simulated": s, "studies": "1000", "panel": "curve", "along": "icc", "values": "0, 0.5", "power": "0.9"}
        for s in SIMULATED[:3]
    ),
    *({"inline": t, "formula": "Reaction ~ Days + (Days | Subject)", "tab": "why"} for t in INLINE),
    link.make("upload:" + "a" * 22, "y ~ x + (1 | g)"),
    link.make("upload:" + "a" * 22 + "~mine.xlsx~90x3~~" + "a-_9b" * 4 + "xy~d.Sheet 2", "y ~ x + (1 | g)"),
    link.make("stored:" + "b" * 22, "y ~ x + (1 | g)", choices=VIEW),
    link.make("folder:school.csv", ""),
    {"preset": "drug", "studies": "1000"},
]


def _packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


NESTED = b"[" * 30_000 + b"]" * 30_000
PIECES = [
    "", "0", "-1", "1e999", "NaN", "9" * 400, "\x00", "\r\n", "\ud7ff", "\U0010ffff", "é" * 50, "%00%ff", "&", "=", "#", "+",
    "<script>alert(1)</script>", "![x](http://203.0.113.1/x.png)", "';DROP TABLE shared_tables;--", "../../etc/passwd",
    "{{7*7}}", "${jndi:ldap://x}", "file:///etc/passwd", "A" * 7_000, "(" * 3_000, "`" * 99, "~" * 99, "None", "true",
]  # fmt: skip
FORMULAS = [
    "__import__('os').system('id')", "y ~ eval('1') + (1 | g)", "y ~ x.__class__ + (1 | g)", "y ~ I(lambda: 1) + (1|g)",
    "y ~ exec(x) + (1 | g)", "y ~ poly(x, 99999999) + (1 | g)", "y ~ I(9^9^9^9) + (1 | g)", "y ~ x^99999999 + (1|g)",
    "y ~ (a+b+c+d+e+f+g+h+i+j)^9 + (1|k)", "y ~ bs(x, df=1e9) + (1|g)", "Y ~ X + (1 | ID)" * 200, "y ~ `__import__`",
    "y ~ {__import__('os')} + (1 | g)", "y ~ x + (1 | g) # comment", "y ~ @x", "Y ~ " + "+".join(["X"] * 900), "Y ~ X + (1 | ID)\n\n",
]  # fmt: skip
PACKED = [
    _packed(b"[" * 20_000_000), _packed(b"0" * 20_000_000), _packed(NESTED), _packed(b"{}"), _packed(b"null"), _packed(b'"x"'),
    _packed(b'{"groups":1e999}'), _packed(b'{"groups":' + b"9" * 5_000 + b"}"), _packed(b'{"seed":NaN,"\\ud800":1}'),
    _packed(b'{"size":' + json.dumps([1] * 9_000).encode() + b"}"), _packed(b'[{"name":"x","kind":"number","values":[1e999]}]'),
    _packed(b'[{"name":"__class__","kind":"text","levels":["\\u0000"],"codes":[0]}]'), _packed(b"\x80\x04\x95\x10cos\nsystem\n"),
    _packed(b'{"__proto__":{"x":1}}'), "eJw", "A" * 1_990, "_" * 500,
]  # fmt: skip


def links(count: int, seed: int) -> Iterator[dict[str, str]]:
    """So many addresses, each a good one with one to four things done to it; the same ones for a seed."""
    rng = random.Random(seed)
    for _ in range(count):
        address = dict(rng.choice(GOOD))
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            address = rng.choice(CHANGES)(address, rng)
        yield address


def _on_a_value(address: dict[str, str], rng: random.Random, value: str | None = None) -> dict[str, str]:
    """Replace a parameter's value, or cut, change, repeat or turn round a part of it."""
    if not address:
        return {"example": "drug"}
    name = rng.choice(list(address))
    old = address[name]
    start, end = sorted(rng.randrange(len(old) + 1) for _ in "ab")
    piece = rng.choice(PIECES) if value is None else value
    ways = (
        old[:start], old[end:], old[:start] + old[end:], old[:start] + piece + old[end:], old[:start] + old[start:end] * 3 + old[end:],
        old[:start] + old[start:end][::-1] + old[end:], old.swapcase(), old * 40, piece,
    )  # fmt: skip
    return {**address, name: rng.choice(ways) if value is None else value}


def _on_a_character(address: dict[str, str], rng: random.Random) -> dict[str, str]:
    name = rng.choice(list(address) or ["example"])
    old = address.get(name, "") or "x"
    at = rng.randrange(len(old))
    return {**address, name: old[:at] + chr(rng.randrange(32, 127)) + old[at + 1 :]}


def _another_version(address: dict[str, str], rng: random.Random) -> dict[str, str]:
    name = rng.choice([n for n in ("simulated", "inline") if n in address] or ["simulated"])
    text = address.get(name, rng.choice(SIMULATED))
    return {**address, name: rng.choice(["0", "2", "-1", "999", "1000", "x", ""]) + text[1:]}


def _packed_badly(address: dict[str, str], rng: random.Random) -> dict[str, str]:
    return {**address, rng.choice(("simulated", "inline")): "1." + rng.choice(PACKED)}


def _one_value_within(address: dict[str, str], rng: random.Random) -> dict[str, str]:
    """Unpack, change one value by type or size, pack again: the text is whole, what it says is not."""
    name = rng.choice(("simulated", "inline"))
    text = rng.choice(SIMULATED if name == "simulated" else INLINE)
    values = json.loads(zlib.decompress(base64.urlsafe_b64decode(text[2:] + "=" * (-len(text[2:]) % 4))))
    odd = rng.choice(
        [None, True, -1, 0, 10**30, 1e308, -1e-308, "x", "9" * 50, [], {}, [[]], [None], {"a": 1}, float("nan")]
    )
    place = values if name == "simulated" else rng.choice(values)
    key = rng.choice(list(place))
    if isinstance(place[key], list) and place[key] and rng.random() < 0.5:
        place[key][rng.randrange(len(place[key]))] = odd
    else:
        place[key] = odd
    return {**address, name: "1." + _packed(json.dumps(values).encode())}


def _hostile_formula(address: dict[str, str], rng: random.Random) -> dict[str, str]:
    return {**address, "formula": rng.choice(FORMULAS)}


def _swapped(address: dict[str, str], rng: random.Random) -> dict[str, str]:
    """A value under another's name, or parameters of another link."""
    other = rng.choice(GOOD)
    name, value = rng.choice(list(address) or ["x"]), rng.choice(list(other.values()))
    return {**address, name: value} if rng.random() < 0.5 else {**other, **dict(list(address.items())[:1])}


def _through_a_url(address: dict[str, str], rng: random.Random) -> dict[str, str]:
    """Written as a query string and cut or changed there."""
    query = urlencode(address)
    at = rng.randrange(len(query) + 1)
    return dict(parse_qsl(query[:at] + rng.choice(["", "&", "%", "%f", ";", "?"]) + query[at + rng.randrange(3) :]))


CHANGES = (
    _on_a_value, _on_a_value, _on_a_character, _another_version, _packed_badly, _one_value_within, _hostile_formula, _swapped,
    _through_a_url,
)  # fmt: skip
