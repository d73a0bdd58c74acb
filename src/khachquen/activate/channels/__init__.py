"""The ways out of the house, one sub-room each. So far: ``email``."""
