"""Works as a paper cites them: names and year in the text, entries of its list of references, both in APA's style."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import combining, lookup, normalize

from ..examples.references import Reference

ACCENTS = {'"': "DIAERESIS", "'": "ACUTE ACCENT", "`": "GRAVE ACCENT", "^": "CIRCUMFLEX ACCENT", "~": "TILDE"}
LETTERS = {r"\o": "ø", r"\O": "Ø", r"\ss": "ß", r"\aa": "å", r"\ae": "æ"}
"""LaTeX's letters that have no accent."""
MOST_AUTHORS = 20
"""Of a work with more authors APA's list leaves some out."""


def in_text(*works: Reference) -> str:
    """Works within brackets of a sentence, by name: "Bell & McCaffrey, 2002; Pustejovsky & Tipton, 2018"."""
    return "; ".join(sorted(f"{_who(work)}, {_year(work)}" for work in works))


def reference_list(works: Iterable[Reference]) -> str:
    """Works as a list of references, an entry a line, by name and year."""
    return "\n".join(sorted(map(_entry, works), key=_letters_only))


def plain(text: str) -> str:
    """A text of BibTeX in plain letters."""
    for command, letter in LETTERS.items():
        text = text.replace(f"{{{command}}}", letter)
    text = re.sub(r"\{?\\([\"'`^~])\{?(\w)\}?\}?", lambda found: _accented(found[2], found[1]), text)
    return re.sub(r"[{}]", "", text).replace(r"\&", "&").replace("--", "–")


def _accented(letter: str, sign: str) -> str:
    return normalize("NFC", letter + lookup(f"COMBINING {ACCENTS[sign]}"))


def _letters_only(entry: str) -> str:
    """What an entry is sorted by: its letters without accents."""
    return "".join(c for c in normalize("NFD", entry) if not combining(c)).casefold()


def _people(work: Reference) -> list[tuple[str, str]]:
    """Family names with first names; an organisation has no first name."""
    field = work.fields.get("author") or work.fields.get("editor") or ""
    if field.startswith("{"):
        return [(plain(field), "")]
    family_first = (plain(name).partition(", ") for name in field.split(" and ") if name)
    return [(family, first) for family, _, first in family_first]


def _year(work: Reference) -> str:
    return work.fields.get("year", "n.d.")


def _who(work: Reference) -> str:
    names = [family for family, _ in _people(work)]
    if not names:
        return f"“{plain(work.fields['title'])}”"
    return " & ".join(names) if len(names) < 3 else f"{names[0]} et al."


def _initials(first: str) -> str:
    """Initials of first names: "Per B." gives "P. B.", "Jean-Paul" "J.-P."."""
    return " ".join("-".join(f"{part[0]}." for part in name.split("-") if part) for name in first.split())


def _entry(work: Reference) -> str:
    fields = {name: plain(value) for name, value in work.fields.items()}
    names = [f"{family}, {_initials(first)}" if first else family for family, first in _people(work)]
    if len(names) > MOST_AUTHORS:
        names = [*names[: MOST_AUTHORS - 1], f"… {names[-1]}"]
    who = f"{', '.join(names[:-1])}, & {names[-1]}" if len(names) > 1 else "".join(names)
    if "editor" in fields and "author" not in fields:
        who += " (Eds.)" if len(names) > 1 else " (Ed.)"
    title, year = fields["title"], f"({_year(work)})."
    remarks = [fields[k] for k in ("note",) if work.kind == "manual" and k in fields]
    if "edition" in fields:
        remarks.append(f"{fields['edition']} ed.")
    if remarks:
        title += f" ({', '.join(remarks)})"
    start = f"{who}{'' if who.endswith('.') else '.'} {year} {title}." if who else f"{title}. {year}"
    return " ".join(filter(None, [start, _where(work.kind, fields), _address(fields)]))


def _where(kind: str, fields: dict[str, str]) -> str:
    """Where a work appeared."""
    if kind == "article":
        number = f"({fields['number']})" if "number" in fields else ""
        return f"{fields['journal']}, {fields['volume']}{number}, {fields['pages']}."
    if kind == "inproceedings":
        return f"{fields['booktitle']}, {fields['pages']}."
    house = (
        fields.get("publisher") or fields.get("organization") or fields.get("school") or fields.get("howpublished", "")
    )
    note = fields.get("note", "") if kind == "misc" else ""
    return " ".join(f"{part.rstrip('.')}." for part in (house, note) if part)


def _address(fields: dict[str, str]) -> str:
    return f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url", "")
