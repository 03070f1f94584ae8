"""The mutual-aid fund: ledger, applications, repayments, publications."""
