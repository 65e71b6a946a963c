"""Studies of many simulated data sets: how well each model does, and how many groups a study in the field needs."""

from .curve import curve, stream_curve
from .power import groups_for_power, search_groups
from .study import stream, study

__all__ = ["curve", "groups_for_power", "search_groups", "stream", "stream_curve", "study"]
