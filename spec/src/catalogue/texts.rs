//! The catalogue as files: seven texts, one of them the header that dates and seals the rest.
//!
//! ```text
//! grantc-catalogue 1
//! date 2026-08-22
//! digest sha256:9f86d081…
//! operations 22647
//! roles 928
//! graph 1523
//! retired 2228
//! renamed 1
//! credentials 269
//! ```
//!
//! The digest is over the six other files in the order of [`CatalogueTexts::FILES`]: each one's
//! name, a line feed, its length in bytes, a line feed, its bytes.

use std::borrow::Cow;
use std::fmt;

use sha2::{Digest, Sha256};

/// What is wrong with a catalogue text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueError {
    /// The file, by its name in the folder.
    pub file: String,
    /// The line, counted from 1; 0 when it is about the file as a whole.
    pub line: u32,
    /// One sentence.
    pub message: String,
}

impl CatalogueError {
    pub(crate) fn new(file: &str, line: u32, message: impl Into<String>) -> CatalogueError {
        CatalogueError {
            file: file.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for CatalogueError {}

/// The texts of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueTexts {
    /// `catalogue.txt`: date, digest and counts.
    pub header: Cow<'static, str>,
    /// `operations.txt`: every operation, its plane, `?` where the plane is inferred.
    pub operations: Cow<'static, str>,
    /// `roles.txt`: every built-in role.
    pub roles: Cow<'static, str>,
    /// `graph.txt`: every Microsoft Graph permission.
    pub graph: Cow<'static, str>,
    /// `retired.txt`: operations that are gone, with the day they were last seen.
    pub retired: Cow<'static, str>,
    /// `renamed.txt`: former names of roles.
    pub renamed: Cow<'static, str>,
    /// `credentials.txt`: operations that hand out keys, secrets or tokens.
    pub credentials: Cow<'static, str>,
}

impl CatalogueTexts {
    /// The names of the files, the header first.
    pub const FILES: [&'static str; 7] = [
        "catalogue.txt",
        "operations.txt",
        "roles.txt",
        "graph.txt",
        "retired.txt",
        "renamed.txt",
        "credentials.txt",
    ];

    /// Takes each text from `read`, which is given a file name of [`FILES`](Self::FILES).
    ///
    /// # Errors
    ///
    /// The first error of `read`.
    pub fn read<E>(
        mut read: impl FnMut(&'static str) -> Result<String, E>,
    ) -> Result<CatalogueTexts, E> {
        let [
            header,
            operations,
            roles,
            graph,
            retired,
            renamed,
            credentials,
        ] = Self::FILES.map(|file| read(file).map(Cow::Owned));
        Ok(CatalogueTexts {
            header: header?,
            operations: operations?,
            roles: roles?,
            graph: graph?,
            retired: retired?,
            renamed: renamed?,
            credentials: credentials?,
        })
    }

    /// The files by name, the header first: what to write into a folder.
    pub fn files(&self) -> [(&'static str, &str); 7] {
        let [
            header,
            operations,
            roles,
            graph,
            retired,
            renamed,
            credentials,
        ] = Self::FILES;
        [
            (header, &self.header),
            (operations, &self.operations),
            (roles, &self.roles),
            (graph, &self.graph),
            (retired, &self.retired),
            (renamed, &self.renamed),
            (credentials, &self.credentials),
        ]
    }

    /// The digest of the six texts beside the header: `sha256:` and 64 hexadecimal digits.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        for (name, text) in self.files().into_iter().skip(1) {
            hasher.update(format!("{name}\n{}\n", text.len()));
            hasher.update(text);
        }
        let mut digest = String::from("sha256:");
        for byte in hasher.finalize() {
            digest.push_str(&format!("{byte:02x}"));
        }
        digest
    }

    /// The texts that are part of the program.
    pub(crate) const fn embedded() -> CatalogueTexts {
        CatalogueTexts {
            header: Cow::Borrowed(include_str!("../../catalogue/catalogue.txt")),
            operations: Cow::Borrowed(include_str!("../../catalogue/operations.txt")),
            roles: Cow::Borrowed(include_str!("../../catalogue/roles.txt")),
            graph: Cow::Borrowed(include_str!("../../catalogue/graph.txt")),
            retired: Cow::Borrowed(include_str!("../../catalogue/retired.txt")),
            renamed: Cow::Borrowed(include_str!("../../catalogue/renamed.txt")),
            credentials: Cow::Borrowed(include_str!("../../catalogue/credentials.txt")),
        }
    }
}

/// `catalogue.txt`, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) date: String,
    pub(crate) digest: String,
    pub(crate) counts: HeaderCounts,
}

/// How many facts each file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HeaderCounts {
    pub(crate) operations: u32,
    pub(crate) roles: u32,
    pub(crate) graph: u32,
    pub(crate) retired: u32,
    pub(crate) renamed: u32,
    pub(crate) credentials: u32,
}

