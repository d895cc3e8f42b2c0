//! The page: its files are part of the program.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::Problem;

/// What `npm run build` makes of `web/`; nothing where it was not run, for who needs only the API.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// The file of an address, and the page for all addresses that are its own.
pub(crate) async fn file(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return Problem::not_found(format!("nothing at /{path}")).hint("/api/v1/openapi.json tells what there is.").into_response();
    }
    // Files have an ending in their last part; what has none is a place within the page.
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.')) && !path.starts_with("desk/");
    match Files::get(path).filter(|_| !path.is_empty()) {
        Some(file) => answer(file, path, &headers),
        None if is_file => Problem::not_found(format!("no file /{path}")).into_response(),
        None => match Files::get("index.html") {
            Some(page) => answer(page, "index.html", &headers),
            None => Problem::not_found("this program was built without the page")
                .hint("Run `make build`, which builds the page first. The API is at /api/v1/openapi.json.")
                .into_response(),
        },
    }
}

fn answer(file: EmbeddedFile, path: &str, headers: &HeaderMap) -> Response {
    let tag: String = file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    // Names under assets/ say what is in them; all else is asked about each time.
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    if headers.get(header::IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let media = file.metadata.mimetype().to_owned();
    let media = if media.starts_with("text/") { format!("{media}; charset=utf-8") } else { media };
    let named = [(header::CONTENT_TYPE, media), (header::ETAG, tag), (header::CACHE_CONTROL, keep.to_owned())];
    let bytes = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    (named, bytes).into_response()
}
