"""From findings to a plan, and from what happened to the next session."""
