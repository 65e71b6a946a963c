"""Say what a table holds: one place to import from; the work is in ``columns``, ``within`` and ``suggest``."""

from .columns import ColumnInfo, describe
from .relation_to_groups import GroupSizes, Relation, groups, relation
from .suggest import Suggestion, suggest

__all__ = ["ColumnInfo", "GroupSizes", "Relation", "Suggestion", "describe", "groups", "relation", "suggest"]
