-- Flows: where a session's open flow stands, and what a turn offered beside its answer.

ALTER TABLE chat_sessions ADD COLUMN flow JSONB;
ALTER TABLE turns ADD COLUMN parts JSONB NOT NULL DEFAULT '[]';
ALTER TABLE turns DROP CONSTRAINT turns_kind_check;
ALTER TABLE turns ADD CONSTRAINT turns_kind_check CHECK (kind IN ('small_talk', 'pair', 'answer', 'not_found', 'flow'));
