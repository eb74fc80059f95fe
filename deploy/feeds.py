"""Feed identities: a restored or copied database must not be taken for the one its readers know."""

import psycopg
from psycopg import sql


def renew_feed_identities(url: str) -> int:
    """Give every feed in the database of `url` (its owner's or an administrator's) a new identity; how many.

    Readers compare the identity with the one they remember and replay from the start when it differs.
    """
    renewed = 0
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'feed_identity'").fetchall()
        for (schema,) in found:
            table = sql.Identifier(schema, "feed_identity")
            renewed += connection.execute(sql.SQL("UPDATE {} SET feed = gen_random_uuid()").format(table)).rowcount
    return renewed
