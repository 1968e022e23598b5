"""The ledger of facts that every threshold, dose and sentence of advice rests on.

Facts are TOML records in ``facts/``; nothing is read when the package is imported, only at the first look-up.
"""

from medius.evidence._ledger import claim, claims, fact, facts, require, withheld
from medius.evidence._models import Certainty, Claim, Fact, FactIds, Quantity, Withheld
from medius.evidence._page import render_evidence_page
from medius.evidence._uses import Use, check_package, uses

__all__ = [
    "Certainty",
    "Claim",
    "Fact",
    "FactIds",
    "Quantity",
    "Use",
    "Withheld",
    "check_package",
    "claim",
    "claims",
    "fact",
    "facts",
    "render_evidence_page",
    "require",
    "uses",
    "withheld",
]
