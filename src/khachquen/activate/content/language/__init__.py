"""Knows the language wordings are personalised in: Liquid, less than half of it, with our filters.

Nothing here reaches a disk, a network or an attribute of an object: values are plain data, and
every name a template may use is in a list. Pure; the process it runs in is ``rendering``'s.
"""
