"""The Share button."""
