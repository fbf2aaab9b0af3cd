//! What a gate is made from.

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;

use crate::profile::Profile;
use crate::{Lookup, SystemLookup};

/// What a gate lets through, and how it finds names.
#[derive(Clone, Debug)]
pub struct Rules {
    pub(crate) profile: Profile,
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) connect: Duration,
}

impl Rules {
    /// For addresses that whoever runs the server has set: every network.
    #[must_use]
    pub fn operator() -> Self {
        Self::new(Profile::Operator)
    }

    /// For addresses that tenants or strangers chose: public networks, and `opened` ones.
    #[must_use]
    pub fn public(opened: &[IpNet]) -> Self {
        Self::new(Profile::Public { opened: opened.into(), flag: None })
    }

    fn new(profile: Profile) -> Self {
        Self { profile, lookup: Arc::new(SystemLookup::default()), connect: Duration::from_secs(10) }
    }

    /// The flag that opens networks, named in refusals so that a person knows what to ask for.
    #[must_use]
    pub fn opened_by(mut self, name: &'static str) -> Self {
        if let Profile::Public { flag, .. } = &mut self.profile {
            *flag = Some(name);
        }
        self
    }

    /// Another way to find names than the system's.
    #[must_use]
    pub fn lookup(mut self, lookup: Arc<dyn Lookup>) -> Self {
        self.lookup = lookup;
        self
    }

    /// How long a connection may take to come about: look-up, TCP and TLS together; 10 seconds otherwise.
    #[must_use]
    pub fn connect_within(mut self, time: Duration) -> Self {
        self.connect = time;
        self
    }
}
