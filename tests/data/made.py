"""The same small table as files of every format, by writers that share no code with the readers under test."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pyreadstat
import scipy.io
import xlsxwriter

FOLDER = Path(__file__).parent.parent / "data_files" / "formats"
"""Files whose writers are not at hand: table.xls is by xlwt 1.3, errors.xls by Gnumeric 1.12, table.sas7bdat and catalogue.zip by
ReadStat's writers in C, missing.por and labels.por by PSPP 1.6.2, the files of R by R 4.2.2 (``r_files.R`` there); fuzzing found
abort.xls, which ends python-calamine 0.9, and crash.sav, which ends pyreadstat 1.3."""
NAMES = ("group", "y", "n", "note")
ROWS = (
    ("a", 1.5, 1, 'Ärger, "x"'),
    ("a", 2.25, 2, "blue"),
    ("b", None, 3, "red"),
    ("b", -4.0, -4, "<b>bold</b>"),
)


def frame() -> pd.DataFrame:
    """The table as it should be read."""
    return pd.DataFrame(dict(zip(NAMES, zip(*ROWS, strict=True), strict=True)))


def xlsx(rows=(NAMES, *ROWS), sheets=("data",), **options) -> bytes:
    """A workbook; the rows go to the first sheet."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, **options}) as book:
        pages = [book.add_worksheet(name) for name in sheets]
        for k, row in enumerate(rows):
            pages[0].write_row(k, 0, [None if cell == "" else cell for cell in row])
    return sink.getvalue()


def zipped(parts: dict[str, bytes | str], compression=zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these files."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return sink.getvalue()


def ods(rows=(NAMES, *ROWS)) -> bytes:
    """An OpenDocument spreadsheet by hand."""

    def cell(value) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>'
            f'<table:table table:name="data">{body}</table:table></office:spreadsheet></office:body></office:document-content>',
        },
        zipfile.ZIP_STORED,
    )


