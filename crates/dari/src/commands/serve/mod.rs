//! `dari serve`: the page and the API.

mod analyst;
mod questions;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use dari_register::{Party, Register, Role, User};
use dari_server::{Claim, Mode, OpenId, Options};

use crate::cli::{Common, memory};
use crate::commands::{brief, register as register_command};
use crate::error::{Failure, Result};
use crate::progress::{say, stopped};

/// Arguments of `dari serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari serve --demo                                       look around without signing in, on this machine only
  dari serve                                              users sign in; the first run says how the administrators begin
  dari serve --register postgres://dari@db/dari --listen 0.0.0.0:443 --certificate dari.pem --key dari.key
  curl -H 'Authorization: Bearer dari_…' 'https://HOST/api/v1/compare?countries=KR,US&format=csv'

The API is described at /api/v1/openapi.json. Without a certificate a proxy before dari speaks TLS; it passes Host on as it came. What users may see and do is said
by the register: `dari register users`.")]
pub(crate) struct ServeArgs {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// For reading, without signing in, by whoever is at this machine; with the shipped register where there is none
    #[arg(long)]
    demo: bool,
    /// The register: a SQLite file, or postgres://USER@HOST/DATABASE
    #[arg(long, env = "DARI_REGISTER", default_value = register_command::DEFAULT, value_name = "FILE|URL", hide_env_values = true)]
    register: String,
    /// Certificate chain (PEM)
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    /// Private key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
    /// A provider of identities (OpenID Connect) by which users can sign in; it must call them as the register does
    #[arg(long, conflicts_with = "demo", value_name = "URL", requires_all = ["openid_client", "openid_party", "address"])]
    openid_issuer: Option<String>,
    /// What dari is called at the provider; the secret it gave comes from the environment, DARI_OPENID_SECRET
    #[arg(long, value_name = "ID", requires = "openid_issuer")]
    openid_client: Option<String>,
    /// The domain of users' addresses of electronic mail: hong@DOMAIN is the user hong, where the provider has checked the address; without one the name that users
    /// go by at the provider (preferred_username) counts
    #[arg(long, value_name = "DOMAIN", requires = "openid_issuer")]
    openid_domain: Option<String>,
    /// The party whose users the provider knows; it says nothing of others'
    #[arg(long, value_name = "PARTY", requires = "openid_issuer")]
    openid_party: Option<Party>,
    /// The address by which browsers know dari, with https://; the provider sends them back to /api/v1/sign-in/openid/back below it
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// Requests a second that a user may make, four times as many at once
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    rate: u32,
    /// A proxy before dari says in X-Forwarded-For (its last address) whose requests it passes on
    #[arg(long)]
    behind_proxy: bool,
    /// Folder of a template for briefings: letterhead, order of parts, wording, look
    #[arg(long, value_name = "DIR")]
    template: Option<PathBuf>,
    /// Largest file that an administrator may upload
    #[arg(long, default_value = "2GB", value_parser = memory, value_name = "SIZE")]
    upload: usize,
}

pub(crate) fn run(common: &Common, args: &ServeArgs) -> Result<()> {
    let program = std::env::current_exe()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(common, args, program))
}

