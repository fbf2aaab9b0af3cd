//! Whose lead a booking is when the session's lead turns out to be another's.

use robofy_kernel::LeadId;

use super::*;

/// A visitor's booking in a session of this name.
async fn booked(t: &Fixture, shop: &Shop, session: &str, minutes: u32) -> Booking {
    let new = shop.of_visitor(session, Source::Spots(vec![shop.spot(0, minutes)]));
    fresh(t.store.book(&shop.home.op, new, nothing).await.unwrap())
}

async fn lead_of(t: &Fixture, shop: &Shop, booking: &Booking) -> Option<LeadId> {
    let found = t.store.find_booking(shop.home.op.account, booking.booking_id).await.unwrap();
    found.unwrap().lead_id
}

both_engines! {
    async fn a_booking_s_lead_goes_where_its_session_s_goes(t: Fixture) {
        let shop = shop(&t, 1, json!({})).await;
        let home = &shop.home;
        let owner = leads::save(&t, home, leads::said(home, "owner", &[("email", "ana@acme.io")])).await.lead_id;
        let owners = booked(&t, &shop, "owner", 60).await;
        let half = leads::save(&t, home, leads::said(home, "s", &[("phone", "+4917012345678")])).await.lead_id;
        let own = booked(&t, &shop, "s", 120).await;
        assert_eq!((owners.lead_id, own.lead_id), (Some(owner), Some(half)));
        // It disappears into the lead that has its address.
        t.clock.advance(Duration::from_secs(1));
        assert_eq!(leads::save(&t, home, leads::said(home, "s", &[("email", "ana@acme.io")])).await.lead_id, owner);
        assert_eq!(lead_of(&t, &shop, &own).await, Some(owner));
        // And leaves it again for a lead of its own.
        t.clock.advance(Duration::from_secs(1));
        let left = leads::save(&t, home, leads::said(home, "s", &[("email", "eva@acme.io")])).await.lead_id;
        assert_ne!(left, owner);
        assert_eq!(lead_of(&t, &shop, &own).await, Some(left));
        assert_eq!(lead_of(&t, &shop, &owners).await, Some(owner), "another session's stays");
        for lead in [owner, left] {
            assert!(t.store.find_lead(home.op.account, &home.agent, lead).await.unwrap().is_some());
        }
    }
}
