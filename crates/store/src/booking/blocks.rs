//! Occupying time, and giving it back. Whoever does either holds the resource's calendar.

use robofy_booking::{CELL, LONGEST_BLOCK};
use robofy_kernel::{AccountId, BookingId, Environment, HoldId, Op, ResourceId, Timestamp};
use uuid::Uuid;

use super::{Refused, Spot};
use crate::{Result, StoreError, Tx};

statements! {
    LOCK = "INSERT INTO booking_calendars (account_id, environment, resource_id, version) VALUES ($1, $2, $3, 1)
            ON CONFLICT (account_id, environment, resource_id) DO UPDATE SET version = booking_calendars.version + 1";
    FREE_EXPIRED = "DELETE FROM booking_seats
                     WHERE account_id = $1 AND expires_at <= $2
                       AND block_id IN (SELECT b.block_id FROM booking_blocks b
                                         WHERE b.account_id = $1 AND b.environment = $3 AND b.resource_id = $4
                                           AND b.from_at > $5 AND b.from_at < $6)
                    RETURNING block_id";
    DROP_EMPTY = "DELETE FROM booking_blocks
                   WHERE account_id = $1 AND block_id = $2
                     AND NOT EXISTS (SELECT 1 FROM booking_seats s WHERE s.account_id = $1 AND s.block_id = $2)";
    // Every seat of the same service, start and extent shares a block.
    BLOCK = "INSERT INTO booking_blocks (account_id, block_id, environment, resource_id, service_id, start_at, end_at, from_at, until_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (account_id, environment, resource_id, from_at, until_at, service_id, start_at, end_at) DO UPDATE SET until_at = excluded.until_at
             RETURNING block_id";
    CELLS = "INSERT INTO booking_cells (account_id, environment, resource_id, cell, block_id)
             WITH RECURSIVE numbers (cell) AS (SELECT CAST($5 AS BIGINT) UNION ALL SELECT cell + 1 FROM numbers WHERE cell + 1 < $6)
             SELECT $1, $2, $3, cell, $4 FROM numbers";
    // All that are wanted or none. There may be more taken than there are seats now, where a service was changed.
    SEATS = "INSERT INTO booking_seats (account_id, block_id, seat, booking_id, hold_id, expires_at)
             WITH RECURSIVE numbers (seat) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT seat + 1 FROM numbers WHERE seat < $6)
             SELECT $1, $2, n.seat, $3, $4, CAST($5 AS BIGINT) FROM numbers n
              WHERE NOT EXISTS (SELECT 1 FROM booking_seats s WHERE s.account_id = $1 AND s.block_id = $2 AND s.seat = n.seat)
                AND (SELECT COUNT(*) FROM booking_seats s WHERE s.account_id = $1 AND s.block_id = $2) + $7 <= $6
              ORDER BY n.seat LIMIT $7";
    VACATE_BOOKING = "DELETE FROM booking_seats WHERE account_id = $1 AND booking_id = $2 RETURNING block_id";
    VACATE_HOLD = "DELETE FROM booking_seats WHERE account_id = $1 AND hold_id = $2 RETURNING block_id";
    HAND_OVER = "UPDATE booking_seats SET booking_id = $3, hold_id = NULL, expires_at = NULL WHERE account_id = $1 AND hold_id = $2";
}

/// Whose a seat is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner {
    Booking(BookingId),
    Hold(HoldId, Timestamp),
}

/// Takes the calendars of resources, in the order of their ids, whatever order they come in: until the unit ends,
/// nobody else changes what occupies them.
pub(super) async fn lock(tx: &mut Tx<'_>, op: &Op, mut resources: Vec<ResourceId>) -> Result<()> {
    resources.sort_unstable();
    resources.dedup();
    for resource in resources {
        lock_one(tx, op.account, op.environment, resource).await?;
    }
    Ok(())
}

