-- Which run of the turn is to stop: a later one, which answers the same request anew, is not.
ALTER TABLE turn_stops ADD COLUMN run INTEGER NOT NULL DEFAULT 1;
