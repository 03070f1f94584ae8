"""The documents that can be printed: each says which fields its template may name, and who loads them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

from core.tenancy.doors import is_open


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a template.

    :param name: as a template writes it: Chinese, such as ``姓名``.
    :param meaning: what it holds.
    :param example: a made-up value, for the field list and for the test fill.
    :param of: of a list, the fields of one of its entries.
    """

    name: str
    meaning: str
    example: str = ""
    of: "tuple[Field, ...]" = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loader brings: one context for each document.

    :param names: what each document's file is called, without its extension.
    :param title: what the whole is called.
    :param count: how many records are in it.
    :param subject_id: the record, or the unit whose list it is; None: the whole tenant.
    :param unit_path: where that stands.
    """

    contexts: Sequence[dict[str, Any]]
    names: Sequence[str]
    title: str
    count: int
    subject_id: UUID | None = None
    unit_path: str = ""


#: Request (JSON, as kept with the print) and whether full values are allowed → what is printed; None: nothing of it is
#: within the ranges that the request names.
Loader = Callable[[Mapping[str, Any], bool], Loaded | None]


@dataclass(frozen=True, slots=True)
class Document:
    """Something that can be printed.

    :param code: such as ``people.member_card``; its first part is the part of the product.
    :param title: in Chinese.
    :param permission: what one needs, where the record stands, to print it.
    :param full_permission: what one needs besides to have full numbers; None: it holds none.
    :param subject: what a print of it is about, for the audit.
    """

    code: str
    title: str
    fields: tuple[Field, ...]
    load: Loader
    default: Callable[[], bytes]
    permission: str
    full_permission: str | None = None
    subject: str = "unit"


#: What every template may name besides its own fields.
COMMON = Field(
    "打印",
    "这一份打印件本身",
    of=(
        Field("编号", "打印编号", "2026-00001"),
        Field("人", "打印人", "王建国"),
        Field("日期", "打印日期", "2026年7月1日"),
        Field("时间", "打印时间", "2026-07-01 09:30"),
        Field("用途", "打印时写明的用途", "党内统计核对"),
    ),
)
_known: dict[str, Document] = {}
#: Every document by its code.
DOCUMENTS: Mapping[str, Document] = MappingProxyType(_known)


def hang(made: Document) -> None:
    """Put in a document that somebody else made; it replaces one of the same code."""
    fields = made.fields if COMMON in made.fields else (*made.fields, COMMON)
    _known[made.code] = replace(made, fields=fields)


def open_documents() -> list[Document]:
    """The documents that the bound tenant may print."""
    return [one for one in _known.values() if is_open(one.code)]


def document(
    *,
    code: str,
    title: str,
    fields: Sequence[Field],
    loader: Loader,
    default: Callable[[], bytes],
    permission: str,
    full_permission: str | None = None,
    subject: str = "unit",
) -> Document:
    """Declare a document and return it.

    :raises ValueError: its code is taken.
    """
    if code in _known:
        raise ValueError(f"document {code} is declared twice")
    _known[code] = Document(code, title, (*fields, COMMON), loader, default, permission, full_permission, subject)
    return _known[code]


def sample(fields: Sequence[Field], *, rows: int = 3) -> dict[str, Any]:
    """A context of made-up values, for a test fill."""
    made: dict[str, Any] = {}
    for one in fields:
        if one.name == COMMON.name:
            made[one.name] = sample(one.of)
        elif one.of:
            made[one.name] = [sample(one.of) | {"序号": number} for number in range(1, rows + 1)]
        else:
            made[one.name] = one.example
    return made


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a print says of itself."""

    number: str
    actor: str
    day: str
    moment: str
    purpose: str = ""

    def context(self) -> dict[str, str]:
        """As the field ``打印``."""
        return {"编号": self.number, "人": self.actor, "日期": self.day, "时间": self.moment, "用途": self.purpose}
