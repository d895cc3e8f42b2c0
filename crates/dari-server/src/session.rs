//! Signing in, users, access tokens.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dari_register::accounts::{Refusal, Token};
use dari_register::{Register, User, moment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::Given;
use crate::guard::{Administrator, COOKIE, Manager, Mode, Visitor, address, cookie_of, csrf, within};
use crate::problem::{Problem, Result};
use crate::state::{Server, Shared};

/// The kind of problem that asks for the code of a second factor.
const CODE_NEEDED: &str = "urn:dari:code-needed";

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(session, sign_in, sign_out))
        .routes(routes!(accept))
        .routes(routes!(second_factor, propose_second_factor, confirm_second_factor, end_second_factor))
        .routes(routes!(users))
        .routes(routes!(set_user, close_user))
        .routes(routes!(invite))
        .routes(routes!(tokens, make_token))
        .routes(routes!(end_token))
}

/// Who one is, and what there is.
#[derive(Serialize, ToSchema)]
struct SessionNow {
    /// Nothing where nobody is signed in.
    #[schema(required)]
    user: Option<Member>,
    mode: ModeName,
    /// What requests that change anything carry in `X-CSRF-Token`.
    csrf: String,
    /// Whether one can sign in by a provider of identities, at `/api/v1/sign-in/openid`.
    openid: bool,
    /// Whether there is a register.
    register: bool,
    /// The parties of the register.
    parties: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ModeName {
    /// Everybody reads what all parties share.
    Demo,
    /// Users sign in.
    Accounts,
}

/// A user.
#[derive(Serialize, ToSchema)]
struct Member {
    name: String,
    /// Country, or agency within: `KR/MSIT`.
    party: String,
    /// The country.
    side: String,
    role: String,
}

impl Member {
    fn of(user: &User) -> Member {
        Member {
            name: user.name.clone(),
            party: user.party.to_string(),
            side: user.party.side().to_owned(),
            role: user.role.as_str().to_owned(),
        }
    }
}

fn now(server: &Server, user: Option<&User>, secret: Option<&str>) -> SessionNow {
    SessionNow {
        user: user.map(Member::of),
        mode: match server.mode {
            Mode::Demo => ModeName::Demo,
            Mode::Accounts => ModeName::Accounts,
        },
        csrf: csrf(secret.unwrap_or(&server.secret)),
        openid: server.openid.is_some(),
        register: server.register.is_some(),
        parties: server.register.iter().flat_map(|register| register.parties()).map(ToString::to_string).collect(),
    }
}

/// Who you are
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = SessionNow)))]
async fn session(State(server): State<Shared>, visitor: Option<axum::Extension<Visitor>>) -> Json<SessionNow> {
    let visitor = visitor.map(|visitor| visitor.0);
    let user = visitor.as_ref().filter(|visitor| !visitor.is_guest()).map(|visitor| visitor.user.as_ref());
    let secret = visitor.as_ref().and_then(|visitor| visitor.session.as_deref());
    Json(now(&server, user, secret))
}

/// Name and password, and a code where there is a second factor.
#[derive(Deserialize, ToSchema)]
struct Credentials {
    name: String,
    #[schema(format = Password)]
    password: String,
    /// Six digits.
    code: Option<String>,
}

/// Sign in
#[utoipa::path(post, path = "/session", tag = "session", request_body = Credentials,
    responses((status = 200, body = SessionNow), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 415, body = Problem), (status = 423, body = Problem)))]
async fn sign_in(
    State(server): State<Shared>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Given(given): Given<Credentials>,
) -> Result<Response> {
    let register = accounts(&server)?;
    within(&server.tries, &address(&server, &headers, from))?;
    match register.sign_in(given.name.trim(), &given.password, given.code.as_deref()).await? {
        Ok(user) => entered(&server, &headers, &user).await,
        Err(Refusal::Wrong) => {
            Err(Problem::new(StatusCode::UNAUTHORIZED, "name or password is wrong").hint("An administrator can invite you anew."))
        }
        Err(Refusal::CodeNeeded) => Err(Problem::new(StatusCode::UNAUTHORIZED, "the code of your second factor is needed")
            .hint("Your app shows it: six digits that change every thirty seconds.")
            .of_kind(CODE_NEEDED)),
        Err(Refusal::Locked(until)) => {
            let until = moment(until);
            Err(Problem::new(StatusCode::LOCKED, format!("too many wrong passwords: locked until {until}"))
                .hint("Wait, or ask an administrator."))
        }
    }
}

/// The register, where users sign in.
fn accounts(server: &Server) -> Result<&Register> {
    match server.mode {
        Mode::Accounts => server.register(),
        Mode::Demo => Err(Problem::forbidden("nobody signs in to the demonstration").hint("Serve without --demo.")),
    }
}

