"""The only package that imports Streamlit: router, security headers, forms, cards and the graph view."""
