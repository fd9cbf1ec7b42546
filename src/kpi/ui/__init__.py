"""Streamlit pieces that several pages share. Nothing below this package knows Streamlit."""
