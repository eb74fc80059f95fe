"""Tables of how figures come in: keyed from a signed letter, or fetched; part of the metadata of `tables.py`.

Append-only: keyed_letter, letter_verdict, fetch_plan, fetch_attempt.
"""
