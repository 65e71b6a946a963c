"""jamovi's files (.omv): the data, its labels and declared missing values; analyses in them are not run.

An archive of ``metadata.json`` (columns), ``xdata.json`` (labels), ``data.bin`` (column after column, little-endian) and
``strings.bin`` (texts, each ended by a zero byte); read from files of jamovi 2.0 to 2.6 and jamovi's public source.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import analyses
from .arrays import Array
from .cells import clean, whole
from .comparisons import COMPARISONS
from .compression import parts
from .result import Column, Limits, Outcome, Unreadable, declared_notes, listed

MISSING = -(2**31)
WAY_OUT = "In jamovi: File, Export, and CSV as the type."
_CONDITION = re.compile(r"\s*(==|!=|<=|>=|<|>)\s*(?:(-?\d+\.?\d*(?:[eE][+-]?\d+)?)|'([^']*)'|\"([^\"]*)\")\s*")


def read(content: bytes, limits: Limits) -> Outcome:
    """Read the table of a jamovi file as its filters leave it."""
    files = parts(content, limits, ("metadata.json", "xdata.json", "data.bin", "strings.bin"))
    about = json.loads(files["metadata.json"])["dataSet"]
    fields, rows = about["fields"], int(about["rowCount"])
    limits.check(max(rows, 0), len(fields))
    extra = json.loads(files.get("xdata.json", b"{}"))
    sizes = [rows * (8 if field["type"] == "number" else 4) for field in fields]
    if rows < 0 or sum(sizes) != len(files["data.bin"]):
        raise Unreadable("{file} is a jamovi file whose data is not as long as it says.", WAY_OUT)
    names, columns, notes, strange = [], [], [], []
    labels: dict[str, str] = {}
    lost: dict[str, str] = {}
    keep, filters, start = np.ones(rows, bool), [], 0
    for field, size in zip(fields, sizes, strict=True):
        name, raw = clean(str(field["name"])), files["data.bin"][start : start + size]
        start += size
        if field.get("columnType") == "Filter":
            if field.get("active", True):
                keep &= np.frombuffer(raw, "<i4") == 1
            filters.append(name)
            continue
        levels = extra.get(field["name"], {}).get("labels", [])
        column, values = _column(raw, field, levels, files.get("strings.bin", b""))
        missing, unknown = _declared(field.get("missingValues", []), column, values)
        if missing is not None:
            column = pc.if_else(pa.array(missing), pa.scalar(None, column.type), column)
            lost[name] = ", ".join(map(str, field["missingValues"]))
        strange += [f"{name}: {condition}" for condition in unknown]
        names.append(name)
        columns.append(column)
        if description := clean(str(field.get("description") or "")):
            labels[name] = description
    if filters and not keep.all():
        columns = [column.filter(pa.array(keep)) for column in columns]
        notes.append(f"{(~keep).sum():,} of {rows:,} rows were left out, as jamovi's filters do: {listed(filters)}.")
    elif filters:
        notes.append(f"Filters of jamovi that leave out no row, or are switched off, were left out: {listed(filters)}.")
    notes += declared_notes(lost)
    if strange:
        notes.append(f"Declarations of missing values that were not understood, and not followed: {listed(strange)}.")
    formula, note = analyses.of_jamovi(content, names)
    return Outcome(names, columns, notes=[*notes, *note], labels=labels, missing_codes=lost, formula=formula)


def _column(raw: bytes, field: dict[str, Any], levels: list[Any], strings: bytes) -> tuple[Column, Array | None]:
    """A column, and its numbers where conditions on missing values are about these."""
    if field["type"] == "number":
        numbers = np.frombuffer(raw, "<f8").astype(float)
        return whole(pa.array(numbers, mask=np.isnan(numbers))), numbers
    codes = np.frombuffer(raw, "<i4").astype(np.int32)
    missing = codes == MISSING
    if field["type"] == "string":
        offsets, places = np.unique(codes[~missing], return_inverse=True)
        indices = np.full(len(codes), -1, np.int32)
        indices[~missing] = places
        words = pa.array([_text(strings, offset) for offset in offsets.tolist()], pa.string())
        column = pc.cast(pa.DictionaryArray.from_arrays(pa.array(indices, mask=missing), words), pa.string())
        return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column), None
    words = {int(level[0]): clean(str(level[1])) for level in levels}
    categorical = field.get("measureType") in ("Nominal", "Ordinal") and words
    plain = all(word == str(code) for code, word in words.items())
    if not categorical or (plain and field.get("dataType", "Integer") == "Integer"):
        return whole(pa.array(codes.astype(float), mask=missing)), codes.astype(float)
    words |= {code: str(code) for code in np.unique(codes[~missing]).tolist() if code not in words}
    unlike = len(set(words.values())) == len(words)
    texts = list(words.values()) if unlike else [f"{word} ({code})" for code, word in words.items()]
    indices = pc.index_in(pa.array(codes, mask=missing), pa.array(list(words), pa.int32()), skip_nulls=True)
    column = pa.DictionaryArray.from_arrays(indices, pa.array(texts, pa.string()))
    return column, codes.astype(float) if field.get("dataType") == "Integer" else None


def _text(strings: bytes, offset: int) -> str:
    end = strings.find(b"\0", offset)
    if offset < 0 or end < 0:
        raise ValueError("a text beyond the texts of the file")
    return clean(strings[offset:end].decode())


def _declared(conditions: list[str], column: Column, numbers: Array | None) -> tuple[Array | None, list[str]]:
    """Which values are declared to be missing, and the conditions that say something else."""
    result, unknown, any_known = np.zeros(len(column), bool), [], False
    for condition in conditions:
        match = _CONDITION.fullmatch(str(condition))
        text = match is not None and match[2] is None
        if match is None or (text == (numbers is not None)):
            unknown.append(str(condition)[:60])
            continue
        any_known = True
        if numbers is not None:
            result |= COMPARISONS[match[1]](numbers, float(match[2]))
        else:
            equal = pc.fill_null(pc.equal(pc.cast(column, pa.string()), match[3] or match[4] or ""), False)
            result |= equal.to_numpy(zero_copy_only=False) == (match[1] == "==")
    return (result if any_known else None), unknown
