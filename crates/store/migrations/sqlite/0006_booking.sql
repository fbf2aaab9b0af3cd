-- Services, resources, and who has which time of a resource.
--
-- Services and resources are shared by both environments; what occupies time belongs to one.

-- People, rooms and things. One that was removed stays for the bookings that name it.
CREATE TABLE booking_resources (
    account_id BLOB NOT NULL,
    resource_id BLOB NOT NULL,
    project_id INTEGER NOT NULL,
    settings TEXT NOT NULL,
    removed INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, resource_id),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX booking_resources_project ON booking_resources (account_id, project_id, created_at, resource_id);

CREATE TABLE booking_services (
    account_id BLOB NOT NULL,
    service_id BLOB NOT NULL,
    project_id INTEGER NOT NULL,
    settings TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, service_id),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX booking_services_project ON booking_services (account_id, project_id, created_at, service_id);

-- The resources that a service names, as in its settings.
CREATE TABLE booking_service_resources (
    account_id BLOB NOT NULL,
    service_id BLOB NOT NULL,
    resource_id BLOB NOT NULL,
    PRIMARY KEY (account_id, service_id, resource_id),
    FOREIGN KEY (account_id, service_id) REFERENCES booking_services (account_id, service_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, resource_id) REFERENCES booking_resources (account_id, resource_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX booking_service_resources_resource ON booking_service_resources (account_id, resource_id);

-- Who changes what occupies a resource holds the lock of its row here.
CREATE TABLE booking_calendars (
    account_id BLOB NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    resource_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account_id, environment, resource_id),
    FOREIGN KEY (account_id, resource_id) REFERENCES booking_resources (account_id, resource_id) ON DELETE CASCADE
) STRICT;

-- The time that a start of a service occupies, buffers included.
CREATE TABLE booking_blocks (
    account_id BLOB NOT NULL,
    block_id BLOB NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    resource_id BLOB NOT NULL,
    service_id BLOB NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, block_id),
    CONSTRAINT booking_blocks_extent UNIQUE (account_id, environment, resource_id, from_at, until_at, service_id, start_at, end_at),
    -- What the cells refer to, so that none can be another environment's or resource's than its block.
    CONSTRAINT booking_blocks_cells UNIQUE (account_id, block_id, environment, resource_id),
    FOREIGN KEY (account_id, resource_id) REFERENCES booking_resources (account_id, resource_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, service_id) REFERENCES booking_services (account_id, service_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX booking_blocks_service ON booking_blocks (account_id, service_id);
CREATE INDEX booking_blocks_until ON booking_blocks (until_at);

-- Five minutes of a resource belong to one block: here nothing is ever sold twice.
CREATE TABLE booking_cells (
    account_id BLOB NOT NULL,
    environment TEXT NOT NULL,
    resource_id BLOB NOT NULL,
    cell INTEGER NOT NULL,
    block_id BLOB NOT NULL,
    PRIMARY KEY (account_id, environment, resource_id, cell),
    FOREIGN KEY (account_id, block_id, environment, resource_id)
        REFERENCES booking_blocks (account_id, block_id, environment, resource_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX booking_cells_block ON booking_cells (account_id, block_id);

CREATE TABLE booking_holds (
    account_id BLOB NOT NULL,
    hold_id BLOB NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    project_id INTEGER NOT NULL,
    service_id BLOB NOT NULL,
    resource_id BLOB NOT NULL,
    chatbot_id TEXT,
    session_key BLOB,
    seats INTEGER NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    -- The zone of the resource's clocks.
    timezone TEXT NOT NULL,
    -- Whether it is its session's present one. Its time decides whether it still counts.
    live INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, hold_id),
    FOREIGN KEY (account_id, resource_id) REFERENCES booking_resources (account_id, resource_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, service_id) REFERENCES booking_services (account_id, service_id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX booking_holds_session ON booking_holds (account_id, session_key) WHERE live AND session_key IS NOT NULL;
CREATE INDEX booking_holds_resource ON booking_holds (account_id, resource_id);
CREATE INDEX booking_holds_service ON booking_holds (account_id, service_id);
CREATE INDEX booking_holds_expiry ON booking_holds (expires_at);

-- Agent and session may go while the booking stays, so they are no foreign keys.
CREATE TABLE bookings (
    account_id BLOB NOT NULL,
    booking_id BLOB NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    project_id INTEGER NOT NULL,
    service_id BLOB NOT NULL,
    resource_id BLOB NOT NULL,
    chatbot_id TEXT,
    session_key BLOB,
    lead_id BLOB,
    status TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'declined', 'cancelled', 'no_show', 'completed')),
    seats INTEGER NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    -- The wall time and zone that were agreed.
    local_start TEXT NOT NULL,
    name TEXT,
    email TEXT,
    phone TEXT,
    answers TEXT NOT NULL,
    history TEXT NOT NULL,
    -- How many times it has changed.
    sequence INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, booking_id),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, resource_id) REFERENCES booking_resources (account_id, resource_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, service_id) REFERENCES booking_services (account_id, service_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX bookings_start ON bookings (account_id, project_id, environment, start_at, booking_id);
CREATE INDEX bookings_session ON bookings (account_id, session_key, start_at) WHERE session_key IS NOT NULL;
CREATE INDEX bookings_resource ON bookings (account_id, resource_id);
CREATE INDEX bookings_service ON bookings (account_id, service_id);

-- The seats of a block, each a booking's or a hold's.
CREATE TABLE booking_seats (
    account_id BLOB NOT NULL,
    block_id BLOB NOT NULL,
    seat INTEGER NOT NULL,
    booking_id BLOB,
    hold_id BLOB,
    -- When it is free again, if it is a hold's.
    expires_at INTEGER,
    PRIMARY KEY (account_id, block_id, seat),
    CHECK ((booking_id IS NULL) <> (hold_id IS NULL)),
    CHECK ((expires_at IS NULL) = (hold_id IS NULL)),
    FOREIGN KEY (account_id, block_id) REFERENCES booking_blocks (account_id, block_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, booking_id) REFERENCES bookings (account_id, booking_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, hold_id) REFERENCES booking_holds (account_id, hold_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX booking_seats_booking ON booking_seats (account_id, booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX booking_seats_hold ON booking_seats (account_id, hold_id) WHERE hold_id IS NOT NULL;
