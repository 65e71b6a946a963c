"""Tables: read them from files, say what their columns hold, suggest what to compare."""
