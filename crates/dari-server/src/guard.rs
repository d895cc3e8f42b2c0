//! Who may ask: the user of every request, and whether the request is theirs.
//!
//! A browser has a session in a cookie that scripts cannot read and other sites cannot send; what changes anything also carries a token that only the page
//! knows. Programs have access tokens. Without accounts (demo mode) everybody is a guest who reads what all parties share, from this machine only.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use dari_register::accounts::fingerprint;
use dari_register::{Role, User};

use crate::problem::{Problem, Result};
use crate::state::{Limiter, Server, Shared};

/// Who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everybody on this machine, without sign-in, to read what all parties share.
    Demo,
    /// Users who sign in.
    Accounts,
}

/// The cookie of a session.
pub(crate) const COOKIE: &str = "dari_session";
/// The header with the token against forged requests.
const TOKEN: &str = "x-csrf-token";
/// What is open to everybody, below the API's own address: who one is, signing in, and what the API looks like.
const OPEN: [&str; 6] = ["/session", "/invitations", "/sign-in/openid", "/sign-in/openid/back", "/openapi.json", "/health"];

/// Whoever makes a request.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) user: Arc<User>,
    /// Whether they may change anything: guests and tokens for reading may not.
    pub(crate) writes: bool,
    /// The secret of their session, where they have one.
    pub(crate) session: Option<Arc<str>>,
}

impl Visitor {
    /// Whether nobody is signed in.
    pub(crate) fn is_guest(&self) -> bool {
        self.user.role == Role::Guest && self.user.name.is_empty()
    }

    /// A user who is signed in.
    pub(crate) fn signed_in(&self) -> Result<&User> {
        if self.is_guest() { Err(nobody()) } else { Ok(&self.user) }
    }

    /// The user of a session. A token does not say how its user signs in, nor who else does: one that leaked must not become an account.
    pub(crate) fn in_session(&self) -> Result<&User> {
        let user = self.signed_in()?;
        if self.session.is_some() { Ok(user) } else { Err(Problem::forbidden("a token cannot do this").hint("Sign in on the page.")) }
    }
}

/// The address that a request comes from: the one that the proxy before the server says, where there is one.
pub(crate) fn address(server: &Server, headers: &HeaderMap, from: SocketAddr) -> String {
    let said = headers.get_all("x-forwarded-for").iter().next_back().filter(|_| server.proxy).and_then(|value| value.to_str().ok());
    let last = said.and_then(|said| said.rsplit(',').next()?.trim().parse::<std::net::IpAddr>().ok());
    last.unwrap_or(from.ip()).to_string()
}

fn nobody() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "who are you?")
        .hint("Sign in on the page, or send an access token: Authorization: Bearer dari_….")
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visitor> {
        parts.extensions.get::<Visitor>().cloned().ok_or_else(nobody)
    }
}

/// An administrator. Whether one asks is known before anything of the request's body is read.
pub(crate) struct Administrator(pub(crate) Visitor);

impl<S: Sync> FromRequestParts<S> for Administrator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Administrator> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        if visitor.user.role == Role::Administrator {
            return Ok(Administrator(visitor));
        }
        Err(Problem::forbidden(format!("a {} may not do this", visitor.user.role.as_str())).hint("An administrator may."))
    }
}

/// An administrator in a session, who says who uses the register.
pub(crate) struct Manager(pub(crate) Visitor);

impl<S: Sync> FromRequestParts<S> for Manager {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Manager> {
        let Administrator(visitor) = Administrator::from_request_parts(parts, state).await?;
        visitor.in_session()?;
        Ok(Manager(visitor))
    }
}

/// The token against forged requests that goes with a secret, from which the secret cannot be told.
pub(crate) fn csrf(secret: &str) -> String {
    fingerprint(&format!("csrf {secret}"))
}

/// A cookie of this name.
pub(crate) fn cookie_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Whether a limit is kept by whoever asks under this name.
pub(crate) fn within(limiter: &Limiter, who: &str) -> Result<()> {
    limiter.check_key(&who.to_owned()).map_err(|not_yet| {
        let clock = governor::clock::DefaultClock::default();
        let wait = not_yet.wait_time_from(governor::clock::Clock::now(&clock)).as_secs() + 1;
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests").hint(format!("Try again in {wait} s.")).after(wait)
    })
}

