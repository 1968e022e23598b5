"""XML from strangers: element by element, with no document types, entities or references, and up to the damage."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from medius.errors import UnreadableFileError

__all__ = ["Damage", "child_texts", "iterate_elements", "local_name", "number", "unix_time"]

Damage = Callable[[str], None]
_WHITESPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


def local_name(tag: object) -> str:
    """Return the name of an element without its namespace."""
    return str(tag).rpartition("}")[2]


def iterate_elements(data: bytes, on_damage: Damage) -> Iterator[tuple[str, str, Element]]:
    """Yield ``(event, name, element)`` for every start and end of an element, until the end or the damage.

    Parameters
    ----------
    data
        The whole document. White space before the declaration, which some exporters write, is skipped.
    on_damage
        Called once, with a sentence, where the document is not well-formed.

    Raises
    ------
    UnreadableFileError
        If the document declares a document type or entities; nothing of such a file is used.
    """
    text = data.removeprefix(_BOM).lstrip(_WHITESPACE)
    try:
        for event, element in iterparse(io.BytesIO(text), events=("start", "end"), forbid_dtd=True):
            yield event, local_name(element.tag), element
    except DefusedXmlException as error:
        raise UnreadableFileError(
            "it declares a document type or entities, which no watch writes and which can be an attack; it was not read"
        ) from error
    except ParseError as error:
        line, _ = getattr(error, "position", (0, 0))
        on_damage(f"its XML is broken in line {line}")
    except (ValueError, LookupError, RecursionError) as error:
        on_damage(f"its XML cannot be read ({error})")


def child_texts(element: Element) -> dict[str, str]:
    """Return the text of every element below `element` by lower-case local name; of equal names the first counts."""
    texts: dict[str, str] = {}
    for child in element.iter():
        if child is not element and child.text:
            texts.setdefault(local_name(child.tag).lower(), child.text.strip())
    return texts


def number(text: str | None) -> float:
    """Return a finite number, or NaN."""
    try:
        value = float(text) if text is not None else float("nan")
    except ValueError:
        return float("nan")
    return value if abs(value) < 1e12 else float("nan")


def unix_time(text: str | None) -> float:
    """Return the Unix time of an ISO 8601 text, or NaN; a text without a zone is taken as UTC."""
    if not text:
        return float("nan")
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return float("nan")
