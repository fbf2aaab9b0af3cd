-- Work that is done later, or again and again.

-- `available_at` is when a waiting job may begin, and until when a running one is leased.
CREATE TABLE jobs (
    account_id UUID NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    job_id UUID NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    kind TEXT COLLATE "C" NOT NULL,
    payload JSONB NOT NULL,
    unique_key TEXT COLLATE "C",
    priority BIGINT NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'dead', 'cancelled')),
    available_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    most_attempts BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    worker TEXT COLLATE "C",
    is_cancelled BOOLEAN NOT NULL,
    error TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, job_id)
);
CREATE UNIQUE INDEX jobs_unique_key ON jobs (account_id, kind, unique_key) WHERE status IN ('waiting', 'running');
CREATE INDEX jobs_waiting ON jobs (priority, available_at, job_id) WHERE status = 'waiting';
CREATE INDEX jobs_next ON jobs (available_at, kind) WHERE status = 'waiting';
CREATE INDEX jobs_running ON jobs (available_at) WHERE status = 'running';
CREATE INDEX jobs_dead ON jobs (account_id, updated_at, job_id) WHERE status = 'dead';
CREATE INDEX jobs_finished ON jobs (updated_at) WHERE status IN ('done', 'cancelled');

-- Jobs that are enqueued again and again.
CREATE TABLE job_schedules (
    account_id UUID NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL,
    unique_key TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    payload JSONB NOT NULL,
    every_seconds BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, kind, unique_key)
);
CREATE INDEX job_schedules_next ON job_schedules (next_at);
