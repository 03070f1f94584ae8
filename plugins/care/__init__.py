"""Care visits 党员四必访: what happened to a member, who went, what was promised, and what came of it.

What the plugin brings stands in the modules named here; each hook gathers it. Modules are imported inside the hooks, so
that a fault in one is noted for this plugin and the rest of the product starts without it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from core.sdk import MemberChange, Permission, PolicyKey, SampleData, Subscriber, UnitChange, Veto, implements


@implements
def register_models() -> Sequence[type]:
    """The tables."""
    from plugins.care import models
    from plugins.care.fund import models as fund
    from plugins.care.hardship import models as hardship
    from plugins.care.pairs import models as pairs
    from plugins.care.rounds import models as rounds

    return (*models.MODELS, *fund.MODELS, *rounds.MODELS, *hardship.MODELS, *pairs.MODELS)


@implements
def register_permissions() -> Sequence[Permission]:
    """Who may do what."""
    from plugins.care.aid.permissions import PERMISSIONS as AID
    from plugins.care.permissions import PERMISSIONS

    return (*PERMISSIONS, *AID)


@implements
def register_pages() -> Sequence[Any]:
    """Its pages: importing their modules hangs the routes into the one blueprint."""
    import plugins.care.aid
    import plugins.care.pages  # noqa: F401  (the routes)
    from plugins.care import site

    return (site.pages,)


@implements
def register_navigation() -> Sequence[Any]:
    """关怀走访 among the duties of 党员."""
    from plugins.care import shown
    from plugins.care.aid import brought

    return (*shown.NAVIGATION, *brought.NAVIGATION)


@implements
def register_slots() -> Sequence[Any]:
    """On a member's and a unit's page."""
    from plugins.care import shown

    return shown.SLOTS


@implements
def register_widgets() -> Sequence[Any]:
    """What one is to visit and to see to, on the home page."""
    from plugins.care import shown

    return shown.WIDGETS


@implements
def register_settings() -> Sequence[Any]:
    """What a tenant can set."""
    from plugins.care.site import SETTINGS

    return SETTINGS


@implements
def register_member_fields() -> Sequence[Any]:
    """Whom to call."""
    from plugins.care import roster

    return roster.FIELDS


@implements
def people_list_columns() -> Sequence[Any]:
    """When somebody was last visited."""
    from plugins.care import roster

    return roster.COLUMNS


@implements
def people_list_rows(rows: Sequence[Sequence[Any]]) -> Mapping[str, Mapping[str, Any]]:
    """One statement for a page of members."""
    from plugins.care import roster

    return roster.visited_on(rows)


@implements
def veto_unit_change(change: UnitChange) -> Veto | None:
    """The fund's money first."""
    from plugins.care import standing

    return standing.of_unit(change)


@implements
def veto_member_change(change: MemberChange) -> Veto | None:
    """What was borrowed first."""
    from plugins.care import standing

    return standing.of_member(change)


@implements
def register_hooks() -> Sequence[type]:
    """Other plugins may know of an occasion."""
    from plugins.care.points import CareHooks

    return (CareHooks,)


@implements
def register_exporters() -> Sequence[Any]:
    """The fund's ledger."""
    from plugins.care.aid.exports import EXPORTERS

    return EXPORTERS


@implements
def register_health_checks() -> Sequence[Any]:
    """Whether the festivals have days."""
    from plugins.care.aid.exports import CHECKS

    return CHECKS


@implements
def register_actions() -> Sequence[Any]:
    """One disaster for many, over the member list."""
    from plugins.care import shown

    return shown.ACTIONS


@implements
def register_search() -> Sequence[Any]:
    """Occasions and acts in the palette."""
    from plugins.care import shown

    return shown.SEARCH


@implements
def register_policy() -> Sequence[PolicyKey]:
    """The days of visits and contacts."""
    from plugins.care.fund.policy import KEYS as FUND
    from plugins.care.policy import KEYS

    return (*KEYS, *FUND)


@implements
def register_events() -> Sequence[Any]:
    """What others may be told."""
    from plugins.care.aid.brought import EVENTS
    from plugins.care.events import TYPES

    return (*TYPES, *EVENTS)


@implements
def register_audit_kinds() -> Sequence[Any]:
    """What is written down."""
    from plugins.care.aid.brought import KINDS as AID
    from plugins.care.events import KINDS

    return (*KINDS, *AID)


@implements
def register_notice_kinds() -> Sequence[Any]:
    """Who is sent is told."""
    from plugins.care.aid.brought import NOTICES as AID
    from plugins.care.events import NOTICES

    return (*NOTICES, *AID)


