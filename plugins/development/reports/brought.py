"""What the reports give the host."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from core.sdk import AuditKind, Job, Navigation
from plugins.development.pages.sections import Tab, add_tab
from plugins.development.permissions import FIGURES
from plugins.development.reports import models, months, papers, permissions, policy, printout, shown

MODELS = models.MODELS
PERMISSIONS = permissions.PERMISSIONS
POLICY = policy.KEYS
REPORTS, INDICATORS = shown.REPORTS, shown.INDICATORS
DOCUMENTS = (printout.DOCUMENT,)
#: An entry of its own: who may see numbers alone does not open the list of cases.
NAVIGATION = (
    Navigation(
        label=_l("发展统计"), endpoint="overview_page", permission=FIGURES, icon="chart-bar", group="发展党员", order=67,
        within=("overview", "report", "month_changes", "print_report"),
    ),
)  # fmt: skip
KINDS = (
    AuditKind(months.FROZEN, "发展党员月报定稿", of=("development_month", "发展党员月报")),
    AuditKind("development.report.exported", "导出发展党员报表"),
)


def hang() -> None:
    """Hang the pages."""
    import plugins.development.reports.pages  # noqa: F401  (the routes)


def _daily(payload: dict[str, Any]) -> None:
    """Close the month before."""
    months.close_last(date.fromisoformat(payload["as_of"]))


JOBS = (Job(name="development.reports.daily", run=_daily, daily=True),)
add_tab(Tab(_l("概况"), "p_development.overview_page", FIGURES, 5))
add_tab(
    Tab(
        _l("报表"),
        "p_development.reports",
        FIGURES,
        80,
        ("p_development.report", "p_development.report_list", "p_development.month_changes"),
    )
)

__all__ = [
    "DOCUMENTS",
    "INDICATORS",
    "JOBS",
    "KINDS",
    "MODELS",
    "NAVIGATION",
    "PERMISSIONS",
    "POLICY",
    "REPORTS",
    "papers",
]
