"""Knows how a wording becomes the HTML and the text that are sent: MJML checked and compiled,
blocks and products put in, plain text made. Pure: what it needs is handed to it.
"""