@implements
def register_subscribers() -> Sequence[Subscriber]:
    """Deaths and moves of members."""
    from plugins.care.actions import following

    return (
        Subscriber("care.death", frozenset({"member.died"}), following.on_death),
        Subscriber("care.move", frozenset({"relation.transferred"}), following.on_move),
        Subscriber("care.moves", frozenset({"members.moved"}), following.on_moves),
    )


@implements
def register_deadlines() -> Sequence[Any]:
    """Confirmations, visits, follow-ups, contacts."""
    from plugins.care.aid.brought import RULES as AID
    from plugins.care.deadlines import RULES

    return (*RULES, *AID)


@implements
def register_purposes() -> Sequence[Any]:
    """Photos, with consent."""
    from plugins.care.files import PHOTO

    return (PHOTO,)


@implements
def register_reports() -> Sequence[Any]:
    """Visit coverage by kind."""
    from plugins.care.aid.brought import REPORTS
    from plugins.care.reports import COVERAGE

    return (COVERAGE, *REPORTS)


@implements
def register_indicators() -> Sequence[Any]:
    """Numbers per unit."""
    from plugins.care.aid.brought import INDICATORS as AID
    from plugins.care.reports import INDICATORS

    return (*INDICATORS, *AID)


@implements
def register_sample_data() -> Sequence[SampleData]:
    """Cases in every state; funds, hardship, rounds, pairs and greetings in every state."""
    from plugins.care import sample
    from plugins.care.aid import sample as aid

    return (SampleData(key="care.cases", load=sample.load), SampleData(key="care.aid", load=aid.load))


@implements
def personal_report(person_id: UUID, full: bool) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """What is held on a member, for themself."""
    from plugins.care import governance
    from plugins.care.aid import holding

    return {**governance.personal_report(person_id, full=full), **holding.personal_report(person_id, full=full)}


@implements
def redact_person(person_id: UUID) -> None:
    """Forget what was written on a member."""
    from plugins.care import governance
    from plugins.care.aid import holding

    governance.redact_person(person_id)
    holding.redact_person(person_id)


@implements
def merge_people(kept: UUID, gone: UUID) -> None:
    """Two records were one person."""
    from plugins.care.actions import following
    from plugins.care.aid import holding

    following.merge_people(kept, gone)
    holding.merge_people(kept, gone)


@implements
def retention(as_of: date) -> int:
    """Keep nothing longer than the rule value says."""
    from plugins.care import governance
    from plugins.care.aid import holding

    edge = governance.edge(as_of)
    return governance.retention(edge) + holding.retention(edge)


@implements
def pack_transfer(person_id: UUID) -> Mapping[str, Any]:
    """What is open about a member goes with them."""
    from plugins.care import moving

    return moving.pack(person_id)


@implements
def unpack_transfer(person_id: UUID, packed: Mapping[str, Any]) -> None:
    """What was open elsewhere is told to the new branch."""
    from plugins.care import moving

    moving.unpack(person_id, packed)


@implements
def impact() -> Mapping[str, tuple[int, str]]:
    """What switching off leaves waiting."""
    from plugins.care import governance
    from plugins.care.aid import holding

    return {**governance.impact(), **holding.waiting()}


@implements
def register_documents() -> Sequence[Any]:
    """Lists, receipts, forms, cards, agreements."""
    from plugins.care.aid.papers import DOCUMENTS

    return DOCUMENTS


@implements
def register_roles() -> Sequence[Any]:
    """The fund's accountant and cashier."""
    from plugins.care.aid.permissions import ROLES

    return ROLES


@implements
def register_jobs() -> Sequence[Any]:
    """Greetings on political birthdays, and what runs out."""
    from plugins.care.aid.brought import JOBS

    return JOBS


@implements
def register_api() -> Sequence[Any]:
    """Its verbs: importing their modules hangs the routes."""
    import plugins.care.aid.api
    import plugins.care.api.contacts
    import plugins.care.api.visits  # noqa: F401  (the routes)
    from plugins.care import site

    return (site.verbs,)


@implements
def register_commands() -> Sequence[Any]:
    """Figures of visits, and greetings."""
    from plugins.care.commands import COMMANDS

    return COMMANDS


@implements
def on_enable() -> None:
    """What ran out while it was off."""
    from plugins.care import life

    life.on_enable()


@implements
def on_disable() -> None:
    """What waits is counted."""
    from plugins.care import standing

    standing.on_disable()


@implements
def on_purge() -> None:
    """What each fund held stays in the audit log."""
    from plugins.care import life

    life.on_purge()


@implements
def export_tenant() -> Iterator[tuple[str, Iterable[Mapping[str, Any]]]]:
    """By what an import proves itself."""
    from plugins.care import life

    yield from life.export_tenant()


@implements
def import_tenant(name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Sealed contents must open, funds must balance."""
    from plugins.care import life

    life.import_tenant(name, rows)
