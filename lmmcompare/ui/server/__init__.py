"""Caches, uploads, table sources and background jobs of the process, shared by all sessions."""
