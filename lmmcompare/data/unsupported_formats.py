"""Files of programs that are not read: what each is, and how its program writes the table as one that is."""

from __future__ import annotations

import re

from ..errors import DataError
from .readers.file_types import KINDS, kind_of

SAVE_AS_CSV = "Save the table as CSV (UTF-8) and load that file."
NO_TABLE = "Choose the file that the table is in, or save the table as CSV (UTF-8)."

_FOREIGN = (
    (
        rb"\x89HDF\r\n\x1a\n",
        "an HDF5 file, as MATLAB 7.3 and pandas write it",
        'In MATLAB: writetable(T, "T.csv"). In Python: pandas.read_hdf("name.h5").to_csv("name.csv").',
    ),
    (
        rb"# Created by Octave|Octave-1-[LB]|[\0-\4]\0\0\0(?s:.{4}){2}[\0\1]\0\0\0[\1-\x3f]\0\0\0[A-Za-z]",
        "a file of Octave’s own, or of MATLAB 4",
        'In Octave or MATLAB: save("-v7", "name.mat")',
    ),
    (
        rb"\x80[\x02-\x05]",
        "a Python pickle, which may run any code when it is opened, and is not opened here",
        'In Python: pandas.read_pickle("name.pkl").to_csv("name.csv").',
    ),
    (
        rb"\x93NUMPY",
        "an array of numpy",
        'In Python: pandas.DataFrame(numpy.load("name.npy")).to_csv("name.csv", index=False).',
    ),
    (rb"(?s).{8}DUCK", "a DuckDB database", "In DuckDB: COPY the_table TO 'name.csv'"),
    (rb"\xff\xff\0\0\x07\0\0\0", "a JMP table", "In JMP: File, Save As, CSV."),
    (rb"New MicroTSP Workfile", "a workfile of EViews", "In EViews: File, Save As, Excel or CSV."),
    (
        rb"(\xef\xbb\xbf)?(<\?xml[^>]*>\s*)?<GraphPadPrismFile",
        "a file of GraphPad Prism",
        "In Prism: File, Export, CSV.",
    ),
    (
        rb"(?:\xef\xbb\xbf)?##BLOCKS=|(?:\xff\xfe)?#\0#\0B\0L\0O\0C\0K\0S\0=",
        "a file of SoftMax Pro, with the wells side by side as they are on the plate",
        "In SoftMax Pro: copy a Group table, which has a row for each well, and paste it. Or put the wells below each other in a "
        "spreadsheet: well, sample, value.",
    ),
    (
        rb"(?i)(?:\xef\xbb\xbf)?(?:\s*%[^\n]*\n)*\s*@relation\s",
        "a file of Weka (ARFF)",
        'In R: write.csv(foreign::read.arff("name.arff"), "name.csv", row.names = FALSE). In Weka: Save as, CSV.',
    ),
    (
        rb"(?s)[\x02\x03\x30-\x32\x43\x63\x83\x8b\xcb\xf5].[\x01-\x0c][\x01-\x1f].{4}[\x21-\xff][\0-\x7f][\x02-\xff].\0\0",
        "a table of dBASE or a shapefile (DBF)",
        'In R: write.csv(foreign::read.dbf("name.dbf"), "name.csv", row.names = FALSE). In LibreOffice: Save As, CSV.',
    ),
    (rb"7z\xbc\xaf|Rar!", "an archive of 7-Zip or RAR", "Unpack it and load the table in it."),
    (rb"(?s).{257}ustar", "an archive of tar", "Unpack it and load the table in it."),
    (rb"%PDF", "a PDF document", NO_TABLE),
    (rb"\{\\rtf", "a document in rich text (RTF)", NO_TABLE),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "a picture", NO_TABLE),
)


def refuse(content: bytes, what: str) -> None:
    """Refuse a file that is no text, or is text but no table, with the way out of the program that made it.

    Raises
    ------
    DataError
    """
    for pattern, words, remedy in _FOREIGN:
        if re.match(pattern, content):
            raise DataError(f"{what} is {words}.", remedy)
    kind = kind_of(content)
    if kind not in ("text", "json"):
        raise DataError(f"{what} is {KINDS[kind].words}, not a CSV file.", SAVE_AS_CSV)