/// Begins a session and lets the browser keep it.
async fn entered(server: &Server, headers: &HeaderMap, user: &User) -> Result<Response> {
    let secret = server.register()?.begin_session(user).await?;
    let cookie = session_cookie(server, headers, &secret, "");
    let body = Json(now(server, Some(user), Some(&secret)));
    Ok(([(header::SET_COOKIE, cookie)], body).into_response())
}

/// The cookie of a session.
pub(crate) fn session_cookie(server: &Server, headers: &HeaderMap, value: &str, more: &str) -> String {
    // A proxy before the server says that the browser came by TLS; to say so falsely harms only who says it.
    let secure = server.tls || headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict{}{more}", if secure { "; Secure" } else { "" })
}

/// Sign out
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
async fn sign_out(State(server): State<Shared>, headers: HeaderMap) -> Result<Response> {
    if let (Some(register), Some(secret)) = (&server.register, cookie_of(&headers, COOKIE)) {
        register.end_session(secret).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, session_cookie(&server, &headers, "", "; Max-Age=0"))]).into_response())
}

/// The code of an invitation, and the password one chooses.
#[derive(Deserialize, ToSchema)]
struct Acceptance {
    code: String,
    #[schema(format = Password, min_length = 10)]
    password: String,
}

/// Set a password with the code of an invitation, and sign in
#[utoipa::path(post, path = "/invitations", tag = "session", request_body = Acceptance,
    responses((status = 200, body = SessionNow), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 415, body = Problem)))]
async fn accept(
    State(server): State<Shared>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Given(given): Given<Acceptance>,
) -> Result<Response> {
    let register = accounts(&server)?;
    within(&server.tries, &address(&server, &headers, from))?;
    let user = register.accept(given.code.trim(), &given.password).await?;
    entered(&server, &headers, &user).await
}

/// Whether one is asked for a code.
#[derive(Serialize, ToSchema)]
struct SecondFactor {
    active: bool,
}

/// What an app is given to make codes.
#[derive(Serialize, ToSchema)]
struct Proposed {
    /// To be typed into the app.
    secret: String,
    /// The same as an address that the app opens.
    url: String,
}

/// A code of the app.
#[derive(Deserialize, ToSchema)]
struct Code {
    /// Six digits.
    code: String,
}

