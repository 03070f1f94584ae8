"""What a CAS server says of a ticket: https://apereo.github.io/cas/development/protocol/CAS-Protocol-Specification.html 2.5. Pure.

Servers differ: some leave the namespace out, some write attributes as ``<cas:attribute name="…" value="…"/>``, some say them
twice. Documents with a DTD are refused (entities may hold anything).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException


class NotCas(ValueError):
    """The answer is none of a CAS server's."""


@dataclass(frozen=True, slots=True)
class Success:
    """The ticket is good.

    :param user: whom the server calls so for ever. :param attributes: the first value of each.
    """

    user: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """The ticket, or who shows it, is refused.

    :param code: such as ``INVALID_TICKET``.
    """

    code: str


def read(body: bytes) -> Success | Failure:
    """Read the answer of ``/serviceValidate`` or ``/p3/serviceValidate``.

    :raises NotCas: it is no ``serviceResponse``, or names nobody.
    """
    try:
        root = ElementTree.fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NotCas("no XML without a DTD") from error
    if _name(root) != "serviceResponse":
        raise NotCas(f"a {_name(root)[:40]}")
    for part in root:
        if _name(part) == "authenticationFailure":
            return Failure((part.get("code") or "UNKNOWN")[:40])
        if _name(part) == "authenticationSuccess":
            return _success(part)
    raise NotCas("neither success nor failure")


def _success(part: Element) -> Success:
    user = ""
    attributes: dict[str, str] = {}
    for one in part:
        if _name(one) == "user":
            user = _text(one)
        elif _name(one) == "attributes":
            for each in one:
                name, value = (each.get("name"), each.get("value")) if each.get("name") else (_name(each), _text(each))
                if name and value:
                    attributes.setdefault(name, value)
    if not 0 < len(user) <= 255:
        raise NotCas("nobody is named")
    return Success(user, attributes)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element) -> str:
    return (element.text or "").strip()
