"""Which columns of a table seem to be about persons: a guess from names and values, for a warning before it is shared.

It errs on the side of warning: a column of mere person codes is named too, since whoever has the key to the codes can identify
the persons. A column is missed when neither its name nor its values show that it is about persons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from ..data.columns import is_number

MOST = 2_000
"""Values of a column that are looked at, of those that differ."""
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
PHONE = re.compile(r"(?:\+|00)[0-9][0-9 ()/.-]{6,18}[0-9]")
SOCIAL = re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}")
"""Of the United States; others look like any number."""
DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{2}){1,2}")
_WORD = r"[^\W\d_][\w'’.-]*"
FULL_NAME = re.compile(rf"{_WORD},?(?: {_WORD}){{1,3}}")
PART = re.compile(r"[A-Z]+(?![a-zà-ÿ])|[A-Zà-ÿ]?[a-zà-ÿ]+|[0-9]+")
"""A word within a column's name: patientID, patient_id and "Patient ID" have the same two."""

PERSONS = {
    "patient",
    "participant",
    "subject",
    "person",
    "student",
    "pupil",
    "child",
    "teacher",
    "employee",
    "worker",
    "client",
    "customer",
    "respondent",
    "user",
    "member",
    "proband",
    "probandin",
    "teilnehmer",
    "schueler",
    "schüler",
    "patientin",
    "mitarbeiter",
    "interviewee",
    "resident",
    "donor",
    "volunteer",
}
CODES = {"id", "ids", "nr", "num", "number", "code", "key", "identifier", "nummer"}
ALONE = {"patient", "participant", "subject", "person", "respondent", "proband", "teilnehmer", "student", "pupil"}
"""Of persons, those whose word alone names a column of codes."""
NAMES = {"surname", "firstname", "lastname", "forename", "fullname", "vorname", "nachname", "familyname"}
NUMBERS = {"ssn", "passport", "iban", "nhs", "mrn", "svnr"}
BIRTH, WHEN = (
    {"birth", "born", "geburt", "geburts", "geboren"},
    {"date", "day", "year", "datum", "tag", "jahr", "on", "am"},
)
BIRTHDAYS = {"dob", "birthdate", "birthday", "birthyear", "yob", "geburtsdatum", "geburtstag", "geburtsjahr"}
PLACES = {"street", "address", "adresse", "strasse", "straße", "postcode", "zip", "zipcode", "plz", "postleitzahl"}


def of_persons(frame: pd.DataFrame, columns: Iterable[str]) -> dict[str, str]:
    """Columns that seem to be about persons, each with what it seems to hold, to follow its name in a sentence."""
    result = {name: _what(name, frame[name]) for name in columns}
    return {name: what for name, what in result.items() if what}


def _what(name: str, column: pd.Series) -> str:
    """What a column about persons seems to hold; empty for any other."""
    texts = [] if is_number(column) else [str(v).strip() for v in column.dropna().unique()[:MOST]]
    words = {word.lower() for word in PART.findall(name)}
    whole = "".join(PART.findall(name)).lower()
    if any(EMAIL.fullmatch(text) for text in texts):
        return "holds e-mail addresses"
    if _share(PHONE, texts) > 0.5:
        return "holds telephone numbers"
    if _share(SOCIAL, texts) > 0.5 or words & NUMBERS:
        return "holds numbers by which persons are registered"
    if words & BIRTHDAYS or whole in BIRTHDAYS or (words & BIRTH and (words & WHEN or _share(DATE, texts) > 0.5)):
        return "holds dates of birth"
    if texts and ({*words, whole} & NAMES or (words & {"name", *PERSONS} and _share(FULL_NAME, texts) > 0.5)):
        return "holds names"
    if texts and "name" in words and words & PERSONS:
        return "holds names"
    if words & PLACES:
        return "holds addresses"
    if words & PERSONS and (words & CODES or words <= ALONE):
        return "tells persons apart"
    return ""


def _share(pattern: re.Pattern[str], texts: list[str]) -> float:
    """The share of texts that are such."""
    return sum(pattern.fullmatch(text) is not None for text in texts) / len(texts) if texts else 0.0
