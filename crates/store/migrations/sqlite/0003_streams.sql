-- What a stored turn needs to replay as the events that it was, what it cost, and who wants it stopped.

-- Which run of the turn this is: one that was interrupted and is answered after all counts on. A result of an earlier
-- run is refused, and its event numbers mean nothing in a later one.
ALTER TABLE turns ADD COLUMN run INTEGER NOT NULL DEFAULT 1;
-- Byte lengths of the pieces in which the text left; NULL = the usual cut.
ALTER TABLE turns ADD COLUMN pieces BLOB;
ALTER TABLE turns ADD COLUMN notice TEXT CHECK (notice IN ('model_unavailable'));
ALTER TABLE turns ADD COLUMN failure TEXT CHECK (failure IN ('internal', 'upstream', 'timeout'));
ALTER TABLE turns ADD COLUMN finish_reason TEXT CHECK (finish_reason IN ('stop', 'length', 'content-filter', 'other'));
ALTER TABLE turns ADD COLUMN input_tokens INTEGER;
ALTER TABLE turns ADD COLUMN output_tokens INTEGER;
ALTER TABLE turns ADD COLUMN first_token_ms INTEGER;

-- Turns that somebody wants stopped; the node that runs one looks here. Rows are swept after a minute.
CREATE TABLE turn_stops (
    account_id BLOB NOT NULL,
    message_id TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, message_id)
) STRICT;

-- Tokens of an agent's live turns by month (`YYYY-MM`, UTC), in several rows, so that turns do not wait for one.
CREATE TABLE token_counts (
    account_id BLOB NOT NULL,
    chatbot_id TEXT NOT NULL,
    month TEXT NOT NULL,
    shard INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    PRIMARY KEY (account_id, chatbot_id, month, shard),
    FOREIGN KEY (account_id, chatbot_id) REFERENCES agents (account_id, chatbot_id) ON DELETE CASCADE
) STRICT;
