"""One pass over the rows: what every fit needs of them, by group."""
