"""The whole world of a plugin author: everything a plugin may import of ours, and nothing else of ours may it import.

    from core.sdk import Model, Pages, Permission, implements, requires, rows, transaction

The SDK has a version of its own (:data:`SDK`); a plugin's manifest says with which range it works. What stands here
changes only with that version; ``tests/sdk/surface.txt`` holds every name with its signature, and a change of it that
nobody reviewed fails the build. What is going to leave warns for two minor versions first.

By theme: *tables* (``Model``, ``tenant_key``, ``uuid7``, ``declare_sealed``), *reading and writing* (``rows``, ``row``,
``scalar``, ``flush``, ``remembered``, ``transaction``, ``record``, ``emit``), *who may what* (``requires``, ``ranges``, ``within``, ``bounds``,
``may``, ``need``, ``need_at``, ``actor``), *rules* (``Finding``, ``Severity``, ``Refused``), *dates* (``today``, ``now``,
``add_months``), *background work* (``Job``, ``post_job``, ``Subscriber``), and every contribution a ``register_…`` hook gives.
Whatever needs more names has a module of its own: ``pages`` (rendering, forms, lists), ``api``, ``people``, ``members``
(who joins), ``units``, ``policy``, ``notices`` (to-dos, reminders, messages, working days), ``documents`` (printing), ``files``, ``importing``,
``signin``, ``limits`` (how often somebody without an account may do something); in tests ``kit``.
"""

from core.access.gate import PUBLIC, SIGNED_IN, actor, bounds, clear_of, may, need, need_at, ranges, within
from core.access.permissions import PERMISSIONS
from core.access.roles import BRANCH_OFFICERS, COMMISSIONERS, COMMITTEE, EVERYBODY, MEMBERS, READERS
from core.audit.actions import Origin, acting, is_same_person, origin, record
from core.audit.kinds import Kind as AuditKind
from core.audit.queries import history_of
from core.calendar_arithmetic import add_months
from core.clock import now, today
from core.database import TenantModel as Model
from core.database import tenant_id, tenant_key, transaction, uuid7
from core.database.model import BytewiseText
from core.database.read import flush, row, rows, scalar
from core.documents.registry import Document
from core.events.actions import emit
from core.events.registry import Event, EventKind, Subscriber
from core.extension.contributions import (
    Action,
    HealthCheck,
    Indicator,
    Job,
    Navigation,
    Permission,
    Report,
    Role,
    SampleData,
    Setting,
    Slot,
    Widget,
)
from core.extension.hanging import endpoint_of
from core.extension.host import ask
from core.extension.points import Call, implements, point
from core.extension.settings import setting
from core.extension.verdicts import MemberChange, UnitChange, Veto
from core.extension.version import SDK
from core.extension.views import Api, Pages, requires
from core.files.purposes import Purpose
from core.identity.models import Account
from core.identity.providers.kinds import ProviderKind
from core.importing.kinds import ImportKind
from core.jobs import current_job
from core.jobs.outbox import post as post_job
from core.notices.actions.sync import touch
from core.notices.actions.telling import notify
from core.notices.kinds import Kind as NoticeKind
from core.notices.registry import DeadlineRule
from core.notices.rules.reminding import Plan
from core.organization.models import Unit
from core.people.added.fields import MemberField
from core.people.columns import ListColumn
from core.people.models import Person
from core.policy.findings import Finding, Refused, Severity, refuse_blocked
from core.policy.keeping import keep
from core.policy.registry import Direction, PolicyKey, Tag
from core.policy.used import collecting
from core.runtime.console import OPERATOR, Console, command
from core.sdk import api
from core.sdk.looking_up import Holder, holders_at, masked_address, person_of, roles_with
from core.sdk.policy import policy_set, policy_value, policy_values
from core.tenancy.keys import keyring
from core.tenancy.remembering import remembered
from core.tenancy.sealed import declare_sealed
from core.web.palette import Action as PaletteAction
from core.web.palette import Hit
from core.web.palette import Source as SearchSource
from core.web.shell import render
from core.web.tables import Column, Listing, ListView, badge

__all__ = [
    "BRANCH_OFFICERS",
    "COMMISSIONERS",
    "COMMITTEE",
    "EVERYBODY",
    "MEMBERS",
    "OPERATOR",
    "PERMISSIONS",
    "PUBLIC",
    "READERS",
    "SDK",
    "SIGNED_IN",
    "Account",
    "Action",
    "Api",
    "AuditKind",
    "BytewiseText",
    "Call",
    "Column",
    "Console",
    "DeadlineRule",
    "Direction",
    "Document",
    "Event",
    "EventKind",
    "Finding",
    "HealthCheck",
    "Hit",
    "Holder",
    "ImportKind",
    "Indicator",
    "Job",
    "ListColumn",
    "ListView",
    "Listing",
    "MemberChange",
    "MemberField",
    "Model",
    "Navigation",
    "NoticeKind",
    "Origin",
    "Pages",
    "PaletteAction",
    "Permission",
    "Person",
    "Plan",
    "PolicyKey",
    "ProviderKind",
    "Purpose",
    "Refused",
    "Report",
    "Role",
    "SampleData",
    "SearchSource",
    "Setting",
    "Severity",
    "Slot",
    "Subscriber",
    "Tag",
    "Unit",
    "UnitChange",
    "Veto",
    "Widget",
    "acting",
    "actor",
    "add_months",
    "api",
    "ask",
    "badge",
    "bounds",
    "clear_of",
    "collecting",
    "command",
    "current_job",
    "declare_sealed",
    "emit",
    "endpoint_of",
    "flush",
    "history_of",
    "holders_at",
    "implements",
    "is_same_person",
    "keep",
    "keyring",
    "masked_address",
    "may",
    "need",
    "need_at",
    "notify",
    "now",
    "origin",
    "person_of",
    "point",
    "policy_set",
    "policy_value",
    "policy_values",
    "post_job",
    "ranges",
    "record",
    "refuse_blocked",
    "remembered",
    "render",
    "requires",
    "roles_with",
    "row",
    "rows",
    "scalar",
    "setting",
    "tenant_id",
    "tenant_key",
    "today",
    "touch",
    "transaction",
    "uuid7",
    "within",
]
