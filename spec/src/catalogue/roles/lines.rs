//! The lines of `roles.txt`: taken apart, and proved well formed.

use std::ops::Range;

use super::{Block, Condition, Counts, Mark, RoleTable};
use crate::catalogue::pattern::compare;
use crate::catalogue::{CatalogueError, is_guid};

/// The first line of a role.
pub(super) struct Head<'t> {
    pub(super) id: &'t str,
    pub(super) counts: Counts,
    pub(super) mark: Mark,
    pub(super) name: &'t str,
}

impl<'t> Head<'t> {
    pub(super) const NOTHING: Head<'static> = Head {
        id: "",
        counts: Counts {
            control: 0,
            data: 0,
            conditional: 0,
        },
        mark: Mark::Available,
        name: "",
    };

    pub(super) fn parse(line: &'t str) -> Option<Head<'t>> {
        let mut words = line.splitn(7, ' ');
        let id = words.next()?;
        let _bytes = words.next()?;
        let counts = Counts {
            control: words.next()?.parse().ok()?,
            data: words.next()?.parse().ok()?,
            conditional: words.next()?.parse().ok()?,
        };
        let mark = Mark::parse(words.next()?)?;
        let name = words.next().filter(|name| !name.is_empty())?;
        Some(Head {
            id,
            counts,
            mark,
            name,
        })
    }
}

/// The first line, without its `@`, and the body of the role that starts at `at`; nothing more is
/// read, for most roles are only passed by.
pub(super) fn hop(text: &str, at: usize) -> Option<(Range<usize>, Range<usize>)> {
    let rest = text.get(at..)?.strip_prefix('@')?;
    let line = rest.get(..rest.find('\n')?)?;
    let (_, after) = line.split_once(' ')?;
    let bytes: usize = after.get(..after.find(' ')?)?.parse().ok()?;
    let head = at + 1..at + 1 + line.len();
    let start = head.end + 1;
    Some((head, start..start.checked_add(bytes)?))
}

/// The blocks, or the number of the line that cannot be read, counted from 1.
pub(super) fn blocks(body: &str) -> Result<Vec<Block>, u32> {
    let mut all = Vec::new();
    let mut block = Block::default();
    let mut list = String::new();
    let mut provider = "";
    for (line, number) in body.split_terminator('\n').zip(1u32..) {
        if line == "and" {
            all.push(std::mem::take(&mut block));
            list.clear();
        } else if let Some(condition) = line.strip_prefix("if ") {
            let (version, text) = condition.split_once(' ').ok_or(number)?;
            block.condition = Some(Condition {
                version: version.to_owned(),
                text: text.to_owned(),
            });
        } else if let Some(item) = line.strip_prefix(' ') {
            list_of(&mut block, &list)
                .ok_or(number)?
                .push(format!("{provider}/{item}"));
        } else if let Some(full) = line.strip_prefix('=') {
            list_of(&mut block, &list)
                .ok_or(number)?
                .push(full.to_owned());
        } else {
            let (sign, of) = line.split_once(' ').unwrap_or((line, ""));
            list_of(&mut block, sign).ok_or(number)?;
            (list, provider) = (sign.to_owned(), of);
        }
    }
    all.push(block);
    Ok(all)
}

fn list_of<'b>(block: &'b mut Block, sign: &str) -> Option<&'b mut Vec<String>> {
    match sign {
        "+c" => Some(&mut block.actions),
        "-c" => Some(&mut block.not_actions),
        "+d" => Some(&mut block.data_actions),
        "-d" => Some(&mut block.not_data_actions),
        _ => None,
    }
}

impl RoleTable {
    /// Proves the text well formed; gives the number of roles.
    pub(crate) fn check(&self, file: &str) -> Result<u32, CatalogueError> {
        let (mut at, mut line, mut count) = (0, 1, 0);
        let mut previous: Option<&str> = None;
        while at < self.text.len() {
            let bad =
                |offset: u32, message: String| CatalogueError::new(file, line + offset, message);
            let read = hop(&self.text, at)
                .and_then(|(head, body)| Some((Head::parse(self.slice(&head))?, body)));
            let Some((Head { id, name, .. }, body)) = read else {
                return Err(bad(0, "this is no first line of a role".to_owned()));
            };
            if !is_guid(id) {
                return Err(bad(0, format!("`{id}` is no GUID")));
            }
            if previous.is_some_and(|before| compare(before, name).is_ge()) {
                return Err(bad(
                    0,
                    format!("role `{name}` stands out of order or twice"),
                ));
            }
            let rest = self.text.get(body.end..);
            let text = self.slice(&body);
            let fits = (text.is_empty() || text.ends_with('\n'))
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('@'));
            if !fits {
                let message = "does not have the length its first line says";
                return Err(bad(0, format!("role `{name}` {message}")));
            }
            if let Err(offset) = blocks(text) {
                return Err(bad(
                    offset,
                    format!("role `{name}` has a line that says nothing"),
                ));
            }
            line += 1 + u32::try_from(text.lines().count()).unwrap_or(u32::MAX - line - 1);
            at = body.end;
            previous = Some(name);
            count += 1;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::TEXT;
    use super::RoleTable;

    #[test]
    fn a_malformed_table_is_refused_with_its_line() {
        let error = |text: String| match RoleTable::new(text.into()).check("roles.txt") {
            Ok(count) => format!("{count} roles"),
            Err(error) => error.to_string(),
        };
        assert!(error(TEXT.replace("@ba92", "@zz92")).starts_with("roles.txt:5: `zz92"));
        assert!(
            error(TEXT.replace(" 31 2", " 30 2"))
                .starts_with("roles.txt:1: role `Alpha (one)` does not")
        );
        assert!(
            error(TEXT.replace("=*/read", "?*/read"))
                .starts_with("roles.txt:4: role `Alpha (one)`")
        );
        assert!(
            error(TEXT.replace("preview beta", "- aaaa"))
                .starts_with("roles.txt:5: role `aaaa` stands")
        );
    }

    proptest::proptest! {
        /// Whatever becomes of the text, checking answers and reading does not panic.
        #[test]
        fn any_text_is_answered(at in 0..TEXT.len(), cut in 0..40usize, put in "[@+cd é=0-9\n]{0,4}") {
            let end = (at + cut).min(TEXT.len());
            let text = format!("{}{put}{}", &TEXT[..at], &TEXT[end..]);
            let table = RoleTable::new(text.into());
            let _any = table.check("roles.txt");
            for ix in table.indices() {
                let _any = table.get(ix);
            }
        }
    }
}
