//! Holds, one after another.

use robofy_booking::Window;
use robofy_store::booking::{Besides, HOLD_REMEMBERED};

use super::*;

const FIVE_MINUTES: Duration = Duration::from_secs(300);
const MOMENT: Duration = Duration::from_micros(1);

both_engines! {
    async fn a_hold_becomes_a_booking(t: Fixture) {
        let shop = shop(&t, 1, json!({})).await;
        let hold = shop.hold(&t, Some("s"), 0, 60).await.unwrap();
        assert_eq!((hold.start_at, hold.end_at, hold.seats), (at(60), at(90), 1));
        assert_eq!(refused(shop.book(&t, 0, 60).await), Refused::SlotTaken);
        let stranger = shop.of_visitor("other", Source::Hold(hold.hold_id));
        let error = t.store.book(&shop.home.op, stranger, nothing).await.unwrap_err();
        assert!(matches!(error, StoreError::NotFound("hold")), "{error}");
        let new = NewBooking { zone: Some("America/New_York".parse().unwrap()), ..shop.of_visitor("s", Source::Hold(hold.hold_id)) };
        let booking = fresh(t.store.book(&shop.home.op, new, nothing).await.unwrap());
        assert_eq!((booking.start_at, booking.resource_id), (hold.start_at, hold.resource_id));
        assert_eq!(booking.local_start.to_string(), "2026-01-05T05:00:00[America/New_York]");
        assert_eq!(booking.session_id.as_ref().map(SessionId::as_str), Some("s"));
        let again = shop.wish(Vec::new());
        let again = t.store.book(&shop.home.op, NewBooking { source: Source::Hold(hold.hold_id), ..again }, nothing);
        assert_eq!(refused(again.await), Refused::HoldExpired, "it was used");
        assert!(!t.store.release_hold(&shop.home.op, hold.hold_id).await.unwrap());
        t.clock.advance(FIVE_MINUTES);
        assert_eq!(refused(shop.hold(&t, None, 0, 60).await), Refused::SlotTaken, "a booking does not expire");
        check(&t).await;
    }

    async fn an_expired_hold_gives_way(t: Fixture) {
        let shop = shop(&t, 1, json!({ "duration_minutes": 60 })).await;
        let hold = shop.hold(&t, None, 0, 60).await.unwrap();
        t.clock.advance(FIVE_MINUTES - MOMENT);
        assert_eq!(refused(shop.book(&t, 0, 90).await), Refused::SlotTaken);
        t.clock.advance(MOMENT);
        let late = NewBooking { source: Source::Hold(hold.hold_id), ..shop.wish(Vec::new()) };
        assert_eq!(refused(t.store.book(&shop.home.op, late.clone(), nothing).await), Refused::HoldExpired);
        // Another start, so that the cells of the hold's block themselves are taken over.
        shop.book(&t, 0, 90).await.unwrap();
        assert_eq!(refused(t.store.book(&shop.home.op, late, nothing).await), Refused::HoldExpired);
        assert_eq!(raw::count(&t.store, CELLS).await, 12);
        check(&t).await;
    }

    async fn an_expired_seat_gives_way(t: Fixture) {
        let shop = shop(&t, 1, json!({ "seats": 2 })).await;
        shop.hold(&t, None, 0, 60).await.unwrap();
        shop.book(&t, 0, 60).await.unwrap();
        assert_eq!(refused(shop.book(&t, 0, 60).await), Refused::SlotTaken);
        t.clock.advance(FIVE_MINUTES);
        shop.book(&t, 0, 60).await.unwrap();
        assert_eq!(refused(shop.book(&t, 0, 60).await), Refused::SlotTaken);
        check(&t).await;
    }

    async fn a_hold_is_given_back(t: Fixture) {
        let shop = shop(&t, 1, json!({})).await;
        let hold = shop.hold(&t, Some("s"), 0, 60).await.unwrap();
        let test = Op { environment: Environment::Test, ..shop.home.op.clone() };
        assert!(matches!(t.store.release_hold(&test, hold.hold_id).await, Err(StoreError::NotFound("hold"))));
        assert!(t.store.release_hold(&shop.home.op, hold.hold_id).await.unwrap());
        assert_eq!(raw::count(&t.store, CELLS).await, 0);
        assert!(!t.store.release_hold(&shop.home.op, hold.hold_id).await.unwrap());
        shop.book(&t, 0, 60).await.unwrap();
        let unknown = HoldId(shop.home.op.uuid());
        assert!(matches!(t.store.release_hold(&shop.home.op, unknown).await, Err(StoreError::NotFound("hold"))));
    }

    async fn a_hold_that_finds_nothing_leaves_the_one_before(t: Fixture) {
        let shop = shop(&t, 2, json!({})).await;
        shop.book(&t, 1, 60).await.unwrap();
        let hold = shop.hold(&t, Some("s"), 0, 60).await.unwrap();
        assert_eq!(refused(shop.hold(&t, Some("s"), 1, 60).await), Refused::SlotTaken);
        // The same time once more is the session's own.
        shop.hold(&t, Some("s"), 0, 75).await.unwrap();
        let new = shop.of_visitor("s", Source::Hold(hold.hold_id));
        assert_eq!(refused(t.store.book(&shop.home.op, new, nothing).await), Refused::HoldExpired);
        // Who books another time has no hold any more.
        let new = shop.of_visitor("s", Source::Spots(vec![shop.spot(1, 120)]));
        t.store.book(&shop.home.op, new, nothing).await.unwrap();
        shop.book(&t, 0, 75).await.unwrap();
        check(&t).await;
    }

    async fn what_is_taken_is_what_counts(t: Fixture) {
        let shop = shop(&t, 2, json!({ "seats": 3, "buffer_before_minutes": 10 })).await;
        let window = Window { from: at(0), until: at(600) };
        let booking = shop.book(&t, 0, 60).await.unwrap();
        shop.book(&t, 0, 60).await.unwrap();
        shop.hold(&t, Some("s"), 1, 120).await.unwrap();
        let seats = async |besides: Besides, window: Window| {
            let taken = t.store.taken_blocks(&shop.home.op, shop.service.service_id, window, besides).await.unwrap();
            let mut seats: Vec<_> = taken.iter().map(|block| (block.start, block.from, block.seats)).collect();
            seats.sort_unstable();
            seats
        };
        let all = Besides::default();
        assert_eq!(seats(all, window).await, [(at(60), at(50), 2), (at(120), at(110), 1)]);
        assert_eq!(seats(all, Window { from: at(90), until: at(110) }).await, []);
        let moving = Besides { booking: Some(booking.booking_id), session: None };
        assert_eq!(seats(moving, window).await, [(at(60), at(50), 1), (at(120), at(110), 1)]);
        let session: SessionId = "s".parse().unwrap();
        let session = t.store.find_session(&shop.home.op, &shop.home.agent, Channel::Web, &session).await.unwrap();
        let session = session.map(|session| session.session_key);
        assert_eq!(seats(Besides { booking: None, session }, window).await, [(at(60), at(50), 2)]);
        t.clock.advance(FIVE_MINUTES);
        assert_eq!(seats(all, window).await, [(at(60), at(50), 2)], "the hold is over");
        let test = Op { environment: Environment::Test, ..shop.home.op.clone() };
        assert!(t.store.taken_blocks(&test, shop.service.service_id, window, all).await.unwrap().is_empty());
    }

    async fn a_sweep_forgets_holds_and_past_blocks(t: Fixture) {
        let shop = shop(&t, 1, json!({ "seats": 2 })).await;
        let hold = shop.hold(&t, Some("s"), 0, 60).await.unwrap();
        shop.hold(&t, None, 0, 120).await.unwrap();
        shop.book(&t, 0, 120).await.unwrap();
        t.clock.advance(FIVE_MINUTES + HOLD_REMEMBERED);
        t.store.sweep(t.clock.now()).await.unwrap();
        assert!(t.store.find_hold(shop.home.op.account, hold.hold_id).await.unwrap().is_some(), "not yet");
        t.clock.advance(MOMENT);
        t.store.sweep(t.clock.now()).await.unwrap();
        assert!(t.store.find_hold(shop.home.op.account, hold.hold_id).await.unwrap().is_none());
        assert_eq!((raw::count(&t.store, SEATS).await, raw::count(&t.store, CELLS).await), (1, 6));
        check(&t).await;
        t.clock.advance(Duration::from_secs(26 * 60 * 60));
        t.store.sweep(t.clock.now()).await.unwrap();
        assert_eq!((raw::count(&t.store, SEATS).await, raw::count(&t.store, CELLS).await), (0, 0));
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM bookings").await, 1);
    }
}
