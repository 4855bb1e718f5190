//! Tables of names, in sections: one provider, then the rest of each of its names.
//!
//! ```text
//! @Microsoft.Search 38 2127
//! searchServices/delete
//! searchServices/indexes/documents/read d
//! =Microsoft.search/searchServices/odd/read ?
//! ```
//!
//! A section's first line says how many names follow and how many bytes they take, so that a
//! reader hops from section to section and takes lines apart only where it looks. A name whose
//! provider is spelt in another case than its section's stands in full after `=`. After a space
//! comes what the table knows: `d` for the data plane, the rest is the table's own business.
//! Order: by provider with its slash, then by name, then control before data; case is ignored.

mod check;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use super::pattern::{Pattern, compare, starts_with};

pub(crate) struct NameTable {
    text: Cow<'static, str>,
    sections: OnceLock<Vec<Section>>,
}

struct Section {
    provider: Range<usize>,
    /// The id of its first name.
    first: u32,
    count: u32,
    body: Range<usize>,
    lines: OnceLock<Vec<Line>>,
}

/// Offsets into the text: start of the name, its end, end of the line.
#[derive(Clone, Copy)]
struct Line {
    start: u32,
    name_end: u32,
    end: u32,
}

/// One name of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'t> {
    pub(crate) id: u32,
    pub(crate) provider: &'t str,
    /// The name after the provider and its slash.
    pub(crate) rest: &'t str,
    pub(crate) tail: &'t str,
}

impl Entry<'_> {
    pub(crate) fn name(&self) -> String {
        let mut name = String::with_capacity(self.provider.len() + 1 + self.rest.len());
        self.write(&mut name);
        name
    }

    fn write(&self, name: &mut String) {
        name.push_str(self.provider);
        name.push('/');
        name.push_str(self.rest);
    }

    pub(crate) fn is_data(&self) -> bool {
        is_data(self.tail)
    }
}

fn is_data(tail: &str) -> bool {
    tail.starts_with('d')
}

impl NameTable {
    pub(crate) const fn new(text: Cow<'static, str>) -> NameTable {
        NameTable {
            text,
            sections: OnceLock::new(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The entry with this name on this plane.
    pub(crate) fn find(&self, name: &str, data: bool) -> Option<Entry<'_>> {
        let (provider, rest) = name.split_once('/')?;
        self.entries_from(self.section_of(provider)?, rest)
            .take_while(|entry| entry.rest.eq_ignore_ascii_case(rest))
            .find(|entry| entry.is_data() == data)
    }

    /// The entry with this id.
    pub(crate) fn get(&self, id: u32) -> Option<Entry<'_>> {
        let sections = self.sections();
        let after = sections.partition_point(|section| section.first <= id);
        let section = sections.get(after.checked_sub(1)?)?;
        let nth = id - section.first;
        let line = *self.lines(section).get(nth as usize)?;
        Some(self.read(section, line, nth))
    }

    /// Every entry, in id order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.sections()
            .iter()
            .flat_map(|section| self.entries_of(section))
    }

    /// The entries of one provider, in id order.
    pub(crate) fn entries_under(&self, provider: &str) -> impl Iterator<Item = Entry<'_>> {
        self.section_of(provider)
            .into_iter()
            .flat_map(|section| self.entries_of(section))
    }

    /// The providers, as most of their names spell them.
    pub(crate) fn providers(&self) -> impl Iterator<Item = &str> {
        self.sections()
            .iter()
            .map(|section| self.slice(section.provider.clone()))
    }

    /// Calls `found` with every entry of one plane that matches, in id order.
    pub(crate) fn matching(
        &self,
        pattern: &Pattern<'_>,
        data: bool,
        mut found: impl FnMut(Entry<'_>),
    ) {
        if let Some(name) = pattern.exact() {
            if let Some(entry) = self.find(name, data) {
                found(entry);
            }
            return;
        }
        let mut name = String::new();
        let mut look = |entry: Entry<'_>| {
            if entry.is_data() != data || !pattern.may_end(entry.rest) {
                return;
            }
            name.clear();
            entry.write(&mut name);
            if pattern.matches(&name) {
                found(entry);
            }
        };
        match pattern.head().split_once('/') {
            None => self.entries().for_each(look),
            Some((provider, head)) => {
                let Some(section) = self.section_of(provider) else {
                    return;
                };
                self.entries_from(section, head)
                    .take_while(|entry| starts_with(entry.rest, head))
                    .for_each(&mut look);
            }
        }
    }

    /// How many sections had their lines taken apart.
    #[cfg(test)]
    pub(crate) fn sections_read(&self) -> usize {
        let read = |section: &&Section| section.lines.get().is_some();
        self.sections().iter().filter(read).count()
    }

    fn section_of(&self, provider: &str) -> Option<&Section> {
        self.sections().iter().find(|section| {
            self.slice(section.provider.clone())
                .eq_ignore_ascii_case(provider)
        })
    }

    fn sections(&self) -> &[Section] {
        self.sections.get_or_init(|| {
            let mut sections = Vec::new();
            let (mut at, mut first) = (0, 0);
            while let Some(section) = hop(&self.text, at, first) {
                at = section.body.end;
                first = first.saturating_add(section.count);
                sections.push(section);
            }
            sections
        })
    }

    fn lines<'t>(&'t self, section: &'t Section) -> &'t [Line] {
        section.lines.get_or_init(|| {
            let mut lines = Vec::with_capacity(section.count as usize);
            let mut start = section.body.start;
            for line in self.slice(section.body.clone()).split_terminator('\n') {
                let end = start + line.len();
                let name_end = line.find(' ').map_or(end, |at| start + at);
                // The text is shorter than 4 GiB: `check` refuses longer ones.
                lines.push(Line {
                    start: start as u32,
                    name_end: name_end as u32,
                    end: end as u32,
                });
                start = end + 1;
            }
            lines
        })
    }

    fn entries_of<'t>(&'t self, section: &'t Section) -> impl Iterator<Item = Entry<'t>> + 't {
        self.lines(section)
            .iter()
            .zip(0u32..)
            .map(|(&line, nth)| self.read(section, line, nth))
    }

    /// The entries of a section whose names do not stand before `rest`.
    fn entries_from<'t>(
        &'t self,
        section: &'t Section,
        rest: &str,
    ) -> impl Iterator<Item = Entry<'t>> + 't {
        let lines = self.lines(section);
        let before = |&line: &Line| compare(self.read(section, line, 0).rest, rest).is_lt();
        let at = lines.partition_point(before);
        let entries = lines.iter().zip(0u32..).skip(at);
        entries.map(|(&line, nth)| self.read(section, line, nth))
    }

    fn read<'t>(&'t self, section: &Section, line: Line, nth: u32) -> Entry<'t> {
        let name = self.slice(line.start as usize..line.name_end as usize);
        let tail = self
            .slice(line.name_end as usize..line.end as usize)
            .trim_start();
        let (provider, rest) = match name.strip_prefix('=').and_then(|full| full.split_once('/')) {
            Some(own) => own,
            None => (self.slice(section.provider.clone()), name),
        };
        Entry {
            id: section.first + nth,
            provider,
            rest,
            tail,
        }
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }
}

