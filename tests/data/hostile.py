"""Hostile and broken files, made from good ones of every format and by hand; the same ones in every run."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from functools import cache

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pyreadstat

from tests.data import made

EVIL_NAMES = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "a\0b",
    "`x`",
    "../../etc/passwd",
    "\u202egnp.exe",
    "x" * 5_000,
    "",
)
MAGIC = {
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200),
    "exe": b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" + bytes(200),
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "elf": b"\x7fELF\x02\x01\x01" + bytes(200),
    "html": b"<html><body><table><tr><td>1</td></tr></table></body></html>",
    "pickle": b"\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.",
}


def mutated(content: bytes, draw: random.Random) -> bytes:
    """A file with bits flipped, bytes overwritten, numbers made huge, a piece doubled or lost, or its end cut off."""
    changed = bytearray(content)
    place = draw.randrange(len(changed))
    match draw.randrange(6):
        case 0:
            for _ in range(draw.choice((1, 1, 2, 4, 16))):
                changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        case 1:
            for _ in range(draw.choice((1, 2, 8))):
                changed[draw.randrange(len(changed))] = draw.choice((0, 1, 127, 128, 255, draw.randrange(256)))
        case 2:
            huge = draw.choice((b"\xff\xff\xff\x7f", b"\xff" * 4, bytes(4), b"\xff" * 8, b"\0\0\0\x40"))
            changed[place : place + draw.choice((2, 4, 8))] = huge
        case 3:
            other = draw.randrange(len(changed))
            changed[place:place] = changed[other : other + draw.randrange(1, 64)]
        case 4:
            del changed[place : place + draw.randrange(1, 64)]
        case 5:
            del changed[place:]
    return bytes(changed)


def _good(names: Collection[str] | None) -> list[tuple[str, bytes]]:
    return [(name, content) for name, content in (made.good() | made.more()).items() if names is None or name in names]


def mutations(each: int, seed: int = 1, names: Collection[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """So many mutations of every good file, or of those of these names, under its name."""
    for name, content in _good(names):
        draw = random.Random(f"{seed} {name}")
        for _ in range(each):
            yield name, mutated(content, draw)


def mutations_within(each: int, seed: int = 1, names: Collection[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """So many mutations of what is inside each file of R, jamovi, JASP, MATLAB, and of each archive; unpacked, their checksums
    say nothing of it."""
    for name, content in _good(names):
        draw = random.Random(f"{seed} within {name}")
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                parts = {part: archive.read(part) for part in archive.namelist()}
            if "[Content_Types].xml" in parts or "mimetype" in parts:
                continue
            for _ in range(each):
                part = draw.choice([part for part, inner in parts.items() if inner])
                yield name, made.zipped({**parts, part: mutated(parts[part], draw)}, zipfile.ZIP_STORED)
        elif name.endswith((".rds", ".RData", ".mat")):
            plain = bz2.decompress(content) if content.startswith(b"BZh") else content
            plain = lzma.decompress(plain) if plain.startswith(b"\xfd7zXZ") else plain
            plain = gzip.decompress(plain) if plain.startswith(b"\x1f\x8b") else plain
            for _ in range(each):
                yield name, mutated(plain, draw)


ENDINGS = (".rds", ".RData", ".parquet", ".zip", ".csv", ".tsv", ".txt")
"""Formats of which very many mutations are tried, seldom."""


def many_of(ending: str, least: int, seed: int = 3) -> Iterator[tuple[str, bytes]]:
    """So many mutations of one format's good files; where they are packed, half of them of what is inside."""
    names = [name for name in made.good() | made.more() if name.endswith(ending)]
    inner = [name for name, _ in mutations_within(1, names=names)]
    each = -(-least // (len(names) + len(inner)))
    yield from mutations(each, seed, names)
    yield from mutations_within(each, seed, names)


def swapped() -> Iterator[tuple[str, bytes]]:
    """Files that are not what their names say, and two files in one."""
    good = list(made.good().items())
    for (name, content), (other, more) in zip(good, [*good[5:], *good[:5]], strict=True):
        yield other, content
        yield name, content + more
    for kind, content in MAGIC.items():
        for end in ("csv", "xlsx", "sav", kind):
            yield f"renamed-{kind}.{end}", content


def _patched(name: str, old: bytes, new: bytes) -> bytes:
    content = made.good()[name]
    assert content.count(old)
    return content.replace(old, new, 1)


def _with_parts(
    content: bytes, change: Callable[[str, bytes], bytes], more: dict[str, bytes | str] | None = None
) -> bytes:
    """A zip archive with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    return made.zipped({**parts, **(more or {})})


def _lying_archive() -> bytes:
    """A workbook whose sheet is 60 MB of blanks and is said to have 100 bytes."""
    sheet = "xl/worksheets/sheet1.xml"
    content = bytearray(
        _with_parts(made.xlsx(), lambda name, part: part + b" " * 60_000_000 if name == sheet else part)
    )
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        true = struct.pack("<I", archive.getinfo(sheet).file_size)
    return bytes(content).replace(true, struct.pack("<I", 100))


def _unfolded(size: int) -> bytes:
    """A dictionary of one long word for every row, of which the schema does not tell."""
    word = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * size]))
    sink = io.BytesIO()
    parquet.write_table(pa.table({"a": word, "b": word}), sink, store_schema=False, compression="zstd")
    return sink.getvalue()


def _external(name: str, part: bytes) -> bytes:
    """A part of a workbook that asks for a file of the machine and for one of the network."""
    if not name.endswith(("sharedStrings.xml", "sheet1.xml")):
        return part
    entity = b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b SYSTEM "http://127.0.0.1:9/x">]>'
    return part.replace(b"?>", b"?>" + entity, 1).replace(b"blue", b"&a;&b;")


def _laughs(name: str, part: bytes) -> bytes:
    """A billion laughs."""
    if not name.endswith("sharedStrings.xml"):
        return part
    lines = b"".join(b'<!ENTITY l%d "%s">' % (k, b"&l%d;" % (k - 1) * 10) for k in range(1, 10))
    return part.replace(b"?>", b'?><!DOCTYPE r [<!ENTITY l0 "lol">%s]>' % lines, 1).replace(b"blue", b"&l9;")


def _far_cell(name: str, part: bytes) -> bytes:
    """A sheet with one more cell in its last corner, which is 17 thousand million cells away."""
    return part.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


def _nested(depth: int) -> bytes:
    content: bytes | str = "a,b\n1,2\n"
    for k in range(depth):
        content = made.zipped({f"{k}.zip" if k else "t.csv": content})
    return bytes(content)


def _encrypted() -> bytes:
    archive = bytearray(made.zipped({"t.csv": "a,b\n1,2\n"}))
    archive[6] |= 1  # the flag in the local header, and in the directory
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    return bytes(archive)


def _wide(n: int) -> pa.Table:
    return pa.table({f"v{k}": [1] for k in range(n)})


def _evil(names: tuple[str, ...] = EVIL_NAMES) -> pa.Table:
    return pa.table([pa.array([name or "x", "y"]) for name in names], names=list(names))


def _written(write: Callable[..., None], table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    write(table, sink, **options)
    return sink.getvalue()


Made = dict[str, tuple[bytes, str | None]]
"""Name of a file to its bytes, and what must be said of it; None where it may be read or refused."""

NULLS = pa.table({"a": pa.nulls(2_500_000, pa.int64())})
ROWS = "a,b\n" + "1,2\n" * 3


def _text() -> Made:
    """Plain text."""
    evil = (
        "".join(f'"{name}",' for name in EVIL_NAMES if "\0" not in name) + "z\n" + "=1+1," * (len(EVIL_NAMES) - 1) + "1"
    )
    return {
        "empty.csv": (b"", "is empty"),
        "blank.csv": (b" \r\n\n\t ", "is empty"),
        "mark.csv": (b"\xef\xbb\xbf", "is empty"),
        "utf16mark.csv": (b"\xff\xfe", "is empty"),
        "header.csv": (b"a,b\n", "no rows"),
        "wide.csv": (("v," * 20_000 + "w\n" + "1," * 20_000 + "1\n").encode(), "columns; at most 2,000"),
        "many-rows.csv": (b"a,b\n" + b"1,2\n" * 2_100_000, "2,100,000 rows; at most 2,000,000"),
        "one-line.csv": (b"x" * 20_000_000, "one column only"),
        "one-cell.csv": (b"a,b\n1," + b"x" * 20_000_000 + b"\n2,y\n", None),
        "one-quote.csv": (b'a,b\n"' + b"1,2\n" * 100_000, "never closed"),
        "uneven.csv": (b"a,b\n1,2\n1,2,3\n", "Line 3"),
        "nul.csv": (b"a,b\n1,\x002\n", "NUL"),
        "mixed-encodings.csv": ("a,b\nü,1\n".encode() + "ü,2\n".encode("latin1") + b"\x93x\x94,3\n", None),
        "half-utf16.csv": ("a,b\n1,2\n".encode("utf-16") + b"\0", "UTF-16"),
        "utf32.csv": ("a,b\n1,2\n".encode("utf-32"), None),
        "names.csv": (evil.encode(), None),
    }  # fmt: skip


def _json() -> Made:
    """JSON."""
    return {
        "header.json": (b'{"columns": ["a"], "data": []}', "empty list"),
        "list.json": (b"[]", "empty list"),
        "object.json": (b"{}", "no table"),
        "numbers.json": (b"[[1, 2], [3]]", "Row 2 of “numbers.json” has 1 values, not 2"),
        "deep.json": (b"[" * 100_000, "JSON"),
        "deep-objects.json": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "JSON"),
        "deep-cell.json": (b'[{"a": ' + b"[" * 900 + b"]" * 900 + b"}]", "no column of single values"),
        "not-a-number.json": (b'[{"a": NaN, "b": 1e999}, {"a": -Infinity, "b": -1e999}]', None),
        "long-number.json": (b'[{"a": ' + b"9" * 5_000 + b"}]", "too long"),
        "surrogate.json": (b'[{"\\ud800": "\\udfff", "b": "\\u0000"}, {"\\ud800": 1, "b": [1]}]', None),
        "twice.json": (b'[{"a": 1, "a": 2, "a": [3]}, {"a": 1}]', None),
        "cut.json": (b'[{"a": 1}, {"a": ', "not valid JSON"),
        "code.json": (b'[{"a": __import__("os").system("id")}]', "not valid JSON"),
        "latin.json": ('[{"a": "ü"}]'.encode("latin1"), "not JSON in UTF-8"),
        "lines.jsonl": (b'{"a": 1}\n{"a": 2}\nnot JSON\n', "Line 3"),
        "wide.json": (json.dumps([{f"v{k}": 1 for k in range(20_000)}]).encode(), "20,000 columns"),
        "diagonal.json": (json.dumps([{f"v{k}": 1} for k in range(5_000)]).encode(), "columns; at most 2,000"),
        "names.json": (json.dumps([dict.fromkeys(EVIL_NAMES, "<b>")]).encode(), None),
    }  # fmt: skip


def _workbooks() -> Made:
    """Workbooks, and what pretends to be one."""
    return {
        "empty.xlsx": (b"", "is empty"),
        "header.xlsx": (made.xlsx([("a", "b")]), "no rows"),
        "no-cells.xlsx": (made.xlsx([]), "holds no cells"),
        "wide.xlsx": (made.xlsx([[f"v{k}" for k in range(3_000)], range(3_000)]), "3,000 columns"),
        "names.xlsx": (made.xlsx([EVIL_NAMES, EVIL_NAMES], strings_to_formulas=False, strings_to_urls=False), None),
        "entity.xlsx": (_with_parts(made.xlsx(), _external), None),
        "laughs.xlsx": (_with_parts(made.xlsx(), _laughs), None),
        "far.xlsx": (_with_parts(made.xlsx(), _far_cell), None),
        "macro.xlsm": (_with_parts(made.xlsx(), lambda _, part: part, {"xl/vbaProject.bin": MAGIC["doc"]}), None),
        "no-sheet.xlsx": (_with_parts(made.xlsx(), lambda name, part: b"" if "sheet1" in name else part), None),
        "lying.xlsx": (_lying_archive(), None),
        "bomb.xlsx": (made.zipped({"[Content_Types].xml": "", "xl/workbook.xml": bytes(60_000_000)}), None),
        "protected.xlsx": (MAGIC["doc"] + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        "document.docx": (made.zipped({"[Content_Types].xml": "", "word/document.xml": "<w/>"}), "Word"),
        "html.xls": (MAGIC["html"], "web page"),
        "xml.xls": (b'<?xml version="1.0"?><Workbook/>', "web page"),
        "abort.xls": ((made.FOLDER / "abort.xls").read_bytes(), None),
    }  # fmt: skip


def _binary() -> Made:
    """Parquet, Feather, SPSS, Stata, SAS."""
    good = made.good()
    return {
        "header.parquet": (_written(parquet.write_table, made.arrow_table().slice(0, 0)), "no rows"),
        "header.feather": (_written(feather.write_feather, made.arrow_table().slice(0, 0)), "no rows"),
        "header.sav": (made.stats(pyreadstat.write_sav, made.frame().head(0)), "no rows"),
        "wide.parquet": (_written(parquet.write_table, _wide(5_000)), "5,000 columns"),
        "wide.feather": (_written(feather.write_feather, _wide(5_000)), "5,000 columns"),
        "many-rows.parquet": (_written(parquet.write_table, NULLS), "2,500,000 rows"),
        "bomb.feather": (_written(feather.write_feather, NULLS, compression="zstd"), "rows; at most 2,000,000"),
        "names.parquet": (_written(parquet.write_table, _evil()), None),
        "names.feather": (_written(feather.write_feather, _evil()), None),
        "crash.sav": ((made.FOLDER / "crash.sav").read_bytes(), None),
        "rows.sav": (good["table.sav"][:80] + struct.pack("<i", 2**31 - 1) + good["table.sav"][84:], None),
        "rows.dta": (_patched("table.dta", b"<N>", b"<N>\xff\xff\xff\x7f\0\0\0\0</N><N>"), None),
        "footer.parquet": (good["table.parquet"][:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1", "damaged"),
        "magic.parquet": (b"PAR1" + bytes(8) + b"PAR1", "damaged"),
        "magic.feather": (b"ARROW1\0\0" + bytes(100) + b"ARROW1", "damaged"),
        "unfolded.parquet": (_unfolded(1_000_000), "memory"),
        "nested.parquet": (_written(parquet.write_table, pa.table({"a": [[1]], "b": [{"c": 1}]})), "no column of single values"),
        **{f"magic.{end}": (start + bytes(500), None) for end, start in (
            ("sas7bdat", good["table.sas7bdat"][:32]), ("por", b"ASCII SPSS PORT FILE".ljust(464) + b"SPSSPORT"),
            ("xpt", good["table.xpt"][:80]), ("dta", b"<stata_dta>"), ("zsav", b"$FL3"), ("xls", MAGIC["doc"][:8]),
        )},
    }  # fmt: skip


def _packed() -> Made:
    """Archives."""
    good = made.good()
    zeros = zlib.compressobj(wbits=31)
    bomb = zeros.compress(bytes(60_000_000)) + zeros.flush()
    return {
        "empty.zip": (made.zipped({}), "holds 0 files"),
        "nothing-in-it.gz": (gzip.compress(b""), "is empty"),
        "bomb.csv.gz": (bomb, "more than 50 MB"),
        "bomb.zip": (made.zipped({"t.csv": bytes(60_000_000)}), "more than 50 MB"),
        "cut.csv.gz": (good["table.csv.gz"][:-12], "cut off"),
        "twice.csv.gz": (gzip.compress(b"a,b\n") + gzip.compress(b"1,2\n"), None),
        "nested.zip": (_nested(2), "inside an archive"),
        "deeper.zip": (_nested(20), "inside an archive"),
        "gz-in-zip.zip": (made.zipped({"a.csv.gz": good["table.csv.gz"]}), "inside an archive"),
        "traversal.zip": (made.zipped({"../../../../tmp/lmmcompare-escaped.csv": ROWS}), None),
        "absolute.zip": (made.zipped({"/etc/passwd": ROWS}), None),
        "two.zip": (made.zipped({"a.md": ROWS, "b.md": ROWS}), "holds 2 files"),
        "cut.csv.bz2": (good["table.csv.bz2"][:-12], "cut off"),
        "cut.csv.xz": (good["table.csv.xz"][:-12], "cut off"),
        "cut.csv.zst": (good["table.csv.zst"][:-12], "damaged"),
        "bomb.csv.bz2": (bz2.compress(bytes(60_000_000)), "more than 50 MB"),
        "bomb.csv.xz": (lzma.compress(bytes(60_000_000), preset=0), "more than 50 MB"),
        "bomb.csv.zst": (pa.compress(bytes(60_000_000), "zstd", asbytes=True), "more than 50 MB"),
        "crowd.zip": (made.zipped({f"{k}.csv": b"" for k in range(20_000)}, zipfile.ZIP_STORED), "holds 20,000 files"),
        "encrypted.zip": (_encrypted(), "protected by a password"),
        "lzma.zip": (made.zipped({"t.csv": ROWS}, zipfile.ZIP_LZMA), "unusual"),
        "same-name.zip": (made.zipped({"t.csv": ROWS}) + made.zipped({"t.csv": ROWS}), None),
        "tail.zip": (made.zipped({"t.csv": ROWS}) + bytes(100_000), None),
        "program.zip": (made.zipped({"run.exe": MAGIC["exe"]}), "NUL"),
    }  # fmt: skip


@cache
@cache
def by_hand() -> Made:
    """All files made by hand."""
    return _text() | _json() | _workbooks() | _binary() | _packed()
