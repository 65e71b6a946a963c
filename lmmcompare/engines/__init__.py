"""The same comparison on a table that no machine's memory holds: the engine that has the table sums, we fit the sums."""
