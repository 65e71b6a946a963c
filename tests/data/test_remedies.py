"""What refusals advise is followed to the letter, with the program that they name, and the file that comes of it opens."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.read import Table, read
from lmmcompare.errors import DataError
from tests.data import made


def panel() -> pd.DataFrame:
    """Values of firms over years, the two in the index, as many keep such tables."""
    values = np.random.default_rng(1).normal(size=24).round(3)
    return pd.DataFrame(
        {"y": values}, pd.MultiIndex.from_product([list("abcd"), range(2000, 2006)], names=["firm", "year"])
    )


def refusal(path: Path) -> DataError:
    with pytest.raises(DataError) as problem:
        read(path.read_bytes(), path.name)
    return problem.value


def in_python(remedy: str, folder: Path) -> Table:
    command = re.search(r"In Python: (.*?)\.?$", remedy)[1]
    code = f"import os, numpy, pandas; os.chdir({str(folder)!r}); {command}"
    exec(compile(code, "remedy", "exec"), {})
    return read((folder / "name.csv").read_bytes(), "name.csv")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_pickle_keeps_its_index(folder):
    panel().to_pickle(folder / "name.pkl")
    table = in_python(refusal(folder / "name.pkl").remedy, folder)
    assert list(table.frame.columns) == ["firm", "year", "y"] and len(table.frame) == 24


@pytest.mark.parametrize(
    "array", [np.arange(6.0).reshape(3, 2), np.rec.fromarrays([[1, 1, 2], [0.5, 1.5, 2.5]], names="g,y")]
)
def test_an_array(array, folder):
    np.save(folder / "name.npy", array)
    assert in_python(refusal(folder / "name.npy").remedy, folder).frame.shape == (3, 2)


def test_a_database_of_duckdb(folder):
    import duckdb

    frame = panel().reset_index()
    with duckdb.connect(str(folder / "d.duckdb")) as connection:
        connection.register("given", frame)
        connection.execute("CREATE TABLE the_table AS SELECT * FROM given")
        connection.execute("CHECKPOINT")
        remedy = refusal(folder / "d.duckdb").remedy
        connection.execute(remedy.removeprefix("In DuckDB: "))
    assert read((folder / "name.csv").read_bytes(), "name.csv").frame.shape == (24, 3)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R")
def test_files_of_an_old_version_of_r(folder):
    panel().reset_index().to_csv(folder / "t.csv", index=False)
    code = 'd <- read.csv("t.csv"); dput(d, "name.R"); suppressWarnings(save(d, file = "name.RData", version = 1))'
    subprocess.run(["Rscript", "-e", code], check=True, capture_output=True)
    remedy = refusal(folder / "name.RData").remedy.removeprefix("In R: ").partition(", with the name")[0]
    subprocess.run(["Rscript", "-e", remedy.replace(", then ", "; ")], check=True, capture_output=True)
    written, rescued = (read((folder / name).read_bytes(), name).frame for name in ("name.R", "d.RData"))
    assert rescued.shape == (24, 3)
    pd.testing.assert_frame_equal(written, rescued)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R")
@pytest.mark.parametrize(("name", "words"), [("name.arff", "Weka"), ("name.dbf", "dBASE")])
def test_tables_of_weka_and_dbase(name, words, folder):
    panel().reset_index().to_csv(folder / "t.csv", index=False)
    kind = name.rpartition(".")[2]
    code = f'd <- read.csv("t.csv", stringsAsFactors = TRUE); foreign::write.{kind}(d, "{name}")'
    subprocess.run(["Rscript", "-e", code], check=True, capture_output=True)
    refused = refusal(folder / name)
    assert words in refused.problem
    command = refused.remedy.removeprefix("In R: ").partition(". In ")[0]
    subprocess.run(["Rscript", "-e", command], check=True, capture_output=True)
    assert read((folder / "name.csv").read_bytes(), "name.csv").frame.shape == (24, 3)


def test_an_archive_of_tar_is_unpacked(folder):
    panel().reset_index().to_csv(folder / "t.csv", index=False)
    for name, how in (("t.tar", "w"), ("t.tar.gz", "w:gz"), ("t.tar.xz", "w:xz")):
        with tarfile.open(folder / name, how) as archive:
            archive.add("t.csv")
        assert "tar" in refusal(folder / name).problem and "Unpack" in refusal(folder / name).remedy


@pytest.mark.parametrize(
    ("name", "content", "words", "way"),
    [
        ("a.docx", made.zipped({"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"}), "Word", "spreadsheet"),
        ("a.numbers", made.zipped({"Index/Document.iwa": "x", "preview.jpg": "x"}), "Numbers", "Export"),
        ("a.xls", panel().reset_index().to_html().encode(), "web page", "Excel"),
        ("a.rtf", b"{\\rtf1\\ansi a}", "rich text", "CSV"),
    ],
)
def test_files_of_other_programs_are_named(name, content, words, way):
    with pytest.raises(DataError) as problem:
        read(content, name)
    assert words in problem.value.problem and way in problem.value.remedy
