"""The iliotibial band as a path: its strain and strain rate."""
