//! Who may be reached.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::IpNet;
use url::{Host, Url};

use crate::NetError;
use crate::ranges::{THIS_MACHINE, reserved};

#[derive(Clone, Debug)]
pub(crate) enum Profile {
    /// Every network.
    Operator,
    /// Public networks, and those that the operator has opened.
    Public { opened: Arc<[IpNet]>, flag: Option<&'static str> },
}

impl Profile {
    /// Looks at an address as it is written. Names are looked up when connecting; only those that stand for the machine
    /// itself by definition are refused here.
    pub(crate) fn admit(&self, url: &Url) -> Result<(), NetError> {
        if !matches!(url.scheme(), "http" | "https") {
            return refuse("The address must begin with http:// or https://.");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse(
                "The address must not hold a user name or password, since addresses end up in logs. Leave out what \
                 stands before the @, and give the key in its own field.",
            );
        }
        if url.port() == Some(0) {
            return refuse(
                "The address must not name port 0, since nothing answers there. Name the right port or none.",
            );
        }
        match url.host() {
            None => refuse("The address names no host. Write it as https://host.example/path."),
            Some(Host::Domain(name)) => self.localhost(name).map(drop),
            Some(Host::Ipv4(address)) => self.admit_address(address.into()),
            Some(Host::Ipv6(address)) => self.admit_address(address.into()),
        }
    }

    /// Those of the machine's own addresses that are opened, when the name is `localhost` or below it: by RFC 6761 that
    /// is the machine itself whatever a resolver says, so none is asked. Opening 127.0.0.1 is enough for the name to
    /// work although most systems know it as `::1` too.
    pub(crate) fn localhost(&self, name: &str) -> Result<Option<Vec<IpAddr>>, NetError> {
        let bare = name.strip_suffix('.').unwrap_or(name);
        let local = bare.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("localhost"));
        if !local || matches!(self, Self::Operator) {
            return Ok(None);
        }
        let mut addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        addresses.retain(|address| self.shut(*address).is_none());
        if addresses.is_empty() {
            self.refuse_host(name, &format!("it is {THIS_MACHINE}"))?;
        }
        Ok(Some(addresses))
    }

    /// Looks at an address that is written as a number.
    pub(crate) fn admit_address(&self, address: IpAddr) -> Result<(), NetError> {
        match self.shut(address) {
            None => Ok(()),
            Some(what) => self.refuse_host(&address.to_string(), &format!("it is {what}")),
        }
    }

    /// Looks at all that a name stands for: one address that is not public condemns the name (see the crate's page).
    pub(crate) fn admit_answer(&self, name: &str, addresses: &[IpAddr]) -> Result<(), NetError> {
        let Some((address, what)) = addresses.iter().find_map(|a| self.shut(*a).map(|what| (a, what))) else {
            return Ok(());
        };
        // The number is for whoever runs the server: it tells which network to open, and tenants should not learn it.
        tracing::warn!(name, %address, what, "a name stands for an address that is not public: refused");
        self.refuse_host(name, &format!("one of its addresses is {what}"))
    }

    /// What an address is that may not be reached; `None` when it may.
    fn shut(&self, address: IpAddr) -> Option<&'static str> {
        match self {
            Self::Operator => None,
            Self::Public { opened, .. } if opened.iter().any(|net| net.contains(&address)) => None,
            Self::Public { .. } => reserved(address),
        }
    }

    fn refuse_host(&self, host: &str, why: &str) -> Result<(), NetError> {
        let with = match self {
            Self::Public { flag: Some(flag), .. } => format!(" with {flag}"),
            Self::Public { flag: None, .. } | Self::Operator => String::new(),
        };
        refuse(format!(
            "{host} is not a public address: {why}. Use a public address, or ask whoever runs this server to open that \
             network{with}."
        ))
    }
}

fn refuse(sentence: impl Into<String>) -> Result<(), NetError> {
    Err(NetError::Refused(sentence.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(opened: &[&str]) -> Profile {
        let opened: Vec<IpNet> = opened.iter().map(|net| net.parse().unwrap()).collect();
        Profile::Public { opened: opened.into(), flag: Some("--allow-model-network") }
    }

    fn answer(profile: &Profile, addresses: &[&str]) -> Result<(), NetError> {
        let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
        profile.admit_answer("models.example", &addresses)
    }

    #[test]
    fn one_bad_address_condemns_a_name() {
        let profile = public(&["10.7.0.0/16", "fd00:7::/32"]);
        answer(&profile, &["93.184.216.34", "2606:2800:21f::1", "10.7.0.1", "fd00:7::1"]).unwrap();
        for bad in ["127.0.0.1", "10.8.0.0", "fd00:8::", "::ffff:10.7.0.1"] {
            for answers in [&["93.184.216.34", bad][..], &[bad, "93.184.216.34"], &[bad]] {
                let error = answer(&profile, answers).unwrap_err().to_string();
                assert!(
                    error.contains("models.example") && error.contains("--allow-model-network"),
                    "{error}"
                );
                assert!(!error.contains(bad), "a tenant does not learn the number: {error}");
            }
            answer(&Profile::Operator, &[bad]).unwrap();
        }
    }

    #[test]
    fn localhost_is_the_machine_itself() {
        for (host, opened) in
            [("localhost", "127.0.0.1/32"), ("localhost.", "::1/128"), ("a.LOCALHOST", "127.0.0.0/8")]
        {
            let url = format!("http://{host}:8080/").parse().unwrap();
            assert!(public(&[]).admit(&url).is_err(), "{host}");
            assert!(public(&["127.0.0.2/32"]).admit(&url).is_err(), "{host}");
            let profile = public(&[opened]);
            profile.admit(&url).unwrap();
            assert_eq!(profile.localhost(host).unwrap().unwrap().len(), 1, "what is not opened is not tried");
            Profile::Operator.admit(&url).unwrap();
            assert_eq!(Profile::Operator.localhost(host).unwrap(), None, "the system knows");
        }
        public(&[]).admit(&"http://localhost.example/".parse().unwrap()).unwrap();
        public(&[]).admit(&"http://notlocalhost/".parse().unwrap()).unwrap();
    }

    #[test]
    fn both_profiles_refuse_what_is_no_web_address() {
        for url in [
            "ftp://a.example/",
            "file:///etc/passwd",
            "data:,x",
            "http://user@a.example/",
            "https://:pw@a.example/",
            "http://a.example:0/",
        ] {
            for profile in [Profile::Operator, public(&[])] {
                assert!(profile.admit(&url.parse().unwrap()).is_err(), "{url}");
            }
        }
    }
}
