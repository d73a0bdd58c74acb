"""Knows the order of things: one short file a flow, each a visible list of named steps."""
