"""What can be permitted with suggestions and complaints. Sending one needs no permission but being signed in."""

from core.access.permissions import declare
from core.access.roles import COMMITTEE

HANDLE = declare(
    "feedback.item.handle",
    "办理投诉建议",
    roles=(*COMMITTEE, "discipline_commissioner", "branch_secretary", "general_secretary"),
)
#: A complaint about the topmost unit has no superior: it goes to whom the tenant names for it.
TOP = declare("feedback.item.handle_top", "办理对最高党组织的投诉", roles=("auditor", "discipline_commissioner"))
