//! Bookings as they are read: one, a project's, a session's.

use robofy_booking::BookingStatus;
use robofy_kernel::{AccountId, BookingId, Op, Page, PageRequest, ProjectId, SessionKey, Timestamp};
use uuid::Uuid;

use super::{Booking, BookingFilter};
use crate::{Result, Store, StoreError, Tx};

/// Columns of a booking `b` and its session `s`, as [`Booking`] reads them.
macro_rules! columns {
    () => {
        "b.booking_id, b.environment, b.project_id, b.service_id, b.resource_id, b.chatbot_id, b.session_key, s.session_id, b.lead_id, b.status, b.seats, \
         b.start_at, b.end_at, b.local_start, b.name, b.email, b.phone, b.answers, b.history, b.sequence, b.created_at, b.updated_at"
    };
}

statements! {
    FIND = concat!("SELECT ", columns!(), "
              FROM bookings b LEFT JOIN chat_sessions s ON s.account_id = b.account_id AND s.session_key = b.session_key
             WHERE b.account_id = $1 AND b.booking_id = $2");
    // Between two keys, and nothing else that tells where to begin or end: so both engines read no more than that.
    LIST = concat!("SELECT ", columns!(), "
              FROM bookings b LEFT JOIN chat_sessions s ON s.account_id = b.account_id AND s.session_key = b.session_key
             WHERE b.account_id = $1 AND b.project_id = $2 AND b.environment = $3
               AND (b.start_at, b.booking_id) > ($4, $5) AND (b.start_at, b.booking_id) <= ($6, $7)
               AND (b.status = $8 OR $8 IS NULL) AND (b.service_id = $9 OR $9 IS NULL) AND (b.resource_id = $10 OR $10 IS NULL)
             ORDER BY b.start_at, b.booking_id LIMIT $11");
    // How far a page looks: the last of so many bookings.
    FURTHEST = "SELECT b.start_at, b.booking_id FROM bookings b
                 WHERE b.account_id = $1 AND b.project_id = $2 AND b.environment = $3
                   AND (b.start_at, b.booking_id) > ($4, $5) AND (b.start_at, b.booking_id) <= ($6, $7)
                 ORDER BY b.start_at, b.booking_id LIMIT 1 OFFSET $8";
    // The environment is the session's, so that no index of a project's bookings looks better than that of the session's.
    LIST_OF_SESSION = concat!("SELECT ", columns!(), "
              FROM chat_sessions s JOIN bookings b ON b.account_id = s.account_id AND b.session_key = s.session_key
             WHERE s.account_id = $1 AND s.session_key = $2 AND s.environment = $3 AND b.project_id = $4
               AND (b.start_at, b.booking_id) > ($5, $6)
             ORDER BY b.start_at, b.booking_id LIMIT $7");
}

/// What a list of bookings begins after: the last one's start and id.
pub type BookingKey = (i64, BookingId);

/// So many bookings are looked at for a page of those that pass a filter.
pub const LOOKED_AT: i64 = 5_000;

/// The booking as the unit sees it.
pub(super) async fn find(tx: &mut Tx<'_>, account: AccountId, booking: BookingId) -> Result<Booking> {
    fetch_optional!(tx.conn(), Booking, FIND, account, booking)?.ok_or(StoreError::NotFound("booking"))
}

impl Store {
    /// The booking of this id, whatever its environment.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_booking(&self, account: AccountId, booking: BookingId) -> Result<Option<Booking>> {
        fetch_optional!(self.reader(), Booking, FIND, account, booking)
    }

    /// A project's bookings in the operation's environment, by their start. With a filter by what they are a page looks
    /// at [`LOOKED_AT`] bookings at most: it may hold fewer than asked for, or none, and still have a next one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_bookings(
        &self,
        op: &Op,
        project: ProjectId,
        filter: BookingFilter,
        page: &PageRequest<BookingKey>,
    ) -> Result<Page<Booking, BookingKey>> {
        let (account, environment) = (op.account, op.environment);
        let begin = filter.from.map_or(FIRST, before);
        let (time, id) = page.after.map_or(begin, |after| after.max(begin));
        let (end, end_id) = filter.until.map_or(LAST, before);
        let furthest = if filter.skips() {
            let (reader, skip) = (self.reader(), LOOKED_AT - 1);
            fetch_optional!(
                reader,
                BookingKey,
                FURTHEST,
                account,
                project,
                environment,
                time,
                id,
                end,
                end_id,
                skip
            )?
        } else {
            None
        };
        let (end, end_id) = furthest.unwrap_or((end, end_id));
        let rows = fetch_all!(
            self.reader(),
            Booking,
            LIST,
            account,
            project,
            environment,
            time,
            id,
            end,
            end_id,
            filter.status.map(BookingStatus::as_str),
            filter.service,
            filter.resource,
            page.size + 1
        )?;
        let page = Page::of(rows, page.size, key);
        Ok(Page { next: page.next.or(furthest), ..page })
    }

    /// A page of a session's bookings, by their start.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_bookings_of_session(
        &self,
        op: &Op,
        project: ProjectId,
        session: SessionKey,
        page: &PageRequest<BookingKey>,
    ) -> Result<Page<Booking, BookingKey>> {
        let (account, environment) = (op.account, op.environment);
        let ((time, id), most) = (page.after.unwrap_or(FIRST), page.size + 1);
        let reader = self.reader();
        let rows = fetch_all!(
            reader,
            Booking,
            LIST_OF_SESSION,
            account,
            session,
            environment,
            project,
            time,
            id,
            most
        )?;
        Ok(Page::of(rows, page.size, key))
    }

    /// All bookings of a session, by their start; those that start at `from` or later where it is given.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn bookings_of_session(
        &self,
        op: &Op,
        project: ProjectId,
        session: SessionKey,
        from: Option<Timestamp>,
    ) -> Result<Vec<Booking>> {
        let (mut bookings, mut page) = (Vec::new(), PageRequest::largest(from.map(before)));
        loop {
            let found = self.list_bookings_of_session(op, project, session, &page).await?;
            bookings.extend(found.items);
            page.after = found.next;
            if page.after.is_none() {
                return Ok(bookings);
            }
        }
    }
}

/// Before every booking.
const FIRST: BookingKey = (i64::MIN, BookingId(Uuid::nil()));
/// Behind every booking.
const LAST: BookingKey = (i64::MAX, BookingId(Uuid::max()));

const fn key(booking: &Booking) -> BookingKey {
    (booking.start_at.micros(), booking.booking_id)
}

/// Behind every booking that starts before a time, and before all others.
const fn before(start: Timestamp) -> BookingKey {
    (start.micros().saturating_sub(1), BookingId(Uuid::max()))
}
