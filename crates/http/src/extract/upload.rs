//! Multipart uploads: one file with a few texts beside it.

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use robofy_kernel::{ErrorCode, Op};
use robofy_knowledge::extract::MAX_FILE_BYTES;
use sha2::{Digest, Sha256};

use super::{read_body, refuse_nul};
use crate::idempotency::Idempotency;
use crate::{ApiError, App};

/// What the texts beside a file, and the lines between them, may take.
pub const ENVELOPE: usize = 64 * 1024;
/// The most parts of an upload.
const PARTS: usize = 20;

/// An uploaded file.
#[derive(Debug)]
pub struct UploadedFile {
    /// Its name as the client gave it, without folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A multipart body with one file, with the caller's `Idempotency-Key` where there is one.
#[derive(Debug)]
pub struct Upload {
    /// The part called `file`.
    pub file: UploadedFile,
    texts: Vec<(String, String)>,
    idempotency: Option<Idempotency>,
}

impl Upload {
    /// The text of this name; an empty one counts as none.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(one, text)| one == name && !text.is_empty()).map(|(_, text)| text.as_str())
    }

    /// The operation, now knowing its `Idempotency-Key`.
    ///
    /// What counts as the body is what was said: the line between the parts is another one in each request.
    #[must_use]
    pub fn claim(&mut self, app: &App, mut op: Op) -> Op {
        if let Some(key) = self.idempotency.take() {
            let mut digest = Sha256::new();
            let mut add = |bytes: &[u8]| {
                digest.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
                digest.update(bytes);
            };
            add(self.file.name.as_bytes());
            add(&self.file.bytes);
            for (name, text) in &self.texts {
                add(name.as_bytes());
                add(text.as_bytes());
            }
            key.with_body(&digest.finalize()).attach(app, &mut op);
        }
        op
    }
}

/// Whether a request says that its body is multipart.
pub(crate) fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
}

impl FromRequest<App> for Upload {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let idempotency = Idempotency::from_parts(&parts)?;
        let body = read_body(&parts.headers, body, MAX_FILE_BYTES + ENVELOPE).await?;
        if !is_multipart(&parts.headers) {
            return Err(ApiError::new(
                ErrorCode::UnsupportedMediaType,
                "Send the file as `multipart/form-data`, in a part called `file`.",
            ));
        }
        let mut upload = parse(parts, body).await?;
        upload.idempotency = idempotency;
        Ok(upload)
    }
}

async fn parse(parts: Parts, body: Bytes) -> Result<Upload, ApiError> {
    let mut request = Request::from_parts(parts, Body::from(body));
    // It was read within its limit.
    DefaultBodyLimit::disable().apply(&mut request);
    let broken = |error: &dyn std::fmt::Display| {
        ApiError::field("body", "invalid", format!("is not multipart: {error}"))
    };
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|error| broken(&error))?;
    let (mut file, mut texts) = (None, Vec::new());
    let mut count = 0;
    while let Some(part) = multipart.next_field().await.map_err(|error| broken(&error))? {
        count += 1;
        if count > PARTS {
            return Err(ApiError::field("body", "too_long", format!("must have at most {PARTS} parts")));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(bare_name);
        let bytes = part.bytes().await.map_err(|error| broken(&error))?;
        if name == "file" {
            if file.is_some() {
                return Err(ApiError::field(
                    "file",
                    "invalid",
                    "must be there once: upload one file at a time",
                ));
            }
            if bytes.len() > MAX_FILE_BYTES {
                return Err(ApiError::new(ErrorCode::PayloadTooLarge, "The file is larger than 10 MB."));
            }
            file = Some(UploadedFile { name: file_name.unwrap_or_default(), bytes });
            continue;
        }
        let text = String::from_utf8(bytes.to_vec())
            .map_err(|_| ApiError::field(name.replace('\0', ""), "invalid", "must be UTF-8 text"))?;
        refuse_nul(&name, &text)?;
        texts.push((name, text));
    }
    let Some(file) = file else {
        return Err(ApiError::field("file", "required", "is required: the file, in a part called `file`"));
    };
    Ok(Upload { file, texts, idempotency: None })
}

/// The name without the folders that some browsers send along.
fn bare_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned()
}
