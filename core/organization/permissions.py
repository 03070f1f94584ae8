"""What can be permitted in the organisation: an interface file, so that it may know the roles of the part above."""

from core.access.permissions import declare
from core.access.roles import BRANCH_OFFICERS, COMMITTEE, READERS

VIEW = declare("organization.unit.view", "查看组织架构与党组织信息", roles=(*READERS, "linked_leader"))
EDIT = declare("organization.unit.edit", "修改党组织基本信息、班子与任职", roles=BRANCH_OFFICERS)
SUBMIT = declare("organization.change.submit", "提出组织变动（成立、更名、调整、撤销等）", roles=BRANCH_OFFICERS)
DECIDE = declare("organization.change.decide", "审批组织变动", roles=COMMITTEE)
IMPORT = declare("organization.import", "导入党组织花名册", roles=COMMITTEE)
