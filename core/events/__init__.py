"""What happened, told to those who asked: ``emit`` in the change's transaction, subscribers after its commit.

An event is delivered at least once; its id is the key by which a subscriber outside the database tells a repetition. The
order of events is not promised. An event that nobody in the tenant waits for is not written (decision 10).
"""