async fn serve(common: &Common, args: &ServeArgs, program: PathBuf) -> Result<()> {
    let register = open(common, args).await?;
    let scheme = if args.certificate.is_some() { "https" } else { "http" };
    let invitations = match &register {
        Some(register) if !args.demo => first_run(register).await?,
        _ => Vec::new(),
    };
    let options = Options {
        address: args.listen,
        tls: args.certificate.clone().zip(args.key.clone()),
        openid: openid(args)?,
        mode: if args.demo { Mode::Demo } else { Mode::Accounts },
        rate: args.rate,
        proxy: args.behind_proxy,
        upload: args.upload as u64,
        jobs: common.lake.join("_dari").join("jobs"),
        program,
    };
    let template = brief::template(args.template.as_deref())?;
    let analyst = Arc::new(analyst::Program::new(common, template));
    let ready = |address: SocketAddr| {
        let here = format!("{scheme}://{address}");
        say(&format!("{} {here}", common.pick("dari is at", "dari 주소:")));
        // What browsers know it by, only whoever started it knows.
        let page = args.address.as_deref().unwrap_or(&here).trim_end_matches('/');
        for (user, code) in &invitations {
            say(&format!("  {} {}: {page}/welcome?code={code}", common.pick("administrator", "관리자"), user.name));
        }
        if !invitations.is_empty() {
            say(common.pick(
                "Each address sets an administrator's password, once, within a week; administrators invite the others on the page.",
                "각 주소에서 일주일 안에 한 번 관리자 비밀번호를 정합니다. 다른 사용자는 관리자가 화면에서 초대합니다.",
            ));
        }
        say(common.pick("Ctrl-C ends it", "Ctrl-C로 끝냅니다"));
    };
    dari_server::serve(options, analyst, register, ready, interrupted()).await.map_err(|error| {
        let failure = Failure::new(error.to_string());
        match error {
            dari_server::Error::Listen { .. } => failure.hint("Choose another address with --listen; 127.0.0.1:0 takes any free port."),
            dari_server::Error::Open(_) => failure.hint("Leave out --demo, or listen on 127.0.0.1."),
            _ => failure,
        }
    })
}

/// The provider of identities, which is asked over TLS unless it is on this machine.
fn openid(args: &ServeArgs) -> Result<Option<OpenId>> {
    let (Some(issuer), Some(client), Some(address), Some(party)) =
        (&args.openid_issuer, &args.openid_client, &args.address, &args.openid_party)
    else {
        return Ok(None);
    };
    for url in [issuer, address] {
        let here = ["http://localhost", "http://127.0.0.1"]
            .iter()
            .any(|here| url.strip_prefix(here).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/'])));
        if !url.starts_with("https://") && !here {
            return Err(Failure::misuse(format!("'{url}' is not https://")).hint("Who somebody is must not be said in the open."));
        }
    }
    let claim = args.openid_domain.clone().map_or(Claim::Username, Claim::Email);
    let secret = std::env::var("DARI_OPENID_SECRET").ok().filter(|secret| !secret.is_empty());
    Ok(Some(OpenId { issuer: issuer.clone(), client: client.clone(), secret, claim, party: party.clone(), address: address.clone() }))
}

/// Waits for Ctrl-C or the signal to end.
async fn interrupted() {
    while !stopped() {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The register; with --demo the shipped one beside the lake, where none is named.
async fn open(common: &Common, args: &ServeArgs) -> Result<Option<Register>> {
    let missing = !args.register.contains("://") && !Path::new(&args.register).exists();
    if !(args.demo && missing && args.register == register_command::DEFAULT) {
        return Ok(Some(Register::open(&args.register).await.map_err(|error| {
            let failure = Failure::from(error);
            if missing {
                failure.hint("Look around with `dari serve --demo`, or make one: dari register init --party KR --party US")
            } else {
                failure
            }
        })?));
    }
    let place = common.lake.join("_dari").join("demo-register.sqlite");
    if !place.exists() {
        if let Some(folder) = place.parent() {
            std::fs::create_dir_all(folder)?;
        }
        register_command::make_shipped(&place.to_string_lossy()).await?;
    }
    Ok(Some(Register::open(&place.to_string_lossy()).await?))
}

/// Where nobody has a password yet: an administrator for each country, and codes with which they set theirs.
async fn first_run(register: &Register) -> Result<Vec<(User, String)>> {
    if register.has_accounts().await? {
        return Ok(Vec::new());
    }
    let mut administrators: Vec<User> = register.users().await?.into_iter().filter(|user| user.role == Role::Administrator).collect();
    for party in register.parties() {
        if party.as_str() != party.side() || administrators.iter().any(|user| user.party.side() == party.side()) {
            continue;
        }
        let user = User::new(&format!("administrator-{}", party.side().to_lowercase()), party.clone(), Role::Administrator)?;
        register.set_user(&user, true, None).await?;
        administrators.push(user);
    }
    let mut invitations = Vec::new();
    for user in administrators {
        let code = register.invite(&user.name, None).await?.code;
        invitations.push((user, code));
    }
    Ok(invitations)
}
