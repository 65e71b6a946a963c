"""Tables: read them from files, say what their columns hold, suggest what to compare."""

from .describe import ColumnInfo, GroupSizes, Relation, Suggestion, describe, groups, relation, suggest
from .read import EXTENSIONS, Table, read_csv, read_text

__all__ = [
    "EXTENSIONS",
    "ColumnInfo",
    "GroupSizes",
    "Relation",
    "Suggestion",
    "Table",
    "describe",
    "groups",
    "read_csv",
    "read_text",
    "relation",
    "suggest",
]
