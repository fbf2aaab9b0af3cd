-- Work that is done later, or again and again.

-- `available_at` is when a waiting job may begin, and until when a running one is leased.
CREATE TABLE jobs (
    account_id BLOB NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    job_id BLOB NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    unique_key TEXT,
    priority INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'dead', 'cancelled')),
    available_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    most_attempts INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    worker TEXT,
    is_cancelled INTEGER NOT NULL,
    error TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, job_id)
) STRICT;
CREATE UNIQUE INDEX jobs_unique_key ON jobs (account_id, kind, unique_key) WHERE status IN ('waiting', 'running');
CREATE INDEX jobs_waiting ON jobs (priority, available_at, job_id) WHERE status = 'waiting';
CREATE INDEX jobs_next ON jobs (available_at, kind) WHERE status = 'waiting';
CREATE INDEX jobs_running ON jobs (available_at) WHERE status = 'running';
CREATE INDEX jobs_dead ON jobs (account_id, updated_at, job_id) WHERE status = 'dead';
CREATE INDEX jobs_finished ON jobs (updated_at) WHERE status IN ('done', 'cancelled');

-- Jobs that are enqueued again and again.
CREATE TABLE job_schedules (
    account_id BLOB NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    unique_key TEXT NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    payload TEXT NOT NULL,
    every_seconds INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, kind, unique_key)
) STRICT;
CREATE INDEX job_schedules_next ON job_schedules (next_at);
