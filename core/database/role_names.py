"""The database's roles that the application acts as, by name; what they may do is said in the migrations."""

#: The role that serves requests and jobs; it owns nothing and cannot bypass row security.
APPLICATION = "dangjian_app"
#: The role that lists tenants and relays the outbox; it sees tenant rows only where a policy names it.
SYSTEM = "dangjian_system"
