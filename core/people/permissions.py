"""What can be permitted with the roster of members."""

from core.access.permissions import declare
from core.access.roles import BRANCH_OFFICERS, COMMITTEE, READERS

VIEW = declare("people.member.view", "查看党员名册", roles=READERS)
EDIT = declare("people.member.edit", "新增和修改党员信息", roles=BRANCH_OFFICERS)
STATE = declare("people.member.state", "依据文件变更党籍状态", roles=COMMITTEE)
REVEAL = declare("people.member.reveal", "查看完整的证件号码、电话和住址（留痕）", roles=BRANCH_OFFICERS, full=True)
EXPORT = declare("people.member.export", "导出党员名册", roles=BRANCH_OFFICERS)
EXPORT_FULL = declare(
    "people.member.export_full", "导出完整的证件号码、电话和住址（须说明用途）", roles=COMMITTEE, full=True
)
IMPORT = declare("people.import", "导入党员花名册", roles=BRANCH_OFFICERS)
