//! What can become of a booking.

use robofy_booking::BookingStatus::{self, Cancelled, Completed, Confirmed, Declined, NoShow, Pending};

#[test]
fn only_the_moves_of_the_contract_are_allowed() {
    let allowed = [
        (Pending, Confirmed),
        (Pending, Declined),
        (Pending, Cancelled),
        (Confirmed, Cancelled),
        (Confirmed, NoShow),
        (Confirmed, Completed),
    ];
    for from in BookingStatus::ALL {
        for to in BookingStatus::ALL {
            assert_eq!(from.change(to).is_ok(), allowed.contains(&(from, to)), "{from} → {to}");
        }
    }
    let refusal = Cancelled.change(Confirmed).unwrap_err();
    assert_eq!(refusal.to_string(), "a booking that is cancelled cannot become confirmed");
}

#[test]
fn words_are_read_as_they_are_written() {
    for status in BookingStatus::ALL {
        assert_eq!(status.as_str().parse(), Ok(status));
        assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
    }
    assert!("Confirmed".parse::<BookingStatus>().is_err());
}

#[test]
fn what_is_called_off_gives_its_time_back() {
    let occupied: Vec<_> = BookingStatus::ALL.into_iter().filter(|status| status.occupies()).collect();
    assert_eq!(occupied, [Pending, Confirmed, NoShow, Completed]);
    let open: Vec<_> = BookingStatus::ALL.into_iter().filter(|status| status.is_open()).collect();
    assert_eq!(open, [Pending, Confirmed]);
}
