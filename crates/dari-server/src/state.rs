//! What all requests share.

use std::io;
use std::num::NonZeroU32;
use std::sync::Arc;

use dari_register::accounts::new_secret;
use dari_register::{Register, Session, User};
use governor::clock::DefaultClock;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::Options;
use crate::analyst::Analyst;
use crate::answers::Answers;
use crate::guard::Mode;
use crate::jobs::Jobs;
use crate::openid::Provider;
use crate::problem::{Problem, Result};

/// Wrong passwords, codes and tokens that one address may send in a minute before it has to wait.
const TRIES: u32 = 20;
/// Requests that come at once are let through up to this many times the rate of a second.
const BURST: u32 = 4;

pub(crate) type Limiter = RateLimiter<String, DashMapStateStore<String>, DefaultClock>;

pub(crate) struct Server {
    pub(crate) analyst: Arc<dyn Analyst>,
    pub(crate) register: Option<Register>,
    pub(crate) answers: Answers,
    pub(crate) jobs: Jobs,
    pub(crate) mode: Mode,
    pub(crate) tls: bool,
    pub(crate) openid: Option<Provider>,
    pub(crate) upload: u64,
    pub(crate) proxy: bool,
    /// Requests of one user or, before sign-in, of one address.
    pub(crate) rate: Limiter,
    /// Sign-ins of one address.
    pub(crate) tries: Limiter,
    /// Access tokens of one address that are not good.
    pub(crate) wrong_tokens: Limiter,
    /// What tokens against forged requests come from where nobody is signed in.
    pub(crate) secret: String,
}

pub(crate) type Shared = Arc<Server>;

impl Server {
    pub(crate) fn new(options: &Options, analyst: Arc<dyn Analyst>, register: Option<Register>) -> io::Result<Shared> {
        let rate = NonZeroU32::new(options.rate).unwrap_or(NonZeroU32::MIN);
        let burst = rate.saturating_mul(NonZeroU32::new(BURST).unwrap_or(NonZeroU32::MIN));
        let tries = NonZeroU32::new(TRIES).unwrap_or(NonZeroU32::MIN);
        let server = Arc::new(Server {
            jobs: Jobs::open(&options.jobs, &options.program)?,
            analyst,
            register,
            answers: Answers::new(),
            mode: options.mode,
            tls: options.tls.is_some(),
            openid: options.openid.clone().map(Provider::new).transpose()?,
            upload: options.upload,
            proxy: options.proxy,
            rate: RateLimiter::dashmap(Quota::per_second(rate).allow_burst(burst)),
            tries: RateLimiter::dashmap(Quota::per_minute(tries)),
            wrong_tokens: RateLimiter::dashmap(Quota::per_minute(tries)),
            secret: new_secret().map_err(io::Error::other)?,
        });
        // Users and addresses that were not seen of late are forgotten.
        let weak = Arc::downgrade(&server);
        tokio::spawn(async move {
            let mut every = tokio::time::interval(std::time::Duration::from_secs(600));
            loop {
                every.tick().await;
                let Some(server) = weak.upgrade() else { return };
                server.rate.retain_recent();
                server.tries.retain_recent();
                server.wrong_tokens.retain_recent();
            }
        });
        Ok(server)
    }

    /// The register.
    pub(crate) fn register(&self) -> Result<&Register> {
        self.register.as_ref().ok_or_else(|| {
            Problem::not_found("there is no register")
                .hint("Make one with `dari register init` and name it to `dari serve` with --register.")
        })
    }

    /// The register as a user works in it.
    pub(crate) fn work(&self, user: &User) -> Result<Session<'_>> {
        Ok(self.register()?.session(user.clone()))
    }
}
