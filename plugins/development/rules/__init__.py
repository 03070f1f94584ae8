"""The rules of developing members, as pure functions over frozen facts. Dates come in; nothing is read or written."""