/// The first line of a section, without its `@`.
struct Header<'t> {
    provider: &'t str,
    count: u32,
    bytes: usize,
}

impl<'t> Header<'t> {
    fn parse(text: &'t str) -> Option<Header<'t>> {
        let mut words = text.split(' ');
        let header = Header {
            provider: words
                .next()
                .filter(|provider| !provider.is_empty() && !provider.contains('/'))?,
            count: words.next()?.parse().ok()?,
            bytes: words.next()?.parse().ok()?,
        };
        words.next().is_none().then_some(header)
    }

    fn verify(&self, count: u32, bytes: usize) -> Result<(), String> {
        if (self.count, self.bytes) == (count, bytes) {
            return Ok(());
        }
        Err(format!(
            "the section of `{}` has {count} names in {bytes} bytes, its first line says {} in {}",
            self.provider, self.count, self.bytes
        ))
    }
}

fn hop(text: &str, at: usize, first: u32) -> Option<Section> {
    let rest = text.get(at..)?.strip_prefix('@')?;
    let line = rest.get(..rest.find('\n')?)?;
    let header = Header::parse(line)?;
    let start = at + 1 + line.len() + 1;
    Some(Section {
        provider: at + 1..at + 1 + header.provider.len(),
        first,
        count: header.count,
        body: start..start.checked_add(header.bytes)?,
        lines: OnceLock::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::{NameTable, Pattern};

    pub(super) const TEXT: &str =
        "@A.b 2 16\nx/read\ny/read d\n@A 3 31\na/read\na/read d\n=a/b/Read 2023\n";

    fn table(text: &'static str) -> NameTable {
        NameTable::new(text.into())
    }

    #[test]
    fn a_name_is_found_on_its_plane_in_any_case() {
        let table = table(TEXT);
        assert_eq!(table.find("A/a/read", false).map(|e| e.id), Some(2));
        assert_eq!(table.find("a/A/READ", true).map(|e| e.id), Some(3));
        let odd = table
            .find("A/b/read", false)
            .expect("the name with its own provider");
        assert_eq!(
            (odd.name(), odd.tail, odd.id),
            ("a/b/Read".to_owned(), "2023", 4)
        );
        assert!(table.find("A/b/read", true).is_none());
        assert!(table.find("A.c/b/read", true).is_none());
        assert!(table.find("A", true).is_none());
    }

    #[test]
    fn ids_follow_the_file() {
        let table = table(TEXT);
        let names: Vec<String> = table.entries().map(|e| e.name()).collect();
        assert_eq!(
            names,
            [
                "A.b/x/read",
                "A.b/y/read",
                "A/a/read",
                "A/a/read",
                "a/b/Read"
            ]
        );
        let by_id: Vec<String> = (0..6)
            .filter_map(|id| table.get(id))
            .map(|e| e.name())
            .collect();
        assert_eq!(by_id, names);
    }

    #[test]
    fn patterns_stay_on_their_plane() {
        let table = table(TEXT);
        let found = |pattern, data| {
            let mut ids = Vec::new();
            table.matching(&Pattern::new(pattern), data, |entry| ids.push(entry.id));
            ids
        };
        assert_eq!(found("*", false), [0, 2, 4]);
        assert_eq!(found("*/read", true), [1, 3]);
        assert_eq!(found("a/*", false), [2, 4]);
        assert_eq!(found("A*/y/read", true), [1]);
        assert_eq!(found("A/a/read", true), [3]);
    }
}
