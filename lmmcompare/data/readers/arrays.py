"""What readers call an array of numbers: the child that reads files does without the package, so that `lmmcompare.arrays` is not there."""

from __future__ import annotations

import numpy as np

Array = np.ndarray
