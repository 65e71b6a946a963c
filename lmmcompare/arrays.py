"""What every room calls an array of numbers."""

from __future__ import annotations

import numpy as np

Array = np.ndarray
