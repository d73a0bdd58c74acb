"""One file a kind of condition: what it holds, what is wrong with it, what it needs, its answer."""
