"""Why the models differ: the exact identity, and sentences made from its numbers."""
