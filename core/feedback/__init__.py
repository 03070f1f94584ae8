"""投诉建议: anybody who is signed in may say something, with or without a name, and gets an answer by a date."""