/// Takes one calendar, by a whole key: the sweep goes through accounts.
pub(super) async fn lock_one(
    tx: &mut Tx<'_>,
    account: AccountId,
    environment: Environment,
    resource: ResourceId,
) -> Result<()> {
    execute!(tx.conn(), LOCK, account, environment, resource).map(|_| ())
}

/// Occupies seats of a block. What held it and has expired gives way.
pub(super) async fn occupy(tx: &mut Tx<'_>, op: &Op, spot: &Spot, owner: Owner) -> Result<()> {
    let (account, environment, block) = (op.account, op.environment, &spot.block);
    let cells = block.cells();
    let begin = Timestamp::from_micros(cells.start.saturating_mul(CELL.micros()));
    let end = Timestamp::from_micros(cells.end.saturating_mul(CELL.micros()));
    let reach = (LONGEST_BLOCK.before(begin), end);
    free_expired(tx, account, environment, block.resource, reach, op.now()).await?;
    let new = op.uuid();
    let (id,) = fetch_one!(
        tx.conn(),
        (Uuid,),
        BLOCK,
        account,
        new,
        environment,
        block.resource,
        block.service,
        block.start,
        block.end,
        block.from,
        block.until
    )?;
    if id == new {
        let cells =
            execute!(tx.conn(), CELLS, account, environment, block.resource, id, cells.start, cells.end);
        cells.map_err(slot_taken)?;
    }
    let (booking, hold, expires) = match owner {
        Owner::Booking(booking) => (Some(booking), None, None),
        Owner::Hold(hold, expires) => (None, Some(hold), Some(expires)),
    };
    let (capacity, wanted) = (i64::from(spot.capacity), i64::from(block.seats.max(1)));
    let seats = execute!(tx.conn(), SEATS, account, id, booking, hold, expires, capacity, wanted);
    if i64::try_from(seats.map_err(slot_taken)?).unwrap_or(i64::MAX) == wanted {
        Ok(())
    } else {
        Err(Refused::SlotTaken.into())
    }
}

/// Frees what holds occupied whose time is over, of blocks that begin within `reach`, both ends excluded.
pub(super) async fn free_expired(
    tx: &mut Tx<'_>,
    account: AccountId,
    environment: Environment,
    resource: ResourceId,
    reach: (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<()> {
    let (after, before) = reach;
    let freed = fetch_all!(
        tx.conn(),
        (Uuid,),
        FREE_EXPIRED,
        account,
        now,
        environment,
        resource,
        // The cells of a block reach a little further than itself.
        CELL.before(after),
        CELL.after(before)
    )?;
    drop_empty(tx, account, freed).await
}

/// Gives back what somebody occupies.
pub(super) async fn vacate(tx: &mut Tx<'_>, account: AccountId, owner: Owner) -> Result<()> {
    let freed = match owner {
        Owner::Booking(booking) => fetch_all!(tx.conn(), (Uuid,), VACATE_BOOKING, account, booking)?,
        Owner::Hold(hold, _) => fetch_all!(tx.conn(), (Uuid,), VACATE_HOLD, account, hold)?,
    };
    drop_empty(tx, account, freed).await
}

/// Gives a hold's seats to a booking; says how many there were.
pub(super) async fn hand_over(
    tx: &mut Tx<'_>,
    account: AccountId,
    hold: HoldId,
    booking: BookingId,
) -> Result<u64> {
    execute!(tx.conn(), HAND_OVER, account, hold, booking)
}

async fn drop_empty(tx: &mut Tx<'_>, account: AccountId, blocks: Vec<(Uuid,)>) -> Result<()> {
    let mut blocks: Vec<Uuid> = blocks.into_iter().map(|row| row.0).collect();
    blocks.sort_unstable();
    blocks.dedup();
    for block in blocks {
        execute!(tx.conn(), DROP_EMPTY, account, block)?;
    }
    Ok(())
}

/// A cell or seat that somebody has is the answer, not a failure.
fn slot_taken(error: StoreError) -> StoreError {
    if error.is_conflict() { Refused::SlotTaken.into() } else { error }
}
