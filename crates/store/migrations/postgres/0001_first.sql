-- The first schema: accounts and credentials, projects and agents, knowledge, conversations.
--
-- Times are microseconds since 1970 UTC. account_id leads every key, except in the directory tables, which map what
-- arrives without an account. Secrets are sealed under the master key or stored as a hash.

-- Directory tables ---------------------------------------------------------------------------------------------

CREATE TABLE server_facts (
    name TEXT COLLATE "C" PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE signing_keys (
    kid TEXT COLLATE "C" PRIMARY KEY,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE accounts (
    account_id UUID PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    company TEXT COLLATE "C",
    phone TEXT COLLATE "C",
    website TEXT COLLATE "C",
    timezone TEXT COLLATE "C",
    language TEXT COLLATE "C",
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'suspended')),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    user_id UUID PRIMARY KEY,
    email TEXT COLLATE "C" NOT NULL,
    email_key TEXT COLLATE "C" NOT NULL CONSTRAINT users_email_key UNIQUE,
    name TEXT COLLATE "C",
    password_hash TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE login_sessions (
    token_hash BYTEA PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    account_id UUID NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX login_sessions_user ON login_sessions (user_id);
CREATE INDEX login_sessions_seen ON login_sessions (last_seen_at);

CREATE TABLE api_key_directory (
    public_part TEXT COLLATE "C" PRIMARY KEY,
    account_id UUID NOT NULL,
    key_id UUID NOT NULL
);

CREATE TABLE project_directory (
    project_id BIGINT PRIMARY KEY,
    account_id UUID NOT NULL
);

CREATE TABLE agent_directory (
    chatbot_id TEXT COLLATE "C" PRIMARY KEY,
    account_id UUID NOT NULL,
    project_id BIGINT NOT NULL
);

-- Accounts -----------------------------------------------------------------------------------------------------

CREATE TABLE memberships (
    account_id UUID NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('owner')),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id);

CREATE TABLE api_keys (
    account_id UUID NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    key_id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    scopes TEXT COLLATE "C" NOT NULL,
    public_part TEXT COLLATE "C" NOT NULL,
    secret_hash BYTEA NOT NULL,
    sealed BYTEA,
    is_primary BOOLEAN NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, key_id)
);
-- At most one primary key is alive in an account.
CREATE UNIQUE INDEX api_keys_primary ON api_keys (account_id) WHERE is_primary AND revoked_at IS NULL;

CREATE TABLE idempotency_keys (
    account_id UUID NOT NULL,
    key_hash BYTEA NOT NULL,
    request_hash BYTEA NOT NULL,
    status BIGINT,
    answer BYTEA,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, key_hash)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- Projects and agents --------------------------------------------------------------------------------------------

CREATE TABLE projects (
    account_id UUID NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    project_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, project_id)
);

CREATE TABLE agents (
    account_id UUID NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    project_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C",
    type BIGINT NOT NULL,
    access_type BIGINT NOT NULL,
    avatar_url TEXT COLLATE "C",
    llm_source BIGINT NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    enabled BOOLEAN NOT NULL,
    require_origin BOOLEAN NOT NULL,
    allowed_origins JSONB NOT NULL,
    test_origins JSONB NOT NULL,
    timezone TEXT COLLATE "C",
    country TEXT COLLATE "C",
    settings JSONB NOT NULL,
    llm_api_key BYTEA,
    -- Grows with every change that an answer could depend on; nodes cache under it.
    version BIGINT NOT NULL,
    -- Grows with every change of the agent's list of sources; allotted under this row's lock.
    content_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, chatbot_id),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE
);
CREATE INDEX agents_project ON agents (account_id, project_id, chatbot_id);

-- Knowledge ------------------------------------------------------------------------------------------------------

CREATE TABLE assets (
    account_id UUID NOT NULL,
    asset_id BIGINT NOT NULL,
    project_id BIGINT NOT NULL,
    file_name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    source_url TEXT COLLATE "C",
    metadata JSONB,
    -- The version that is served; 0 while the first one is still being stored.
    version BIGINT NOT NULL,
    -- The number that the next version gets.
    next_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, asset_id),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE
);
CREATE INDEX assets_project ON assets (account_id, project_id, asset_id);

