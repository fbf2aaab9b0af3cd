-- The first schema: accounts and credentials, projects and agents, knowledge, conversations.
--
-- Times are microseconds since 1970 UTC. account_id leads every key, except in the directory tables, which map what
-- arrives without an account. Secrets are sealed under the master key or stored as a hash.

-- Directory tables ---------------------------------------------------------------------------------------------

CREATE TABLE server_facts (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
    account_id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    company TEXT,
    phone TEXT,
    website TEXT,
    timezone TEXT,
    language TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    user_id BLOB PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL CONSTRAINT users_email_key UNIQUE,
    name TEXT,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE login_sessions (
    token_hash BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    account_id BLOB NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX login_sessions_user ON login_sessions (user_id);
CREATE INDEX login_sessions_seen ON login_sessions (last_seen_at);

CREATE TABLE api_key_directory (
    public_part TEXT PRIMARY KEY,
    account_id BLOB NOT NULL,
    key_id BLOB NOT NULL
) STRICT;

CREATE TABLE project_directory (
    project_id INTEGER PRIMARY KEY,
    account_id BLOB NOT NULL
) STRICT;

CREATE TABLE agent_directory (
    chatbot_id TEXT PRIMARY KEY,
    account_id BLOB NOT NULL,
    project_id INTEGER NOT NULL
) STRICT;

-- Accounts -----------------------------------------------------------------------------------------------------

CREATE TABLE memberships (
    account_id BLOB NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, user_id)
) STRICT;
CREATE INDEX memberships_user ON memberships (user_id);

CREATE TABLE api_keys (
    account_id BLOB NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    key_id BLOB NOT NULL,
    name TEXT NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    scopes TEXT NOT NULL,
    public_part TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    sealed BLOB,
    is_primary INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, key_id)
) STRICT;
-- At most one primary key is alive in an account.
CREATE UNIQUE INDEX api_keys_primary ON api_keys (account_id) WHERE is_primary AND revoked_at IS NULL;

CREATE TABLE idempotency_keys (
    account_id BLOB NOT NULL,
    key_hash BLOB NOT NULL,
    request_hash BLOB NOT NULL,
    status INTEGER,
    answer BLOB,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, key_hash)
) STRICT;
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- Projects and agents --------------------------------------------------------------------------------------------

CREATE TABLE projects (
    account_id BLOB NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    project_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, project_id)
) STRICT;

CREATE TABLE agents (
    account_id BLOB NOT NULL,
    chatbot_id TEXT NOT NULL,
    project_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    type INTEGER NOT NULL,
    access_type INTEGER NOT NULL,
    avatar_url TEXT,
    llm_source INTEGER NOT NULL,
    language TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    require_origin INTEGER NOT NULL,
    allowed_origins TEXT NOT NULL,
    test_origins TEXT NOT NULL,
    timezone TEXT,
    country TEXT,
    settings TEXT NOT NULL,
    llm_api_key BLOB,
    -- Grows with every change that an answer could depend on; nodes cache under it.
    version INTEGER NOT NULL,
    -- Grows with every change of the agent's list of sources; allotted under this row's lock.
    content_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, chatbot_id),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX agents_project ON agents (account_id, project_id, chatbot_id);

-- Knowledge ------------------------------------------------------------------------------------------------------

CREATE TABLE assets (
    account_id BLOB NOT NULL,
    asset_id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    source_url TEXT,
    metadata TEXT,
    -- The version that is served; 0 while the first one is still being stored.
    version INTEGER NOT NULL,
    -- The number that the next version gets.
    next_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, asset_id),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX assets_project ON assets (account_id, project_id, asset_id);

