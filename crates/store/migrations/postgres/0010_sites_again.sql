-- The run that made a page known to the agent, and where the page has moved to.
ALTER TABLE site_pages ADD COLUMN served_by UUID;
ALTER TABLE site_pages ADD COLUMN moved_to TEXT COLLATE "C";
UPDATE site_pages SET served_by = run_id WHERE served_hash IS NOT NULL;

-- What the sweep looks for.
CREATE INDEX assets_staged ON assets (created_at) WHERE version = 0;
