"""State, cache and controls of the app; with app.py and pages/ the only code that imports streamlit."""
