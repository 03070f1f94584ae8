"""The verbs of care. Who may is the caller's question (pages, API); what the rules say is answered here."""
