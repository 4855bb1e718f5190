//! Paths within an interface: a token must not be sent anywhere else.

use crate::{ErrorKind, ToolError};
use azure_core::http::Url;

/// The address of a path, or a whole address, within `base`.
pub(super) fn within(base: &Url, path: &str, resource: &str) -> Result<Url, ToolError> {
    let outside = |why: &str| {
        let why = format!("`{path}` {why} `{resource}`");
        ToolError::of(ErrorKind::OutsidePath, why)
    };
    let root = base.path().trim_end_matches('/');
    let url = match path.strip_prefix('/') {
        Some(_) => {
            let text = format!("{}{root}{path}", origin(base));
            Url::parse(&text).map_err(|_| outside("is no path of"))?
        }
        None => Url::parse(path).map_err(|_| outside("does not begin with `/`, as paths do of"))?,
    };
    let same_place = origin(&url) == origin(base)
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    // Reading the address has resolved what climbs, `%2e%2e` included; other servers may read on.
    let below = url
        .path()
        .strip_prefix(root)
        .is_some_and(|rest| rest.starts_with('/') || rest.is_empty());
    let plain = !path
        .split('?')
        .next()
        .unwrap_or_default()
        .split(['/', '\\'])
        .any(climbs);
    if same_place && below && plain && !path.contains('\\') {
        Ok(url)
    } else {
        Err(outside("leaves"))
    }
}

/// Whether a segment means the folder or the one above, however it is written.
pub(super) fn climbs(segment: &str) -> bool {
    let dots = segment.to_ascii_lowercase().replace("%2e", ".");
    let inner = dots.replace("%2f", "/").replace("%5c", "/");
    inner.split('/').any(|part| part == "." || part == "..")
}

/// Scheme, host and port.
fn origin(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    format!("{}://{host}{port}", url.scheme())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(base: &str, path: &str) -> Option<String> {
        let base = Url::parse(base).unwrap();
        within(&base, path, "erp").ok().map(|url| url.to_string())
    }

    #[test]
    fn a_path_is_added_to_the_address() {
        for base in ["https://erp.example/api", "https://erp.example/api/"] {
            let url = ask(base, "/orders/7?expand=lines").unwrap();
            assert_eq!(url, "https://erp.example/api/orders/7?expand=lines");
        }
        let url = ask("https://erp.example:8443", "/a b").unwrap();
        assert_eq!(url, "https://erp.example:8443/a%20b");
    }

    #[test]
    fn a_link_to_the_next_page_is_taken() {
        let next = "https://erp.example/api/orders?skip=2";
        assert_eq!(ask("https://erp.example/api", next).unwrap(), next);
    }

    #[test]
    fn nothing_leaves_the_interface() {
        for path in [
            "https://evil.example/api/orders",
            "http://erp.example/api/orders",
            "https://erp.example/other",
            "https://erp.example/apiary",
            "https://erp.example:444/api/orders",
            "https://erp.example@evil.example/api/",
            "https://user:pass@erp.example/api/x",
            "//evil.example/x",
            "/../other",
            "/orders/../../other",
            "/orders/%2e%2e/%2E%2E/other",
            "/orders/..%2f..%2fother",
            "/orders/.",
            "/\\evil.example",
            "/orders\\..\\x",
            "orders",
            "",
            "/a#b",
        ] {
            let got = ask("https://erp.example/api", path);
            // A doubled slash stays below the address: it is an odd path, no other host.
            let harmless = path == "//evil.example/x"
                && got.as_deref() == Some("https://erp.example/api//evil.example/x");
            assert!(got.is_none() || harmless, "{path}: {got:?}");
        }
        assert!(ask("https://erp.example/api", "/names/a..b?x=../y").is_some());
    }
}