def xlsb() -> bytes:
    """A binary workbook by hand: records of a type, a length and what they hold ([MS-XLSB] 2.1.4)."""

    def record(kind: int, content: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        size = len(content)
        return head + (bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])) + content

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value.encode("utf-16-le")) // 2) + value.encode("utf-16-le")

    rows = b""
    for k, row in enumerate((NAMES, *ROWS)):
        rows += record(0, struct.pack("<II", k, 0) + bytes(9))
        for column, value in enumerate(row):
            place = struct.pack("<II", column, 0)
            if isinstance(value, str):
                rows += record(6, place + text(value))
            elif value is not None:
                rows += record(5, place + struct.pack("<d", value))
    size = struct.pack("<IIII", 0, len(ROWS), 0, len(NAMES) - 1)
    sheet = record(129) + record(148, size) + record(145) + rows + record(146) + record(130)
    book = (
        record(131)
        + record(143)
        + record(156, struct.pack("<II", 0, 1) + text("rId1") + text("data"))
        + record(144)
        + record(132)
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    link = '<Relationship Id="rId1" Type="{}/{}" Target="{}"/>'
    return zipped(
        {
            "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": relations.format(link.format(relation, "officeDocument", "xl/workbook.bin")),
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": relations.format(link.format(relation, "worksheet", "worksheets/sheet1.bin")),
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def arrow_table() -> pa.Table:
    """The table in Arrow, with a dictionary."""
    columns = dict(zip(NAMES, zip(*ROWS, strict=True), strict=True))
    return pa.table({**columns, "group": pa.array(columns["group"]).dictionary_encode()})


def arrow(writer, **options) -> bytes:
    """A file by one of Arrow's writers."""
    sink = io.BytesIO()
    writer(arrow_table(), sink, **options)
    return sink.getvalue()


def stats(writer, table: pd.DataFrame | None = None, **options) -> bytes:
    """A file by one of pyreadstat's writers, which take paths only."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        writer(frame() if table is None else table, path, **options)
        return path.read_bytes()


def omv(analyses: dict[str, bytes] | None = None, **of_fields: dict) -> bytes:
    """A jamovi file by hand: text of few values by labels, other text by its place; ``of_fields`` adds to columns' metadata."""
    groups, ys, ns, notes = zip(*ROWS, strict=True)
    fields = [
        {"name": "group", "type": "integer", "dataType": "Text", "measureType": "Nominal"},
        {"name": "y", "type": "number", "dataType": "Decimal", "measureType": "Continuous"},
        {"name": "n", "type": "integer", "dataType": "Integer", "measureType": "Continuous"},
        {"name": "note", "type": "string", "dataType": "Text", "measureType": "ID"},
    ]
    fields = [{**field, "columnType": "Data", **of_fields.get(field["name"], {})} for field in fields]
    strings, offsets = b"", []
    for note in notes:
        offsets.append(len(strings))
        strings += note.encode() + b"\0"
    columns = struct.pack("<4i", *(("b", "a").index(g) for g in groups))
    columns += struct.pack("<4d", *(float("nan") if y is None else y for y in ys)) + struct.pack("<8i", *ns, *offsets)
    about = {"dataSet": {"rowCount": len(ROWS), "columnCount": len(NAMES), "fields": fields}}
    labels = {"group": {"labels": [[1, "a", "a", False], [0, "b", "b", False]]}}
    parts = {
        "meta": "jamovi-Archive-Version: 11.0\n",
        "metadata.json": json.dumps(about),
        "xdata.json": json.dumps(labels),
    }
    return zipped({**parts, "data.bin": columns, "strings.bin": strings, **(analyses or {})})


def _message(number: int, content: bytes | int) -> bytes:
    """A field of a protocol buffer."""
    if isinstance(content, int):
        return bytes([number << 3, content])
    return bytes([number << 3 | 2]) + bytes([len(content) & 127 | 128, len(content) >> 7]) + content


def option(setting: object) -> bytes:
    """An option as jamovi stores it (seen in a file of 2.6): text 3, truth value 4, list or group 5."""
    if isinstance(setting, str):
        return _message(3, setting.encode())
    if isinstance(setting, bool):
        return _message(4, int(setting))
    named = isinstance(setting, dict)
    items = list(setting.values()) if named else list(setting)
    names = b"".join(_message(3, name.encode()) for name in setting) if named else b""
    return _message(
        5, b"".join(_message(1, option(item)) for item in items) + (_message(2, 1) + names if named else b"")
    )


def gamlj(name: str, settings: dict) -> dict[str, bytes]:
    """An analysis of a jamovi file by hand."""
    options = option(settings)[3:]  # without the field that it would be within others
    return {
        f"01 {name}/analysis": _message(1, b"id")
        + _message(3, name.encode())
        + _message(4, b"gamlj")
        + _message(6, options)
    }


def jasp(analyses: list | None = None, statements: Sequence[str] = ()) -> bytes:
    """A JASP file by hand, with the tables that JASP 0.96 makes; ``statements`` are done to its database."""
    book = sqlite3.connect(":memory:")
    book.executescript(
        """CREATE TABLE DataSets (id INTEGER PRIMARY KEY, emptyValuesJson TEXT);
        CREATE TABLE Columns (id INTEGER PRIMARY KEY, dataSet INT, name TEXT, title TEXT, description TEXT, columnType TEXT,
          colIdx INT, emptyValuesJson TEXT);
        CREATE TABLE Labels (id INTEGER PRIMARY KEY, columnId INT, value INT, ordering INT, label TEXT, originalValueJson TEXT);
        CREATE TABLE DataSet_1 (rowNumber INTEGER PRIMARY KEY, Filter_1 INT NOT NULL DEFAULT 1)"""
    )
    book.execute("INSERT INTO DataSets VALUES (1, ?)", (json.dumps({"custom": True, "strings": ["NA", "nan", "77"]}),))
    book.executemany("INSERT INTO DataSet_1 (rowNumber) VALUES (?)", [(k + 1,) for k in range(len(ROWS))])
    for k, (name, cells) in enumerate(zip(NAMES, zip(*ROWS, strict=True), strict=True), start=1):
        kind = "nominal" if isinstance(cells[0], str) else "scale"
        book.execute("INSERT INTO Columns VALUES (?, 1, ?, ?, '', ?, ?, NULL)", (k, name, name, kind, k - 1))
        book.execute(f"ALTER TABLE DataSet_1 ADD COLUMN Column_{k}_DBL REAL")
        book.execute(f"ALTER TABLE DataSet_1 ADD COLUMN Column_{k}_INT INT")
        texts = list(dict.fromkeys(cells)) if kind == "nominal" else []
        for place, text in enumerate(texts):
            book.execute(
                "INSERT INTO Labels (columnId, value, ordering, label, originalValueJson) VALUES (?, ?, ?, '', ?)",
                (k, 5 - place, place, json.dumps(text)),
            )
        for row, cell in enumerate(cells, start=1):
            stored = ("nan", 5 - texts.index(cell)) if texts else ("nan" if cell is None else cell, -(2**31))
            book.execute(
                f"UPDATE DataSet_1 SET Column_{k}_DBL = ?, Column_{k}_INT = ? WHERE rowNumber = ?", (*stored, row)
            )
    for statement in statements:
        book.execute(statement)
    book.commit()
    about = json.dumps({"jaspArchiveVersion": "5", "jaspVersion": "0.96"})
    parts = {"manifest.json": about, "analyses.json": json.dumps({"analyses": analyses or []})}
    return zipped({**parts, "internal.sqlite": book.serialize()})


def mat(**options) -> bytes:
    """A MATLAB file of four vectors."""
    sink = io.BytesIO()
    columns = dict(zip(NAMES, zip(*ROWS, strict=True), strict=True))
    vectors = {
        name: np.array(
            [np.nan if cell is None else cell for cell in cells], object if isinstance(cells[0], str) else float
        )
        for name, cells in columns.items()
    }
    scipy.io.savemat(sink, vectors, **{"do_compression": True, "oned_as": "column", **options})
    return sink.getvalue()


@cache
def more() -> dict[str, bytes]:
    """Files that hold something else than that table."""
    return {name: (FOLDER / name).read_bytes() for name in ("many.RData", "catalogue.zip")}


@cache
def good() -> dict[str, bytes]:
    """Name of a file to its bytes, all of them the same table."""
    table = frame()
    plain = table.assign(note=["Aerger", "blue", "red", "bold"])  # of text the oldest formats have ASCII only
    records = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
    csv = table.to_csv(index=False)
    labels = {"n": {1: "low", 2: "middle", 3: "high", -4: "none"}}
    of_r = ("table.rds", "plain.rds", "ascii.rds", "little.rds", "table.RData")
    return {
        **{name: (FOLDER / name).read_bytes() for name in of_r},
        "table.omv": omv(),
        "table.jasp": jasp(),
        "table.mat": mat(),
        "plain.mat": mat(do_compression=False),
        "table.csv": csv.encode(),
        "german.csv": table.to_csv(index=False, sep=";", decimal=",").encode("cp1252"),
        "table.tsv": table.to_csv(index=False, sep="\t").encode("utf-16"),
        "table.xlsx": xlsx(),
        "table.xls": (FOLDER / "table.xls").read_bytes(),
        "table.xlsb": xlsb(),
        "table.ods": ods(),
        "table.parquet": arrow(parquet.write_table),
        "plain.parquet": arrow(parquet.write_table, compression="none", use_dictionary=False, data_page_version="2.0"),
        "table.feather": arrow(feather.write_feather),
        "old.feather": arrow(feather.write_feather, compression="uncompressed"),
        "table.sav": stats(pyreadstat.write_sav, variable_value_labels=labels),
        "table.zsav": stats(pyreadstat.write_sav, compress=True),
        "table.por": stats(pyreadstat.write_por, plain.rename(columns=str.upper)),
        "table.dta": stats(pyreadstat.write_dta, variable_value_labels=labels),
        "old.dta": stats(pyreadstat.write_dta, plain, version=8),
        "table.sas7bdat": (FOLDER / "table.sas7bdat").read_bytes(),
        "table.xpt": stats(pyreadstat.write_xport),
        "old.xpt": stats(pyreadstat.write_xport, file_format_version=5),
        "table.json": json.dumps(records).encode(),
        "split.json": json.dumps({"columns": NAMES, "data": ROWS}).encode(),
        "table.jsonl": "\n".join(map(json.dumps, records)).encode(),
        "table.csv.gz": gzip.compress(csv.encode(), mtime=0),
        "table.csv.bz2": bz2.compress(csv.encode()),
        "table.csv.xz": lzma.compress(csv.encode()),
        "table.csv.zst": pa.compress(csv.encode(), "zstd", asbytes=True),
        "table.txt": table.to_csv(index=False, sep=" ", na_rep="NA", escapechar="\\", doublequote=False).encode(),
        "table.zip": zipped({"table.csv": csv}),
    }


def popularity() -> pd.DataFrame:
    """2,000 pupils or so in 100 classes, shaped as the table popular2 of Hox, Moerbeek and van de Schoot (2018), values drawn."""
    rng = np.random.default_rng(7)
    sizes = rng.integers(16, 27, 100)
    group = np.repeat(np.arange(1, 101), sizes)
    n = len(group)
    pupil = np.concatenate([np.arange(1, size + 1) for size in sizes])
    sex, extrav = rng.integers(0, 2, n), np.clip(np.round(rng.normal(5.2, 1.26, n)), 1, 10)
    texp = rng.integers(2, 26, 100)[group - 1]
    popular = (
        0.8 + 1.25 * sex + 0.45 * extrav + 0.09 * texp + rng.normal(0, 0.53, 100)[group - 1] + rng.normal(0, 0.74, n)
    )
    popular = np.clip(np.round(popular, 1), 0, 9.5)
    popteach = np.clip(np.round(popular + rng.normal(0, 0.9, n)), 1, 10)
    frame = pd.DataFrame(
        {"pupil": pupil, "class": group, "extrav": extrav, "sex": sex, "texp": texp, "popular": popular}
    )
    frame["popteach"] = popteach
    for name in ("extrav", "sex", "texp", "popular", "popteach"):
        frame[f"Z{name}"] = (frame[name] - frame[name].mean()) / frame[name].std()
    for name in ("extrav", "texp", "sex"):
        frame[f"C{name}"] = frame[name] - frame[name].mean()
    return frame
