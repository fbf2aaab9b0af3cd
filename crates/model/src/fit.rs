//! What an endpoint was found not to take, so that the next request is written as it wants it.
//!
//! Endpoints of one dialect differ in the settings that they refuse: models that reason take no temperature and call the
//! limit otherwise, older servers know no `stream_options`. A refusal names the setting; the request is written without
//! it, and what was learnt is kept for as long as the process lives.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use url::Url;

use crate::Endpoint;
use crate::chat::ChatRequest;

/// The most endpoints and models that are remembered. One more, and all are learnt anew, at the cost of a request each.
const MOST: usize = 10_000;

/// How a request differs from the usual one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// The temperature is left to the model.
    pub without_temperature: bool,
    /// The endpoint is not asked what the reply costs.
    pub without_usage: bool,
    /// The limit of tokens goes by its other name.
    pub other_limit: bool,
}

/// What is known. A temperature belongs to the key, since a model that refuses one may take another.
#[derive(Debug, Default)]
pub(crate) struct Fits(RwLock<HashMap<Key, Fit>>);

type Key = (Url, String, Option<u32>);

impl Fits {
    /// How to ask this; as usual where nothing was learnt.
    pub(crate) fn of(&self, endpoint: &Endpoint, request: &ChatRequest) -> Fit {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() {
            Fit::default()
        } else {
            known.get(&key(endpoint, request)).copied().unwrap_or_default()
        }
    }

    /// Remembers what the endpoint has accepted.
    pub(crate) fn learn(&self, endpoint: &Endpoint, request: &ChatRequest, fit: Fit) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let key = key(endpoint, request);
        if known.len() >= MOST && !known.contains_key(&key) {
            known.clear();
        }
        known.insert(key, fit);
    }
}

fn key(endpoint: &Endpoint, request: &ChatRequest) -> Key {
    (endpoint.base_url().clone(), endpoint.model().to_owned(), request.temperature.map(f32::to_bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded_and_belongs_to_model_and_temperature() {
        let fits = Fits::default();
        let fit = Fit { without_temperature: true, ..Fit::default() };
        let endpoint = |model: &str| Endpoint::tenant("http://h/v1".parse().unwrap(), model, None);
        let request = |temperature| ChatRequest {
            messages: Vec::new(),
            temperature: Some(temperature),
            max_output_tokens: 1,
        };
        fits.learn(&endpoint("m"), &request(0.3), fit);
        assert_eq!(fits.of(&endpoint("m"), &request(0.3)), fit);
        assert_eq!(fits.of(&endpoint("m"), &request(1.0)), Fit::default());
        assert_eq!(fits.of(&endpoint("n"), &request(0.3)), Fit::default());
        for number in 0..MOST {
            fits.learn(&endpoint(&number.to_string()), &request(0.3), fit);
        }
        assert!(fits.0.read().unwrap().len() <= MOST);
        assert_eq!(fits.of(&endpoint(&(MOST - 1).to_string()), &request(0.3)), fit);
    }
}