CREATE TABLE asset_versions (
    account_id UUID NOT NULL,
    asset_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    -- The original bytes; a text that came in a request has none.
    file_hash BYTEA,
    text_hash BYTEA NOT NULL,
    title TEXT COLLATE "C",
    size_bytes BIGINT NOT NULL,
    text_bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, asset_id, version),
    FOREIGN KEY (account_id, asset_id) REFERENCES assets (account_id, asset_id) ON DELETE CASCADE
);
CREATE INDEX asset_versions_file ON asset_versions (account_id, file_hash);

-- The stored text of a version, in pieces that begin at byte `start`.
CREATE TABLE asset_texts (
    account_id UUID NOT NULL,
    asset_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    start BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, asset_id, version, start),
    FOREIGN KEY (account_id, asset_id, version) REFERENCES asset_versions (account_id, asset_id, version) ON DELETE CASCADE
);

-- Immutable index segments of a version under one set of chunking parameters.
CREATE TABLE segments (
    account_id UUID NOT NULL,
    asset_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    params TEXT COLLATE "C" NOT NULL,
    part BIGINT NOT NULL,
    chunk_count BIGINT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (account_id, asset_id, version, params, part),
    FOREIGN KEY (account_id, asset_id, version) REFERENCES asset_versions (account_id, asset_id, version) ON DELETE CASCADE
);

-- The list of an agent's sources. A removed link stays as a tombstone, so that nodes which know an older content
-- version learn of it; hence no foreign key to assets.
CREATE TABLE asset_links (
    account_id UUID NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    asset_id BIGINT NOT NULL,
    linkage_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    version BIGINT NOT NULL,
    params TEXT COLLATE "C" NOT NULL,
    removed BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, chatbot_id, asset_id),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
);
CREATE INDEX asset_links_seq ON asset_links (account_id, chatbot_id, seq);
CREATE INDEX asset_links_asset ON asset_links (account_id, asset_id);
CREATE UNIQUE INDEX asset_links_linkage ON asset_links (account_id, linkage_id);

CREATE TABLE qa_pairs (
    account_id UUID NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    qa_id UUID NOT NULL,
    question TEXT COLLATE "C" NOT NULL,
    also JSONB NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, chatbot_id, qa_id),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
);

-- File bytes, with PostgreSQL only; with SQLite they lie below the data folder.
CREATE TABLE file_pieces (
    account_id UUID NOT NULL,
    file_hash BYTEA NOT NULL,
    piece BIGINT NOT NULL,
    body BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, file_hash, piece)
);

-- Conversations --------------------------------------------------------------------------------------------------

CREATE TABLE chat_sessions (
    account_id UUID NOT NULL,
    session_key UUID NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    channel TEXT COLLATE "C" NOT NULL CHECK (channel IN ('web', 'whatsapp')),
    session_id TEXT COLLATE "C" NOT NULL,
    user_name TEXT COLLATE "C",
    timezone TEXT COLLATE "C",
    locale TEXT COLLATE "C",
    country TEXT COLLATE "C",
    page_url TEXT COLLATE "C",
    next_number BIGINT NOT NULL,
    -- The turn that runs now, and until when its node has promised to say that it still does.
    running_message_id TEXT COLLATE "C",
    running_until BIGINT,
    created_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, session_key),
    CONSTRAINT chat_sessions_id UNIQUE (account_id, chatbot_id, environment, channel, session_id),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
);
-- An API key names a session without its agent.
CREATE INDEX chat_sessions_session ON chat_sessions (account_id, session_id);

CREATE TABLE turns (
    account_id UUID NOT NULL,
    session_key UUID NOT NULL,
    number BIGINT NOT NULL,
    message_id TEXT COLLATE "C" NOT NULL,
    visitor_message_id TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('running', 'done', 'stopped', 'failed', 'interrupted')),
    kind TEXT COLLATE "C" CHECK (kind IN ('small_talk', 'pair', 'answer', 'not_found')),
    query TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    citations JSONB NOT NULL,
    rating BIGINT,
    rating_comment TEXT COLLATE "C",
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (account_id, session_key, number),
    CONSTRAINT turns_message_id UNIQUE (account_id, message_id),
    FOREIGN KEY (account_id, session_key) REFERENCES chat_sessions (account_id, session_key) ON DELETE CASCADE
);
-- A session's running turn, which must be found without reading all that were.
CREATE INDEX turns_running ON turns (account_id, session_key) WHERE status = 'running';