impl Header {
    /// # Errors
    ///
    /// The first line that is not what it has to be.
    pub(crate) fn parse(text: &str) -> Result<Header, CatalogueError> {
        let [file, ..] = CatalogueTexts::FILES;
        let mut lines = text.lines().zip(1u32..);
        let mut field = |key: &str| -> Result<(String, u32), CatalogueError> {
            let (line, number) = lines.next().unwrap_or(("", 0));
            let value = line
                .strip_prefix(key)
                .and_then(|rest| rest.strip_prefix(' '));
            let value = value.ok_or_else(|| {
                CatalogueError::new(file, number, format!("`{key}` is expected here"))
            })?;
            Ok((value.to_owned(), number))
        };
        let (version, number) = field("grantc-catalogue")?;
        if version != "1" {
            return Err(CatalogueError::new(
                file,
                number,
                format!("this grantc reads catalogue version 1, not `{version}`"),
            ));
        }
        let (date, number) = field("date")?;
        if !is_date(&date) {
            return Err(CatalogueError::new(
                file,
                number,
                format!("`{date}` is no date like 2026-08-22"),
            ));
        }
        let (digest, _) = field("digest")?;
        let mut count = |key: &str| -> Result<u32, CatalogueError> {
            let (value, number) = field(key)?;
            value
                .parse()
                .map_err(|_| CatalogueError::new(file, number, format!("`{value}` is no count")))
        };
        let counts = HeaderCounts {
            operations: count("operations")?,
            roles: count("roles")?,
            graph: count("graph")?,
            retired: count("retired")?,
            renamed: count("renamed")?,
            credentials: count("credentials")?,
        };
        Ok(Header {
            date,
            digest,
            counts,
        })
    }

    #[cfg(feature = "import")]
    pub(crate) fn print(&self) -> String {
        let HeaderCounts {
            operations,
            roles,
            graph,
            retired,
            renamed,
            credentials,
        } = self.counts;
        format!(
            "grantc-catalogue 1\ndate {}\ndigest {}\noperations {operations}\nroles {roles}\ngraph {graph}\n\
             retired {retired}\nrenamed {renamed}\ncredentials {credentials}\n",
            self.date, self.digest
        )
    }
}

/// Whether a text is a day, `YYYY-MM-DD`.
pub(crate) fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut number = |digits: usize| -> Option<u32> {
        let part = parts.next()?;
        (part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse().ok())?
    };
    let (year, month, day) = (number(4), number(2), number(2));
    let (Some(year), Some(month), Some(day)) = (year, month, day) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    parts.next().is_none() && (1..=days).contains(&day)
}

/// Whether a text is a GUID with dashes.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::{Header, is_date, is_guid};

    #[test]
    fn the_header_is_refused_with_its_line() {
        let error = |text: &str| Header::parse(text).expect_err("malformed").to_string();
        assert_eq!(
            error("grantc-catalogue 2\n"),
            "catalogue.txt:1: this grantc reads catalogue version 1, not `2`"
        );
        assert_eq!(
            error("grantc-catalogue 1\ndate 2026-02-30\n"),
            "catalogue.txt:2: `2026-02-30` is no date like 2026-08-22"
        );
        assert_eq!(
            error("grantc-catalogue 1\n"),
            "catalogue.txt: `date` is expected here"
        );
    }

    #[test]
    fn dates_and_guids() {
        assert!(
            is_date("2028-02-29")
                && !is_date("2027-02-29")
                && !is_date("2026-8-2")
                && !is_date("2026-08-22-1")
        );
        assert!(
            is_guid("b7e6dc6d-f1e8-4753-8033-0f276bb0955b")
                && !is_guid("b7e6dc6df1e8475380330f276bb0955b")
        );
    }
}
