"""Care visits 党员四必访: what happened to a member, who went, what was promised, and what came of it.

What the plugin brings stands in the modules named here; each hook gathers it. Modules are imported inside the hooks, so
that a fault in one is noted for this plugin and the rest of the product starts without it.
"""

from collections.abc import Sequence

from core.sdk import Permission, implements


@implements
def register_models() -> Sequence[type]:
    """The tables."""
    from plugins.care import models
    from plugins.care.fund import models as fund
    from plugins.care.hardship import models as hardship
    from plugins.care.pairs import models as pairs
    from plugins.care.rounds import models as rounds

    return (*models.MODELS, *fund.MODELS, *rounds.MODELS, *hardship.MODELS, *pairs.MODELS)


@implements
def register_permissions() -> Sequence[Permission]:
    """Who may do what."""
    from plugins.care.permissions import PERMISSIONS

    return PERMISSIONS
