//! Asks models, and keeps a bad endpoint from being noticed as long as nothing was said.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use robofy_kernel::{AccountId, Clock, Ids, Stopwatch};
use robofy_net::{Gate, Limits, Request, Response};
use secrecy::ExposeSecret as _;

use crate::breaker::Breakers;
use crate::chat::ChatRequest;
use crate::config::ModelsConfig;
use crate::fit::{Fit, Fits};
use crate::provider::{self, Detail, Provider};
use crate::reply::Reply;
use crate::{Endpoint, ModelError, Owner, retry};

/// The most bytes of a refusal that are read, and how long it may take to come.
const REFUSAL_BYTES: usize = 8 << 10;
const REFUSAL_TIME: Duration = Duration::from_secs(2);

/// Every model that is asked. Cheap to clone; clones share connections and breakers.
#[derive(Clone, Debug)]
pub struct Models(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    operator: Gate,
    public: Gate,
    config: ModelsConfig,
    breakers: Arc<Breakers>,
    fits: Fits,
    clock: Clock,
    ids: Ids,
}

/// An attempt that brought nothing.
struct Failure {
    error: ModelError,
    /// A short code of the endpoint's, fit for the log.
    code: String,
    /// How long the endpoint asks to be left alone.
    asked: Option<Duration>,
    /// How the endpoint may take the same question.
    fit: Option<Fit>,
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self { error, code: String::new(), asked: None, fit: None }
    }
}

impl Models {
    /// Models behind two gates: `operator` for the server's own endpoints, `public` for tenants' (with the networks
    /// that the operator has opened for models).
    #[must_use]
    pub fn new(operator: Gate, public: Gate, config: ModelsConfig, clock: Clock, ids: Ids) -> Self {
        let breakers = Arc::new(Breakers::new(config.breaker, clock.clone()));
        Self(Arc::new(Inner { operator, public, config, breakers, fits: Fits::default(), clock, ids }))
    }

    /// Asks a model, and gives its reply when the first text is there (or its end, if it says nothing).
    ///
    /// Until then it asks again, with pauses, when nobody was there, the endpoint failed, wanted fewer requests, fell
    /// silent, or broke off: within [`ModelsConfig::first_token`] in all. A refusal (401, 404 …) is final, unless it names
    /// a setting that can be left out or called otherwise: then it is asked so at once, and from then on. A redirect counts
    /// as a refusal: the key and the conversation go where the address says, and nowhere else.
    ///
    /// Dropping the future closes the connection, which ends the work upstream.
    ///
    /// # Errors
    /// Nothing was said: somebody else can answer.
    pub async fn chat(
        &self,
        account: AccountId,
        endpoint: &Endpoint,
        request: &ChatRequest,
    ) -> Result<Reply, ModelError> {
        let inner = &*self.0;
        let began = Stopwatch::start();
        let mut last = None;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let leave = match inner.breakers.enter(account, endpoint.base_url()) {
                Ok(leave) => leave,
                Err(rest) => return Err(last.unwrap_or(ModelError::Open(rest))),
            };
            let host = endpoint.host();
            // On the heap: it lives as long as the request, in every turn that waits for its first token.
            let failure = match Box::pin(inner.attempt(endpoint, request, began)).await {
                Ok(mut reply) => {
                    let waited = began.elapsed().as_millis();
                    tracing::info!(%account, host, model = endpoint.model(), attempt, waited_ms = waited, "a model answers");
                    reply.hold(leave, host, endpoint.model());
                    return Ok(reply);
                }
                Err(failure) => failure,
            };
            let Failure { error, code, asked, fit: _ } = failure;
            let left = inner.config.first_token.saturating_sub(began.elapsed());
            let pause = retry::pause(&inner.config, &inner.ids, &error, attempt, asked, left);
            tracing::warn!(
                %account, host, model = endpoint.model(), attempt,
                kind = error.kind(), status = error.status(), code, again = pause.is_some(), "a model did not answer"
            );
            leave.failed(&error);
            match pause {
                None => return Err(error),
                Some(pause) => tokio::time::sleep(pause).await,
            }
            last = Some(error);
        }
    }
}

