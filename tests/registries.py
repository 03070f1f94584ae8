"""What a plugin writes down for the whole process, put back when the tests that loaded it are over."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from importlib import import_module
from operator import attrgetter
from typing import Any

#: Module-level registries of the core: mappings, lists and sets that parts and plugins add to at the start.
REGISTRIES = (
    "core.access.permissions:_known",
    "core.access.roles:_templates",
    "core.access.subjects:_finders",
    "core.access.subjects:_lists",
    "core.audit.kinds:_known",
    "core.audit.kinds:_subjects",
    "core.documents.registry:_known",
    "core.events.registry:SUBSCRIBERS",
    "core.events.registry:_kinds",
    "core.extension.hanging:HUNG",
    "core.extension.host:KNOWN",
    "core.files.purposes:_known",
    "core.identity.providers.kinds:_kinds",
    "core.identity.sessions:ENROLMENT",
    "core.importing.kinds:_kinds",
    "core.jobs.registry:DAILY",
    "core.jobs.registry:KINDS",
    "core.jobs.registry:PERIODIC",
    "core.notices.kinds:_known",
    "core.notices.registry:_held.rules",
    "core.people.added.fields:FIELDS",
    "core.policy.registry:registry._keys",
    "core.policy.rulesets:_known",
    "core.privacy.registry:_known",
    "core.tenancy.sealed:COLUMNS",
    "core.tenancy.sealed:COUNTS",
    "core.tenancy.sealed:RESEALERS",
)


def _registry(name: str) -> Any:
    module, _, path = name.partition(":")
    return attrgetter(path)(import_module(module))


@contextmanager
def kept() -> Iterator[None]:
    """Every registry holds afterwards what it held before. The application must have been made."""
    before = {name: copy(_registry(name)) for name in REGISTRIES}
    yield
    for name, held in before.items():
        registry = _registry(name)
        registry.clear()
        if isinstance(registry, list):
            registry.extend(held)
        else:
            registry.update(held)
