"""The only way out of the process over HTTP: an address is looked at before anything is sent to it.

A tenant may name an address (a webhook, a sign-in provider); it must never lead into the operator's own network. Use
:func:`core.outbound.client.fetch`, or :func:`core.outbound.client.client` where a library wants an ``httpx.Client``.
"""
