"""Outgoing webhooks: a tenant's own systems are told of events, signed, again and again until they answer.

Messages follow Standard Webhooks (headers ``webhook-id``, ``webhook-timestamp``, ``webhook-signature``). The id of a message
is the same in all its repetitions. The order of messages is not promised.
"""
