"""Who may print the papers of cases."""

from core.sdk import BRANCH_OFFICERS, Permission

#: Print the papers of cases; what is sealed in them takes ``development.sealed.open`` besides.
PRINT = "development.document.print"

PERMISSIONS = (Permission(name=PRINT, title="打印发展党员的文书", roles=BRANCH_OFFICERS),)
