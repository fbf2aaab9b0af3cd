-- What the handshake shows of an agent, where an account is, and every prompt that an agent had.

ALTER TABLE agents ADD COLUMN sort_order BIGINT NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN quick_questions JSONB NOT NULL DEFAULT '[]';
ALTER TABLE agents ADD COLUMN widget JSONB NOT NULL DEFAULT '{}';
ALTER TABLE agents ADD COLUMN widget_tabs JSONB NOT NULL DEFAULT '[]';

ALTER TABLE accounts ADD COLUMN address JSONB NOT NULL DEFAULT '{}';

CREATE TABLE prompt_versions (
    account_id UUID NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    system_prompt_text TEXT COLLATE "C" NOT NULL,
    -- A person's e-mail address or a key's name, as they were then.
    created_by TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, chatbot_id, version),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
);

-- The prompt that an agent has is its first version.
INSERT INTO prompt_versions (account_id, chatbot_id, version, system_prompt_text, created_at)
SELECT account_id, chatbot_id, 1, COALESCE(settings ->> 'system_prompt_text', ''), updated_at FROM agents;

-- Codes that the API takes no more.
UPDATE agents SET type = 0 WHERE type NOT BETWEEN 0 AND 99;
UPDATE agents SET access_type = 0 WHERE access_type NOT BETWEEN 0 AND 99;
UPDATE agents SET llm_source = 0 WHERE llm_source NOT BETWEEN 0 AND 99;
UPDATE agents SET settings = jsonb_set(settings, '{thinking_mode}', '"0"') WHERE settings ->> 'thinking_mode' NOT IN ('0', '1', '2', '3');
