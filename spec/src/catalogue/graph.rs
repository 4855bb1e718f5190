//! Microsoft Graph permissions: `graph.txt`, one line each.
//!
//! ```text
//! Mail.Read application 810c84a8-4a9e-49e6-bf7d-12d183f40d01 admin
//! Mail.Read delegated 570282fd-fa5c-430d-a7fd-fc8dc98a9dca
//! ```
//!
//! The same name is two permissions with two ids, one for each kind. `admin` says that an
//! administrator has to consent, `disabled` that Graph does not grant it now.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use super::CatalogueError;
use super::pattern::compare;

/// Who a Graph permission works for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GraphKind {
    /// The program itself: an app role. The only kind a managed identity can hold.
    Application,
    /// A signed-in user, through the program: a scope.
    Delegated,
}

impl GraphKind {
    /// The word that stands for the kind in every output.
    pub const fn word(self) -> &'static str {
        match self {
            GraphKind::Application => "application",
            GraphKind::Delegated => "delegated",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<GraphKind> {
        [GraphKind::Application, GraphKind::Delegated]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

impl fmt::Display for GraphKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A permission of Microsoft Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphPermission<'c> {
    /// Its name, such as `Mail.Read`.
    pub value: &'c str,
    /// Its GUID, of this kind.
    pub id: &'c str,
    /// Who it works for.
    pub kind: GraphKind,
    /// Whether an administrator has to consent.
    pub admin_consent: bool,
    /// Whether Graph does not grant it now.
    pub disabled: bool,
}

pub(crate) struct GraphTable {
    text: Cow<'static, str>,
    /// Where each line starts and ends.
    lines: OnceLock<Vec<(usize, usize)>>,
}

impl GraphTable {
    pub(crate) const fn new(text: Cow<'static, str>) -> GraphTable {
        GraphTable {
            text,
            lines: OnceLock::new(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn find(&self, kind: GraphKind, value: &str) -> Option<GraphPermission<'_>> {
        let lines = self.lines();
        let at = lines.partition_point(|&line| {
            self.read(line)
                .is_none_or(|p| compare(p.value, value).then(p.kind.cmp(&kind)).is_lt())
        });
        let permission = lines.get(at).and_then(|&line| self.read(line))?;
        (permission.value == value && permission.kind == kind).then_some(permission)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = GraphPermission<'_>> {
        self.lines().iter().filter_map(|&line| self.read(line))
    }

    fn lines(&self) -> &[(usize, usize)] {
        self.lines.get_or_init(|| {
            let mut at = 0;
            self.text
                .split_terminator('\n')
                .map(|line| {
                    let start = at;
                    at += line.len() + 1;
                    (start, start + line.len())
                })
                .collect()
        })
    }

    fn read(&self, (start, end): (usize, usize)) -> Option<GraphPermission<'_>> {
        parse(self.text.get(start..end)?)
    }

    /// Proves the text well formed; gives the number of permissions.
    pub(crate) fn check(&self, file: &str) -> Result<u32, CatalogueError> {
        let mut previous: Option<GraphPermission<'_>> = None;
        let mut count = 0;
        for (line, number) in self.text.split_terminator('\n').zip(1u32..) {
            let bad = |message: String| CatalogueError::new(file, number, message);
            let permission =
                parse(line).ok_or_else(|| bad(format!("`{line}` is no permission")))?;
            if previous.is_some_and(|before| {
                compare(before.value, permission.value)
                    .then(before.kind.cmp(&permission.kind))
                    .is_ge()
            }) {
                return Err(bad(format!(
                    "`{}` stands out of order or twice",
                    permission.value
                )));
            }
            previous = Some(permission);
            count += 1;
        }
        Ok(count)
    }
}

fn parse(line: &str) -> Option<GraphPermission<'_>> {
    let mut words = line.split(' ');
    let mut permission = GraphPermission {
        value: words.next().filter(|value| !value.is_empty())?,
        kind: GraphKind::parse(words.next()?)?,
        id: words.next().filter(|id| super::is_guid(id))?,
        admin_consent: false,
        disabled: false,
    };
    for word in words {
        match word {
            "admin" => permission.admin_consent = true,
            "disabled" => permission.disabled = true,
            _ => return None,
        }
    }
    Some(permission)
}

#[cfg(test)]
mod tests {
    use super::{GraphKind, GraphTable};

    const TEXT: &str = "\
Mail.Read application 810c84a8-4a9e-49e6-bf7d-12d183f40d01 admin
Mail.Read delegated 570282fd-fa5c-430d-a7fd-fc8dc98a9dca
Mail.Send delegated e383f46e-2787-4529-855e-0e479a3ffac0 disabled
";

    #[test]
    fn each_kind_has_its_own_id() {
        let table = GraphTable::new(TEXT.into());
        assert_eq!(table.check("graph.txt").ok(), Some(3));
        let application = table
            .find(GraphKind::Application, "Mail.Read")
            .expect("a line");
        assert!(application.id.starts_with("810c84a8") && application.admin_consent);
        let delegated = table
            .find(GraphKind::Delegated, "Mail.Read")
            .expect("a line");
        assert!(delegated.id.starts_with("570282fd") && !delegated.admin_consent);
        assert!(
            table
                .find(GraphKind::Delegated, "Mail.Send")
                .expect("a line")
                .disabled
        );
        assert!(table.find(GraphKind::Application, "Mail.Send").is_none());
        assert!(
            table.find(GraphKind::Application, "mail.read").is_none(),
            "names are exact"
        );
    }

    #[test]
    fn a_malformed_line_is_refused_with_its_number() {
        let error = |text: &'static str| {
            GraphTable::new(text.into())
                .check("graph.txt")
                .expect_err("malformed")
                .to_string()
        };
        assert!(error("Mail.Read application\n").starts_with("graph.txt:1: "));
        let swapped: &'static str = "\
b delegated 570282fd-fa5c-430d-a7fd-fc8dc98a9dca
a delegated 570282fd-fa5c-430d-a7fd-fc8dc98a9dca
";
        assert!(error(swapped).starts_with("graph.txt:2: `a` stands out"));
    }
}
