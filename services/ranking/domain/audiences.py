"""For whom editions are, from the narrowest circle to everybody."""

AUDIENCES = ("board", "council", "cluster", "public")
