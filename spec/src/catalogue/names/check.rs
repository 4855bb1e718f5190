//! Whether a table of names is well formed, line by line.

use super::{Header, NameTable, is_data};
use crate::catalogue::CatalogueError;
use crate::catalogue::pattern::compare;

impl NameTable {
    /// Proves the text well formed, so that reading it lazily cannot go wrong; gives the number
    /// of names.
    ///
    /// `tail` says what is wrong with what follows a name, if anything is.
    pub(crate) fn check(
        &self,
        file: &str,
        tail: impl Fn(&str) -> Result<(), String>,
    ) -> Result<u32, CatalogueError> {
        if u32::try_from(self.text.len()).is_err() {
            return Err(CatalogueError::new(file, 0, "is longer than 4 GiB"));
        }
        let mut total = 0;
        let mut open: Option<(Header<'_>, u32)> = None;
        let (mut count, mut bytes) = (0, 0);
        let mut previous: Option<(&str, bool)> = None;
        let mut line_number = 0;
        for (line, number) in self.text.split_inclusive('\n').zip(1u32..) {
            line_number = number;
            let bad = |message: String| CatalogueError::new(file, number, message);
            let Some(line) = line.strip_suffix('\n') else {
                return Err(bad("the last line has no end".to_owned()));
            };
            if let Some(text) = line.strip_prefix('@') {
                let header = Header::parse(text)
                    .ok_or_else(|| bad(format!("`{line}` is no section line")))?;
                if let Some((before, at)) = &open {
                    before
                        .verify(count, bytes)
                        .map_err(|m| CatalogueError::new(file, *at, m))?;
                    if compare(
                        &format!("{}/", before.provider),
                        &format!("{}/", header.provider),
                    )
                    .is_ge()
                    {
                        return Err(bad(format!("`{}` stands out of order", header.provider)));
                    }
                }
                open = Some((header, number));
                (count, bytes, previous) = (0, 0, None);
                continue;
            }
            let Some((header, _)) = &open else {
                return Err(bad(format!("`{line}` stands before the first section")));
            };
            let (name, rest_of_line) = line.split_once(' ').unwrap_or((line, ""));
            tail(rest_of_line).map_err(bad)?;
            let rest = match name.strip_prefix('=') {
                None => name,
                Some(full) => match full.split_once('/') {
                    Some((own, rest)) if own.eq_ignore_ascii_case(header.provider) => rest,
                    _ => return Err(bad(format!("`{full}` is not of `{}`", header.provider))),
                },
            };
            if rest.is_empty() || rest.ends_with('/') {
                return Err(bad(format!("`{line}` names no operation")));
            }
            let key = (rest, is_data(rest_of_line));
            if previous
                .is_some_and(|(before, data)| compare(before, key.0).then(data.cmp(&key.1)).is_ge())
            {
                return Err(bad(format!("`{rest}` stands out of order or twice")));
            }
            previous = Some(key);
            count += 1;
            bytes += line.len() + 1;
            total += 1;
        }
        if let Some((header, at)) = &open {
            header
                .verify(count, bytes)
                .map_err(|m| CatalogueError::new(file, *at, m))?;
        } else if line_number != 0 {
            return Err(CatalogueError::new(
                file,
                line_number,
                "there is no section",
            ));
        }
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::NameTable;

    const TEXT: &str = super::super::tests::TEXT;

    fn check(text: &'static str) -> String {
        match NameTable::new(text.into()).check("t.txt", |_| Ok(())) {
            Ok(count) => format!("{count} names"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_malformed_table_is_refused_with_its_line() {
        assert_eq!(check(TEXT), "5 names");
        assert_eq!(check(""), "0 names");
        assert!(check("x/read\n").starts_with("t.txt:1: "));
        assert!(
            check("@A 2 7\nx/read\n").starts_with("t.txt:1: the section of `A` has 1 names in 7")
        );
        assert!(check("@A 2 14\ny/read\nx/read\n").starts_with("t.txt:3: `x/read` stands out"));
        assert!(check("@A 1 9\n=b/read\n").starts_with("t.txt:2: `b/read` is not of `A`"));
        assert!(check("@A 1 7\nx/read").starts_with("t.txt:2: the last line"));
        assert!(check("@B 0 0\n@A 0 0\n").starts_with("t.txt:2: `A` stands out of order"));
    }

    proptest::proptest! {
        /// Whatever the text, checking answers, and what it lets through reads as counted.
        #[test]
        fn any_text_is_answered(text in "(@A[.a]? [0-9]{1,2} [0-9]{1,2}\n|[a/=@ d]{1,6}\n|é|\n){0,6}") {
            let table = NameTable::new(text.into());
            if let Ok(count) = table.check("t.txt", |_| Ok(())) {
                proptest::prop_assert_eq!(table.entries().count() as u32, count);
            }
            let _any = table.find("A/a", false);
        }
    }
}
