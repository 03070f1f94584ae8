"""Every verb of the document, fuzzed by schemathesis as one role: all phases, all checks, nothing left out."""

import pytest

from tests.api.conftest import lay_ground
from tests.api.fuzzing import ENOUGH, MANY, run


@pytest.mark.slow
@pytest.mark.timeout(7200 if MANY else 600)
def test_the_whole_document_holds_for_the_admin(app):
    found = run(lay_ground(app), "admin")
    assert not found.failures, found.said
    assert set(found.phases) == {"examples", "coverage", "fuzzing", "stateful"}
    assert found.calls >= ENOUGH, found.said
