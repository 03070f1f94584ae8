"""The grid of slots: every page of the core that shows something has the same few places. Pure."""

from types import MappingProxyType

#: Pages that have slots, and what a slot's ``render`` is given there.
PAGES = MappingProxyType(
    {
        "home": "None",
        "unit": "the unit's id",
        "unit_tree": "None",
        "unit_form": "the unit's id",
        "unit_change": "the change's id",
        "member": "the member's id",
        "member_list": "the listed unit's id, None for all",
        "member_form": "the member's id, None for a new one",
        "import_run": "the run's id",
        "todo": "None",
        "notice": "the notice's id",
        "account": "the account's id",
        "settings": "None",
    }
)
#: Where on a page: under its heading, after its content, beside it (below it on a phone), among its actions.
POSITIONS = ("top", "bottom", "side", "actions")
#: Every place, ``<page>:<position>``.
PLACES = frozenset(f"{page}:{position}" for page in PAGES for position in POSITIONS)
