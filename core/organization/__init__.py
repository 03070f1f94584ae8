"""Units of the Party: their tree, leadership bodies and terms, and the dated changes that move them."""
