-- Who an agent is to its visitors: name, role, tone, what it does and does not do.

ALTER TABLE agents ADD COLUMN persona JSONB NOT NULL DEFAULT '{}';
