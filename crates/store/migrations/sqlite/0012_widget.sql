-- What the handshake shows of an agent, where an account is, and every prompt that an agent had.

ALTER TABLE agents ADD COLUMN sort_order INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN quick_questions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE agents ADD COLUMN widget TEXT NOT NULL DEFAULT '{}';
ALTER TABLE agents ADD COLUMN widget_tabs TEXT NOT NULL DEFAULT '[]';

ALTER TABLE accounts ADD COLUMN address TEXT NOT NULL DEFAULT '{}';

CREATE TABLE prompt_versions (
    account_id BLOB NOT NULL,
    chatbot_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    system_prompt_text TEXT NOT NULL,
    -- A person's e-mail address or a key's name, as they were then.
    created_by TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, chatbot_id, version),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
) STRICT;

-- The prompt that an agent has is its first version.
INSERT INTO prompt_versions (account_id, chatbot_id, version, system_prompt_text, created_at)
SELECT account_id, chatbot_id, 1, COALESCE(json_extract(settings, '$.system_prompt_text'), ''), updated_at FROM agents;

-- Codes that the API takes no more.
UPDATE agents SET type = 0 WHERE type NOT BETWEEN 0 AND 99;
UPDATE agents SET access_type = 0 WHERE access_type NOT BETWEEN 0 AND 99;
UPDATE agents SET llm_source = 0 WHERE llm_source NOT BETWEEN 0 AND 99;
UPDATE agents SET settings = json_set(settings, '$.thinking_mode', '0')
 WHERE json_extract(settings, '$.thinking_mode') NOT IN ('0', '1', '2', '3');
