"""Plans, quota, pool, queue, key management, accountability and the ledger of forms (section 9 of the specification)."""
