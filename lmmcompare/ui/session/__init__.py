"""What one reader looks at, and how address, controls and jobs keep in step with it."""