/// Whether you are asked for a code when you sign in
#[utoipa::path(get, path = "/second-factor", tag = "session",
    responses((status = 200, body = SecondFactor), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn second_factor(State(server): State<Shared>, visitor: Visitor) -> Result<Json<SecondFactor>> {
    Ok(Json(SecondFactor { active: server.register()?.has_second_factor(visitor.signed_in()?).await? }))
}

/// Begin a second factor: what your app is given
#[utoipa::path(post, path = "/second-factor", tag = "session",
    responses((status = 200, body = Proposed), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn propose_second_factor(State(server): State<Shared>, visitor: Visitor) -> Result<Json<Proposed>> {
    let proposed = server.register()?.propose_second_factor(visitor.in_session()?).await?;
    Ok(Json(Proposed { secret: proposed.secret, url: proposed.url }))
}

/// Confirm the second factor with a code of your app; from now on you are asked for one
#[utoipa::path(put, path = "/second-factor", tag = "session", request_body = Code,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 415, body = Problem)))]
async fn confirm_second_factor(State(server): State<Shared>, visitor: Visitor, Given(given): Given<Code>) -> Result<StatusCode> {
    let user = visitor.in_session()?;
    within(&server.tries, &format!("code of {}", user.name))?;
    server.register()?.confirm_second_factor(user, &given.code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End the second factor with a code of your app
#[utoipa::path(delete, path = "/second-factor", tag = "session", request_body = Code,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 415, body = Problem)))]
async fn end_second_factor(State(server): State<Shared>, visitor: Visitor, Given(given): Given<Code>) -> Result<StatusCode> {
    let user = visitor.in_session()?;
    within(&server.tries, &format!("code of {}", user.name))?;
    server.register()?.end_second_factor(user, &given.code).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct Users {
    users: Vec<Listed>,
}

/// A user with whether they can sign in.
#[derive(Serialize, ToSchema)]
struct Listed {
    name: String,
    party: String,
    role: String,
    /// Whether they have a password.
    account: bool,
}

/// The users of your party. An administrator may
#[utoipa::path(get, path = "/users", tag = "session",
    responses((status = 200, body = Users), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn users(State(server): State<Shared>, Administrator(by): Administrator) -> Result<Json<Users>> {
    let by = &by.user;
    let users = server.register()?.members(by).await?.into_iter().map(|(user, account)| Listed {
        name: user.name,
        party: user.party.to_string(),
        role: user.role.as_str().to_owned(),
        account,
    });
    Ok(Json(Users { users: users.collect() }))
}

/// The party and role of a user.
#[derive(Deserialize, ToSchema)]
struct Place {
    party: String,
    role: String,
}

/// Make a user, or give them another role. An administrator may, of their party
#[utoipa::path(put, path = "/users/{name}", tag = "session", request_body = Place, params(("name" = String, Path, description = "The user")),
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 415, body = Problem)))]
async fn set_user(
    State(server): State<Shared>,
    Manager(by): Manager,
    Path(name): Path<String>,
    Given(place): Given<Place>,
) -> Result<StatusCode> {
    let by = &by.user;
    let user = User::new(&name, place.party.parse()?, place.role.parse()?)?;
    server.register()?.set_user(&user, true, Some(by)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Close a user; what they wrote stays. An administrator may, of their party
#[utoipa::path(delete, path = "/users/{name}", tag = "session", params(("name" = String, Path, description = "The user")),
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn close_user(State(server): State<Shared>, Manager(by): Manager, Path(name): Path<String>) -> Result<StatusCode> {
    let by = &by.user;
    let register = server.register()?;
    let user = register.user(&name).await?;
    if user.name == by.name {
        return Err(Problem::bad("you cannot close yourself").hint("Another administrator can."));
    }
    register.set_user(&user, false, Some(by)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A code with which a user sets a password.
#[derive(Serialize, ToSchema)]
struct Invited {
    /// It is shown once: `/welcome?code=CODE` is the address to send.
    code: String,
    /// Until when it is good.
    until: String,
}

/// Invite a user to set a (new) password. An administrator may, of their party
#[utoipa::path(post, path = "/users/{name}/invitation", tag = "session", params(("name" = String, Path, description = "The user")),
    responses((status = 200, body = Invited), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn invite(State(server): State<Shared>, Manager(by): Manager, Path(name): Path<String>) -> Result<Json<Invited>> {
    let by = &by.user;
    let invitation = server.register()?.invite(&name, Some(by)).await?;
    Ok(Json(Invited { code: invitation.code, until: moment(invitation.until) }))
}

#[derive(Serialize, ToSchema)]
struct Tokens {
    tokens: Vec<TokenShown>,
}

/// An access token, without its secret.
#[derive(Serialize, ToSchema)]
struct TokenShown {
    id: String,
    /// What it is for.
    about: String,
    /// Whether it changes the register, or only reads.
    writes: bool,
    begun: String,
    until: String,
}

impl From<Token> for TokenShown {
    fn from(token: Token) -> TokenShown {
        TokenShown { id: token.id, about: token.about, writes: token.writes, begun: moment(token.begun), until: moment(token.until) }
    }
}

/// Your access tokens
#[utoipa::path(get, path = "/tokens", tag = "session",
    responses((status = 200, body = Tokens), (status = 404, body = Problem)))]
async fn tokens(State(server): State<Shared>, visitor: Visitor) -> Result<Json<Tokens>> {
    let tokens = server.register()?.tokens(visitor.signed_in()?).await?;
    Ok(Json(Tokens { tokens: tokens.into_iter().map(TokenShown::from).collect() }))
}

/// What an access token is to be.
#[derive(Deserialize, ToSchema)]
struct Wish {
    /// What it is for.
    #[schema(min_length = 1, max_length = 200)]
    about: String,
    /// Whether it changes the register, or only reads.
    #[serde(default)]
    writes: bool,
    /// For how many days it is good.
    #[schema(minimum = 1, maximum = 366)]
    days: i64,
}

/// A new access token.
#[derive(Serialize, ToSchema)]
struct Made {
    token: TokenShown,
    /// It is shown once.
    secret: String,
}

/// Make an access token
#[utoipa::path(post, path = "/tokens", tag = "session", request_body = Wish,
    responses((status = 201, body = Made), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 415, body = Problem)))]
async fn make_token(State(server): State<Shared>, visitor: Visitor, Given(wish): Given<Wish>) -> Result<(StatusCode, Json<Made>)> {
    let user = visitor.in_session()?;
    let (token, secret) = server.register()?.make_token(user, &wish.about, wish.writes, wish.days).await?;
    Ok((StatusCode::CREATED, Json(Made { token: token.into(), secret })))
}

/// End an access token
#[utoipa::path(delete, path = "/tokens/{id}", tag = "session", params(("id" = String, Path, description = "The token's id")),
    responses((status = 204), (status = 404, body = Problem)))]
async fn end_token(State(server): State<Shared>, visitor: Visitor, Path(id): Path<String>) -> Result<StatusCode> {
    server.register()?.end_token(visitor.signed_in()?, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
