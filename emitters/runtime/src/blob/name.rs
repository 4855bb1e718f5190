//! Which blob names a tool may use, decided before any request.
//!
//! A name reaches the service as part of a URL, and both ends tidy URLs up. So names that could
//! become other names on the way are refused: `incoming/../archive/1.json` is not under
//! `incoming/`, whatever its first letters are.

use crate::{ErrorKind, ToolError, Use};

/// The identity under which the tool may use `name`.
pub(super) fn pick(
    uses: &'static [Use],
    name: &str,
    tool: &str,
    resource: &str,
) -> Result<&'static str, ToolError> {
    plain(name)?;
    // `a/../b` and `a./b` would arrive as other names.
    if name.ends_with('/') || name.split('/').any(|part| part.ends_with('.')) || name.is_empty() {
        return Err(invalid(name));
    }
    let found = uses.iter().find(|one| one.covers(name));
    found
        .map(|one| one.identity)
        .ok_or_else(|| outside(uses, name, tool, resource))
}

/// The identity under which the tool may list names that begin with `prefix`.
pub(super) fn pick_prefix(
    uses: &'static [Use],
    prefix: &str,
    tool: &str,
    resource: &str,
) -> Result<&'static str, ToolError> {
    plain(prefix)?;
    let covers = |one: &&Use| match one.path.map(|path| path.strip_suffix('*').unwrap_or(path)) {
        None => true,
        Some(path) => prefix.starts_with(path),
    };
    let found = uses.iter().find(covers);
    found
        .map(|one| one.identity)
        .ok_or_else(|| outside(uses, prefix, tool, resource))
}

/// Refuses what no name of a blob has.
fn plain(name: &str) -> Result<(), ToolError> {
    let long = name.chars().count() > 1024;
    let odd = name.contains('\\') || name.chars().any(char::is_control);
    if long || odd {
        Err(invalid(name))
    } else {
        Ok(())
    }
}

fn invalid(name: &str) -> ToolError {
    ToolError::new(format!("`{}` cannot be the name of a blob", shown(name)))
}

fn outside(uses: &[Use], name: &str, tool: &str, resource: &str) -> ToolError {
    let paths: Vec<_> = uses
        .iter()
        .filter_map(|one| one.path)
        .map(|p| format!("`{p}`"))
        .collect();
    let why = format!(
        "`{tool}` may not use `{}` of `{resource}`; it may use {}",
        shown(name),
        paths.join(", ")
    );
    ToolError::of(ErrorKind::OutsidePath, why)
}

/// A name as an error shows it: short, and nothing invisible.
pub(super) fn shown(name: &str) -> String {
    let mut out: String = name
        .chars()
        .take(100)
        .flat_map(char::escape_debug)
        .collect();
    if name.chars().nth(100).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    static ANY: [Use; 1] = [Use {
        identity: "reader",
        path: None,
    }];
    static TWO: [Use; 2] = [
        Use {
            identity: "filer",
            path: Some("incoming/*"),
        },
        Use {
            identity: "clerk",
            path: Some("index.json"),
        },
    ];

    fn picked(uses: &'static [Use], name: &str) -> Result<&'static str, ErrorKind> {
        pick(uses, name, "tool", "archive").map_err(|error| error.kind())
    }

    #[test]
    fn the_path_decides_and_names_the_identity() {
        assert_eq!(picked(&ANY, "any/name at all/é.json"), Ok("reader"));
        assert_eq!(picked(&TWO, "incoming/1.json"), Ok("filer"));
        assert_eq!(picked(&TWO, "index.json"), Ok("clerk"));
        assert_eq!(picked(&TWO, "index.json2"), Err(ErrorKind::OutsidePath));
        assert_eq!(picked(&TWO, "Incoming/1.json"), Err(ErrorKind::OutsidePath));
        assert_eq!(
            pick(&TWO, "other", "file_invoice", "archive")
                .unwrap_err()
                .to_string(),
            "`file_invoice` may not use `other` of `archive`; it may use `incoming/*`, `index.json`"
        );
    }

    #[test]
    fn names_that_change_on_the_way_are_refused() {
        for name in [
            "incoming/../x",
            "incoming/./x",
            "incoming/..",
            "..",
            ".",
            "",
            "a\\b",
            "a\nb",
            "a/",
            "a.",
            "a./b",
        ] {
            assert_eq!(picked(&ANY, name), Err(ErrorKind::Failed), "{name:?}");
        }
        assert_eq!(picked(&ANY, &"x".repeat(1025)), Err(ErrorKind::Failed));
    }

    #[test]
    fn listing_stays_within_the_path() {
        let listed = |prefix| pick_prefix(&TWO, prefix, "tool", "archive");
        assert_eq!(listed("incoming/2026").unwrap(), "filer");
        assert_eq!(listed("in").unwrap_err().kind(), ErrorKind::OutsidePath);
        assert_eq!(pick_prefix(&ANY, "", "tool", "archive").unwrap(), "reader");
    }
}
