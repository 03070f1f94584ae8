"""Prints that a program orders: a job makes them, and the file is fetched from ``/api/v1/prints/{id}/file``."""

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from core.sdk.api import Answer, Shape, fields
from core.sdk.documents import Printed, print_document


class Form(Shape):
    """As what something is printed, and what for."""

    form = fields.Choice({"pdf": "PDF", "docx": "Word"}, _l("格式"), load_default="pdf")
    purpose = fields.Text(_l("用途；打印完整信息时必须写明"), most=200, load_default="")


class Ordered(Answer):
    """A print that was ordered: a job makes it, ``/api/v1/prints/{id}`` tells how far it is."""

    id = fields.Id(required=True)
    number = fields.Text(_l("打印编号"), required=True)


def order(code: str, wanted: Mapping[str, Any], body: Mapping[str, Any], *, expected: int = 1) -> Printed:
    """Order a print; whether the actor may is the caller's question.

    :param code: of the document in the core. :param wanted: what its loader is given. :param body: as :class:`Form` reads it.
    :param expected: about how many records there will be.
    :raises Refused: there is nothing to print.
    """
    with force_locale("zh_Hans_CN"):
        return print_document(
            code=code, request=wanted, form=body["form"], full=body.get("full", False), purpose=body["purpose"],
            expected=expected, later=True,
        )  # fmt: skip
