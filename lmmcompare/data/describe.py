"""Say what a table holds: one place to import from; the work is in ``columns``, ``within`` and ``suggest``."""

from .columns import ColumnInfo, describe
from .suggest import Suggestion, suggest
from .within import GroupSizes, Relation, groups, relation

__all__ = ["ColumnInfo", "GroupSizes", "Relation", "Suggestion", "describe", "groups", "relation", "suggest"]
