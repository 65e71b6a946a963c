"""MATLAB's files: what is one table, what is left out; SciPy writes them, which reads them too but dies of damaged ones."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
import scipy.io

from lmmcompare.data.read import read
from lmmcompare.errors import DataError

Y = np.array([[1.5], [np.nan], [3.0]])
G = np.array(["a", "b b", "ü"], object).reshape(-1, 1)


def mat(**variables: object) -> bytes:
    sink = io.BytesIO()
    scipy.io.savemat(sink, variables, do_compression=True)
    return sink.getvalue()


def columns(content: bytes, sheet: str | None = None) -> dict[str, list]:
    frame = read(content, "a.mat", sheet=sheet).frame
    return {name: [None if pd.isna(v) else v for v in frame[name].tolist()] for name in frame}


def test_vectors_of_one_length_a_structure_and_a_matrix_are_tables():
    content = mat(y=Y, g=G, row=np.array([1, 2, 3], "i2"), l=np.array([True, False, True]), k=5.0, T={"u": Y, "v": G, "w": 1.0},
                  M=np.arange(6.0).reshape(3, 2))  # fmt: skip
    table = read(content, "a.mat")
    assert table.sheets == ("vectors", "T", "M")
    assert columns(content) == {"y": [1.5, None, 3], "g": ["a", "b b", "ü"], "row": [1, 2, 3], "l": [True, False, True],
                                "M_1": [0, 2, 4], "M_2": [1, 3, 5]}  # fmt: skip
    assert columns(content, "T") == {"u": [1.5, None, 3], "v": ["a", "b b", "ü"]}
    assert columns(content, "M") == {"M_1": [0, 2, 4], "M_2": [1, 3, 5]}
    assert "left out: “k”" in " ".join(table.notes)
    assert "left out: “w”" in " ".join(read(content, "a.mat", sheet="T").notes)
    with pytest.raises(DataError, match="no table “q”"):
        columns(content, "q")


def test_an_array_of_structures_and_one_of_letters():
    rows = np.zeros(3, dtype=[("id", object), ("v", object)])
    rows["id"], rows["v"] = ["p", "q", "r"], [1.0, 2.5, 3.0]
    assert columns(mat(S=rows)) == {"id": ["p", "q", "r"], "v": [1, 2.5, 3]}
    assert columns(mat(c=np.array(["ab", "c", "def"]), y=Y)) == {"c": ["ab", "c", "def"], "y": [1.5, None, 3]}


def test_a_matrix_has_the_rows_of_the_vector_and_the_names_of_the_list_beside_it():
    """As `load fisheriris` has them, and as MATLAB's own `importdata` gives a file of numbers with a header."""
    M, names = np.arange(12.0).reshape(4, 3), np.array(["u", "v", "w"], object)
    four = np.array(["a", "a", "b", "b"], object).reshape(-1, 1)
    assert columns(mat(M=M, species=four)) == {
        "species": ["a", "a", "b", "b"],
        "M_1": [0, 3, 6, 9],
        "M_2": [1, 4, 7, 10],
        "M_3": [2, 5, 8, 11],
    }
    imported = {"data": M, "textdata": names, "colheaders": names}
    assert columns(mat(s=imported)) == {"u": [0, 3, 6, 9], "v": [1, 4, 7, 10], "w": [2, 5, 8, 11]}
    assert columns(mat(s={**imported, "others": names[::-1]})).keys() == {"data_1", "data_2", "data_3"}


def test_a_cell_with_no_text_is_missing():
    """As MATLAB and Octave save '': an array of no letters, which is not the same as no array."""
    cells = np.array(["a", "", "c"], object).reshape(-1, 1)
    content = mat(c=cells, y=Y)
    assert columns(content) == {"c": ["a", None, "c"], "y": [1.5, None, 3]}


@pytest.mark.parametrize("kind", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "f4", "f8", ">f8"])
def test_numbers_of_every_kind(kind):
    values = np.array([1, 2, 100], kind).reshape(-1, 1)
    assert columns(mat(a=values, b=values)) == {"a": [1, 2, 100], "b": [1, 2, 100]}


def test_whole_numbers_beyond_those_that_are_exact():
    values = np.array([2**63 - 1, 2**53 + 1], "i8").reshape(-1, 1)
    assert columns(mat(a=values, b=np.array([1, 2])))["a"] == [2**63 - 1, 2**53 + 1]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (mat(k=5.0), "holds no vectors of one length"),
        (mat(z=np.array([1 + 2j, 3])), "objects of MATLAB’s classes"),
        (b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512) + b"\x89HDF\r\n\x1a\n", "version 7.3, which is not read"),
    ],
)
def test_what_is_no_table_is_refused_with_the_way_out(content, problem):
    with pytest.raises(DataError) as caught:
        read(content, "a.mat")
    assert problem in caught.value.problem and 'writetable(T, "T.csv")' in caught.value.remedy


@pytest.mark.parametrize("content", [b"# Created by Octave 7.3.0\n# name: y\n", b"Octave-1-L\0\1\0\0\0y", None])
def test_octaves_own_files_and_those_of_matlab_4_are_named(content):
    if content is None:
        sink = io.BytesIO()
        scipy.io.savemat(sink, {"y": Y}, format="4")
        content = sink.getvalue()
    with pytest.raises(DataError, match=r'MATLAB 4\. In Octave or MATLAB: save\("-v7", "name\.mat"\)'):
        read(content, "a.mat")


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setenv("LMMCOMPARE_MAX_MB", "5")  # ten times that once it is unpacked, so 50 rather than 500 MB
    with pytest.raises(DataError, match="once it is unpacked"):
        read(mat(a=np.zeros((900_000, 8))), "a.mat")
