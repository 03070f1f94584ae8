"""Printable documents: Word templates filled with a record's data, as .docx or set as PDF; each print written down."""
