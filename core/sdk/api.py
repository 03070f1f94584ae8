"""What a plugin's API verbs are written with; the conventions are those of :mod:`core.api`."""

from core.api import fields
from core.api.answers import Unmet, answer, match, nothing, tag_of
from core.api.lines import streamed, wants_lines
from core.api.paging import Page, listed, page_of
from core.api.shapes import Answer, Made, Paged, Query, Shape, listing

__all__ = [
    "Answer",
    "Made",
    "Page",
    "Paged",
    "Query",
    "Shape",
    "Unmet",
    "answer",
    "fields",
    "listed",
    "listing",
    "match",
    "nothing",
    "page_of",
    "streamed",
    "tag_of",
    "wants_lines",
]
