"""Loads in good order, and misbehaves in every call after that."""

import os
from collections.abc import Sequence
from typing import Any

from core.sdk import (
    PUBLIC,
    Action,
    HealthCheck,
    Job,
    ListColumn,
    Navigation,
    Pages,
    Permission,
    SearchSource,
    Setting,
    Slot,
    Subscriber,
    Widget,
    implements,
    requires,
)
from dangjian_hostile.everything import conduct
from dangjian_hostile.everything.models import Junk

PAGES_WITH_SLOTS = (
    "home", "unit", "unit_tree", "unit_form", "unit_change", "member", "member_list", "member_form", "import_run", "todo",
    "notice", "account", "settings",
)  # fmt: skip
pages = Pages(__name__)


@pages.get("/do/<misdeed>")
@requires(PUBLIC)
def do(misdeed: str) -> str:
    """Misbehave in a page of its own."""
    return str(conduct.MISDEEDS[misdeed]())


@pages.get("/gone")
@requires(PUBLIC)
def gone() -> str:
    """Take the worker process along."""
    os._exit(1)


@implements
def register_models() -> Sequence[type]:
    """The table."""
    return (Junk,)


@implements
def register_pages() -> Sequence[Pages]:
    """The pages."""
    return (pages,)


@implements
def register_permissions() -> Sequence[Permission]:
    """One."""
    return (Permission(name="hostile.page.view", title="作对"),)


@implements
def register_settings() -> Sequence[Setting]:
    """Huge ones, and one whose check fails."""
    return (
        Setting(key="huge", title="很长", type="long_text", default="长" * 1_000_000),
        Setting(key="wrong", title="检查会出错的设置", check=conduct.raises),
    )


@implements
def register_navigation() -> Sequence[Navigation]:
    """To the page that ends the process."""
    return (Navigation(label="作对", endpoint="gone", permission="hostile.page.view"),)


@implements
def register_slots() -> Sequence[Slot]:
    """Every misdeed at every place that stands on every page."""
    return tuple(
        Slot(place=f"{page}:{position}", render=render)
        for page in PAGES_WITH_SLOTS
        for position, render in (
            ("top", conduct.scripts), ("top", conduct.raises), ("top", conduct.raises_worse), ("side", conduct.leaves),
            ("side", conduct.loops), ("actions", conduct.wrong_kind),
            ("actions", conduct.spoils_transaction), ("bottom", conduct.writes_and_fails), ("bottom", conduct.sleeps),
            ("bottom", conduct.floods_page), ("bottom", conduct.floods_log), ("bottom", conduct.clings),
        )
    )  # fmt: skip


@implements
def register_widgets() -> Sequence[Widget]:
    """A card for each misdeed."""
    return tuple(
        Widget(key=f"hostile.{name}", title=name, render=one)
        for name, one in conduct.MISDEEDS.items()
        if name != "forgets_tenant"
    )


@implements
def register_actions() -> Sequence[Action]:
    """To the page that ends the process."""
    return (Action(subject="unit", label="作对", endpoint="gone", permission="hostile.page.view"),)


@implements
def register_jobs() -> Sequence[Job]:
    """Daily failures."""
    return (Job(name="hostile.fail", run=conduct.raises, daily=True),)


@implements
def register_subscribers() -> Sequence[Subscriber]:
    """Fails at every event."""
    return (Subscriber("hostile.all", None, conduct.raises),)


@implements
def register_search() -> Sequence[SearchSource]:
    """Finds nothing but trouble."""
    return (SearchSource("作对", "puzzle", "people.member.view", conduct.raises),)


@implements
def register_health_checks() -> Sequence[HealthCheck]:
    """Fails when asked."""
    return (HealthCheck(key="hostile.health", check=conduct.raises),)


@implements
def people_list_columns() -> Sequence[ListColumn]:
    """A column."""
    return (ListColumn("hostile.value", "作对", shown=True),)


@implements
def people_list_rows(rows: list[Any]) -> Any:
    """Empties what it was given, then gives a hundred thousand values of the wrong form."""
    try:
        rows.clear()
    finally:
        return {"hostile.value": 7, "name": {"x": object()}, **{f"hostile.{n}": {} for n in range(100_000)}}  # noqa: B012


@implements
def veto_unit_change(change: Any) -> Any:
    """Empties what it was given, and fails."""
    try:
        change.changes.clear()
    finally:
        raise RuntimeError("不许")


@implements
def veto_member_change(change: Any) -> Any:
    """Gives something that is no veto."""
    return "不许"


@implements
def impact() -> Any:
    """Gives something that is no impact."""
    return {"x": "many"}


@implements
def on_disable() -> None:
    """Does not want to go."""
    raise RuntimeError("不走")


@implements
def on_purge() -> None:
    """Does not want to go."""
    raise RuntimeError("不走")


@implements
def personal_report(person_id: Any) -> Any:
    """Fails."""
    raise RuntimeError


@implements
def redact_person(person_id: Any) -> Any:
    """Leaves half of something."""
    conduct.writes_and_fails()


@implements
def merge_people(kept: Any, gone: Any) -> Any:
    """Leaves half of something."""
    conduct.writes_and_fails()


@implements
def retention(as_of: Any) -> Any:
    """Leaves the process."""
    conduct.leaves()
