"""Text as it is copied from a script or a console: its commands one by one, without comments, prompts and prefixes.

A box of one line has blanks where lines ended: what stands there is told apart by the words that begin it.
"""

from __future__ import annotations

import re

_QUOTED = re.compile(r'"[^"\n]*"|\'[^\'\n]*\'')
_SPSS_END = re.compile(r"\.(?=\s|$)")
_SPSS_ASIDE = re.compile(r"(?:\*|DATASET\b|EXE(?:C|CUTE)?\b|OUTPUT\b|GET\b|SET\b|TITLE\b)", re.IGNORECASE)
"""Beginnings of commands beside which a model means the same: comments, what opens a table or shows results."""
STATA_MODELS = r"mixed|xtmixed|reg(?:r|re|res|ress)?|xtreg|areg|reghdfe"
"""The commands of Stata that are read, as a pattern."""
_STATA_BEGINS = re.compile(rf"(?<!:)(?<!\s)\s+(?=(?:{STATA_MODELS}|xtset|tsset)\s+[^\W\d])")
_STATA_PREFIX = re.compile(
    r"(?:\b(?:qui(?:etly)?|noi(?:sily)?|cap(?:ture)?)\s*:?\s+|\beststo\b[^:|\n]*:\s*|\bxi\s*:\s*)+"
    rf"(?=(?:{STATA_MODELS})\s)"
)
_STATA_COMMENT = re.compile(r"(?:^|(?<=\s))//.*|^[\s.]*\*.*")
_STATA_AFTER = re.compile(r"(?<!\s)\s+(?:estat|lrtest|predict|margins|est(?:imates)?)\s+[^\W\d]")
_STATA_OUTPUT = re.compile(
    r"(?<!\s)\s+(?:Performing EM|Computing standard errors|Iteration 0:|Mixed-effects (?:ML|REML)|Linear regression\b"
    r"|\(MWFE|HDFE Linear|(?:Fixed|Random)-effects (?:\(within|GLS|ML)|Source\s+\|)"
)
"""How what Stata prints below a command begins."""
_STATA_CONTINUED = re.compile(r"(?<!\s)\s++(?=\|\||,)")
"""Blanks, among which a line may end, before what goes on with a command."""
_STATA_PANEL = re.compile(r"[\s.]*(?:xtset|tsset)\s+(\w+)")
_R_COMMENT_WORD = re.compile(r"\s*[^\s()\"'`~<=|+*#]+(?=\s|#|$)(?!\s*(?:<-|=))")
_R_COMMENTED_CALL = re.compile(r"[#\s]*(?:[\w.]+\s*(?:<-|=)\s*)?(?:\w+(?:\.|::))*[A-Za-z][\w.]*\(")
"""A call right behind the sign of a comment: somebody has made it a comment."""
_R_BRACKET = re.compile(r"[^()\"'`~<=|+*#]{0,40}?([()])")
_R_CONTINUED = re.compile(r"(?<=[,(~+*:|])\s*\+\s{2,}|(?<=[,(~+*:|])\s\+\s")


def spss_commands(text: str) -> tuple[str, ...]:
    """The commands of a script of SPSS, each without the period that ends it, comments and what opens a table left out."""
    if "~" in text:  # a formula
        return ()
    bare = _blank_out(text)
    ends = [match.start() for match in _SPSS_END.finditer(bare)] + [len(text)]
    begins = [0, *(end + 1 for end in ends)]
    commands = (text[begin:end].strip() for begin, end in zip(begins, ends, strict=False))
    return tuple(command for command in commands if command and not _SPSS_ASIDE.match(command))


def stata_commands(text: str, columns: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The commands of a do-file of Stata without comments and prefixes such as ``quietly``.

    Parameters
    ----------
    columns : frozenset of str
        The table's columns: such a word begins no further command in a text whose lines have been joined.
    """
    if "~" in text:  # a formula
        return ()
    text = re.sub(r"/\*.*?\*/|///[^\n]*\n|///", " ", text, flags=re.DOTALL)
    lines = _STATA_CONTINUED.sub(lambda blanks: " " if "\n" in blanks[0] else blanks[0], text.strip()).splitlines()
    if len(lines) > 1:
        lines = [_STATA_COMMENT.sub("", line) for line in lines]
    commands = []
    for piece in (piece for line in lines for piece in _STATA_BEGINS.split(_STATA_PREFIX.sub("", line))):
        command = _STATA_COMMENT.sub("", piece).lstrip(" \t.>").rstrip()
        after = (_STATA_OUTPUT.search(command) or _STATA_AFTER.search(command)) if len(lines) == 1 else None
        if after and after[0].split()[0] not in columns:
            commands += [command[: after.start()], command[after.start() :].strip()]
        elif command:
            commands.append(command)
    return tuple(commands)


def stata_panel(commands: tuple[str, ...]) -> str:
    """The groups that ``xtset`` names; empty where it does not stand there."""
    return next((match[1] for match in map(_STATA_PANEL.match, reversed(commands)) if match), "")


def plain_r(text: str) -> str:
    """Text of R's console or of a script without prompts; and without comments, where the lines' ends are lost.

    There a comment goes on for as long as plain words do: up to a bracket, an operator, or the next call.
    """
    if "\n" in text.strip():
        if not text.lstrip().startswith(">"):
            return text
        return re.sub(r"^\s*[>+](?=\s)", " ", text, flags=re.MULTILINE)
    if text.lstrip().startswith(">"):
        text = _R_CONTINUED.sub(" ", text.lstrip()[1:])
    pieces = []
    bare, at = _blank_out(text), 0
    while (begin := bare.find("#", at)) >= 0:
        end = _comment_end(bare, begin + 1)
        pieces.append(text[at:begin] + " " * (end - begin))
        at = end
    return "".join([*pieces, text[at:]])


def _comment_end(text: str, at: int) -> int:
    """Where a comment ends that begins here, in text that has lost the ends of its lines: behind its words, or a call that it is."""
    if call := _R_COMMENTED_CALL.match(text, at):
        depth, end = 1, call.end()
        while depth and end < len(text):
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
        return end if not depth else at
    while True:
        while match := _R_COMMENT_WORD.match(text, at):
            at = match.end()
        bracket = _R_BRACKET.match(text, at)
        open_brackets = text.count("(", at) - text.count(")", at)
        if bracket is None or (open_brackets if bracket[1] == "(" else -open_brackets) <= 0:
            return at
        at = bracket.end()  # one that is never closed, as in ":(", is no code


def _blank_out(text: str) -> str:
    """The text with blanks in place of what stands in quotes, each sign where it was."""
    return _QUOTED.sub(lambda match: " " * len(match[0]), text)
