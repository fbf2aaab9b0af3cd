-- Leads: the form of an agent, the persons that it won, and everything that was said of each.

ALTER TABLE agents ADD COLUMN lead_form JSONB NOT NULL DEFAULT '{}';

-- Whoever writes leads of an agent holds this row until the commit: two leads that change places never wait for each
-- other.
CREATE TABLE lead_gates (
    account_id UUID NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, chatbot_id, environment),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
);

CREATE TABLE leads (
    account_id UUID NOT NULL,
    lead_id UUID NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    -- The e-mail address in the form in which two spellings of one are equal.
    email_key TEXT COLLATE "C",
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('new', 'contacted', 'qualified', 'won', 'lost')),
    complete BOOLEAN NOT NULL,
    source TEXT COLLATE "C" NOT NULL CHECK (source IN ('chat', 'form', 'whatsapp', 'booking', 'api')),
    page_url TEXT COLLATE "C",
    ip_address TEXT COLLATE "C",
    consent JSONB,
    tags JSONB NOT NULL,
    notes JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, lead_id),
    -- One lead a person: the e-mail address decides.
    CONSTRAINT leads_email UNIQUE (account_id, chatbot_id, environment, email_key),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
);
CREATE INDEX leads_list ON leads (account_id, chatbot_id, environment, created_at, lead_id);

-- Whom a session is: one lead, while a lead may have come in several sessions.
CREATE TABLE lead_sessions (
    account_id UUID NOT NULL,
    session_key UUID NOT NULL,
    lead_id UUID NOT NULL,
    -- The id that the visitor was told. It stays when the lead turns out to be one that was known before.
    told_id UUID NOT NULL,
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, session_key),
    FOREIGN KEY (account_id, session_key) REFERENCES chat_sessions (account_id, session_key) ON DELETE CASCADE,
    FOREIGN KEY (account_id, lead_id) REFERENCES leads (account_id, lead_id) ON DELETE CASCADE
);
CREATE INDEX lead_sessions_lead ON lead_sessions (account_id, lead_id);
CREATE INDEX lead_sessions_told ON lead_sessions (account_id, told_id);

-- Everything that was said of a lead. Of a field one value counts.
CREATE TABLE lead_values (
    account_id UUID NOT NULL,
    lead_id UUID NOT NULL,
    value_id UUID NOT NULL,
    field TEXT COLLATE "C" NOT NULL,
    field_type TEXT COLLATE "C" NOT NULL,
    -- In its normal form.
    value TEXT COLLATE "C" NOT NULL,
    -- As it was said, and where: bytes of the message.
    raw TEXT COLLATE "C" NOT NULL,
    message_id TEXT COLLATE "C",
    start_byte BIGINT,
    end_byte BIGINT,
    valid BOOLEAN NOT NULL,
    suggestion TEXT COLLATE "C",
    consent_version TEXT COLLATE "C",
    -- The session in which it was said; none: the operator's servers gave it.
    session_key UUID,
    -- `other`: the latest of a session that is not the one whose value counts. `earlier`: its speaker said another later.
    standing TEXT COLLATE "C" NOT NULL CHECK (standing IN ('counts', 'other', 'earlier')),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, lead_id, value_id),
    FOREIGN KEY (account_id, lead_id) REFERENCES leads (account_id, lead_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX lead_values_counts ON lead_values (account_id, lead_id, field) WHERE standing = 'counts';
