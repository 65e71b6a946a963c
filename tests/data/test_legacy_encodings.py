"""Texts in encodings of before UTF-8."""

from __future__ import annotations

import pytest

from lmmcompare.data.legacy_encodings import legacy_encoding
from lmmcompare.data.read import read

RUSSIAN = "участник,группа,балл\nИван,контроль,1.5\nМария,опыт,2.5\nПётр,КОНТРОЛЬ,3.5\n"
CHINESE = "姓名,组别,得分\n张三,对照,1.5\n李四,实验,2.5\n"
GERMAN = "person,größe,straße\nJürgen,1.5,Süß\nÖzgür,2.5,Äöü\n"
FRENCH = "élève,âge,école\nRenée,7.5,créée à Sète\nNoël,8.5,où\n"


@pytest.mark.parametrize(
    ("text", "codec", "words"),
    [
        (RUSSIAN, "cp1251", "Windows-1251"),
        (CHINESE, "gbk", "GBK"),
        (GERMAN, "cp1252", "Windows-1252"),
        (FRENCH, "cp1252", "Windows-1252"),
        ("id,µ\n1,2\n3,4\n", "cp1252", "Windows-1252"),
        ("id,temp °C\n1,2\n3,4 ±½\n", "cp1252", "Windows-1252"),
    ],
)
def test_the_letters_are_those_that_were_written(text, codec, words):
    table = read(text.encode(codec), "a.csv")
    assert next(iter(table.frame)) == text.partition(",")[0]
    assert str(table.frame.iloc[0, 0]) == text.split("\n")[1].partition(",")[0]
    assert words in table.notes[0]


def test_what_nothing_tells_is_windows_1252():
    assert legacy_encoding("name,y\nИв,1\n".encode("cp1251"))[0] == "cp1252"
