"""How often one caller may do something that asks for no account, such as sending a form that is open to everybody.

    if not allowed("development.feedback", caller=address(), limit="5/hour"):
        abort(429)

Counters stand where the product's own do (the installation's Valkey; a worker's memory while that cannot be reached). A
caller is counted under a keyed hash and forgotten when the window ends: nothing says who they were.
"""

from core.api.once_in_a_while import address, allowed

__all__ = ["address", "allowed"]
