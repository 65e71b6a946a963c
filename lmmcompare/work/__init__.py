"""Long work and those who wait for it."""
