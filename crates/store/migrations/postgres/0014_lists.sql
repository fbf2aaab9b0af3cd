-- Lists are read by index, from where a page begins: by when a row was made, and its key.

DROP INDEX assets_project;
CREATE INDEX assets_list ON assets (account_id, project_id, created_at, asset_id);
DROP INDEX agents_project;
CREATE INDEX agents_list ON agents (account_id, project_id, created_at, chatbot_id);
CREATE INDEX asset_links_list ON asset_links (account_id, chatbot_id, created_at, asset_id) WHERE NOT removed;
CREATE INDEX qa_pairs_list ON qa_pairs (account_id, chatbot_id, created_at, qa_id);
CREATE INDEX projects_list ON projects (account_id, created_at, project_id);
CREATE INDEX api_keys_list ON api_keys (account_id, created_at, key_id) WHERE revoked_at IS NULL;

-- A session's bookings, which are few, by their start.
DROP INDEX bookings_session;
CREATE INDEX bookings_session ON bookings (account_id, session_key, start_at, booking_id) WHERE session_key IS NOT NULL;
