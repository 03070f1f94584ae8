"""The definition of the flow: five stages, twenty-five steps, and every kind of act. Versioned; codes never change.

``KINDS`` by code, ``STEPS`` in order, ``STAGES`` by number. :data:`VERSION` is raised whenever a kind or field is added.
"""

from collections.abc import Mapping
from types import MappingProxyType

from plugins.development.flow import (
    kinds_activist,
    kinds_admission,
    kinds_applying,
    kinds_object,
    kinds_probation,
    kinds_side,
    words,
)
from plugins.development.flow.kinds import FormField, Kind, StepInfo
from plugins.development.flow.steps import STAGES, STEPS

VERSION = "2026.2"
_ALL = (
    *kinds_applying.KINDS, *kinds_activist.KINDS, *kinds_object.KINDS, *kinds_admission.KINDS, *kinds_probation.KINDS,
    *kinds_side.KINDS,
)  # fmt: skip
KINDS: Mapping[str, Kind] = MappingProxyType({one.code: one for one in _ALL})
#: Kinds by step, in the order in which they happen.
OF_STEP: Mapping[int, tuple[Kind, ...]] = MappingProxyType(
    {number: tuple(one for one in _ALL if one.step == number) for number in range(26)}
)
#: Kinds whose facts only holders of ``development.sealed.open`` see.
GUARDED = frozenset(one.code for one in _ALL if one.guarded)

__all__ = ["GUARDED", "KINDS", "OF_STEP", "STAGES", "STEPS", "VERSION", "FormField", "Kind", "StepInfo", "words"]
