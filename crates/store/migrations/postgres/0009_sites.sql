-- Websites that agents learn: what is crawled, each run of it, and every page that was found.

CREATE TABLE sites (
    account_id UUID NOT NULL,
    site_id UUID NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    -- The hosts from which it starts, in order: an agent has one site of them.
    home TEXT COLLATE "C" NOT NULL,
    rules JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, site_id),
    UNIQUE (account_id, chatbot_id, home),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
);

CREATE TABLE crawl_runs (
    account_id UUID NOT NULL,
    run_id UUID NOT NULL,
    site_id UUID NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    job_id UUID NOT NULL,
    -- The site's rules when it began.
    rules JSONB NOT NULL,
    -- A look at the pages that were missing: no others are fetched, and it is not listed.
    is_look BOOLEAN NOT NULL,
    -- Whether the site's sitemaps have been read.
    is_listed BOOLEAN NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('crawling', 'completed', 'failed', 'cancelled')),
    pages_found BIGINT NOT NULL,
    pages_crawled BIGINT NOT NULL,
    pages_failed BIGINT NOT NULL,
    notice TEXT,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (account_id, run_id),
    FOREIGN KEY (account_id, site_id) REFERENCES sites (account_id, site_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX crawl_runs_one ON crawl_runs (account_id, site_id) WHERE status = 'crawling';
CREATE INDEX crawl_runs_agent ON crawl_runs (account_id, chatbot_id, started_at, run_id);

CREATE TABLE crawl_errors (
    account_id UUID NOT NULL,
    run_id UUID NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (account_id, run_id, url),
    FOREIGN KEY (account_id, run_id) REFERENCES crawl_runs (account_id, run_id) ON DELETE CASCADE
);

CREATE TABLE site_pages (
    account_id UUID NOT NULL,
    site_id UUID NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    -- The run that found it last, and what came of it there.
    run_id UUID NOT NULL,
    depth BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'read', 'same', 'failed', 'skipped')),
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('there', 'gone', 'missing', 'unwanted', 'excluded', 'unknown')),
    -- The asset that it is to be, chosen before there is one.
    asset_id BIGINT NOT NULL,
    kind TEXT COLLATE "C",
    title TEXT,
    canonical TEXT COLLATE "C",
    -- SHA-256 of the text as it was read, and of what of it is served; none when nothing is.
    text_hash BYTEA,
    served_hash BYTEA,
    etag TEXT,
    last_modified TEXT,
    missing_since BIGINT,
    PRIMARY KEY (account_id, site_id, url),
    FOREIGN KEY (account_id, site_id) REFERENCES sites (account_id, site_id) ON DELETE CASCADE
);
CREATE INDEX site_pages_waiting ON site_pages (account_id, site_id, depth, url) WHERE state = 'waiting';

-- The text of each page as it was read, with all that repeats across the site.
CREATE TABLE site_texts (
    account_id UUID NOT NULL,
    site_id UUID NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (account_id, site_id, url),
    FOREIGN KEY (account_id, site_id, url) REFERENCES site_pages (account_id, site_id, url) ON DELETE CASCADE
);
