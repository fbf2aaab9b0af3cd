//! Many at once.

use super::*;

async fn sold(t: &Arc<Fixture>, seats: usize) {
    let shop = Arc::new(shop(t, 1, json!({ "seats": seats })).await);
    let outcomes = at_once(t, 64, |t, n| {
        let shop = Arc::clone(&shop);
        async move {
            if n % 2 == 0 { won(shop.book(&t, 0, 60).await) } else { won(shop.hold(&t, None, 0, 60).await) }
        }
    })
    .await;
    assert_eq!(outcomes.into_iter().filter(|won| *won).count(), seats);
    assert_eq!(raw::count(&t.store, SEATS).await, seats as i64);
    check(t).await;
}

both_engines! {
    async fn sixty_four_on_one_seat(t: Fixture) {
        sold(&t, 1).await;
    }

    async fn sixty_four_on_three_seats(t: Fixture) {
        sold(&t, 3).await;
    }

    async fn overlapping_starts_of_several_services(t: Fixture) {
        let shop = shop(&t, 2, json!({ "seats": 2, "buffer_after_minutes": 10 })).await;
        let other = service(&t, &shop.home, &shop.resources, json!({ "duration_minutes": 45 })).await;
        let shop = Arc::new((shop, other));
        let outcomes = at_once(&t, 64, |t, n| {
            let shop = Arc::clone(&shop);
            async move {
                let (shop, other) = (&shop.0, &shop.1);
                let minutes = 60 + 5 * (n as u32 * 7 % 24);
                let service = if n % 3 == 0 { other } else { &shop.service };
                // Who prefers the one resource, and who the other: locks must not wait for one another in a circle.
                let spots = [n % 2, (n + 1) % 2].map(|resource| shop.spot_of(service, resource, minutes));
                won(t.store.book(&shop.home.op, shop.wish(spots.into()), nothing).await)
            }
        }).await;
        let won = outcomes.into_iter().filter(|won| *won).count();
        assert!(won >= 6, "{won}");
        assert_eq!(raw::count(&t.store, SEATS).await, won as i64);
        check(&t).await;
    }

    async fn bookings_that_change_places(t: Fixture) {
        let shop = Arc::new(shop(&t, 2, json!({})).await);
        let mut bookings = Vec::new();
        for n in 0..8 {
            bookings.push(shop.book(&t, n % 2, 60 + 30 * (n as u32 / 2)).await.unwrap().booking_id);
        }
        let bookings = Arc::new(bookings);
        let moved = at_once(&t, 64, |t, n| {
            let (shop, bookings) = (Arc::clone(&shop), Arc::clone(&bookings));
            async move {
                let spot = shop.spot((n / 8 + n) % 2, 60 + 15 * (n as u32 * 5 % 12));
                won(shop.move_to(&t, bookings[n % 8], vec![spot]).await)
            }
        }).await;
        assert!(moved.into_iter().any(|won| won));
        assert_eq!(raw::count(&t.store, SEATS).await, 8, "each booking has one time");
        check(&t).await;
    }

    async fn a_session_has_one_hold(t: Fixture) {
        let shop = Arc::new(shop(&t, 2, json!({})).await);
        let held = at_once(&t, 20, |t, n| {
            let shop = Arc::clone(&shop);
            async move { shop.hold(&t, Some("s"), n % 2, 60 + 30 * n as u32).await.unwrap().hold_id }
        }).await;
        assert_eq!(raw::count(&t.store, SEATS).await, 1, "each replaced the one before");
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM booking_holds WHERE live").await, 1);
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM chat_sessions").await, 1);
        check(&t).await;
        let session = session_key(&t, &shop).await;
        let present = t.store.hold_of_session(&shop.home.op, session).await.unwrap().unwrap();
        assert!(held.contains(&present.hold_id));
        for hold in held.into_iter().filter(|hold| *hold != present.hold_id) {
            let new = shop.of_visitor("s", Source::Hold(hold));
            assert_eq!(refused(t.store.book(&shop.home.op, new, nothing).await), Refused::HoldExpired);
        }
    }

    async fn a_visitor_has_so_many_bookings_to_come(t: Fixture) {
        let shop = Arc::new(shop(&t, 1, json!({})).await);
        let outcomes = at_once(&t, 20, |t, n| {
            let shop = Arc::clone(&shop);
            async move {
                let source = Source::Spots(vec![shop.spot(0, 60 + 30 * n as u32)]);
                t.store.book(&shop.home.op, shop.of_visitor("s", source), nothing).await
            }
        }).await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (3, 17));
        for outcome in lost {
            assert_eq!(refused(outcome), Refused::TooMany { most: 3 });
        }
        // Another session, and an operator, are not concerned; nor is what has begun.
        let source = |minutes| Source::Spots(vec![shop.spot(0, minutes)]);
        t.store.book(&shop.home.op, shop.of_visitor("other", source(1000)), nothing).await.unwrap();
        shop.book(&t, 0, 1100).await.unwrap();
        t.clock.advance(Duration::from_secs(60 * 60 * 24));
        t.store.book(&shop.home.op, shop.of_visitor("s", source(60 * 25)), nothing).await.unwrap();
        check(&t).await;
    }

    async fn repeats_with_a_key_make_one_booking(t: Fixture) {
        let shop = Arc::new(shop(&t, 1, json!({ "seats": 10 })).await);
        let outcomes = at_once(&t, 20, |t, _| {
            let shop = Arc::clone(&shop);
            async move {
                let op = once::with_key(&shop.home.op, b"key", b"request");
                let id = |booking: &Booking| (201, booking.booking_id.to_string().into_bytes());
                match t.store.book(&op, shop.wish(vec![shop.spot(0, 60)]), id).await.unwrap() {
                    Once::Fresh(booking) => booking.booking_id.to_string().into_bytes(),
                    Once::Replayed(status, body) => {
                        assert_eq!(status, 201);
                        body
                    }
                }
            }
        }).await;
        assert!(outcomes.iter().all(|id| *id == outcomes[0]), "every repeat gets the first answer");
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM bookings").await, 1);
        check(&t).await;
    }
}

async fn session_key(t: &Fixture, shop: &Shop) -> SessionKey {
    let session: SessionId = "s".parse().unwrap();
    let found = t.store.find_session(&shop.home.op, &shop.home.agent, Channel::Web, &session).await.unwrap();
    found.unwrap().session_key
}
