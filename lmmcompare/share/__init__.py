"""Sharing: links that hold a comparison, tables in a link, and the store for tables that are too large for one."""
