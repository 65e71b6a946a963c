"""What kind of file this is, by its first bytes; and what its name says that it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A format.

    Parameters
    ----------
    words : str
        What people call it.
    extensions : tuple of str
        The ends of its files' names.
    reader : str
        "module.function" of this folder, a function of the bytes, the limits and whichever of ``kind``, ``sheet``, ``header``
        and ``catalogue`` it names. Empty for text, which the server reads itself, and for what is unpacked.
    """

    words: str
    extensions: tuple[str, ...]
    reader: str = ""


KINDS = {
    "text": Kind("a text file", ("csv", "tsv", "txt", "tab", "dat")),
    "excel": Kind("an Excel workbook", ("xlsx", "xlsm", "xls", "xlsb"), "excel.read"),
    "ods": Kind("an OpenDocument spreadsheet", ("ods",), "excel.read"),
    "parquet": Kind("a Parquet file", ("parquet", "pq"), "columnar.read_parquet"),
    "arrow": Kind("an Arrow (Feather) file", ("feather", "arrow"), "columnar.read_arrow"),
    "sav": Kind("an SPSS file", ("sav", "zsav"), "spss_stata_sas.read"),
    "por": Kind("an SPSS portable file", ("por",), "spss_stata_sas.read"),
    "dta": Kind("a Stata file", ("dta",), "spss_stata_sas.read"),
    "sas7bdat": Kind("a SAS file", ("sas7bdat",), "spss_stata_sas.read"),
    "sas7bcat": Kind("a SAS catalogue of formats", ("sas7bcat",), "spss_stata_sas.read"),
    "xpt": Kind("a SAS transport file", ("xpt",), "spss_stata_sas.read"),
    "rds": Kind("an R data file", ("rds", "rdata", "rda"), "r_tables.read"),
    "rcode": Kind("R code", ("r",), "r_tables.read_code"),
    "python": Kind("Python code", ("py",), "records.read_code"),
    "stata": Kind("a do-file of Stata", ("do",), "stata_code.read"),
    "sas": Kind("a program of SAS", ("sas",), "sas_code.read"),
    "spss": Kind("syntax of SPSS", ("sps",), "spss_code.read"),
    "omv": Kind("a jamovi file", ("omv", "omt"), "jamovi.read"),
    "jasp": Kind("a JASP file", ("jasp",), "jasp.read"),
    "mat": Kind("a MATLAB file", ("mat",), "matlab.read"),
    "sqlite": Kind("an SQLite database", ("sqlite", "sqlite3", "db3"), "sqlite_tables.read"),
    "json": Kind("a JSON file", ("json", "jsonl", "ndjson"), "records.read"),
    "gzip": Kind("a gzip file", ("gz",)),
    "bz2": Kind("a bzip2 file", ("bz2",)),
    "xz": Kind("an xz file", ("xz",)),
    "zst": Kind("a zstd file", ("zst",)),
    "zip": Kind("a zip archive", ("zip",)),
}

_SAS = b"\xb3\x14\x11\xcf\xbd\x92\x08\0\x09\xc7\x31\x8c\x18\x1f\x10\x11"
_MAGIC = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "excel",
    b"PAR1": "parquet",
    b"ARROW1": "arrow",
    b"FEA1": "arrow",
    b"\xff\xff\xff\xff": "arrow",
    b"$FL2": "sav",
    b"$FL3": "sav",
    b"<stata_dta>": "dta",
    b"\0" * 12 + b"\xc2\xea\x81\x60" + _SAS: "sas7bdat",
    b"\0" * 12 + b"\xc2\xea\x81\x63" + _SAS: "sas7bcat",
    b"HEADER RECORD*******LIB": "xpt",
    b"SQLite format 3\0": "sqlite",
    b"MATLAB 5.0 MAT-file": "mat",
    b"MATLAB 7.": "mat",
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zst",
}
_R_DATA = rb"(?:\w+::)?(?:structure|(?:as\.)?data\.frame|tibble|tribble|data\.table|expand\.grid)\("
_R_CODE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|>\s)*(?:[A-Za-z.][\w.]*\s*(?:<<?-|=)\s*)?(?:(?:c|rep|seq|factor|list)\(|"
    + _R_DATA
    + rb")"
    rb"|(?s:.*?)\n[> ]*(?:[A-Za-z.][\w.]*\s*(?:<<?-|=)\s*)?" + _R_DATA
)
"""How data begins that is written down as R code."""
_PYTHON = re.compile(
    rb"\s*(?:>>> )?(?:(?:\w+\.)?DataFrame(?:\.from_\w+)?\(|\{\s*(?:'|\d)|\[\s*\{\s*(?:'|\d))"
    rb"|(?:(?s:.*?)\n)?(?:>>> )?\w+ ?= ?(?:(?:\w+\.)?DataFrame(?:\.from_\w+)?\(|\[|\{)"
)
"""How data begins that is written down as Python code; JSON has no single quotes."""

_PROGRAMS = {
    "stata": (rb"^[. \t]*input[ \t]+[\w() \t:,-]+\r?$", rb"^[. \t\d]*end[ \t]*\r?$"),
    "sas": (rb"\binput\s[^;]*;", rb"\b(?:datalines|cards|lines)4?[ \t]*;[ \t]*\r?$"),
    "spss": (rb"\bDATA\s+LIST\b", rb"^[ \t]*BEGIN\s+DATA\b"),
}
"""What programs have that hold their data, in this order."""


def kind_of(content: bytes) -> str:
    """The key in ``KINDS`` that the bytes speak for; "text" for whatever is nothing else."""
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            return kind
    if re.match(rb"BZh[1-9]1AY&SY", content):
        return "bz2"
    if re.match(rb"RD[XAB]\d\n|X\n\0\0|B\n[\1-\t]\0|A\n\d+\n\d+\n", content):
        return "rds"
    if b"SPSSPORT" in content[450:500]:  # after five lines of 80 characters that say so in several alphabets
        return "por"
    if len(content) > 3 and 102 <= content[0] <= 115 and content[1] in (1, 2) and content[2] == 1:
        return "dta"  # before version 117: version, byte order, file type
    start = content[:10_000]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start[:4]:  # UTF-16 or UTF-32
        start = start.decode(json.detect_encoding(start), "ignore").encode()
    for kind, (first, then) in _PROGRAMS.items():
        flags = re.MULTILINE | re.IGNORECASE
        if (found := re.search(first, start, flags)) and re.compile(then, flags).search(content, found.end()):
            return kind
    if _R_CODE.match(start):
        return "rcode"
    if _PYTHON.match(start):
        return "python"
    return "json" if re.match(rb"(\xef\xbb\xbf)?\s*(\{(?!\\rtf)|\[\s*[{\[\]])", start) else "text"


def kind_by_name(name: str) -> str | None:
    """What the end of a file's name says; None where it says nothing known."""
    end = name.rpartition(".")[2].lower()
    return next((key for key, kind in KINDS.items() if end in kind.extensions), None)
