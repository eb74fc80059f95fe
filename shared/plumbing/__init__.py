"""How things run: settings, database, feeds, work rows, Celery, HTTP, identity, pages. No word of the domain."""
