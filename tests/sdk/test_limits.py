"""How often one caller may do something that asks for no account."""

from core.database import bound
from core.sdk.limits import allowed


def test_a_caller_may_so_often_and_others_are_not_held_up(app, tenant, other_tenant):
    with app.app_context():
        with bound(tenant_id=tenant.id):
            assert [allowed("kit.say", caller="203.0.113.7", limit="3/hour") for _ in range(5)] == [True] * 3 + [
                False
            ] * 2
            assert allowed("kit.say", caller="203.0.113.8", limit="3/hour")
            assert allowed("kit.other", caller="203.0.113.7", limit="3/hour")
        with bound(tenant_id=other_tenant.id):
            assert allowed("kit.say", caller="203.0.113.7", limit="3/hour")
