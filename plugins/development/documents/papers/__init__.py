"""The papers of the specification's section 11, in its order: data alone."""

from collections.abc import Mapping
from types import MappingProxyType

from plugins.development.documents.form import Paper
from plugins.development.documents.papers import admission, candidate, joining, planning, probation, training

PAPERS: Mapping[str, Paper] = MappingProxyType({
    one.code: one
    for one in (
        *joining.PAPERS, *training.PAPERS, *candidate.PAPERS, *admission.PAPERS, *probation.PAPERS, *planning.PAPERS,
    )
})  # fmt: skip
#: Those of a case, and those of an organisation's plan and reports.
OF_CASES: tuple[Paper, ...] = tuple(one for one in PAPERS.values() if one.about == "case")
OF_UNITS: tuple[Paper, ...] = tuple(one for one in PAPERS.values() if one.about == "unit")
