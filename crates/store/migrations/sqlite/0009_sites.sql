-- Websites that agents learn: what is crawled, each run of it, and every page that was found.

CREATE TABLE sites (
    account_id BLOB NOT NULL,
    site_id BLOB NOT NULL,
    chatbot_id TEXT NOT NULL,
    -- The hosts from which it starts, in order: an agent has one site of them.
    home TEXT NOT NULL,
    rules TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, site_id),
    UNIQUE (account_id, chatbot_id, home),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE crawl_runs (
    account_id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    site_id BLOB NOT NULL,
    chatbot_id TEXT NOT NULL,
    job_id BLOB NOT NULL,
    -- The site's rules when it began.
    rules TEXT NOT NULL,
    -- A look at the pages that were missing: no others are fetched, and it is not listed.
    is_look INTEGER NOT NULL,
    -- Whether the site's sitemaps have been read.
    is_listed INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('crawling', 'completed', 'failed', 'cancelled')),
    pages_found INTEGER NOT NULL,
    pages_crawled INTEGER NOT NULL,
    pages_failed INTEGER NOT NULL,
    notice TEXT,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (account_id, run_id),
    FOREIGN KEY (account_id, site_id) REFERENCES sites (account_id, site_id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX crawl_runs_one ON crawl_runs (account_id, site_id) WHERE status = 'crawling';
CREATE INDEX crawl_runs_agent ON crawl_runs (account_id, chatbot_id, started_at, run_id);

CREATE TABLE crawl_errors (
    account_id BLOB NOT NULL,
    run_id BLOB NOT NULL,
    url TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (account_id, run_id, url),
    FOREIGN KEY (account_id, run_id) REFERENCES crawl_runs (account_id, run_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE site_pages (
    account_id BLOB NOT NULL,
    site_id BLOB NOT NULL,
    url TEXT NOT NULL,
    -- The run that found it last, and what came of it there.
    run_id BLOB NOT NULL,
    depth INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'read', 'same', 'failed', 'skipped')),
    outcome TEXT NOT NULL CHECK (outcome IN ('there', 'gone', 'missing', 'unwanted', 'excluded', 'unknown')),
    -- The asset that it is to be, chosen before there is one.
    asset_id INTEGER NOT NULL,
    kind TEXT,
    title TEXT,
    canonical TEXT,
    -- SHA-256 of the text as it was read, and of what of it is served; none when nothing is.
    text_hash BLOB,
    served_hash BLOB,
    etag TEXT,
    last_modified TEXT,
    missing_since INTEGER,
    PRIMARY KEY (account_id, site_id, url),
    FOREIGN KEY (account_id, site_id) REFERENCES sites (account_id, site_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX site_pages_waiting ON site_pages (account_id, site_id, depth, url) WHERE state = 'waiting';

-- The text of each page as it was read, with all that repeats across the site.
CREATE TABLE site_texts (
    account_id BLOB NOT NULL,
    site_id BLOB NOT NULL,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (account_id, site_id, url),
    FOREIGN KEY (account_id, site_id, url) REFERENCES site_pages (account_id, site_id, url) ON DELETE CASCADE
) STRICT;
