"""What models, coefficients and groups are called, the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Self

from ..model_catalogue import Model
from .english import article, listed, plural_word, singular_word


def model_label(model: str, group: str = "") -> str:
    """A model's name for readers; with the grouping factor's name, "School dummies" instead of "Group dummies"."""
    if group and model == Model.NO_POOLING:
        result = model_phrase(model, group)
        return result[0].upper() + result[1:] if _PLAIN_WORDS.fullmatch(result) else result
    if group and model == Model.PER_GROUP:
        return f"Regression per {bare(group)}"
    return Model(model).label


def model_phrase(model: str, group: str = "") -> str:
    """A model's name within a sentence: "the random-intercept model", and with the grouping factor's name "school dummies"."""
    if group and model == Model.NO_POOLING:
        return f"{bare(group)} dummies"
    return Model(model).phrase


class FactorName(str):
    """A grouping factor's name, ``a`` or ``a:b``, with the words for its groups where a formula's other parts decide these.

    Parameters
    ----------
    name : str
        As it stands in formulas and in results.
    of : str
        The name that its groups are called by: "school" of ``district:school`` beside ``district``.
    within : str
        The factor in whose groups they lie, ``district``; empty where there is none.
    """

    of: str
    within: str

    def __new__(cls, name: str, of: str, within: str = "") -> Self:
        """A text with two more."""
        result = super().__new__(cls, name)
        result.of, result.within = of, within
        return result

    def __reduce__(self) -> tuple[type[FactorName], tuple[str, str, str]]:
        return FactorName, (str(self), self.of, self.within)


def noun(name: str) -> str:
    """The word for one group of a grouping factor, by its name or that of its column.

    A plural becomes singular ("schools" gives "school"), a name that ends in a word stays ("ID", "patient_id"), any other is
    set before "group" ("g" gives "g group", "2020" gives "2020 group"). A `FactorName` says itself what it is.
    """
    return _words(getattr(name, "of", name))[0]


def plural(name: str) -> str:
    """The word for its groups: "country" gives "countries", "patient_id" "levels of patient_id", "a:b" "combinations of a and b"."""
    return _words(getattr(name, "of", name))[1]


def an(name: str) -> str:
    """The word for one group with its article: "an ID", "a university", "an SES"."""
    one = noun(name)
    return f"{article(one)} {one}"


def one_of_each(factors: Sequence[str], which: str) -> str:
    """One group of each factor: "an average school in an average district", "a new subject and a new item".

    Parameters
    ----------
    which : str
        What is said of each, with its article or without: "an average", "a new".
    """
    around = {getattr(factor, "within", "") for factor in factors}
    last = [factor for factor in factors if factor not in around]  # nothing lies within its groups

    def phrase(factor: str) -> str:
        outer = next((other for other in factors if other == getattr(factor, "within", "")), None)
        return f"{which} {noun(factor)}" + (f" in {phrase(outer)}" if outer is not None else "")

    return listed([phrase(factor) for factor in last])


def group_phrase(name: str, label: object) -> str:
    """A single group by its label: "patient P01", "ID 7", and for column "g" "g 8" or "group g8".

    Parameters
    ----------
    name : str
        The grouping factor's column, or its `noun`.
    label : object
        The group's own label, as in the data.
    """
    one, text = bare(name), str(label)
    if not one[-1:].isalpha():
        return f"{one} group {text}".lstrip()
    again = text.lower().startswith(one.lower()) and text[len(one) :]  # "g8" of g, "School 12" of school
    if again and len(one) == 1:
        return f"group {text}"
    return text if again and not again[0].isalpha() else f"{one} {text}"


def bare(name: str) -> str:
    """The word that goes before or after another: "school" of "schools", "g" of "g" and of "g group"."""
    one = noun(name)
    bare = one.removesuffix(" group")
    return bare if noun(bare) == one else one  # "age group" is a name in full


LONGEST, END = 32, 12
"""Of a longer name, such as a question of a survey, so many letters of either end are told; the controls have it in full."""
_PLAIN_WORDS = re.compile(r"[a-z]{2,}(?: [a-z]+)*")
"""Words, which begin with a capital where a name stands by itself; "patient_id", "mountainRange" and "g" are how a column is spelt."""
_ID = re.compile("I[Dd]s?$")
_WORD = re.compile(r"(?:[A-Za-z][A-Za-z' -]*)?((?<![A-Za-z])[A-Za-z][a-z]+|(?<=[a-z])[A-Z][a-z]+)")
"""A name in words, of which the last is to be made singular or plural: "school", "Home town", "mountainRange"."""


@lru_cache(maxsize=1_000)  # asked for each label of a figure
def _words(name: str) -> tuple[str, str]:
    """One group and several, in words."""
    if name.endswith(" group"):
        return name, f"{name}s"
    if re.fullmatch(r"[\w.]+(?::[\w.]+)+", name):
        parts = [_shortened(part) for part in name.split(":")]
        return ":".join(parts), f"combinations of {listed(parts)}"
    if len(name) > LONGEST:  # two of one formula may be long, and each has a name of its own
        return f"{_shortened(name)} group", f"{_shortened(name)} groups"
    if "_" not in name and name.isascii() and _ID.search(name):
        return name.removesuffix("s"), f"{name.removesuffix('s')}s"
    result = _WORD.fullmatch(name)
    one = singular_word(result[1]) if result else None
    many = plural_word(one) if one else None
    if result and one and many:
        before = name[: result.start(1)]
        return before + one, before + many
    if (one or not result) and re.search(r"[^\W\d_]{2}$", name):
        return name, f"levels of {name}"
    return f"{name} group".lstrip(), f"{name} groups".lstrip()


def _shortened(name: str) -> str:
    """A name of which one can tell which it is."""
    return name if len(name) <= LONGEST else f"“{name[:END].rstrip()}…{name[-END:].lstrip()}”"


def literal(name: str) -> str:
    """A name inside Markdown text, with its asterisks escaped so that they do not mark emphasis."""
    return name.replace("\\", "\\\\").replace("*", "\\*")


def rich(text: str) -> str:
    """Text with ``**strong**`` and ``*emphasised*`` parts as HTML; all else, column names too, is shown as it is."""
    html = escape(text).replace("\\\\", "&#92;").replace("\\*", "&#42;")  # what `literal` marked
    html = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html)
    return re.sub(r"\*(\S.*?)\*", r"<em>\1</em>", html)
