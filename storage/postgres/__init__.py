"""PostgreSQL: a pool of connections and as many threads, for several processes on one database.

This room needs the extra ``pandabot[postgres]``; nothing else imports psycopg.
"""
