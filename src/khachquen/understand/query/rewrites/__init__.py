"""Ways to say the same so that an engine answers sooner: one file each (``rewriting`` lists them).

``tests/golden/query/rewrites`` holds a pair for each: the SQL without it and with it.
"""
