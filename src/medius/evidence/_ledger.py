"""Load the ledger once, on first use, and look facts up."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from medius.errors import InvalidValueError, MediusError
from medius.evidence._models import Claim, Fact, Withheld

__all__ = ["claim", "claims", "fact", "facts", "load_ledger", "require", "withheld"]


class Ledger(NamedTuple):
    """All records, checked against one another."""

    facts: Mapping[str, Fact]
    claims: Mapping[str, Claim]
    withheld: Mapping[str, Withheld]


def fact(fact_id: str) -> Fact:
    """Return the fact called `fact_id`.

    Raises
    ------
    InvalidValueError
        If there is no such fact, or it was never read in a source and so may not be used.
    """
    found = _ledger().facts.get(fact_id)
    if found is not None:
        return found
    kept_back = _ledger().withheld.get(fact_id)
    if kept_back is not None:
        raise InvalidValueError(
            f"{fact_id} ({kept_back.topic}) was never read in a source, so nothing in Medius may rest on it. "
            "Use another fact, or read a source and add it to the ledger as a new fact."
        )
    raise InvalidValueError(f"There is no fact {fact_id!r} in the ledger. `medius evidence --list` shows all ids.")


def facts() -> Mapping[str, Fact]:
    """Return all facts by id, in the order of the ledger."""
    return _ledger().facts


def require(*fact_ids: str) -> tuple[Fact, ...]:
    """Return the facts called `fact_ids`; raise `InvalidValueError` if one is unknown or may not be used."""
    return tuple(fact(fact_id) for fact_id in fact_ids)


def claims() -> Mapping[str, Claim]:
    """Return the contested claims by id."""
    return _ledger().claims


def claim(claim_id: str) -> Claim:
    """Return the contested claim called `claim_id`; raise `InvalidValueError` if there is none."""
    try:
        return _ledger().claims[claim_id]
    except KeyError:
        known = ", ".join(_ledger().claims)
        raise InvalidValueError(f"There is no contested claim {claim_id!r}. Known are: {known}.") from None


def withheld() -> Mapping[str, Withheld]:
    """Return what was noted but never read in a source: ids that nothing may reference."""
    return _ledger().withheld


@cache
def _ledger() -> Ledger:
    return load_ledger(files("medius.evidence") / "facts")


def load_ledger(folder: Traversable) -> Ledger:
    """Read every TOML file in `folder` and check the records.

    Raises
    ------
    MediusError
        If a record is malformed, an id appears twice, or a record rests on an id that is unknown or withheld.
    """
    loaded: dict[str, dict[str, Any]] = {"fact": {}, "claim": {}, "withheld": {}}
    models: dict[str, type[BaseModel]] = {"fact": Fact, "claim": Claim, "withheld": Withheld}
    for name, table in _tables(folder):
        for kind, records in table.items():
            if kind not in models:
                raise MediusError(f"The evidence ledger is damaged: {name} holds an unknown kind of record, {kind!r}.")
            for record in records:
                item = _validated(models[kind], record, name)
                if any(item.id in others for others in loaded.values()):
                    raise MediusError(f"The evidence ledger is damaged: {item.id} appears twice ({name}).")
                loaded[kind][item.id] = item
    ledger = Ledger(*(MappingProxyType(loaded[kind]) for kind in ("fact", "claim", "withheld")))
    _check_references(ledger)
    return ledger


def _tables(folder: Traversable) -> Iterator[tuple[str, dict[str, list[dict[str, Any]]]]]:
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".toml"):
            try:
                yield path.name, tomllib.loads(path.read_text(encoding="utf-8"))
            except tomllib.TOMLDecodeError as error:
                raise MediusError(
                    f"The evidence ledger is damaged: {path.name} is not valid TOML ({error})."
                ) from error


def _validated(model: type[BaseModel], record: dict[str, Any], name: str) -> Any:
    try:
        return model.model_validate(record)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise MediusError(
            f"The evidence ledger is damaged: {name}, record {record.get('id', '?')}, {place}: {first['msg']}."
        ) from error


def _check_references(ledger: Ledger) -> None:
    named = [(item.id, item.rests_on) for item in ledger.facts.values()]
    named += [(item.id, item.evidence + item.for_ + item.against) for item in ledger.claims.values()]
    for owner, ids in named:
        for fact_id in ids:
            if fact_id not in ledger.facts:
                why = "was never read in a source" if fact_id in ledger.withheld else "does not exist"
                raise MediusError(f"The evidence ledger is damaged: {owner} rests on {fact_id}, which {why}.")
