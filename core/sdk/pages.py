"""What pages are made of: rendering, forms from a marshmallow schema, lists, the page of two people's edits."""

from core.web.conflict import page as conflict_page
from core.web.conflict import was
from core.web.forms import FieldView, Form, make, shown
from core.web.messages import said, said_all
from core.web.once import field as once_field
from core.web.shell import own_path, render, wants_fragment
from core.web.tables import Column, Head, Listing, ListView, Pattern, badge, pattern, state

__all__ = [
    "Column",
    "FieldView",
    "Form",
    "Head",
    "ListView",
    "Listing",
    "Pattern",
    "badge",
    "conflict_page",
    "make",
    "once_field",
    "own_path",
    "pattern",
    "render",
    "said",
    "said_all",
    "shown",
    "state",
    "wants_fragment",
    "was",
]
