"""Counts repetitions and holds, and names faults, from key points one frame at a time."""
