"""Every extension point of the core, one function each. Implementations carry ``@implements`` and may leave out parameters."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from core.audit.kinds import Kind as AuditKind
from core.documents.registry import Document
from core.events.registry import EventKind, Subscriber
from core.extension import contributions as c
from core.extension.points import PROJECT, Call, implements, point
from core.extension.verdicts import MemberChange, UnitChange, Veto
from core.extension.views import Api, Pages
from core.files.purposes import Purpose
from core.identity.providers.kinds import ProviderKind
from core.importing.kinds import ImportKind
from core.notices.kinds import Kind as NoticeKind
from core.notices.registry import DeadlineRule
from core.people.added.fields import MemberField
from core.people.columns import ListColumn
from core.policy.registry import PolicyKey
from core.web.palette import Action as PaletteAction
from core.web.palette import Source

NAME = PROJECT
__all__ = ["NAME", "Hooks", "implements"]


class Hooks:
    """Every extension point of the core."""

    # At the start: what the plugin brings. Asked once in each process.

    @point(Call.BOOT, since="1.0", example="return (models.Booking,)")
    def register_models(self) -> Sequence[type]:  # type: ignore[empty-body]
        """The mapped classes of the plugin's tables, all in its own schema."""

    @point(Call.BOOT, since="1.0", example="return (pages.pages,)")
    def register_pages(self) -> Sequence[Pages]:  # type: ignore[empty-body]
        """Its pages (:class:`core.sdk.Pages`), served under ``/p/<plugin>/`` where the plugin is on."""

    @point(Call.BOOT, since="1.0", example="return (api.api,)")
    def register_api(self) -> Sequence[Api]:  # type: ignore[empty-body]
        """Its API verbs (:class:`core.sdk.Api`), served under ``/api/v1/p/<plugin>/``."""

    @point(
        Call.BOOT,
        since="1.0",
        example='return (Permission(name="venue.room.view", title="查看活动场地"),)',
    )
    def register_permissions(self) -> Sequence[c.Permission]:  # type: ignore[empty-body]
        """Its permissions; the manifest must name the same."""

    @point(
        Call.BOOT,
        since="1.0",
        example='return (Role(code="venue.keeper", title="场地管理员", permissions=("venue.room.edit",)),)',
    )
    def register_roles(self) -> Sequence[c.Role]:  # type: ignore[empty-body]
        """Role templates a tenant may grant."""

    @point(Call.BOOT, since="1.0", example='return (Setting(key="days", title="提前天数", type="number", default=14),)')
    def register_settings(self) -> Sequence[c.Setting]:  # type: ignore[empty-body]
        """Its settings in each tenant; read with :func:`core.sdk.setting`."""

    @point(
        Call.BOOT,
        since="1.0",
        example='return (Navigation(label="活动场地", endpoint="rooms", permission="venue.room.view"),)',
    )
    def register_navigation(self) -> Sequence[c.Navigation]:  # type: ignore[empty-body]
        """Entries of the main navigation."""

    @point(Call.BOOT, since="1.0", example='return (Slot(place="unit:side", render=rooms_of),)')
    def register_slots(self) -> Sequence[c.Slot]:  # type: ignore[empty-body]
        """Pieces of HTML in the core's pages, at any place of the grid."""

    @point(Call.BOOT, since="1.0", example='return (Widget(key="venue.today", title="今日场地", render=today),)')
    def register_widgets(self) -> Sequence[c.Widget]:  # type: ignore[empty-body]
        """Cards of the home page."""

    @point(
        Call.BOOT,
        since="1.0",
        example='return (Action(subject="unit", label="预订场地", endpoint="book", permission="venue.room.book"),)',
    )
    def register_actions(self) -> Sequence[c.Action]:  # type: ignore[empty-body]
        """Buttons on a unit's or member's page, and over lists for what is ticked."""

    @point(Call.BOOT, since="1.0", example='return (MemberField(key="venue.key_no", title="钥匙编号"),)')
    def register_member_fields(self) -> Sequence[MemberField]:  # type: ignore[empty-body]
        """Further typed fields of every member."""

    @point(Call.BOOT, since="1.0", example='return (Job(name="venue.tidy", run=tidy, daily=True),)')
    def register_jobs(self) -> Sequence[c.Job]:  # type: ignore[empty-body]
        """Background work and daily schedules; enqueued and done only where the plugin is on."""

    @point(Call.BOOT, since="1.0", example="return (cli.rooms,)")
    def register_commands(self) -> Sequence[Any]:  # type: ignore[empty-body]
        """Click commands under ``dangjian p <plugin>``; made with :func:`core.sdk.command`."""

    @point(Call.BOOT, since="1.0", example='return (EventKind("venue.booked", "场地已预订", {"room_id": "场地"}),)')
    def register_events(self) -> Sequence[EventKind]:  # type: ignore[empty-body]
        """Events it raises with :func:`core.sdk.emit`."""

    @point(Call.BOOT, since="1.0", example='return (Subscriber("venue.free", frozenset({"unit.dissolved"}), free),)')
    def register_subscribers(self) -> Sequence[Subscriber]:  # type: ignore[empty-body]
        """Functions called after the commit of what they listen to."""

    @point(Call.BOOT, since="1.0", example='return (AuditKind("venue.booking.made", "预订场地"),)')
    def register_audit_kinds(self) -> Sequence[AuditKind]:  # type: ignore[empty-body]
        """Kinds of audit entries it writes with :func:`core.sdk.record`."""

    @point(
        Call.BOOT,
        since="1.0",
        example='return (NoticeKind("venue.booked", "场地预订", about="您预订的场地", default="daily"),)',
    )
    def register_notice_kinds(self) -> Sequence[NoticeKind]:  # type: ignore[empty-body]
        """Kinds of notices it sends with :func:`core.sdk.notify`."""

    @point(Call.BOOT, since="1.0", example="return (deadlines.RETURN_KEYS,)")
    def register_deadlines(self) -> Sequence[DeadlineRule]:  # type: ignore[empty-body]
        """Rules from which to-dos and reminders are computed."""

    @point(Call.BOOT, since="1.0", example="return (documents.RULES_OF_THE_HOUSE,)")
    def register_documents(self) -> Sequence[Document]:  # type: ignore[empty-body]
        """Printable documents, which tenants may restyle."""

    @point(Call.BOOT, since="1.0", example="return (files.PLAN,)")
    def register_purposes(self) -> Sequence[Purpose]:  # type: ignore[empty-body]
        """What its files are for: who may see and add them, how long they are kept (:class:`core.sdk.Purpose`)."""

    @point(Call.BOOT, since="1.0", example="return (reports.USE,)")
    def register_reports(self) -> Sequence[c.Report]:  # type: ignore[empty-body]
        """Tables that can be shown, exported and printed."""

    @point(Call.BOOT, since="1.0", example="return (reports.BOOKINGS,)")
    def register_indicators(self) -> Sequence[c.Indicator]:  # type: ignore[empty-body]
        """Numbers per unit."""

    @point(Call.BOOT, since="1.0", example="return (importing.ROOMS,)")
    def register_importers(self) -> Sequence[ImportKind]:  # type: ignore[empty-body]
        """Kinds of workbook the import wizard reads (:class:`core.sdk.ImportKind`)."""

    @point(Call.BOOT, since="1.0", example="return (exporting.ROOMS,)")
    def register_exporters(self) -> Sequence[c.Report]:  # type: ignore[empty-body]
        """Tables offered on the export page only."""

    @point(Call.BOOT, since="1.0", example="return (search.ROOMS,)")
    def register_search(self) -> Sequence[Source | PaletteAction]:  # type: ignore[empty-body]
        """Sources of the search field and the command palette."""

    @point(Call.BOOT, since="1.0", example="return (providers.CITY_LOGIN,)")
    def register_identity_providers(self) -> Sequence[ProviderKind]:  # type: ignore[empty-body]
        """Ways to sign in (:class:`core.sdk.ProviderKind`)."""

    @point(Call.BOOT, since="1.0", example='return (HealthCheck(key="venue.locks", check=locks_answer),)')
    def register_health_checks(self) -> Sequence[c.HealthCheck]:  # type: ignore[empty-body]
        """Checks shown on the operator's page."""

    @point(Call.BOOT, since="1.0", example='return (SampleData(key="venue.rooms", load=sample),)')
    def register_sample_data(self) -> Sequence[c.SampleData]:  # type: ignore[empty-body]
        """What fills a demonstration tenant."""

    @point(Call.BOOT, since="1.0", example="return (policy.NOTICE_DAYS,)")
    def register_policy(self) -> Sequence[PolicyKey]:  # type: ignore[empty-body]
        """Policy values (:class:`core.sdk.PolicyKey`), whose keys begin with the plugin's name."""

    @point(Call.BOOT, since="1.0", example="return (MyHooks,)")
    def register_hooks(self) -> Sequence[type]:  # type: ignore[empty-body]
        """Extension points of the plugin's own, for other plugins; names begin with the plugin's name."""

    # The member list.

    @point(Call.BOOT, since="1.0", example='return (ListColumn("care.visits", "走访次数"),)')
    def people_list_columns(self) -> Sequence[ListColumn]:  # type: ignore[empty-body]
        """Columns to offer in the member list."""

    @point(Call.FILTER, since="1.0", budget_ms=300, example='return {"care.visits": {row[0]: "1" for row in rows}}')
    def people_list_rows(self, rows: Sequence[Sequence[Any]], unit_id: UUID | None) -> Mapping[str, Mapping[str, Any]]:  # type: ignore[empty-body]
        """The values of one's own columns for a page of the list: column key → person id → value.

        Asked once per page, never per row, and only where one of one's columns is shown.

        :param rows: the page's rows; the first value of each is the person's id as text.
        :param unit_id: the unit listed, ``None`` for all that the viewer may see.
        """

    # Before a change.

    @point(
        Call.VETO, since="1.0", budget_ms=300, example='return Veto("该党员还有未归还的钥匙。", fix="请先办理归还。")'
    )
    def veto_member_change(self, change: MemberChange) -> Veto | None:
        """Why a member may not be changed so, if there is a reason."""

    @point(Call.VETO, since="1.0", budget_ms=300, example="return None")
    def veto_unit_change(self, change: UnitChange) -> Veto | None:
        """Why a unit may not be changed so, if there is a reason."""

    # The plugin's own life.

    @point(Call.LIFECYCLE, since="1.0", example="defaults()")
    def on_enable(self) -> None:
        """The tenant has just switched the plugin on, perhaps after months in which nothing of it ran.

        To-dos by its rules are computed at once by the core. May run again: it must bear repetition. Longer work is a
        job's (:func:`core.sdk.post_job`).
        """

    @point(Call.LIFECYCLE, since="1.0", example="release_keys()")
    def on_disable(self) -> None:
        """The tenant is about to switch the plugin off; its data stay."""

    @point(Call.LIFECYCLE, since="1.0", example="remove_outside_copies()")
    def on_purge(self) -> None:
        """The tenant's data of the plugin are about to be removed.

        Time to remove what lies outside the database, and to write into the audit log, which stays, what must not be gone
        without a trace. May run again after a break, when part of the rows are gone.
        """

    @point(Call.GOVERNANCE, since="1.0", example='return {"预订": (open_bookings(), "仍有效的预订将保留但不再显示")}')
    def impact(self) -> Mapping[str, tuple[int, str]]:  # type: ignore[empty-body]
        """What switching off or purging would touch beyond rows and files: what → (how many, what becomes of it)."""

    # What is asked of everybody who holds data.

    @point(Call.GOVERNANCE, since="1.0", example='yield "bookings", booking_rows()')
    def export_tenant(self) -> Iterator[tuple[str, Iterable[Mapping[str, Any]]]]:  # type: ignore[empty-body]
        """What a tenant's export holds beside the plugin's tables and files, which the core exports by itself.

        Such as what lies elsewhere, or what :meth:`import_tenant` proves afterwards.
        """

    @point(Call.GOVERNANCE, since="1.0", example="restore(name, rows)")
    def import_tenant(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take back what :meth:`export_tenant` gave, once tables and files are back.

        :raises core.sdk.Refused: it can't be taken; nothing is imported then, and its message is shown.
        """

    @point(Call.GOVERNANCE, since="1.0", example='return {"场地预订": bookings_of(person_id)}')
    def personal_report(self, person_id: UUID, full: bool) -> Mapping[str, Sequence[Mapping[str, Any]]]:  # type: ignore[empty-body]
        """Everything held on a person, by Chinese heading, for the person themself: rows of column → text.

        :param full: whether values of class P3 are wanted in clear; masked otherwise.
        """

    @point(Call.GOVERNANCE, since="1.0", example="forget_bookings(person_id)")
    def redact_person(self, person_id: UUID) -> None:
        """Remove or make nameless what is held on a person; counts stay right."""

    @point(Call.GOVERNANCE, since="1.0", example="move_bookings(kept, gone)")
    def merge_people(self, kept: UUID, gone: UUID) -> None:
        """Two records were one person: what hangs on ``gone`` belongs to ``kept``."""

    @point(Call.GOVERNANCE, since="1.0", example='return {"hours": hours_of(person_id)}')
    def pack_transfer(self, person_id: UUID) -> Mapping[str, Any]:  # type: ignore[empty-body]
        """What travels with a member to another tenant, as JSON values."""

    @point(Call.GOVERNANCE, since="1.0", example='add_hours(person_id, packed["hours"])')
    def unpack_transfer(self, person_id: UUID, packed: Mapping[str, Any]) -> None:
        """What came with a member from another tenant."""

    @point(Call.GOVERNANCE, since="1.0", example="return remove_before(as_of - timedelta(days=1095))")
    def retention(self, as_of: date) -> int:  # type: ignore[empty-body]
        """Remove what has been kept long enough by policy; gives how many records went."""
