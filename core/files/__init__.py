"""Files that people add to records: checked, kept in an object store, served only through permission, kept as long as due."""
