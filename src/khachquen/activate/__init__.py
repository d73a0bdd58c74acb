"""Knows how what we understood of customers leaves the house to be used.

Hides files and channels. Does not decide who may be reached; ``govern`` does.
"""
