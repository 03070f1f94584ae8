"""R1.13 where it is asked: what a temporary branch leaves to its members' own branches."""

from dataclasses import replace
from datetime import date

from core.organization.codes import Subtype, UnitType
from core.organization.queries.policy import policy
from core.organization.rules.facts import UnitFacts
from core.organization.rules.size import temporary_act_findings
from core.policy.findings import Finding


def barred(
    act: str, *, name: str, subtype: str | None, path: str, as_of: date, field: str = "unit"
) -> tuple[Finding, ...]:
    """What R1.13 says of an act (``admit``, ``punish``, ``dues``, ``elect``) in a branch of this subtype.

    :param path: of the branch, as its part of the tree may have values of its own; read only for a temporary branch.
    """
    if subtype != Subtype.TEMPORARY:
        return ()
    facts = UnitFacts(name=name, type=UnitType.BRANCH, subtype=Subtype.TEMPORARY)
    found = temporary_act_findings(facts, act, policy(as_of=as_of, unit_path=path))
    return tuple(replace(one, field=field) for one in found)
