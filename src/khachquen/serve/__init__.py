"""Knows the processes: a supervisor with two children, or both as threads of one.

The one place where receive, web and api are put together.
"""
