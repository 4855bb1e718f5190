//! Reading a lock as it was written: a line that means nothing is an error, since what it pinned
//! would be forgotten.

use super::{Grant, HEADER, Lock, Need, Tool, VERSION};
use percent_encoding::percent_decode_str;
use std::collections::BTreeSet;
use std::fmt;

/// Why a lock cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it, one lowercase sentence.
    pub reason: String,
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for LockError {}

/// The lines of a lock, as errors show them.
const FORMS: [(&str, &str); 5] = [
    ("accept", "<code> <path> sha256:<digest>"),
    (
        "assign",
        "<identity> <role> <scope> grants <count> sha256:<digest>",
    ),
    ("catalogue", "<date> sha256:<digest>"),
    ("need", "<tool> <plane> <operation> <resource>[ <path>]"),
    (
        "tool",
        "<name> sha256:<digest>[ as <identity>[,<identity>]]",
    ),
];

/// What version control leaves where two sides disagree.
const CONFLICTS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// Reads a lock. Line ends of Windows, blank lines and lines out of order are fine.
///
/// # Errors
///
/// With the first line that is no line of a lock, or stands twice.
pub fn parse(bytes: &[u8]) -> Result<Lock, LockError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        LockError {
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            reason: "it is not UTF-8".to_owned(),
        }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = (1..).zip(text.lines().map(str::trim_end));
    let (_, first) = lines.next().unwrap_or((1, ""));
    header(first).map_err(|reason| LockError { line: 1, reason })?;
    let mut lock = Lock::default();
    for (line, text) in lines.filter(|(_, text)| !text.is_empty()) {
        add(text, &mut lock).map_err(|reason| LockError { line, reason })?;
    }
    Ok(lock)
}

fn header(line: &str) -> Result<(), String> {
    match line.split_once(' ') {
        Some((HEADER, VERSION)) => Ok(()),
        Some((HEADER, other)) => Err(format!(
            "the lock is of version `{other}`, and this grantc reads version {VERSION}"
        )),
        _ => Err(format!("a lock begins with `{HEADER} {VERSION}`")),
    }
}

/// Adds what a line says.
fn add(line: &str, lock: &mut Lock) -> Result<(), String> {
    let fields: Vec<&str> = line.split(' ').collect();
    let is_new = match fields.as_slice() {
        ["accept", code, path, found] => {
            let key = (text(code)?, text(path)?);
            lock.accepts.insert(key, digest(found)?).is_none()
        }
        ["assign", identity, role, scope, "grants", count, found] => {
            let key = (text(identity)?, text(role)?, text(scope)?);
            let grant = Grant {
                operations: count
                    .parse()
                    .map_err(|_| format!("`{count}` is not a number of operations"))?,
                digest: digest(found)?,
            };
            lock.assigns.insert(key, grant).is_none()
        }
        ["catalogue", date, found] => {
            let catalogue = (text(date)?, digest(found)?);
            lock.catalogue.replace(catalogue).is_none()
        }
        ["need", tool, plane, operation, resource, path @ ..] if path.len() < 2 => {
            let need = Need {
                tool: text(tool)?,
                plane: text(plane)?,
                operation: text(operation)?,
                resource: text(resource)?,
                path: path.first().map(|path| text(path)).transpose()?,
            };
            lock.needs.insert(need)
        }
        ["tool", name, found, "as", identities] => {
            let all = identities.split(',').map(text);
            let tool = Tool {
                digest: digest(found)?,
                identities: all.collect::<Result<_, _>>()?,
            };
            lock.tools.insert(text(name)?, tool).is_none()
        }
        ["tool", name, found] => {
            let tool = Tool {
                digest: digest(found)?,
                identities: BTreeSet::new(),
            };
            lock.tools.insert(text(name)?, tool).is_none()
        }
        _ => return Err(stray(line)),
    };
    match is_new {
        true => Ok(()),
        false => Err("it says again what a line above says".to_owned()),
    }
}

