//! Signing in by a provider of identities (OpenID Connect): the authorization code flow with PKCE.
//!
//! The browser is sent to the provider and comes back with a code, which the server exchanges for a signed statement of who it is. That the browser that comes
//! back is the one that was sent is told by a cookie; the statement is of this sign-in by its nonce.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dari_register::accounts::new_secret;
use dari_register::{Party, User};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse, reqwest,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::Asked;
use crate::guard::{address, cookie_of, within};
use crate::problem::{Problem, Result, log};
use crate::session::session_cookie;
use crate::state::{Server, Shared};

/// A provider of identities.
#[derive(Debug, Clone)]
pub struct OpenId {
    /// Its address.
    pub issuer: String,
    /// What the server is called there.
    pub client: String,
    /// The secret that the provider gave the server, where it has one.
    pub secret: Option<String>,
    /// What the provider says that names the user of the register.
    pub claim: Claim,
    /// The party whose users it knows; it says nothing of others'.
    pub party: Party,
    /// The server's own address, as browsers know it: `https://dari.example.kr`.
    pub address: String,
}

/// What a provider says that names a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// What stands before the `@` of an address of electronic mail at this domain, where the provider has checked it.
    Email(String),
    /// The name that the user goes by at the provider.
    Username,
}

/// The cookie of a browser that was sent to the provider.
const COOKIE: &str = "dari_sign_in";
/// How long it may take to come back.
const PATIENCE: Duration = Duration::from_secs(600);
/// Sign-ins under way.
const MOST: usize = 10_000;
/// How long the provider may take to answer.
const ANSWER: Duration = Duration::from_secs(10);
/// Where the provider sends browsers back to, below the server's address.
const BACK: &str = "/api/v1/sign-in/openid/back";

/// A sign-in under way.
struct Begun {
    when: Instant,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    browser: String,
}

pub(crate) struct Provider {
    about: OpenId,
    http: reqwest::Client,
    /// By the state that comes back with the browser.
    begun: Mutex<HashMap<String, Begun>>,
}

type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

impl Provider {
    pub(crate) fn new(about: OpenId) -> std::io::Result<Provider> {
        // The provider is asked where it says it is, and nowhere that it redirects to.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(ANSWER).build();
        Ok(Provider { about, http: http.map_err(std::io::Error::other)?, begun: Mutex::default() })
    }

    /// The provider as it describes itself now, for its keys change.
    async fn client(&self) -> std::result::Result<Client, Box<dyn std::error::Error + Send + Sync>> {
        let metadata = CoreProviderMetadata::discover_async(IssuerUrl::new(self.about.issuer.clone())?, &self.http).await?;
        let secret = self.about.secret.clone().map(ClientSecret::new);
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(self.about.client.clone()), secret);
        let address = self.about.address.trim_end_matches('/');
        Ok(client.set_redirect_uri(RedirectUrl::new(format!("{address}{BACK}"))?))
    }

    /// The name of the user whom the provider vouches for, and who it says they are.
    async fn who(
        &self,
        code: String,
        begun: Begun,
    ) -> std::result::Result<(String, Option<String>), Box<dyn std::error::Error + Send + Sync>> {
        let client = self.client().await?;
        let tokens =
            client.exchange_code(AuthorizationCode::new(code))?.set_pkce_verifier(begun.verifier).request_async(&self.http).await?;
        let token = tokens.id_token().ok_or("the provider sent no statement of who it is")?;
        let claims = token.claims(&client.id_token_verifier(), &begun.nonce)?;
        let name = match &self.about.claim {
            Claim::Email(domain) if claims.email_verified() == Some(true) => claims.email().and_then(|email| {
                let (name, at) = email.rsplit_once('@')?;
                at.eq_ignore_ascii_case(domain).then(|| name.to_owned())
            }),
            Claim::Email(_) => None,
            Claim::Username => claims.preferred_username().map(|name| name.to_string()),
        };
        Ok((claims.subject().to_string(), name))
    }
}

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(begin)).routes(routes!(back))
}

fn provider(server: &Server) -> Result<&Provider> {
    server
        .openid
        .as_ref()
        .ok_or_else(|| Problem::not_found("no provider of identities").hint("Serve with --openid-issuer and --openid-client."))
}

