//! Cells overlap exactly where blocks do.

use proptest::prelude::*;
use robofy_booking::{Block, cells};
use robofy_kernel::Timestamp;
use serde_json::json;

use crate::{at, resource_id, service, service_id};

#[test]
fn a_block_has_a_cell_for_each_five_minutes_buffers_included() {
    let service =
        service(json!({ "duration_minutes": 30, "buffer_before_minutes": 5, "buffer_after_minutes": 10 }));
    let block = Block::new(service_id(1), service.timing(), resource_id(1), at("1970-01-01T01:00:00Z"), 1);
    assert_eq!(block.cells(), 11..20);
    assert_eq!((block.end, block.until), (at("1970-01-01T01:30:00Z"), at("1970-01-01T01:40:00Z")));
}

#[test]
fn times_before_1970_have_cells_too() {
    assert_eq!(cells(at("1969-12-31T23:50:00Z"), at("1970-01-01T00:05:00Z")), -2..1);
}

proptest! {
    #[test]
    fn cells_meet_if_and_only_if_blocks_of_five_minutes_overlap(
        a in -1000i64..1000, length in 1i64..60, b in -1000i64..1000, other in 1i64..60,
    ) {
        let moment = |cell: i64| Timestamp::from_seconds(cell * 300);
        let (first, second) = (cells(moment(a), moment(a + length)), cells(moment(b), moment(b + other)));
        prop_assert_eq!(first.end - first.start, length);
        let meet = first.clone().any(|cell| second.contains(&cell));
        prop_assert_eq!(meet, a < b + other && b < a + length);
    }

    #[test]
    fn every_moment_of_a_block_lies_in_its_cells(from in -10_000_000i64..10_000_000, length in 1i64..100_000) {
        let found = cells(Timestamp::from_seconds(from), Timestamp::from_seconds(from + length));
        prop_assert!(found.start * 300 <= from && from < (found.start + 1) * 300);
        prop_assert!((found.end - 1) * 300 < from + length && from + length <= found.end * 300);
    }
}
