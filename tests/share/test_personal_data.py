"""A guess at columns about persons: what it must see, and what it must not cry wolf over."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from lmmcompare import examples
from lmmcompare.share.personal_data import of_persons

SEEN = [
    # a column's name, its values, what it is said to hold
    ("contact", ["ann@example.org", "nothing", "bob@example.com"], "e-mail"),
    ("Comment", ["fine", "write to me", "eve@mail.example.co.uk"], "e-mail"),
    ("phone", ["+49 170 1234567", "+1 (555) 010-9999", None], "telephone"),
    ("id", ["123-45-6789", "987-65-4321"], "registered"),
    ("SSN", [123456789, 987654321], "registered"),
    ("dob", ["1990-01-02", "1985-12-31"], "birth"),
    ("Date of birth", ["02.01.1990", "31.12.1985"], "birth"),
    ("birth_year", [1990, 1985], "birth"),
    ("Geburtsdatum", ["02.01.1990", None], "birth"),
    ("Surname", ["Smith", "Jones"], "names"),
    ("Vorname", ["Anna", "Jörg"], "names"),
    ("patient name", ["A.", "B."], "names"),
    ("name", ["Ann Smith", "Müller, Jörg", "O'Neil, Mary Ann"], "names"),
    ("student", ["Ann Smith", "Bob Jones"], "names"),
    ("patientID", [1, 2], "apart"),
    ("Subject", [308, 309], "apart"),
    ("participant_code", ["x1", "x2"], "apart"),
    ("Postleitzahl", ["10115", "80331"], "addresses"),
]


@pytest.mark.parametrize(("name", "values", "what"), SEEN)
def test_what_is_about_persons(name: str, values: list[object], what: str) -> None:
    assert what in of_persons(pd.DataFrame({name: values}), [name])[name]


PASSED = [
    ("school", ["s1", "s2"]), ("birthweight", [3200, 2900]), ("birth weight", [3.2, 2.9]), ("date", ["2024-01-02", "2024-02-01"]),
    ("name", ["Oak", "Beech"]), ("city", ["New York", "San Jose"]), ("score", [1.5, 2.5]), ("kind", ["a", "b"]),
    ("students_per_class", [20, 30]), ("plate", ["a", "b"]), ("born", [1, 0]), ("subject_effect", [0.1, 0.2]), ("", ["", None]),
    ("client satisfaction", [1, 2]), ("nothing", [None, None]), ("mixed", [1, "a"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values"), PASSED)
def test_what_is_not(name: str, values: list[object]) -> None:
    assert of_persons(pd.DataFrame({name: values}), [name]) == {}


def test_a_long_text_beside_names_is_gone_through_once() -> None:
    """In which words could be parted anywhere, 1,000 letters took 5 s, 4,000 six minutes, and nobody else was served meanwhile."""
    frame = pd.DataFrame({"name": ["Ann " + "b" * 1_000 + "!", "Bob Jones", "Ann Smith"]})
    begin = time.process_time()
    assert of_persons(frame, ["name"]) == {"name": "holds names"}
    assert time.process_time() - begin < 1


def test_only_the_columns_that_are_shared_are_looked_at() -> None:
    frame = pd.DataFrame({"email": ["a@b.org"], "y": [1.0]})
    assert of_persons(frame, ["y"]) == {}


def test_of_the_examples_only_those_with_persons_are_named() -> None:
    found = {name: of_persons(f := examples.load(name), f.columns) for name in examples.names()}
    assert found["sleepstudy"] == {"Subject": "tells persons apart"}
    assert {name for name, of in found.items() if of} <= {
        "sleepstudy",
        "exam",
        "chapter7",
        "orthodont",
        "orthodont_gaps",
        "sleep",
        "machines",
        "ergostool",
        "grunfeld",
    }
