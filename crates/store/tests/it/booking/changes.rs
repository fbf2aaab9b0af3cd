//! Bookings that are made, moved, confirmed, called off, one after another.

use robofy_store::booking::{self, BookingEvent, BookingFilter, LOOKED_AT};

use super::*;

both_engines! {
    async fn buffers_keep_others_away(t: Fixture) {
        let shop = shop(&t, 1, json!({ "buffer_before_minutes": 10, "buffer_after_minutes": 10 })).await;
        shop.book(&t, 0, 60).await.unwrap();
        for minutes in [60, 15, 25, 65, 90, 100, 105] {
            assert_eq!(refused(shop.book(&t, 0, minutes).await), Refused::SlotTaken, "{minutes}");
        }
        shop.book(&t, 0, 10).await.unwrap();
        shop.book(&t, 0, 110).await.unwrap();
        let other = service(&t, &shop.home, &shop.resources, json!({})).await;
        for minutes in [60, 145] {
            let new = shop.wish(vec![shop.spot_of(&other, 0, minutes)]);
            assert_eq!(refused(t.store.book(&shop.home.op, new, nothing).await), Refused::SlotTaken, "{minutes}");
        }
        t.store.book(&shop.home.op, shop.wish(vec![shop.spot_of(&other, 0, 150)]), nothing).await.unwrap();
        check(&t).await;
    }

    async fn seats_are_of_one_start_and_extent(t: Fixture) {
        let shop = shop(&t, 1, json!({ "seats": 3 })).await;
        let two = |minutes| {
            let mut spot = shop.spot(0, minutes);
            spot.block.seats = 2;
            shop.wish(vec![spot])
        };
        t.store.book(&shop.home.op, two(60), nothing).await.unwrap();
        assert_eq!(refused(t.store.book(&shop.home.op, two(60), nothing).await), Refused::SlotTaken);
        shop.book(&t, 0, 60).await.unwrap();
        assert_eq!(refused(shop.book(&t, 0, 60).await), Refused::SlotTaken);
        assert_eq!(refused(shop.book(&t, 0, 75).await), Refused::SlotTaken, "another start");
        let mut longer = shop.service.clone();
        longer.settings = Json(settings(&shop.resources, json!({ "seats": 9, "duration_minutes": 35 })));
        let new = shop.wish(vec![shop.spot_of(&longer, 0, 60)]);
        assert_eq!(refused(t.store.book(&shop.home.op, new, nothing).await), Refused::SlotTaken, "another extent");
        let mut fewer = shop.service.clone();
        fewer.settings = Json(settings(&shop.resources, json!({ "seats": 2 })));
        let new = shop.wish(vec![shop.spot_of(&fewer, 0, 60)]);
        assert_eq!(refused(t.store.book(&shop.home.op, new, nothing).await), Refused::SlotTaken, "fewer seats than sold");
        assert_eq!(raw::count(&t.store, SEATS).await, 3);
        check(&t).await;
    }

    async fn the_next_resource_is_taken_when_one_is_gone(t: Fixture) {
        let shop = shop(&t, 3, json!({})).await;
        let all = || shop.wish((0..3).map(|resource| shop.spot(resource, 60)).collect());
        for resource in &shop.resources {
            let booking = fresh(t.store.book(&shop.home.op, all(), nothing).await.unwrap());
            assert_eq!(booking.resource_id, *resource);
        }
        assert_eq!(refused(t.store.book(&shop.home.op, all(), nothing).await), Refused::SlotTaken);
        check(&t).await;
    }

    async fn a_test_booking_holds_no_live_time(t: Fixture) {
        let shop = shop(&t, 1, json!({})).await;
        let test = Op { environment: Environment::Test, ..shop.home.op.clone() };
        let made = fresh(t.store.book(&test, shop.wish(vec![shop.spot(0, 60)]), nothing).await.unwrap());
        assert_eq!(made.environment, Environment::Test);
        shop.book(&t, 0, 60).await.unwrap();
        let again = t.store.book(&test, shop.wish(vec![shop.spot(0, 60)]), nothing).await;
        assert_eq!(refused(again), Refused::SlotTaken);
        assert!(matches!(shop.set(&t, made.booking_id, BookingStatus::Cancelled).await, Err(StoreError::NotFound("booking"))));
        assert!(matches!(shop.move_to(&t, made.booking_id, vec![shop.spot(0, 200)]).await, Err(StoreError::NotFound("booking"))));
        check(&t).await;
    }

    async fn a_booking_moves_onto_its_own_time(t: Fixture) {
        let shop = shop(&t, 2, json!({ "buffer_after_minutes": 10 })).await;
        let made = shop.book(&t, 0, 60).await.unwrap();
        t.clock.advance(Duration::from_secs(60));
        let moved = shop.move_to(&t, made.booking_id, vec![shop.spot(0, 75)]).await.unwrap();
        assert_eq!((moved.start_at, moved.end_at, moved.sequence), (at(75), at(105), 1));
        assert_eq!(moved.local_start.to_string(), "2026-01-05T11:15:00[Europe/Berlin]");
        let same = shop.move_to(&t, made.booking_id, vec![shop.spot(0, 75)]).await.unwrap();
        assert_eq!(same.sequence, 1, "nothing changed");
        let other = shop.move_to(&t, made.booking_id, vec![shop.spot(1, 75)]).await.unwrap();
        assert_eq!((other.resource_id, other.sequence), (shop.resources[1], 2));
        shop.book(&t, 0, 75).await.unwrap();
        let found = t.store.find_booking(shop.home.op.account, made.booking_id).await.unwrap().unwrap();
        let events: Vec<_> = found.history.iter().map(|change| (change.event, change.start, change.at)).collect();
        assert_eq!(events, [
            (BookingEvent::Created, at(60), at(0)), (BookingEvent::Moved, at(75), at(1)), (BookingEvent::Moved, at(75), at(1)),
        ]);
        check(&t).await;
    }

    async fn a_move_that_finds_nothing_leaves_all(t: Fixture) {
        let shop = shop(&t, 2, json!({})).await;
        let made = shop.book(&t, 0, 60).await.unwrap();
        shop.book(&t, 0, 90).await.unwrap();
        shop.book(&t, 1, 75).await.unwrap();
        let taken = vec![shop.spot(0, 75), shop.spot(1, 60)];
        assert_eq!(refused(shop.move_to(&t, made.booking_id, taken).await), Refused::SlotTaken);
        let found = t.store.find_booking(shop.home.op.account, made.booking_id).await.unwrap().unwrap();
        assert_eq!((found.start_at, found.resource_id, found.sequence), (at(60), shop.resources[0], 0));
        assert_eq!(refused(shop.book(&t, 0, 60).await), Refused::SlotTaken);
        check(&t).await;
    }

    async fn a_unit_goes_on_after_a_refusal(t: Fixture) {
        let shop = shop(&t, 1, json!({})).await;
        shop.book(&t, 0, 60).await.unwrap();
        let (op, taken, free) = (shop.home.op.clone(), shop.wish(vec![shop.spot(0, 75)]), shop.wish(vec![shop.spot(0, 90)]));
        let booked = t.store.write(Lane::Conversation, move |mut tx| Box::pin(async move {
            let first = booking::book(&mut tx, &op, &taken).await;
            assert_eq!(refused(first), Refused::SlotTaken);
            booking::book(&mut tx, &op, &free).await
        }));
        assert_eq!(booked.await.unwrap().start_at, at(90));
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM bookings").await, 2);
        check(&t).await;
    }

    async fn what_is_called_off_is_free(t: Fixture) {
        let shop = shop(&t, 1, json!({})).await;
        for (first, to) in [(BookingStatus::Confirmed, BookingStatus::Cancelled), (BookingStatus::Pending, BookingStatus::Declined)] {
            let new = NewBooking { status: first, ..shop.wish(vec![shop.spot(0, 60)]) };
            let made = fresh(t.store.book(&shop.home.op, new, nothing).await.unwrap());
            assert_eq!(refused(shop.book(&t, 0, 60).await), Refused::SlotTaken, "{first} occupies");
            let ended = shop.set(&t, made.booking_id, to).await.unwrap();
            assert_eq!((ended.status, ended.sequence), (to, 1));
            assert_eq!(raw::count(&t.store, CELLS).await, 0);
            assert_eq!(refused(shop.move_to(&t, made.booking_id, vec![shop.spot(0, 90)]).await), Refused::Ended(to));
            assert!(matches!(refused(shop.set(&t, made.booking_id, BookingStatus::Confirmed).await), Refused::Status(_)));
        }
        let made = shop.book(&t, 0, 60).await.unwrap();
        shop.set(&t, made.booking_id, BookingStatus::NoShow).await.unwrap();
        assert_eq!(refused(shop.book(&t, 0, 60).await), Refused::SlotTaken, "what should have taken place keeps its time");
        check(&t).await;
    }

    async fn the_notice_binds_whom_it_is_given_for(t: Fixture) {
        let shop = shop(&t, 1, json!({ "cancel_notice_minutes": 60 })).await;
        let made = shop.book(&t, 0, 90).await.unwrap();
        let notice = Some(*shop.service.settings.timing());
        let cancel = StatusChange { booking_id: made.booking_id, to: BookingStatus::Cancelled, notice, by: Actor::Visitor };
        t.clock.advance(Duration::from_secs(30 * 60 + 1));
        let late = t.store.change_booking_status(&shop.home.op, cancel.clone()).await;
        assert_eq!(refused(late), Refused::TooLate { until: at(30) });
        let to = Move { booking_id: made.booking_id, spots: vec![shop.spot(0, 200)], session: None, notice, by: Actor::Visitor };
        assert_eq!(refused(t.store.reschedule_booking(&shop.home.op, to).await), Refused::TooLate { until: at(30) });
        shop.set(&t, made.booking_id, BookingStatus::Cancelled).await.unwrap();
    }

    async fn a_page_looks_at_so_many_bookings_and_the_next_goes_on(t: Fixture) {
        let shop = shop(&t, 1, json!({})).await;
        let kept = shop.book(&t, 0, 60).await.unwrap().booking_id;
        copy_before(&t, "cancelled", LOOKED_AT + 10).await;
        let of = BookingFilter { status: Some(BookingStatus::Confirmed), ..BookingFilter::default() };
        let list = async |filter, after| {
            let page = PageRequest { after, size: 3 };
            t.store.list_bookings(&shop.home.op, shop.home.project, filter, &page).await.unwrap()
        };
        let first = list(of, None).await;
        assert!(first.items.is_empty() && first.next.is_some());
        let second = list(of, first.next).await;
        assert_eq!(second.items.iter().map(|booking| booking.booking_id).collect::<Vec<_>>(), [kept]);
        assert!(second.next.is_none());
        // What starts before is not looked at.
        let from = list(BookingFilter { from: Some(at(60)), until: Some(at(61)), ..of }, None).await;
        assert_eq!((from.items.len(), from.next), (1, None));
        let all = list(BookingFilter::default(), None).await;
        assert_eq!(all.items.len(), 3, "without a filter nothing is passed over");
    }

    async fn all_bookings_of_a_session_are_read(t: Fixture) {
        let shop = shop(&t, 1, json!({})).await;
        let source = Source::Spots(vec![shop.spot(0, 60)]);
        let own = fresh(t.store.book(&shop.home.op, shop.of_visitor("s", source), nothing).await.unwrap());
        copy_before(&t, "confirmed", 1_200).await;
        shop.book(&t, 0, 120).await.unwrap();
        let (op, project, session) = (&shop.home.op, shop.home.project, own.session_key.unwrap());
        let of = async |op: &Op, from| t.store.bookings_of_session(op, project, session, from).await.unwrap();
        let all = of(op, None).await;
        assert_eq!((all.len(), all.last().unwrap().booking_id), (1_201, own.booking_id));
        assert!(all.is_sorted_by_key(|booking| booking.start_at));
        assert_eq!(of(op, Some(at(60))).await.len(), 1);
        assert_eq!(of(op, Some(Timestamp::from_micros(at(60).micros() - 7))).await.len(), 8);
        let trial = Op { environment: Environment::Test, ..op.clone() };
        assert!(of(&trial, None).await.is_empty());
    }

    async fn bookings_are_listed_by_their_start(t: Fixture) {
        let shop = shop(&t, 2, json!({})).await;
        for (resource, minutes) in [(0, 120), (1, 60), (0, 60), (1, 180)] {
            shop.book(&t, resource, minutes).await.unwrap();
        }
        let source = Source::Spots(vec![shop.spot(0, 240)]);
        let own = fresh(t.store.book(&shop.home.op, shop.of_visitor("s", source), nothing).await.unwrap());
        let list = async |op: &Op, filter: BookingFilter, after| {
            let page = PageRequest { after, size: 3 };
            t.store.list_bookings(op, shop.home.project, filter, &page).await.unwrap()
        };
        let all = BookingFilter::default();
        let first = list(&shop.home.op, all, None).await;
        let starts: Vec<_> = first.items.iter().map(|booking| booking.start_at).collect();
        assert_eq!(starts, [at(60), at(60), at(120)]);
        let second = list(&shop.home.op, all, first.next).await;
        assert_eq!(second.items.iter().map(|booking| booking.start_at).collect::<Vec<_>>(), [at(180), at(240)]);
        assert!(second.next.is_none());
        let of = async |filter: BookingFilter| list(&shop.home.op, filter, None).await.items.len();
        assert_eq!(of(BookingFilter { from: Some(at(120)), until: Some(at(240)), ..all }).await, 2);
        assert_eq!(of(BookingFilter { resource: Some(shop.resources[1]), ..all }).await, 2);
        assert_eq!(of(BookingFilter { service: Some(ServiceId(shop.home.op.uuid())), ..all }).await, 0);
        assert_eq!(of(BookingFilter { status: Some(BookingStatus::Pending), ..all }).await, 0);
        let session = own.session_key.unwrap();
        let mine = t.store.bookings_of_session(&shop.home.op, shop.home.project, session, None).await.unwrap();
        assert_eq!(mine.iter().map(|booking| booking.booking_id).collect::<Vec<_>>(), [own.booking_id]);
        let stranger = make::account(&t).await;
        assert!(list(&stranger, all, None).await.items.is_empty());
        assert!(t.store.find_booking(stranger.account, own.booking_id).await.unwrap().is_none());
        let test = Op { environment: Environment::Test, ..shop.home.op.clone() };
        assert!(list(&test, all, None).await.items.is_empty());
    }
}

/// Copies the one booking that there is so many times, each to start a microsecond before the one before.
async fn copy_before(t: &Fixture, status: &str, count: i64) {
    let id = match t.engine {
        Engine::Sqlite => "randomblob(16)",
        Engine::Postgres => "gen_random_uuid()",
    };
    let rest = "end_at, local_start, name, answers, history, sequence, created_at, updated_at";
    raw::run(&t.store, format!(
        "INSERT INTO bookings (account_id, booking_id, environment, project_id, service_id, resource_id, chatbot_id, session_key, status, seats, start_at, {rest})
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
         SELECT account_id, {id}, environment, project_id, service_id, resource_id, chatbot_id, session_key, '{status}', seats, start_at - n.i, {rest}
           FROM bookings, n"
    ).leak()).await;
}