CREATE TABLE asset_versions (
    account_id BLOB NOT NULL,
    asset_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    -- The original bytes; a text that came in a request has none.
    file_hash BLOB,
    text_hash BLOB NOT NULL,
    title TEXT,
    size_bytes INTEGER NOT NULL,
    text_bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, asset_id, version),
    FOREIGN KEY (account_id, asset_id) REFERENCES assets (account_id, asset_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX asset_versions_file ON asset_versions (account_id, file_hash);

-- The stored text of a version, in pieces that begin at byte `start`.
CREATE TABLE asset_texts (
    account_id BLOB NOT NULL,
    asset_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    start INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (account_id, asset_id, version, start),
    FOREIGN KEY (account_id, asset_id, version) REFERENCES asset_versions (account_id, asset_id, version) ON DELETE CASCADE
) STRICT;

-- Immutable index segments of a version under one set of chunking parameters.
CREATE TABLE segments (
    account_id BLOB NOT NULL,
    asset_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    params TEXT NOT NULL,
    part INTEGER NOT NULL,
    chunk_count INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (account_id, asset_id, version, params, part),
    FOREIGN KEY (account_id, asset_id, version) REFERENCES asset_versions (account_id, asset_id, version) ON DELETE CASCADE
) STRICT;

-- The list of an agent's sources. A removed link stays as a tombstone, so that nodes which know an older content
-- version learn of it; hence no foreign key to assets.
CREATE TABLE asset_links (
    account_id BLOB NOT NULL,
    chatbot_id TEXT NOT NULL,
    asset_id INTEGER NOT NULL,
    linkage_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    version INTEGER NOT NULL,
    params TEXT NOT NULL,
    removed INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, chatbot_id, asset_id),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX asset_links_seq ON asset_links (account_id, chatbot_id, seq);
CREATE INDEX asset_links_asset ON asset_links (account_id, asset_id);
CREATE UNIQUE INDEX asset_links_linkage ON asset_links (account_id, linkage_id);

CREATE TABLE qa_pairs (
    account_id BLOB NOT NULL,
    chatbot_id TEXT NOT NULL,
    qa_id BLOB NOT NULL,
    question TEXT NOT NULL,
    also TEXT NOT NULL,
    answer TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, chatbot_id, qa_id),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
) STRICT;

-- File bytes, with PostgreSQL only; with SQLite they lie below the data folder.
CREATE TABLE file_pieces (
    account_id BLOB NOT NULL,
    file_hash BLOB NOT NULL,
    piece INTEGER NOT NULL,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, file_hash, piece)
) STRICT;

-- Conversations --------------------------------------------------------------------------------------------------

CREATE TABLE chat_sessions (
    account_id BLOB NOT NULL,
    session_key BLOB NOT NULL,
    chatbot_id TEXT NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    channel TEXT NOT NULL CHECK (channel IN ('web', 'whatsapp')),
    session_id TEXT NOT NULL,
    user_name TEXT,
    timezone TEXT,
    locale TEXT,
    country TEXT,
    page_url TEXT,
    next_number INTEGER NOT NULL,
    -- The turn that runs now, and until when its node has promised to say that it still does.
    running_message_id TEXT,
    running_until INTEGER,
    created_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, session_key),
    CONSTRAINT chat_sessions_id UNIQUE (account_id, chatbot_id, environment, channel, session_id),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
) STRICT;
-- An API key names a session without its agent.
CREATE INDEX chat_sessions_session ON chat_sessions (account_id, session_id);

CREATE TABLE turns (
    account_id BLOB NOT NULL,
    session_key BLOB NOT NULL,
    number INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    visitor_message_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'done', 'stopped', 'failed', 'interrupted')),
    kind TEXT CHECK (kind IN ('small_talk', 'pair', 'answer', 'not_found')),
    query TEXT NOT NULL,
    answer TEXT NOT NULL,
    citations TEXT NOT NULL,
    rating INTEGER,
    rating_comment TEXT,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (account_id, session_key, number),
    CONSTRAINT turns_message_id UNIQUE (account_id, message_id),
    FOREIGN KEY (account_id, session_key) REFERENCES chat_sessions (account_id, session_key) ON DELETE CASCADE
) STRICT;
-- A session's running turn, which must be found without reading all that were.
CREATE INDEX turns_running ON turns (account_id, session_key) WHERE status = 'running';
