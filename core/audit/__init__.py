"""Who did what: written inside the transaction that did it, never changed."""
