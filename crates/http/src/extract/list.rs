//! Lists: which page is asked for, and the signed token of the next one.
//!
//! A [`List`] is all that a handler gets of paging, and a [`PageToken`] is made by its [`Cursor`] alone. So a token is
//! always signed, and always bound to what it was given for: the operation, the parameters of its path, the list's
//! filters, account, environment, and a visitor's session. It works on every node and across restarts, since it
//! is signed with the master key.

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use robofy_kernel::page::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE};
use robofy_kernel::secret::TAG;
use robofy_kernel::{FieldError, Op, PageRequest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::query::{Pairs, pairs_of, read_pairs};
use crate::routes::OwnPath;
use crate::{ApiError, App};

/// What the signatures of tokens are made for; another text makes all that were given invalid.
const PURPOSE: &str = "page token 1";

/// How a list is paged.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// `next_page_token` of the page before, asked for with the same filters; none = the first page.
    pub next_page_token: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub page_size: Option<i64>,
}

/// The names of [`Paging`] in a query.
const PAGING: [&str; 2] = ["nextPageToken", "pageSize"];

/// A list that cannot be narrowed.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct NoFilter {}

/// A request for a page of a list, with what the list is narrowed to. Tokens are bound to all of the filter that it
/// serialises.
#[derive(Debug)]
pub struct List<F = NoFilter> {
    /// What the list is narrowed to.
    pub filter: F,
    app: App,
    paging: Paging,
    /// Operation, path and filter, as the signature has them.
    place: Vec<u8>,
}

/// The next page of a list, as a client holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PageToken(String);

/// A place in a list that is checked: what to ask the store for, and how its answer's key becomes a token.
#[derive(Debug)]
pub struct Cursor<K> {
    /// As the store wants it.
    pub request: PageRequest<K>,
    app: App,
    /// What tokens are bound to.
    bound: Vec<u8>,
}

impl<F: DeserializeOwned + Serialize> FromRequestParts<App> for List<F> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let raw = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(|_| ApiError::field("path", "invalid", "is not UTF-8"))?;
        let mut path: Vec<(&str, &str)> = raw.iter().collect();
        path.sort_unstable();
        // By an alias too it is the same list.
        let own = parts.extensions.get::<OwnPath>().map(|own| &*own.0);
        let own = own.or_else(|| parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str));
        let own = own.ok_or_else(|| ApiError::internal("a list without a route"))?.to_owned();
        let (paging, filter): (Pairs, Pairs) =
            pairs_of(parts)?.into_iter().partition(|(name, _)| PAGING.contains(&name.as_str()));
        let paging = read_pairs(paging)?;
        let filter: F = read_pairs(filter)?;
        let place = serde_json::to_vec(&(own, path, &filter)).map_err(ApiError::internal)?;
        Ok(Self { filter, app: app.clone(), paging, place })
    }
}

impl<F> List<F> {
    /// The place in the list that is asked for.
    ///
    /// # Errors
    /// 400 for a token that is not this list's, or a size out of bounds.
    pub fn cursor<K: DeserializeOwned>(&self, op: &Op) -> Result<Cursor<K>, ApiError> {
        let size = self.paging.page_size.unwrap_or(DEFAULT_PAGE_SIZE);
        if !(1..=MAX_PAGE_SIZE).contains(&size) {
            return Err(ApiError::field("pageSize", "out_of_range", "must be between 1 and 200"));
        }
        self.sized(op, size)
    }

    /// As [`List::cursor`], for a list that names the size of its pages in its own way.
    ///
    /// # Errors
    /// 400 for a token that is not this list's.
    pub fn sized<K: DeserializeOwned>(&self, op: &Op, size: i64) -> Result<Cursor<K>, ApiError> {
        let visitor = op.visitor().map(|visitor| &visitor.session);
        let bound = serde_json::to_vec(&(op.account, op.environment.as_str(), visitor))
            .map(|mut who| {
                who.extend_from_slice(&self.place);
                who
            })
            .map_err(ApiError::internal)?;
        let after = match self.paging.next_page_token.as_deref() {
            None | Some("") => None,
            Some(token) => Some(open(&self.app, &bound, token).ok_or_else(foreign)?),
        };
        Ok(Cursor { request: PageRequest { after, size }, app: self.app.clone(), bound })
    }
}

impl<K: Serialize> Cursor<K> {
    /// The token of the page that begins after a key.
    ///
    /// # Errors
    /// When the key cannot be written, which is our fault.
    pub fn token(&self, next: Option<K>) -> Result<Option<PageToken>, ApiError> {
        let Some(next) = next else { return Ok(None) };
        let key = serde_json::to_vec(&next).map_err(ApiError::internal)?;
        let mut bytes = self.app.store().master_key().tag(PURPOSE, &[&self.bound, &key]);
        bytes.extend_from_slice(&key);
        Ok(Some(PageToken(URL_SAFE_NO_PAD.encode(bytes))))
    }
}

/// The key in a token, when the signature is ours and for this.
fn open<K: DeserializeOwned>(app: &App, bound: &[u8], token: &str) -> Option<K> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (tag, key) = bytes.split_at_checked(TAG)?;
    let is_ours = app.store().master_key().has_tag(PURPOSE, &[bound, key], tag);
    if is_ours { serde_json::from_slice(key).ok() } else { None }
}

fn foreign() -> ApiError {
    ApiError::invalid(vec![FieldError::new(
        "nextPageToken",
        "invalid",
        "is not a page token of this list: it was changed, or given for another list, filter, account or environment. \
         Begin again without it",
    )])
}
