"""Observations against evidence: what stands out, and how sure that is."""
