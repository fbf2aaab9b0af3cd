-- Flows: where a session's open flow stands, and what a turn offered beside its answer.

ALTER TABLE chat_sessions ADD COLUMN flow TEXT;
-- SQLite cannot change a CHECK, so the table is made anew: with `parts`, and with `flow` among the kinds.
CREATE TABLE turns_with_parts (
    account_id BLOB NOT NULL,
    session_key BLOB NOT NULL,
    number INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    visitor_message_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'done', 'stopped', 'failed', 'interrupted')),
    kind TEXT CHECK (kind IN ('small_talk', 'pair', 'answer', 'not_found', 'flow')),
    query TEXT NOT NULL,
    answer TEXT NOT NULL,
    citations TEXT NOT NULL,
    rating INTEGER,
    rating_comment TEXT,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    run INTEGER NOT NULL DEFAULT 1,
    pieces BLOB,
    notice TEXT CHECK (notice IN ('model_unavailable')),
    failure TEXT CHECK (failure IN ('internal', 'upstream', 'timeout')),
    finish_reason TEXT CHECK (finish_reason IN ('stop', 'length', 'content-filter', 'other')),
    input_tokens INTEGER,
    output_tokens INTEGER,
    first_token_ms INTEGER,
    parts TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (account_id, session_key, number),
    CONSTRAINT turns_message_id UNIQUE (account_id, message_id),
    FOREIGN KEY (account_id, session_key) REFERENCES chat_sessions (account_id, session_key) ON DELETE CASCADE
) STRICT;
INSERT INTO turns_with_parts (account_id, session_key, number, message_id, visitor_message_id, status, kind, query, answer, citations, rating,
                              rating_comment, started_at, finished_at, run, pieces, notice, failure, finish_reason, input_tokens, output_tokens,
                              first_token_ms)
     SELECT account_id, session_key, number, message_id, visitor_message_id, status, kind, query, answer, citations, rating,
            rating_comment, started_at, finished_at, run, pieces, notice, failure, finish_reason, input_tokens, output_tokens,
            first_token_ms
       FROM turns;
DROP TABLE turns;
ALTER TABLE turns_with_parts RENAME TO turns;
-- A session's running turn, which must be found without reading all that were.
CREATE INDEX turns_running ON turns (account_id, session_key) WHERE status = 'running';
