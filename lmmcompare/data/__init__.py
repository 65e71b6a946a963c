"""Tables: read them from files, say what their columns hold, suggest what to compare."""

from .columns import ColumnInfo, describe
from .read import EXTENSIONS, Table, read_csv, read_text
from .relation_to_groups import GroupSizes, Relation, groups, relation
from .suggest import Suggestion, suggest

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
