"""Our plugins, one folder each, in the same shape as anybody's; each imports `core.sdk` and nothing else of ours."""
