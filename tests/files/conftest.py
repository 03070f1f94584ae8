"""The county of the roster's tests, whose units and members have files."""

from tests.people.conftest import county, served

__all__ = ["county", "served"]
