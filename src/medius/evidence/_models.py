"""What a fact is."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

ID_PATTERN = r"[DRSKMEOCXPQ]\d{2}[a-z]?"
"""D diagnosis, R risk, S strength, K kinematics, M mechanics, E exercise, O outcomes, C contested, X rules,
P published means, Q measured by this project."""

FactId = Annotated[str, Field(pattern=f"^{ID_PATTERN}$")]

Status = Literal["READ", "READ-2nd", "DERIVED", "READ-based", "JUDGEMENT", "MEASURED"]
"""How a fact is known.

``READ``: read in the source itself. ``READ-2nd``: read in a second page that reports it. ``DERIVED``: arithmetic from
read numbers. ``READ-based``: a rule built on read numbers. ``JUDGEMENT``: a proposal of this project. ``MEASURED``:
measured by this project. What was never read in a source is not here at all (see `Withheld`).
"""

Certainty = Literal["high", "moderate", "low", "very low"]
"""How far the fact may be trusted for a runner with lateral knee pain, in the four words of GRADE; our judgement."""

_FROZEN = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Quantity(BaseModel):
    """A number of a fact: a value, or an interval, or both, with its unit.

    Attributes
    ----------
    name
        What the number is, for example ``mdc95``.
    value, low, high
        The value and the ends of its interval as the source gives them, in `unit`.
    sd
        Standard deviation in the population of the fact, in `unit`.
    unit
        ``deg``, ``%``, ``Nm/kg``, ``points`` ...; ``1`` for a pure number.
    """

    model_config = _FROZEN

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    value: float | None = None
    low: float | None = None
    high: float | None = None
    sd: Annotated[float, Field(gt=0)] | None = None
    unit: str

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.value is None and (self.low is None or self.high is None):
            raise ValueError(f"quantity {self.name} has neither a value nor an interval")
        if self.low is not None and self.high is not None and not self.low <= self.high:
            raise ValueError(f"quantity {self.name}: {self.low} to {self.high} is not an interval")
        return self


class Fact(BaseModel):
    """One fact of the ledger.

    Attributes
    ----------
    id
        Group letter and number, for example ``D19``.
    statement, finding
        What is said, and what was found (numbers as the source prints them).
    values
        The numbers that the program uses, with units; look one up with `number`.
    population
        In whom it was found.
    citation, doi, pmid, pmcid, urls
        Where it was read. A READ-2nd fact is shown as "reported by" its address.
    status, certainty
        See `Status` and `Certainty`.
    rests_on
        Facts that a derived fact, a rule or a judgement was made from.
    caution
        What not to conclude from it.
    """

    model_config = _FROZEN

    id: FactId
    statement: str = Field(min_length=10)
    finding: str = ""
    values: tuple[Quantity, ...] = ()
    population: str = ""
    citation: str = Field(min_length=3)
    doi: str | None = Field(default=None, pattern=r"^10\.\d{4,9}/\S+$")
    pmid: str | None = Field(default=None, pattern=r"^\d+$")
    pmcid: str | None = Field(default=None, pattern=r"^PMC\d+$")
    urls: tuple[str, ...] = ()
    status: Status
    certainty: Certainty
    rests_on: tuple[FactId, ...] = ()
    caution: str = ""

    @model_validator(mode="after")
    def _is_cited(self) -> Self:
        has_address = bool(self.urls or self.doi or self.pmid or self.pmcid)
        if self.status in ("READ", "READ-2nd") and not has_address:
            raise ValueError(f"{self.id}: what was read needs an address, a DOI or a PubMed number")
        if self.status in ("DERIVED", "READ-based") and not (self.rests_on or has_address):
            raise ValueError(f"{self.id}: what was derived names the facts it rests on")
        names = [quantity.name for quantity in self.values]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.id}: two numbers have the same name")
        if "MEMORY" in self.model_dump_json():
            raise ValueError(f"{self.id}: a part that was never read in a source may not be in the ledger")
        return self

    def quantity(self, name: str) -> Quantity:
        """Return the quantity called `name`; `KeyError` if the fact has none."""
        for quantity in self.values:
            if quantity.name == name:
                return quantity
        raise KeyError(f"fact {self.id} has no number called {name!r}")

    def number(self, name: str) -> float:
        """Return the value of the quantity called `name`; `KeyError` if there is none."""
        value = self.quantity(name).value
        if value is None or not math.isfinite(value):
            raise KeyError(f"fact {self.id} gives {name!r} as an interval, not as one number")
        return value

    @property
    def source(self) -> str:
        """The citation in one line, with "reported by" where the source itself was not read."""
        parts = [self.citation]
        if self.doi and self.doi not in self.citation:
            parts.append(f"doi {self.doi}")
        if self.pmid and self.pmid not in self.citation:
            parts.append(f"PMID {self.pmid}")
        if self.pmcid and self.pmcid not in self.citation:
            parts.append(self.pmcid)
        if self.status == "READ-2nd" and self.urls:
            parts.append(f"reported by {self.urls[0]}")
        return ", ".join(parts)


class Withheld(BaseModel):
    """A note that exists but was never read in a source: its content is not shipped, and nothing may rest on it."""

    model_config = _FROZEN

    id: FactId
    topic: str = Field(min_length=5)


class Claim(BaseModel):
    """A contested claim of the field, told straight.

    Attributes
    ----------
    id
        Short name, for example ``weak-hip``.
    question, answer
        What people ask, and the plain answer.
    say, never_say
        How the program puts it, and what it must never say.
    evidence
        The judgement in the ledger that this claim belongs to.
    for_, against
        Facts on either side.
    certainty
        Certainty that the claim, as people make it, is true.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str = Field(pattern=r"^[a-z][a-z-]*$")
    question: str
    answer: str
    say: str
    never_say: str
    evidence: tuple[FactId, ...] = Field(min_length=1)
    for_: tuple[FactId, ...] = Field(default=(), alias="for")
    against: tuple[FactId, ...] = ()
    certainty: Certainty

    @model_validator(mode="after")
    def _has_sides(self) -> Self:
        if not (self.for_ or self.against):
            raise ValueError(f"claim {self.id} names no fact for or against it")
        return self


def _usable(ids: tuple[str, ...]) -> tuple[str, ...]:
    from medius.evidence._ledger import require

    require(*ids)
    return ids


FactIds = Annotated[tuple[str, ...], AfterValidator(_usable)]
"""Type of a field that carries fact ids: validation fails on an id that is unknown or may not be used."""
