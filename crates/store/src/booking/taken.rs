//! What is taken: bookings and holds that still count, as the search for free slots wants it.

use robofy_booking::{Block, LONGEST_BLOCK, Window};
use robofy_kernel::{BookingId, Op, ResourceId, ServiceId, SessionKey, Timestamp};

use crate::{Result, Store};

statements! {
    LIST = "SELECT b.resource_id, b.service_id, b.start_at, b.end_at, b.from_at, b.until_at, COUNT(*) AS seats
              FROM booking_service_resources r
              JOIN booking_blocks b ON b.account_id = r.account_id AND b.resource_id = r.resource_id
              JOIN booking_seats s ON s.account_id = b.account_id AND s.block_id = b.block_id
              LEFT JOIN booking_holds h ON h.account_id = s.account_id AND h.hold_id = s.hold_id
             WHERE r.account_id = $1 AND r.service_id = $2 AND b.environment = $3
               AND b.from_at > $4 AND b.from_at < $5 AND b.until_at > $6
               AND (s.expires_at IS NULL OR s.expires_at > $7)
               AND (s.booking_id IS NULL OR s.booking_id IS DISTINCT FROM $8)
               AND (h.session_key IS NULL OR h.session_key IS DISTINCT FROM $9)
             GROUP BY b.account_id, b.block_id, b.resource_id, b.service_id, b.start_at, b.end_at, b.from_at, b.until_at
             ORDER BY b.resource_id, b.from_at, b.block_id";
}

/// Whose time counts as free.
#[derive(Clone, Copy, Debug, Default)]
pub struct Besides {
    /// The booking that is being moved.
    pub booking: Option<BookingId>,
    /// The session whose hold would be replaced.
    pub session: Option<SessionKey>,
}

#[derive(sqlx::FromRow)]
struct Row {
    resource_id: ResourceId,
    service_id: ServiceId,
    start_at: Timestamp,
    end_at: Timestamp,
    from_at: Timestamp,
    until_at: Timestamp,
    seats: i64,
}

impl Store {
    /// What is taken now, in the operation's environment, of the resources that a service names: the blocks that have
    /// a moment of `window` in them (and a few beside it), with the seats that are taken of each.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn taken_blocks(
        &self,
        op: &Op,
        service: ServiceId,
        window: Window,
        besides: Besides,
    ) -> Result<Vec<Block>> {
        let rows = fetch_all!(
            self.reader(),
            Row,
            LIST,
            op.account,
            service,
            op.environment,
            // A block that began earlier is over.
            LONGEST_BLOCK.before(window.from),
            window.until,
            window.from,
            op.now(),
            besides.booking,
            besides.session
        )?;
        Ok(rows.into_iter().map(Block::from).collect())
    }
}

impl From<Row> for Block {
    fn from(row: Row) -> Self {
        Self {
            resource: row.resource_id,
            service: row.service_id,
            start: row.start_at,
            end: row.end_at,
            from: row.from_at,
            until: row.until_at,
            seats: u32::try_from(row.seats).unwrap_or(u32::MAX),
        }
    }
}
