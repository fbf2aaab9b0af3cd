-- Conversations as an operator looks for them, and what was asked of the server.

-- An agent's conversations, the latest first. A session without a question is none.
CREATE INDEX chat_sessions_inbox ON chat_sessions (account_id, chatbot_id, environment, last_at, session_key) WHERE next_number > 1;

-- Requests, without anything that was said in them. Kept for some days.
CREATE TABLE request_log (
    account_id UUID NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    method TEXT COLLATE "C" NOT NULL,
    -- The template, never the path.
    route TEXT COLLATE "C" NOT NULL,
    status BIGINT NOT NULL,
    error_code TEXT COLLATE "C",
    -- A key's name; `dashboard`, `visitor`.
    caller TEXT COLLATE "C" NOT NULL,
    key_id UUID,
    micros BIGINT NOT NULL,
    PRIMARY KEY (account_id, at, request_id)
);
CREATE INDEX request_log_at ON request_log (at);
