"""Filtering and sorting the member list by further fields."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from sqlalchemy import Date, Text, bindparam, exists, func, literal_column, select, type_coerce

from core.people.added.fields import FIELDS, MemberField, open_fields
from core.people.added.values import Number, plain_number, read
from core.people.models import MemberFieldValue, Person

#: How a filter's condition compares.
How = Literal["is", "none", "has", "from", "to"]
#: A condition's key begins so; behind it stand how it compares, and the field.
PREFIX: Final = "added:"
_v = MemberFieldValue


def parameter(key: str, how: str = "") -> str:
    """The name of a field's parameter in a statement."""
    return f"added_{how}_" + key.replace("_", "__").replace(".", "_")


def filters() -> dict[str, tuple[MemberField, How]]:
    """The filters by further fields that the tenant has: name in the address → (field, how it compares)."""
    found: dict[str, tuple[MemberField, How]] = {}
    for field in open_fields():
        if not field.filter:
            continue
        if field.type in ("number", "date"):
            found |= {f"{field.key}.from": (field, "from"), f"{field.key}.to": (field, "to")}
        else:
            found[field.key] = (field, "has" if field.type == "text" else "is")
    return found


def understood(field: MemberField, how: How, text: str) -> dict[str, dict[str, Any]] | None:
    """A filter's text as terms; ``None`` when it makes no sense."""
    if field.type == "flag" and text == "0":
        return {f"{PREFIX}none:{field.key}": {}}
    value, fault = read(field, text)
    if fault or value is None:
        return None
    if isinstance(value, int | float) and field.type == "number":
        return {f"{PREFIX}{how}:{field.key}": {parameter(field.key, how): Decimal(str(value))}}
    value = "1" if value is True else value
    return {f"{PREFIX}{how}:{field.key}": {parameter(field.key, how): value}}


def condition(key: str) -> Any:
    """The condition with a key."""
    how, name = key.removeprefix(PREFIX).split(":")
    column, kind = _column(FIELDS[name])
    mine = (_v.tenant_id == Person.tenant_id) & (_v.person_id == Person.id) & (_v.field == _literal(name))
    if how == "none":
        return ~exists().where(mine)
    given: Any = bindparam(parameter(name, how), type_=kind())
    match how:
        case "is":
            compared = column == given
        case "from":
            compared = column >= given
        case "to":
            compared = column <= given
        case _:
            compared = func.strpos(func.lower(column), func.lower(given)) > 0
    return exists().where(mine, compared)


def sorted_by(name: str) -> MemberField | None:
    """The field by which a list may be sorted under that name."""
    field = FIELDS.get(name)
    return field if field is not None and field.sort else None


def sort_key(field: MemberField) -> tuple[Any, Any]:
    """What a list sorted by a field compares, and its type; ``NULL`` where there is no value."""
    column, kind = _column(field)
    mine = (_v.tenant_id == Person.tenant_id) & (_v.person_id == Person.id) & (_v.field == _literal(field.key))
    return select(column).where(mine).correlate(Person).scalar_subquery(), kind


#: What stands for no value in an order, first and last.
ENDS: Final[Mapping[Any, tuple[Any, Any]]] = {
    Text: (literal_column("''::text"), literal_column("chr(1114111)")),
    Number: (literal_column("'-Infinity'::numeric"), literal_column("'Infinity'::numeric")),
    Date: (literal_column("'0001-01-01'::date"), literal_column("'9999-12-31'::date")),
}


def read_key(kind: Any, text: Any) -> Any:
    """A cursor's key of an order by numbers.

    :raises ValueError: it is none.
    """
    if kind is Date:
        return date.fromisoformat(text)
    number = Decimal(str(text)) if isinstance(text, int | float | str) else None
    if number is None or number.is_nan():
        raise ValueError("no number")
    return number


def written_key(value: Any) -> Any:
    """A key as a cursor holds it."""
    if isinstance(value, Decimal):
        return plain_number(value) if value.is_finite() else str(value)
    return value


def _column(field: MemberField) -> tuple[Any, Any]:
    if field.type == "number":
        return type_coerce(_v.number, Number()), Number
    return (_v.day, Date) if field.type == "date" else (_v.text, Text)


def _literal(key: str) -> Any:
    return literal_column(f"'{key}'")  # a declared key holds letters, digits, _ and . alone
