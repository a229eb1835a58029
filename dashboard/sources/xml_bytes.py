"""XML from bytes into elements, with nothing that can expand, refer or run."""

from __future__ import annotations

from typing import Any, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat


class BadXml(ValueError):
    """The bytes are not well-formed XML, or hold a document type."""


def read_xml(content: bytes) -> Element:
    """Read a document; its own declaration says how it is encoded.

    A document type is refused before anything in it is read: data services send none, and
    every known way to make a reader of XML expand, fetch or hang begins with one (S8).

    Raises:
        BadXml: it is cut off, malformed, in an unknown encoding, or has a document type.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, LookupError, ValueError, AssertionError) as error:
        raise BadXml(str(error)) from None


def _refuse_document_type(*_declared: Any) -> NoReturn:
    raise BadXml("it has a document type")


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition(":")[2]
