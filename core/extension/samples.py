"""What plugins fill a demonstration tenant with."""

from collections.abc import Collection

from core.database import tenant_id
from core.extension.host import host
from core.extension.points import Call, Point

_SAMPLE = Point(Call.LIFECYCLE, "1.0", 0, "")


def load_samples(plugins: Collection[str]) -> list[str]:
    """Fill the bound tenant with the sample data of these plugins, as far as they are on; gives what was loaded."""
    held = host()
    enabled = held.enabled() & frozenset(plugins)
    return [
        one.key
        for plugin, one in held.brought("register_sample_data")
        if plugin in enabled and held.calls.one(plugin, f"sample {one.key}", _SAMPLE, tenant_id(), one.load, {})[0]
    ]
