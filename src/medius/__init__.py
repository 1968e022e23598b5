"""Medius: why the outside of a runner's knee hurts, how sure that is, and what to do about it."""
