"""What is remembered: observations, people and files."""

from medius.record.observation import (
    SCHEMA,
    Interval,
    Observation,
    Side,
    Status,
)

__all__ = ["SCHEMA", "Interval", "Observation", "Side", "Status"]
