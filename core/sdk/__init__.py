"""The whole world of a plugin author: everything a plugin may import of ours, and nothing else of ours may it import.

    from core.sdk import Model, Pages, Permission, implements, requires, rows, transaction

The SDK has a version of its own (:data:`SDK`); a plugin's manifest says with which range it works. What stands here
changes only with that version; ``tests/sdk/surface.txt`` holds every name with its signature, and a change of it that
nobody reviewed fails the build. What is going to leave warns for two minor versions first.

By theme: *tables* (``Model``, ``tenant_key``, ``uuid7``), *reading and writing* (``rows``, ``row``, ``scalar``, ``flush``,
``transaction``, ``record``, ``emit``), *who may what* (``requires``, ``ranges``, ``within``, ``bounds``, ``may``, ``need``,
``need_at``, ``actor``), *rules* (``Finding``, ``Severity``, ``Refused``, ``PolicyKey``, ``policy_value``), *pages*
(``Pages``, ``Slot``, ``Widget``, ``Navigation``, ``ListView``, ``Column``), *API* (``Api`` with ``api`` for shapes, fields
and answers), *background work* (``Job``, ``post_job``, ``Subscriber``), *paper* (``Document``), *dates* (``today``,
``now``, ``add_months``), and every contribution a ``register_…`` hook gives.
"""

from core.access.gate import PUBLIC, SIGNED_IN, actor, bounds, clear_of, may, need, need_at, ranges, within
from core.access.roles import BRANCH_OFFICERS, COMMISSIONERS, COMMITTEE, MEMBERS, READERS
from core.audit.actions import record
from core.calendar_arithmetic import add_months
from core.clock import now, today
from core.database import TenantModel as Model
from core.database import tenant_id, tenant_key, transaction, uuid7
from core.database.model import BytewiseText
from core.database.read import flush, row, rows, scalar
from core.events.actions import emit
from core.events.registry import Event
from core.extension.contributions import (
    Action,
    EventType,
    HealthCheck,
    Indicator,
    Job,
    MemberField,
    Named,
    Navigation,
    Permission,
    Report,
    Role,
    SampleData,
    Setting,
    Slot,
    Subscriber,
    Widget,
)
from core.extension.points import Call, implements, point
from core.extension.settings import setting
from core.extension.verdicts import MemberChange, UnitChange, Veto
from core.extension.version import SDK
from core.extension.views import Api, Pages, requires
from core.identity.models import Account
from core.jobs import current_job
from core.jobs.outbox import post as post_job
from core.notices.actions.telling import notify
from core.organization.models import Unit
from core.people.columns import ListColumn
from core.people.models import Person
from core.policy.findings import Finding, Refused, Severity, refuse_blocked
from core.policy.registry import Direction, PolicyKey, Tag
from core.sdk import api
from core.sdk.looking_up import Holder, holders_at, masked_address, person_of, policy_value, policy_values
from core.tenancy.keys import keyring
from core.tenancy.sealed import declare_sealed
from core.web.shell import render
from core.web.tables import Column, Listing, ListView, badge

__all__ = [
    "BRANCH_OFFICERS",
    "COMMISSIONERS",
    "COMMITTEE",
    "MEMBERS",
    "PUBLIC",
    "READERS",
    "SDK",
    "SIGNED_IN",
    "Account",
    "Action",
    "Api",
    "BytewiseText",
    "Call",
    "Column",
    "Direction",
    "Event",
    "EventType",
    "Finding",
    "HealthCheck",
    "Holder",
    "Indicator",
    "Job",
    "ListColumn",
    "ListView",
    "Listing",
    "MemberChange",
    "MemberField",
    "Model",
    "Named",
    "Navigation",
    "Pages",
    "Permission",
    "Person",
    "PolicyKey",
    "Refused",
    "Report",
    "Role",
    "SampleData",
    "Setting",
    "Severity",
    "Slot",
    "Subscriber",
    "Tag",
    "Unit",
    "UnitChange",
    "Veto",
    "Widget",
    "actor",
    "add_months",
    "api",
    "badge",
    "bounds",
    "clear_of",
    "current_job",
    "declare_sealed",
    "emit",
    "flush",
    "holders_at",
    "implements",
    "keyring",
    "masked_address",
    "may",
    "need",
    "need_at",
    "notify",
    "now",
    "person_of",
    "point",
    "policy_value",
    "policy_values",
    "post_job",
    "ranges",
    "record",
    "refuse_blocked",
    "render",
    "requires",
    "row",
    "rows",
    "scalar",
    "setting",
    "tenant_id",
    "tenant_key",
    "today",
    "transaction",
    "uuid7",
    "within",
]
