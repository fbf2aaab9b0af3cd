//! What every order of a booking says: where its time comes from, and who comes.

use robofy_kernel::{HoldId, ResourceId, ServiceId, Timestamp};
use serde_json::{Map, Value};

/// Where a booking's time comes from, and who comes.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) hold_id: Option<HoldId>,
    pub(super) service_id: Option<ServiceId>,
    pub(super) start: Option<Timestamp>,
    pub(super) resource_id: Option<ResourceId>,
    pub(super) seats: Option<i64>,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) answers: Option<Map<String, Value>>,
    pub(super) timezone: Option<String>,
}

/// Declares an order's form on the wire: what all of them have, and fields of its own. (`flatten` would do, but a
/// flattened form takes fields that nobody knows.)
macro_rules! order_in {
    ($(#[$about:meta])* $name:ident { $($(#[$of_field:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            /// The hold that becomes the booking. Service, start, resource and seats are its own then.
            #[schema(value_type = Option<String>, format = "uuid")]
            hold_id: Option<robofy_kernel::HoldId>,
            /// The service.
            #[schema(value_type = Option<String>, format = "uuid")]
            service_id: Option<robofy_kernel::ServiceId>,
            /// When it starts, RFC 3339.
            #[schema(value_type = Option<String>, format = "date-time")]
            start: Option<robofy_kernel::Timestamp>,
            /// Whose; none = any that is free.
            #[schema(value_type = Option<String>, format = "uuid")]
            resource_id: Option<robofy_kernel::ResourceId>,
            /// How many seats; none = 1.
            #[schema(minimum = 1, maximum = 500)]
            seats: Option<i64>,
            /// Who comes.
            #[schema(max_length = 200)]
            name: Option<String>,
            /// Their e-mail address.
            #[schema(format = "email")]
            email: Option<String>,
            /// Their telephone number.
            #[schema(max_length = 50)]
            phone: Option<String>,
            /// Answers to the service's questions, by name.
            #[schema(value_type = Option<Object>)]
            answers: Option<serde_json::Map<String, serde_json::Value>>,
            /// The IANA zone in which the time was agreed; none = the resource's.
            #[schema(format = "time-zone", examples("Europe/Berlin"))]
            timezone: Option<String>,
            $($(#[$of_field])* $field: $kind,)*
        }

        impl $name {
            /// What all orders have.
            fn order(self) -> $crate::routes::booking::order::Order {
                $crate::routes::booking::order::Order {
                    hold_id: self.hold_id,
                    service_id: self.service_id,
                    start: self.start,
                    resource_id: self.resource_id,
                    seats: self.seats,
                    name: self.name,
                    email: self.email,
                    phone: self.phone,
                    answers: self.answers,
                    timezone: self.timezone,
                }
            }
        }
    };
}
pub(super) use order_in;
