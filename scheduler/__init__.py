"""Use cases: what may be done, by whom and when."""
