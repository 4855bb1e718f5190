//! Which host names requests may be for, and which web pages may send them.
//!
//! A page that a person visits can make their browser send requests to a server on their own
//! machine, under a name that the page's owner has pointed there (DNS rebinding). The browser tells
//! both names, in `Host` and `Origin`; `rmcp` holds them against what is decided here:
//!
//! - on a loopback address: this machine's own names, and those of `GRANTC_ALLOWED_HOSTS`;
//! - on another address: those of `GRANTC_ALLOWED_HOSTS`, which must then be set;
//! - behind the Functions host in Azure: any host, unless `GRANTC_ALLOWED_HOSTS` says which. The
//!   platform's front end lets in only requests for the app's own names, and passes the name on;
//!   custom domains are unknown here. Behind the host's emulator: this machine's own names.
//!
//! An `Origin` must be a page of this machine where the address is a loopback one, a page of the
//! app itself where it has a public name, or one of `GRANTC_ALLOWED_ORIGINS`. Requests without an
//! `Origin` are not a browser's.

use crate::caller::Site;
use crate::settings::{ALLOWED_HOSTS, ALLOWED_ORIGINS, Missing, Settings, is_loopback};
use rmcp::transport::StreamableHttpServerConfig;

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
const LOOPBACK_ORIGINS: [&str; 6] = [
    "http://localhost:*",
    "http://127.0.0.1:*",
    "http://[::1]:*",
    "https://localhost:*",
    "https://127.0.0.1:*",
    "https://[::1]:*",
];

/// The names that are let in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Places {
    /// None lets in every host.
    hosts: Option<Vec<String>>,
    origins: Vec<String>,
}

impl Places {
    pub(super) fn new(site: Site, settings: &Settings, missing: &mut Missing) -> Option<Self> {
        let owned = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        let named = settings.list(ALLOWED_HOSTS);
        let public = settings.hostname().filter(|name| !is_loopback(name));
        let hosts = match public {
            Some(own) if site.behind_host => (!named.is_empty()).then(|| {
                let mut hosts = owned(&named);
                hosts.extend(owned(&LOOPBACK)); // the host's own probes
                hosts.push(own.to_owned());
                hosts
            }),
            _ if site.loopback => Some([owned(&LOOPBACK), owned(&named)].concat()),
            _ if named.is_empty() => {
                missing.push(
                    ALLOWED_HOSTS,
                    "the host names that callers use, because the address is not a loopback one; yours to set",
                );
                return None;
            }
            _ => Some(owned(&named)),
        };

        let mut origins: Vec<String> = Vec::new();
        if site.loopback && public.is_none() {
            origins.extend(owned(&LOOPBACK_ORIGINS));
        }
        origins.extend(public.map(|name| format!("https://{name}:443")));
        for origin in settings.list(ALLOWED_ORIGINS) {
            match with_port(origin) {
                Some(origin) => origins.push(origin),
                None => missing.push(
                    ALLOWED_ORIGINS,
                    format!("`{origin}` is not an origin, such as `https://desk.example`"),
                ),
            }
        }
        Some(Self { hosts, origins })
    }

    pub(super) fn into_config(
        self,
        config: StreamableHttpServerConfig,
    ) -> StreamableHttpServerConfig {
        let config = match self.hosts {
            Some(hosts) => config.with_allowed_hosts(hosts),
            None => config.disable_allowed_hosts(),
        };
        config
            .with_allowed_origins(self.origins)
            .enforce_origin_validation()
    }
}

/// An origin with its port written out; without one, `rmcp` would take any.
fn with_port(origin: &str) -> Option<String> {
    let (scheme, rest) = origin.split_once("://")?;
    let port = match scheme {
        "https" => "443",
        "http" => "80",
        _ => return None,
    };
    if rest.is_empty() || rest.contains('/') {
        return None;
    }
    let has_port = rest.rsplit_once(':').is_some_and(|(_, port)| {
        port == "*" || (!port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
    });
    Some(if has_port {
        origin.to_owned()
    } else {
        format!("{origin}:{port}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(site: (bool, bool), settings: &[(&str, &str)]) -> Result<Places, String> {
        let mut missing = Missing::default();
        let (loopback, behind_host) = site;
        let site = Site {
            loopback,
            behind_host,
        };
        let places = Places::new(site, &settings.iter().copied().collect(), &mut missing);
        places
            .filter(|_| missing.is_empty())
            .ok_or_else(|| missing.to_string())
    }

    #[test]
    fn a_laptop_lets_in_its_own_names_and_pages() {
        let own = places((true, false), &[]).unwrap();
        assert_eq!(own.hosts.unwrap(), LOOPBACK);
        assert_eq!(own.origins, LOOPBACK_ORIGINS);
        let emulator = [("WEBSITE_HOSTNAME", "localhost:7071")];
        let emulator = places((true, true), &emulator).unwrap();
        assert_eq!(emulator.hosts.unwrap(), LOOPBACK);
    }

    #[test]
    fn the_platform_has_checked_the_host_unless_told() {
        let azure = [("WEBSITE_HOSTNAME", "desk.azurewebsites.net")];
        let open = places((true, true), &azure).unwrap();
        assert_eq!(open.hosts, None);
        assert_eq!(open.origins, ["https://desk.azurewebsites.net:443"]);
        let told = [azure[0], ("GRANTC_ALLOWED_HOSTS", "desk.contoso.example")];
        let told = places((true, true), &told).unwrap().hosts.unwrap();
        assert!(told.contains(&"desk.contoso.example".to_owned()));
        assert!(told.contains(&"desk.azurewebsites.net".to_owned()));
    }

    #[test]
    fn an_open_address_wants_names() {
        let why = places((false, false), &[]).unwrap_err();
        assert!(why.contains("GRANTC_ALLOWED_HOSTS"), "{why}");
        let named = [("GRANTC_ALLOWED_HOSTS", "desk.example, desk.example:8443")];
        let named = places((false, false), &named).unwrap();
        assert_eq!(named.hosts.unwrap(), ["desk.example", "desk.example:8443"]);
        assert!(named.origins.is_empty());
    }

    #[test]
    fn origins_have_a_port() {
        let some = [(
            "GRANTC_ALLOWED_ORIGINS",
            "https://a.example,http://b.example:8080",
        )];
        let some = places((true, false), &some).unwrap().origins;
        assert!(some.contains(&"https://a.example:443".to_owned()));
        assert!(some.contains(&"http://b.example:8080".to_owned()));
        for wrong in ["a.example", "https://a.example/page", "ftp://a.example"] {
            let why = places((true, false), &[("GRANTC_ALLOWED_ORIGINS", wrong)]).unwrap_err();
            assert!(why.contains(wrong), "{why}");
        }
    }
}