impl Inner {
    /// Asks once, in the way that the endpoint takes, and waits for the first text or the end.
    async fn attempt(
        &self,
        endpoint: &Endpoint,
        request: &ChatRequest,
        began: Stopwatch,
    ) -> Result<Reply, Failure> {
        let known = self.fits.of(endpoint, request);
        let mut fit = known;
        let attempt = Stopwatch::start();
        let limit = self.config.attempt.min(self.config.first_token.saturating_sub(began.elapsed()));
        let response = loop {
            let left = limit.saturating_sub(attempt.elapsed());
            match self.send(endpoint, request, fit, left).await {
                Ok(response) => break response,
                // Each setting is changed once, so this ends.
                Err(Failure { fit: Some(other), .. }) => fit = other,
                Err(failure) => return Err(failure),
            }
        };
        if fit != known {
            tracing::info!(
                host = endpoint.host(),
                model = endpoint.model(),
                ?fit,
                "a model refused settings and is asked without them"
            );
            self.fits.learn(endpoint, request, fit);
        }
        let reader = provider::of(endpoint.dialect()).reader(&response.headers)?;
        let mut reply = Reply::new(response, reader, &self.config, request.max_output_tokens);
        reply.first(&self.config, limit.saturating_sub(attempt.elapsed()), began).await?;
        Ok(reply)
    }

    /// Sends the question; gives a reply's head.
    async fn send(
        &self,
        endpoint: &Endpoint,
        request: &ChatRequest,
        fit: Fit,
        limit: Duration,
    ) -> Result<Response, Failure> {
        let provider = provider::of(endpoint.dialect());
        let call = provider.call(endpoint, request, fit)?;
        let gate = match endpoint.owner() {
            Owner::Server => &self.operator,
            Owner::Tenant => &self.public,
        };
        let limits = Limits { head: limit, whole: None, body_bytes: self.config.reply_bytes, redirects: 0 };
        let sent =
            Request { method: Method::POST, url: call.url, headers: call.headers, body: call.body, limits };
        let response = gate.send(sent).await.map_err(ModelError::Net)?;
        if response.status.is_success() {
            return Ok(response);
        }
        let (status, asked) = (response.status, retry::asked(&response.headers, &self.clock));
        if status.is_redirection() {
            let detail =
                "it leads elsewhere, and a redirect is not followed; set the base URL that it leads to"
                    .into();
            return Err(ModelError::Refused { status: status.as_u16(), detail }.into());
        }
        let body = beginning(response).await;
        let fit = provider.fitted(endpoint, request, fit, status, &body);
        Err(Failure { fit, asked, ..refused(provider, endpoint, status, asked, &body) })
    }
}

/// What an answer that is no reply means.
fn refused(
    provider: &dyn Provider,
    endpoint: &Endpoint,
    status: StatusCode,
    retry_after: Option<Duration>,
    body: &[u8],
) -> Failure {
    let Detail { code, message } = provider.detail(body);
    let detail = without_key(endpoint, message);
    let error = match status.as_u16() {
        429 => ModelError::Busy { retry_after },
        status @ 500.. => ModelError::Failed { status: Some(status), detail: or_status(detail, status) },
        status => ModelError::Refused { status, detail: or_status(detail, status) },
    };
    Failure { code, ..Failure::from(error) }
}

fn or_status(detail: String, status: u16) -> String {
    if detail.is_empty() { format!("status {status}, without a word") } else { detail }
}

/// Some endpoints repeat a wrong key in their refusal.
fn without_key(endpoint: &Endpoint, text: String) -> String {
    match endpoint.key().map(|key| key.expose_secret().trim()) {
        Some(key) if !key.is_empty() && text.contains(key) => text.replace(key, "…"),
        Some(_) | None => text,
    }
}

/// The beginning of a refusal's body, as far as it comes in time.
async fn beginning(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    let read = async {
        // What a broken body has said so far is enough.
        while let Ok(Some(piece)) = response.chunk().await {
            let room = REFUSAL_BYTES.saturating_sub(body.len());
            body.extend_from_slice(piece.get(..room).unwrap_or(&piece));
            if body.len() >= REFUSAL_BYTES {
                return true;
            }
        }
        false
    };
    let is_longer = tokio::time::timeout(REFUSAL_TIME, read).await;
    tracing::trace!(?is_longer, "read a refusal");
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TenantKey;

    #[test]
    fn a_key_is_taken_out_of_what_the_endpoint_says() {
        let key = TenantKey::new("sk-secret".into());
        let endpoint = Endpoint::tenant("http://h".parse().unwrap(), "m", Some(key));
        assert_eq!(without_key(&endpoint, "bad key sk-secret!".into()), "bad key …!");
        let keyless = Endpoint::tenant("http://h".parse().unwrap(), "m", None);
        assert_eq!(without_key(&keyless, "as it was".into()), "as it was");
    }
}
