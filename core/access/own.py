"""What can be permitted with access itself."""

from core.access.permissions import declare
from core.access.roles import COMMITTEE

#: Officers who may let a deputy act for them (00-conventions 0.6).
OFFICERS = ("committee_officer", "general_secretary", "branch_secretary")
#: Those who may act for an officer.
DEPUTIES = ("deputy_secretary", "organization_commissioner")

VIEW = declare("access.grant.view", "查看账号的授权和角色", roles=COMMITTEE)
EDIT = declare("access.grant.edit", "在自己的范围内授权、延期和收回授权", roles=COMMITTEE)
EXPORT = declare("access.grant.export", "导出全部授权", roles=COMMITTEE)
ROLES = declare("access.role.edit", "建立、修改和删除本单位的角色")
DELEGATE = declare("access.delegation.edit", "把自己的职权在限期内委托给副书记或组织委员", roles=OFFICERS)
