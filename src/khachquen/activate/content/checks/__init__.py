"""Knows what makes a mail unlawful, unread or untrusted, and says it so that it is mended.

Pure: a mail as written and as made, and the share of people lacking each field, are handed to it.
"""