fn cookie(server: &Server, value: &str, age: u64) -> (HeaderName, String) {
    // Lax, for the browser comes back from another site.
    let secure =
        if server.openid.as_ref().is_some_and(|provider| provider.about.address.starts_with("https://")) { "; Secure" } else { "" };
    (header::SET_COOKIE, format!("{COOKIE}={value}; Path=/api/v1/sign-in; HttpOnly; SameSite=Lax; Max-Age={age}{secure}"))
}

/// Send the browser to the provider of identities
#[utoipa::path(get, path = "/sign-in/openid", tag = "session",
    responses((status = 303, description = "To the provider"), (status = 404, body = Problem), (status = 502, body = Problem)))]
async fn begin(State(server): State<Shared>, ConnectInfo(from): ConnectInfo<std::net::SocketAddr>, headers: HeaderMap) -> Result<Response> {
    let provider = provider(&server)?;
    within(&server.tries, &address(&server, &headers, from))?;
    let client = provider.client().await.map_err(|error| {
        log(format!("the provider of identities: {error}"));
        Problem::new(StatusCode::BAD_GATEWAY, "the provider of identities cannot be asked").hint("Try again; the server's log says more.")
    })?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random).set_pkce_challenge(challenge);
    let (url, state, nonce) = request.add_scope(Scope::new("email".to_owned())).add_scope(Scope::new("profile".to_owned())).url();
    let browser = new_secret()?;
    {
        let mut begun = provider.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.retain(|_, one| one.when.elapsed() < PATIENCE);
        if begun.len() >= MOST {
            return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many sign-ins are under way").after(60));
        }
        begun.insert(state.into_secret(), Begun { when: Instant::now(), nonce, verifier, browser: browser.clone() });
    }
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, url.to_string()), cookie(&server, &browser, PATIENCE.as_secs())]).into_response())
}

/// What a browser comes back with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Came {
    /// What the server exchanges for the statement of who it is.
    code: Option<String>,
    /// Which sign-in it is.
    state: Option<String>,
}

/// Where the provider of identities sends the browser back to
#[utoipa::path(get, path = "/sign-in/openid/back", tag = "session", params(Came),
    responses((status = 303, description = "To the page, signed in; or to where one signs in, with what was wrong"), (status = 400, body = Problem),
        (status = 404, body = Problem)))]
async fn back(State(server): State<Shared>, headers: HeaderMap, Asked(came): Asked<Came>) -> Result<Response> {
    let provider = provider(&server)?;
    let refused = |why: &str| {
        let place = format!("/sign-in?refused={why}");
        (StatusCode::SEE_OTHER, [(header::LOCATION, place), cookie(&server, "", 0)]).into_response()
    };
    let user = match vouched(&server, provider, &headers, came).await {
        Ok(user) => user,
        Err(why) => return Ok(refused(why)),
    };
    let secret = server.register()?.begin_session(&user).await?;
    let own = (header::SET_COOKIE, session_cookie(&server, &headers, &secret, ""));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/".to_owned()), cookie(&server, "", 0)]).into_response();
    response.headers_mut().append(own.0, own.1.parse().map_err(Problem::internal)?);
    Ok(response)
}

/// The user whom the provider vouches for; else in a word why not, of which the log says more.
async fn vouched(server: &Server, provider: &Provider, headers: &HeaderMap, came: Came) -> std::result::Result<User, &'static str> {
    let failed = |why: &'static str, error: String| {
        log(format!("sign-in by the provider of identities: {error}"));
        why
    };
    let (Some(code), Some(state)) = (came.code, came.state) else { return Err("cancelled") };
    let begun =
        provider.begun.lock().unwrap_or_else(PoisonError::into_inner).remove(&state).filter(|begun| begun.when.elapsed() < PATIENCE);
    let begun = begun.ok_or("late")?;
    if cookie_of(headers, COOKIE) != Some(begun.browser.as_str()) {
        return Err("late");
    }
    let (subject, name) = provider.who(code, begun).await.map_err(|error| failed("failed", error.to_string()))?;
    let register = server.register.as_ref().ok_or("failed")?;
    let found = register.identified(&provider.about.issuer, &subject, name.as_deref(), &provider.about.party).await;
    found.map_err(|error| failed("unknown", error.to_string()))
}
