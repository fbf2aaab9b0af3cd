-- Services, resources, and who has which time of a resource.
--
-- Services and resources are shared by both environments; what occupies time belongs to one.

-- People, rooms and things. One that was removed stays for the bookings that name it.
CREATE TABLE booking_resources (
    account_id UUID NOT NULL,
    resource_id UUID NOT NULL,
    project_id BIGINT NOT NULL,
    settings JSONB NOT NULL,
    removed BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, resource_id),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE
);
CREATE INDEX booking_resources_project ON booking_resources (account_id, project_id, created_at, resource_id);

CREATE TABLE booking_services (
    account_id UUID NOT NULL,
    service_id UUID NOT NULL,
    project_id BIGINT NOT NULL,
    settings JSONB NOT NULL,
    enabled BOOLEAN NOT NULL,
    removed BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, service_id),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE
);
CREATE INDEX booking_services_project ON booking_services (account_id, project_id, created_at, service_id);

-- The resources that a service names, as in its settings.
CREATE TABLE booking_service_resources (
    account_id UUID NOT NULL,
    service_id UUID NOT NULL,
    resource_id UUID NOT NULL,
    PRIMARY KEY (account_id, service_id, resource_id),
    FOREIGN KEY (account_id, service_id) REFERENCES booking_services (account_id, service_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, resource_id) REFERENCES booking_resources (account_id, resource_id) ON DELETE CASCADE
);
CREATE INDEX booking_service_resources_resource ON booking_service_resources (account_id, resource_id);

-- Who changes what occupies a resource holds the lock of its row here.
CREATE TABLE booking_calendars (
    account_id UUID NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    resource_id UUID NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account_id, environment, resource_id),
    FOREIGN KEY (account_id, resource_id) REFERENCES booking_resources (account_id, resource_id) ON DELETE CASCADE
);

-- The time that a start of a service occupies, buffers included.
CREATE TABLE booking_blocks (
    account_id UUID NOT NULL,
    block_id UUID NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    resource_id UUID NOT NULL,
    service_id UUID NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, block_id),
    CONSTRAINT booking_blocks_extent UNIQUE (account_id, environment, resource_id, from_at, until_at, service_id, start_at, end_at),
    -- What the cells refer to, so that none can be another environment's or resource's than its block.
    CONSTRAINT booking_blocks_cells UNIQUE (account_id, block_id, environment, resource_id),
    FOREIGN KEY (account_id, resource_id) REFERENCES booking_resources (account_id, resource_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, service_id) REFERENCES booking_services (account_id, service_id) ON DELETE CASCADE
);
CREATE INDEX booking_blocks_service ON booking_blocks (account_id, service_id);
CREATE INDEX booking_blocks_until ON booking_blocks (until_at);

-- Five minutes of a resource belong to one block: here nothing is ever sold twice.
CREATE TABLE booking_cells (
    account_id UUID NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    resource_id UUID NOT NULL,
    cell BIGINT NOT NULL,
    block_id UUID NOT NULL,
    PRIMARY KEY (account_id, environment, resource_id, cell),
    FOREIGN KEY (account_id, block_id, environment, resource_id)
        REFERENCES booking_blocks (account_id, block_id, environment, resource_id) ON DELETE CASCADE
);
CREATE INDEX booking_cells_block ON booking_cells (account_id, block_id);

CREATE TABLE booking_holds (
    account_id UUID NOT NULL,
    hold_id UUID NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    project_id BIGINT NOT NULL,
    service_id UUID NOT NULL,
    resource_id UUID NOT NULL,
    chatbot_id TEXT COLLATE "C",
    session_key UUID,
    seats BIGINT NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    -- The zone of the resource's clocks.
    timezone TEXT COLLATE "C" NOT NULL,
    -- Whether it is its session's present one. Its time decides whether it still counts.
    live BOOLEAN NOT NULL,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, hold_id),
    FOREIGN KEY (account_id, resource_id) REFERENCES booking_resources (account_id, resource_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, service_id) REFERENCES booking_services (account_id, service_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX booking_holds_session ON booking_holds (account_id, session_key) WHERE live AND session_key IS NOT NULL;
CREATE INDEX booking_holds_resource ON booking_holds (account_id, resource_id);
CREATE INDEX booking_holds_service ON booking_holds (account_id, service_id);
CREATE INDEX booking_holds_expiry ON booking_holds (expires_at);

-- Agent and session may go while the booking stays, so they are no foreign keys.
CREATE TABLE bookings (
    account_id UUID NOT NULL,
    booking_id UUID NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    project_id BIGINT NOT NULL,
    service_id UUID NOT NULL,
    resource_id UUID NOT NULL,
    chatbot_id TEXT COLLATE "C",
    session_key UUID,
    lead_id UUID,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'confirmed', 'declined', 'cancelled', 'no_show', 'completed')),
    seats BIGINT NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    -- The wall time and zone that were agreed.
    local_start TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C",
    email TEXT COLLATE "C",
    phone TEXT COLLATE "C",
    answers JSONB NOT NULL,
    history JSONB NOT NULL,
    -- How many times it has changed.
    sequence BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, booking_id),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, resource_id) REFERENCES booking_resources (account_id, resource_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, service_id) REFERENCES booking_services (account_id, service_id) ON DELETE CASCADE
);
CREATE INDEX bookings_start ON bookings (account_id, project_id, environment, start_at, booking_id);
CREATE INDEX bookings_session ON bookings (account_id, session_key, start_at) WHERE session_key IS NOT NULL;
CREATE INDEX bookings_resource ON bookings (account_id, resource_id);
CREATE INDEX bookings_service ON bookings (account_id, service_id);

-- The seats of a block, each a booking's or a hold's.
CREATE TABLE booking_seats (
    account_id UUID NOT NULL,
    block_id UUID NOT NULL,
    seat BIGINT NOT NULL,
    booking_id UUID,
    hold_id UUID,
    -- When it is free again, if it is a hold's.
    expires_at BIGINT,
    PRIMARY KEY (account_id, block_id, seat),
    CHECK ((booking_id IS NULL) <> (hold_id IS NULL)),
    CHECK ((expires_at IS NULL) = (hold_id IS NULL)),
    FOREIGN KEY (account_id, block_id) REFERENCES booking_blocks (account_id, block_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, booking_id) REFERENCES bookings (account_id, booking_id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, hold_id) REFERENCES booking_holds (account_id, hold_id) ON DELETE CASCADE
);
CREATE INDEX booking_seats_booking ON booking_seats (account_id, booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX booking_seats_hold ON booking_seats (account_id, hold_id) WHERE hold_id IS NOT NULL;