/// Finds who makes a request of the API, and lets through what they may ask.
pub(crate) async fn enter(
    State(server): State<Shared>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Result<Response> {
    let headers = request.headers();
    if server.mode == Mode::Demo {
        // A page of another site whose name was turned to this machine must not read through the browser of whoever is at it.
        let named_here = host(&request).is_some_and(|host| {
            let name =
                host.rsplit_once(':').map_or(host, |(name, port)| if port.bytes().all(|c| c.is_ascii_digit()) { name } else { host });
            matches!(name, "localhost" | "127.0.0.1" | "[::1]")
        });
        if !named_here {
            return Err(Problem::new(
                StatusCode::MISDIRECTED_REQUEST,
                "without sign-in the server answers to localhost and 127.0.0.1 only",
            ));
        }
    }
    let visitor = visitor(&server, headers, from).await?;
    let who = visitor.as_ref().filter(|visitor| !visitor.is_guest());
    within(&server.rate, &who.map_or_else(|| address(&server, request.headers(), from), |visitor| format!("user {}", visitor.user.name)))?;
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe {
        from_here(&request)?;
        if let Some(visitor) = &visitor {
            unforged(&server, visitor, headers)?;
        }
    }
    match visitor {
        Some(visitor) => {
            request.extensions_mut().insert(visitor);
        }
        None if OPEN.contains(&request.uri().path()) => {}
        None => return Err(nobody()),
    }
    Ok(next.run(request).await)
}

/// What the server was called: HTTP/1.1 says it in a header, HTTP/2 in the address.
fn host<B>(request: &axum::http::Request<B>) -> Option<&str> {
    let named = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    named.or_else(|| request.uri().authority().map(|authority| authority.as_str()))
}

/// A request that changes something comes from no other site's page.
fn from_here<B>(request: &axum::http::Request<B>) -> Result<()> {
    let Some(origin) = request.headers().get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let origin = origin.split_once("://").map_or(origin, |(_, host)| host);
    if host(request) == Some(origin) { Ok(()) } else { Err(Problem::forbidden("the request comes from another site's page")) }
}

/// A request that changes something in a session carries the session's token.
fn unforged(server: &Server, visitor: &Visitor, headers: &HeaderMap) -> Result<()> {
    let secret = match &visitor.session {
        Some(secret) => secret,
        None if visitor.is_guest() => server.secret.as_str(),
        // An access token is sent by nobody but its user.
        None if visitor.writes => return Ok(()),
        None => return Err(Problem::forbidden("this access token is for reading only").hint("Make one that writes.")),
    };
    let given = headers.get(TOKEN).and_then(|value| value.to_str().ok());
    if given == Some(csrf(secret).as_str()) {
        Ok(())
    } else {
        Err(Problem::forbidden("the request does not carry the session's token").hint("Send X-CSRF-Token as GET /api/v1/session says it."))
    }
}

async fn visitor(server: &Server, headers: &HeaderMap, from: SocketAddr) -> Result<Option<Visitor>> {
    if let (Mode::Accounts, Some(register)) = (server.mode, &server.register) {
        if let Some(given) = headers.get(header::AUTHORIZATION) {
            let secret = given.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
            if let Some((user, writes)) = register.token_user(secret.trim()).await? {
                return Ok(Some(Visitor { user: Arc::new(user), writes, session: None }));
            }
            within(&server.wrong_tokens, &address(server, headers, from))?;
            return Err(
                Problem::new(StatusCode::UNAUTHORIZED, "this access token is not good (any more)").hint("Make a new one on the page.")
            );
        }
        if let Some(secret) = cookie_of(headers, COOKIE)
            && let Some(user) = register.session_user(secret).await?
        {
            return Ok(Some(Visitor { user: Arc::new(user), writes: true, session: Some(secret.into()) }));
        }
    }
    if server.mode == Mode::Accounts {
        return Ok(None);
    }
    let party = match server.register.as_ref().and_then(|register| register.parties().first()) {
        Some(party) => party.clone(),
        None => "GUEST".parse()?,
    };
    Ok(Some(Visitor { user: Arc::new(User::guest(party)), writes: false, session: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_sites_page_is_told_in_either_version_of_http() {
        let request = |uri: &str, host: Option<&str>, origin: Option<&str>| {
            let mut request = axum::http::Request::new(());
            *request.uri_mut() = uri.parse().unwrap_or_default();
            for (name, value) in [(header::HOST, host), (header::ORIGIN, origin)] {
                if let Some(value) = value.and_then(|value| value.parse().ok()) {
                    request.headers_mut().insert(name, value);
                }
            }
            request
        };
        let own = Some("https://dari.example.kr");
        assert!(from_here(&request("/session", Some("dari.example.kr"), own)).is_ok());
        assert!(from_here(&request("https://dari.example.kr/session", None, own)).is_ok());
        assert!(from_here(&request("/session", Some("dari.example.kr"), None)).is_ok());
        for (uri, host) in [("/session", Some("evil.example")), ("https://evil.example/session", None), ("/session", None)] {
            assert!(from_here(&request(uri, host, own)).is_err(), "{uri} {host:?}");
        }
        assert!(from_here(&request("/session", Some("dari.example.kr"), Some("null"))).is_err());
    }

    #[test]
    fn a_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, axum::http::HeaderValue::from_static("a=b; dari_session_old=x; dari_session=secret; c"));
        assert_eq!(cookie_of(&headers, COOKIE), Some("secret"));
        assert_ne!(csrf("secret"), csrf("another"));
    }
}
