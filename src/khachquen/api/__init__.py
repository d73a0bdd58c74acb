"""Knows the REST interface under /api/v1/: who may ask, how often, and in what words it answers.

Hides the web framework behind it. Holds no rule and no SQL: it asks the rooms through their doors.
"""
