"""Random-effects terms: ``(x | g)``, ``(x || g)``, and those with a covariance structure, ``cs(f | g, hom = TRUE)``."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace

from ..text.english import listed
from .spec import STRUCTURES, RandomTerm, Term
from .tokens import Token
from .weights_offsets import KnownPartReader

OTHER_STRUCTURES = frozenset(
    ["toep", "homtoep", "hetar1", "ou", "exp", "mat", "gau", "rr", "propto", "equalto", "homdiag", "homcs", "un"]
)
"""Covariance structures of glmmTMB and brms that are not fitted here, and other programs' names for those that are."""


class RandomTermReader(KnownPartReader):
    """Reads random-effects terms; their coefficients, before the bar, are read by `algebra`."""

    @abstractmethod
    def algebra(self, end: int, random: list[RandomTerm] | None) -> tuple[bool, tuple[Term, ...]]:
        """Terms up to token ``end``, with or without an intercept; random-effects terms go to ``random``."""

    def term_in_parentheses(self, inner: int, random: list[RandomTerm] | None) -> None:
        """Read ``(x | g)``, whose innermost parenthesis is token ``inner``, and add it to ``random``."""
        token = self.tokens[self.at]
        if random is None:
            self.fail(
                "Random-effects terms cannot be nested.",
                "Write each in parentheses: (1 | g) + (x | h).",
                token,
                suggestion=self.each_in_parentheses(),
            )
        before = self.tokens[self.at - 1]
        if before.text not in ("~", "+"):
            self.fail(
                "A random-effects term is added with “+”.",
                "Write … + (1 | group).",
                before,
                suggestion=self.instead(before, before, "+"),
            )
        after, self.at = self.closing[self.at] + 1, inner + 1
        random.extend(self.random_term(self.closing[inner]))
        self.at = after

    def term_with_structure(self, random: list[RandomTerm] | None) -> None:
        """Read ``cs(f | g)`` and add it to ``random``."""
        token = self.tokens[self.at]
        if random is None:
            self.fail("Random-effects terms cannot be nested.", "", token)
        before = self.tokens[self.at - 1]
        if before.text not in ("~", "+"):
            self.fail("A random-effects term is added with “+”.", f"Write … + {token.text}(…).", before)
        random.extend(self.structured_term())

    def is_structured(self, at: int) -> bool:
        """Whether a name and the parenthesis after it are a random-effects term, as in ``cs(f | g)``.

        Structures that are not fitted here are refused: ``exp(t | g)`` would be a power of a truth.
        """
        token = self.tokens[at]
        known, other = token.text in STRUCTURES, token.text in OTHER_STRUCTURES
        called = (
            token.kind == "name" and (known or other) and at + 1 < len(self.tokens) and self.tokens[at + 1].text == "("
        )
        if not called or not self.has(at + 2, self.closing[at + 1], "|", "||"):
            return False
        if other:
            closing = self.closing[at + 1]
            inside = self.between(self.tokens[at + 2], self.tokens[closing - 1])
            base = token.text.removeprefix("hom")
            meant = f"{base}({inside}, hom = TRUE)" if base in STRUCTURES else f"us({inside})"
            self.fail(
                f"The covariance structure {token.text}() is not known here.",
                f"Known are {listed([f'{name}()' for name in STRUCTURES])}; us() leaves every covariance free.",
                token,
                suggestion=self.instead(token, self.tokens[closing], meant),
            )
        return True

    def structured_term(self) -> list[RandomTerm]:
        """A random-effects term with a covariance structure, ``cs(f | g, hom = TRUE)``."""
        name, closing = self.take(), self.closing[self.at]
        self.at += 1
        bar = next(i for i in range(self.at, closing) if self.has(self.at, i + 1, "|", "||"))
        end = next((i for i in range(bar, closing) if self.has(bar, i + 1, ",")), closing)
        terms = self.random_term(end)
        if not all(t.correlated for t in terms):
            self.fail(
                f"{name.text}() is about the correlations that “||” leaves out.", f"Write {name.text}(… | group).", name
            )
        self.at = end
        homogeneous = self.homogeneous(name, closing) if self.accept(",") else STRUCTURES[name.text]
        self.at = closing + 1
        return [replace(t, structure=name.text, homogeneous=homogeneous) for t in terms]

    def homogeneous(self, name: Token, closing: int) -> bool:
        """The one option that structures have, up to token ``closing``."""
        words = self.tokens[self.at : closing]
        texts = [t.text.upper() for t in words]
        if (
            name.text == "us"
            or len(words) != 3
            or texts[:2] != ["HOM", "="]
            or texts[2] not in ("TRUE", "FALSE", "T", "F")
        ):
            remedy = "It has no options." if name.text == "us" else "Its option is hom = TRUE or hom = FALSE."
            self.fail(f"{name.text}() does not take this.", remedy, words[0] if words else self.tokens[closing])
        return texts[2][0] == "T"

    def random_term(self, end: int) -> list[RandomTerm]:
        """The random-effects term around a bar, up to token ``end``."""
        bar = next(
            i for i in range(self.at, end) if self.has(i, i + 1, "|", "||") and self.has(self.at, i + 1, "|", "||")
        )
        if bar == self.at:
            self.fail(
                "There is nothing before the “|”.",
                "Write 1 for a random intercept.",
                self.tokens[bar],
                suggestion=self.instead(self.tokens[bar], self.tokens[bar], f"1 {self.tokens[bar].text}"),
            )
        intercept, terms = self.algebra(bar, None)
        if not intercept and not terms:
            first = self.tokens[self.at - 1]
            self.fail(
                "This random-effects term is empty.",
                "Write (1 | group).",
                self.tokens[bar],
                suggestion=self.instead(first, first, "1") if first.text == "0" else "",
            )
        correlated = self.take().text == "|"
        return [RandomTerm(group, terms, intercept, correlated) for group in self.groups(end)]
