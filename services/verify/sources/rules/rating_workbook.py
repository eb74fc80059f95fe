"""How the workbook of ratings is laid out: a row per unit, a column per indicator."""

SHEET = "ratings"
GUIDE = "guide"
FIRST = 3  # the first column of figures, after code and name
