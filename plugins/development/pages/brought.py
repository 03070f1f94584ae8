"""What the pages give the host. Importing it registers who is told when something is recorded."""

from core.sdk import AuditKind
from plugins.development import deadlines, notices
from plugins.development.models import letter
from plugins.development.pages import shown
from plugins.development.pages.files import PURPOSES

MODELS = letter.MODELS
NAVIGATION, SLOTS, WIDGETS, ACTIONS, SEARCH = shown.NAVIGATION, shown.SLOTS, shown.WIDGETS, shown.ACTIONS, shown.SEARCH
NOTICES = notices.NOTICES
RULES = deadlines.RULES
KINDS = (
    AuditKind("development.case.exported", "导出发展党员台账", of=("development_case", "发展党员办理")),
    AuditKind("development.letter.sent", "本人递交材料", of=("development_letter", "本人递交的材料")),
    AuditKind("development.letter.received", "收下本人递交的材料"),
    AuditKind("development.letter.returned", "退回本人递交的材料"),
)
__all__ = [
    "ACTIONS", "KINDS", "MODELS", "NAVIGATION", "NOTICES", "PURPOSES", "RULES", "SEARCH", "SLOTS", "WIDGETS",
]  # fmt: skip
