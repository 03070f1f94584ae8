"""The store's defaults are the rules' defaults, and a tenant's own value reaches the rules."""

from datetime import timedelta

from core import clock
from core.people.policy import KEYS, policy
from core.people.rules.policy import DEFAULT_POLICY
from core.policy.actions import set_value


def test_every_key_of_the_store_has_the_default_of_the_rules():
    assert {name: key.default for name, key in KEYS.items()} == {name: getattr(DEFAULT_POLICY, name) for name in KEYS}


def test_a_tenants_own_value_holds_from_its_day_on(inside):
    today = clock.today()
    tomorrow = today + timedelta(days=1)
    set_value(key="roster.phone.shared_max", value=4, effective_from=tomorrow, reason="家庭共用电话较多", as_of=today)
    assert policy(as_of=today).phone_shared_max == 2
    assert policy(as_of=tomorrow).phone_shared_max == 4