/// What is wrong with a line that has no known form.
fn stray(line: &str) -> String {
    let word = line.split(' ').next().unwrap_or_default();
    if CONFLICTS.contains(&word) {
        return "a merge left its mark here: take the lines of both sides, each once, or those of \
                one side where they disagree"
            .to_owned();
    }
    match FORMS.iter().find(|(known, _)| *known == word) {
        Some((_, form)) => format!("the line is not `{word} {form}`"),
        None => format!("no line of a lock begins with `{word}`"),
    }
}

/// The text of a field.
fn text(field: &str) -> Result<String, String> {
    if field.is_empty() {
        return Err("there is one space too many".to_owned());
    }
    let decoded = percent_decode_str(field).decode_utf8();
    let decoded = decoded.map_err(|_| format!("`{field}` is not UTF-8"))?;
    Ok(decoded.into_owned())
}

fn digest(field: &str) -> Result<String, String> {
    let hex = field.strip_prefix("sha256:").unwrap_or_default();
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if hex.len() == 64 && hex.bytes().all(is_hex) {
        Ok(field.to_owned())
    } else {
        Err(format!(
            "`{field}` is not `sha256:` and 64 hexadecimal digits"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    fn wrong(text: &str) -> String {
        parse(text.as_bytes()).unwrap_err().to_string()
    }

    /// What is wrong with a lock whose third line is this.
    fn wrong_line(line: &str) -> String {
        wrong(&format!(
            "grantc-lock 1\ncatalogue 2026-08-22 {DIGEST}\n{line}\n"
        ))
    }

    #[test]
    fn windows_may_have_written_it() {
        let text = format!(
            "grantc-lock 1\naccept G0304 identity/a/b {DIGEST}\n\ntool ping {DIGEST}\nneed t data x/y r a%20b/*\n"
        );
        let lock = parse(text.as_bytes()).unwrap();
        assert_eq!((lock.accepts.len(), lock.tools.len()), (1, 1));
        let paths: Vec<_> = lock.needs.iter().map(|need| need.path.as_deref()).collect();
        assert_eq!(paths, [Some("a b/*")]);
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(parse(windows.as_bytes()), Ok(lock));
    }

    #[test]
    fn another_version_says_so() {
        assert_eq!(
            wrong("grantc-lock 2\nanything\n"),
            "line 1: the lock is of version `2`, and this grantc reads version 1"
        );
        for text in ["", "\n", "grantc-lock", "{}", "accept G0304 a sha256:0"] {
            assert_eq!(wrong(text), "line 1: a lock begins with `grantc-lock 1`");
        }
    }

    #[test]
    fn a_line_that_means_nothing_is_an_error_at_its_place() {
        for (line, reason) in [
            (
                "accept G0304 a b sha256:0",
                "the line is not `accept <code> <path> sha256:<digest>`",
            ),
            (
                "accept G0304 a sha256:0",
                "`sha256:0` is not `sha256:` and 64 hexadecimal digits",
            ),
            ("accept  a sha256:0", "there is one space too many"),
            ("acept G0304", "no line of a lock begins with `acept`"),
            (
                "need t data x/y",
                "the line is not `need <tool> <plane> <operation> <resource>[ <path>]`",
            ),
            ("need t data x/y r %ff", "`%ff` is not UTF-8"),
            (
                "assign a b /c grants many sha256:0",
                "`many` is not a number of operations",
            ),
        ] {
            assert_eq!(wrong_line(line), format!("line 3: {reason}"));
        }
        assert_eq!(
            wrong_line(&format!("catalogue 2026-08-22 {DIGEST}")),
            "line 3: it says again what a line above says"
        );
        assert_eq!(
            wrong_line(&format!("tool t {}", DIGEST.to_uppercase())),
            format!(
                "line 3: `{}` is not `sha256:` and 64 hexadecimal digits",
                DIGEST.to_uppercase()
            )
        );
        assert!(wrong_line("<<<<<<< HEAD").starts_with("line 3: a merge left its mark here"));
        let error = parse(b"grantc-lock 1\r\n\r\n\xff").unwrap_err();
        assert_eq!(error.to_string(), "line 3: it is not UTF-8");
    }
}
