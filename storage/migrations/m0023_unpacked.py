"""Deletes the entries and news as they were before they were packed."""

from __future__ import annotations

from storage.migrations.step import Step

STEP = Step(
    "0023_unpacked",
    sqlite="""
DROP TABLE nodes;
DROP TABLE news;
ALTER TABLE packed_news RENAME TO news;
CREATE INDEX news_at ON news (at)
""",
    postgres="""
DROP TABLE nodes;
DROP TABLE news;
ALTER TABLE packed_news RENAME TO news;
ALTER SEQUENCE packed_news_id_seq RENAME TO news_id_seq;
ALTER INDEX packed_news_pkey RENAME TO news_pkey;
ALTER INDEX packed_news_key_event_id_key RENAME TO news_key_event_id_key;
SELECT setval('news_id_seq', (SELECT COALESCE(MAX(id), 0) + 1 FROM news), false);
CREATE INDEX news_at ON news (at)
""",
)
