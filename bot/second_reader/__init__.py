"""The second reader: a learned scorer that says how likely each misconception is asserted."""
