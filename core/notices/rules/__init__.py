"""Pure rules of notices: calendars of reminders, moments of delivery, whose turn it is, what a text may say."""
