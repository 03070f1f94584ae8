"""Counts of a unit's whole subtree, from the figures each unit keeps of itself."""

from typing import Any

from sqlalchemy import BigInteger, cast, func, select

from core.organization.models import Unit, UnitFigures


def below(column: str) -> Any:
    """The sum of the figure ``column`` over the subtree of the ``Unit`` of the enclosing statement."""
    inner, figures = Unit.__table__.alias("below"), UnitFigures.__table__.alias("figures_below")
    return (
        select(cast(func.coalesce(func.sum(figures.c[column]), 0), BigInteger))
        .select_from(inner.join(figures, (figures.c.tenant_id == inner.c.tenant_id) & (figures.c.id == inner.c.id)))
        .where(inner.c.tenant_id == Unit.tenant_id, inner.c.path >= Unit.path, inner.c.path < Unit.path_end)
        .scalar_subquery()
    )


def totals(*columns: str) -> Any:
    """Sums of several figures over the subtree of the ``Unit`` beside it: one walk of the subtree for all of them.

    Join it ``ON true``; its columns bear the figures' names.
    """
    inner, figures = Unit.__table__.alias("inner"), UnitFigures.__table__.alias("inner_figures")
    sums = (cast(func.coalesce(func.sum(figures.c[name]), 0), BigInteger).label(name) for name in columns)
    return (
        select(*sums)
        .select_from(inner.join(figures, (figures.c.tenant_id == inner.c.tenant_id) & (figures.c.id == inner.c.id)))
        .where(inner.c.tenant_id == Unit.tenant_id, inner.c.path >= Unit.path, inner.c.path < Unit.path_end)
        .correlate(Unit)
        .lateral("totals")
    )
