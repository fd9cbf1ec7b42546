"""The web server. A folder of its own: Streamlit puts the folder of what it runs on the path."""
