"""The council view: the table and the tally of one cluster, side by side."""
