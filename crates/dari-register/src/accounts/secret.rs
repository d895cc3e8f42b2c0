//! Secrets that are given out once, and what is kept of them.

use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// A new secret of 256 bits, in hexadecimal.
///
/// # Errors
/// Where the system gives no random numbers.
pub fn new_secret() -> Result<String> {
    Ok(hex(&random::<32>()?))
}

/// Random bytes of the system's.
pub(super) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| Error::Broken(format!("the system gives no random numbers: {error}")))?;
    Ok(bytes)
}

/// What is kept of a secret. It needs no salt and no slow hash: there are too many secrets to try.
pub fn fingerprint(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
