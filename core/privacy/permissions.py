"""What can be permitted with requests for correction. One's own data needs no permission but being signed in."""

from core.access.permissions import declare
from core.access.roles import BRANCH_OFFICERS

DECIDE = declare("privacy.correction.decide", "审核党员提出的信息更正申请", roles=BRANCH_OFFICERS)
