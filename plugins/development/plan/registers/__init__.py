"""Registers beside the plan: units that are behind, the pool, accountability, numbered forms."""
