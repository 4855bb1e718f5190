//! The account SAS that opens Azurite: the emulator knows no managed identities.
//!
//! It is signed with the key of the emulator's account, which is published in its documentation and
//! the same on every machine; it opens nothing else.

use azure_core::http::Url;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The published key of `devstoreaccount1`.
const KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Version, permissions, services, resource types, protocols, end: everything, for long.
const VERSION: &str = "2021-12-02";
const PERMISSIONS: &str = "rwdlac";
const SERVICES: &str = "b";
const TYPES: &str = "sco";
const PROTOCOLS: &str = "https,http";
const END: &str = "2099-12-31T00:00:00Z";

/// Adds the SAS of `account` to a URL; `None` never happens with the published key.
pub(super) fn sign(mut url: Url, account: &str) -> Option<Url> {
    // Account, sp, ss, srt, st, se, sip, spr, sv, ses; each with a line end.
    let text = format!(
        "{account}\n{PERMISSIONS}\n{SERVICES}\n{TYPES}\n\n{END}\n\n{PROTOCOLS}\n{VERSION}\n\n"
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(KEY).ok()?).ok()?;
    mac.update(text.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    url.query_pairs_mut()
        .append_pair("sv", VERSION)
        .append_pair("ss", SERVICES)
        .append_pair("srt", TYPES)
        .append_pair("sp", PERMISSIONS)
        .append_pair("se", END)
        .append_pair("spr", PROTOCOLS)
        .append_pair("sig", &signature);
    Some(url)
}
