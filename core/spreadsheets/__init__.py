"""Reading and writing any workbook a unit may hold. Knows no domain: what the fields are is told by the caller.

``opening`` makes bytes into sheets (or refuses them plainly), ``layout`` finds the table in a sheet, ``mapping`` says
which column is which field, ``cells`` reads one cell, ``writing`` makes workbooks.
"""
