"""Knows how to ask: metrics with one definition each, and questions over events.

Hides SQL. Runs nothing: every function gives a ``store.engine.Question``; pure, no database.
"""
