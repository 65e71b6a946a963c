"""A SAS table and the catalogue with the words of its formats, brought together or one after the other."""

from __future__ import annotations

import zipfile

import pytest

from tests.data.made import FOLDER

from .conftest import errors, texts


def parts() -> dict[str, tuple[str, bytes, str]]:
    with zipfile.ZipFile(FOLDER / "catalogue.zip") as archive:
        return {name.rpartition(".")[2]: (name, archive.read(name), "") for name in archive.namelist()}


@pytest.mark.parametrize("before", [[], ["sas7bdat"], ["sas7bcat"]])
def test_a_catalogue_gives_the_words_of_the_table_beside_it(open_page, before):
    at = open_page("data")
    if before:
        at.file_uploader(key="upload").set_value([parts()[end] for end in before]).run()
        assert ("holds the words of formats, but no table" in "".join(errors(at))) == (before == ["sas7bcat"])
    at.file_uploader(key="upload").set_value(list(parts().values())).run()
    assert not errors(at) and "coded.sas7bdat: 4 rows, 3 columns" in texts(at)
    assert "Codes without their words" not in texts(at) and "tables at hand" not in texts(at)
    holds = at.dataframe[0].value.set_index("Column")
    assert "control" in holds.loc["arm", "For example"]
