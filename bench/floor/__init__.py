"""The floor: the same answers as the product's hot endpoints, written by hand as short as they can be.

Bare Flask, a psycopg pool, hand-written SQL under the same row-level security, orjson. It reads the same session cookie,
looks up the tenant, the account and its grants in the database with every request, and sends all that, the tenant's
binding, the query and the commit in one network flush. It keeps no counts and remembers nothing between requests: that is
what a careful programmer writes in an afternoon, and what the product's cost is divided by.
"""
