//! Permission strings: how `Microsoft.Storage/*/read` is matched against an operation.
//!
//! - letters match in either case;
//! - `*` stands for any run of characters, `/` included, the empty run too;
//! - `/*/` also matches a single `/`: Managed Identity Operator holds only
//!   `…/userAssignedIdentities/*/assign/action`, and Azure asks it for
//!   `…/userAssignedIdentities/assign/action`.
//!
//! Built-in roles have one `*` at most; user text may have many, and is matched in time
//! proportional to the two lengths multiplied.

use std::cmp::Ordering;

/// Whether a permission string covers an operation of the same plane.
///
/// ```
/// use grantc_spec::catalogue::pattern_matches;
///
/// assert!(pattern_matches("*/read", "Microsoft.Storage/storageAccounts/read"));
/// assert!(pattern_matches("Microsoft.App/jobs/*/delete", "microsoft.app/jobs/delete"));
/// assert!(!pattern_matches("Microsoft.App/jobs/write", "Microsoft.App/jobs/read"));
/// ```
pub fn pattern_matches(pattern: &str, name: &str) -> bool {
    Pattern::new(pattern).matches(name)
}

/// A permission string, taken apart once to be matched many times.
pub(crate) struct Pattern<'p> {
    text: &'p str,
    shape: Shape<'p>,
}

enum Shape<'p> {
    Exact,
    /// One `*`; when `collapses`, the `*` stands between two slashes and may vanish with one.
    One {
        head: &'p str,
        tail: &'p str,
        collapses: bool,
    },
    Many {
        head: &'p str,
        tail: &'p str,
        steps: Vec<Step>,
    },
}

/// One step of a pattern with several `*`.
enum Step {
    /// This byte, in lower case.
    Byte(u8),
    /// Any run of bytes.
    Run,
    /// The next two steps may be left out.
    Optional,
}

impl<'p> Pattern<'p> {
    pub(crate) fn new(text: &'p str) -> Pattern<'p> {
        let shape = match text.split_once('*') {
            None => Shape::Exact,
            Some((head, tail)) if !tail.contains('*') => Shape::One {
                head,
                tail,
                collapses: head.ends_with('/') && tail.starts_with('/'),
            },
            Some((head, rest)) => {
                let tail = rest.rsplit('*').next().unwrap_or(rest);
                Shape::Many {
                    head,
                    tail,
                    steps: steps(text),
                }
            }
        };
        Pattern { text, shape }
    }

    /// The text when it has no `*`.
    pub(crate) fn exact(&self) -> Option<&'p str> {
        matches!(self.shape, Shape::Exact).then_some(self.text)
    }

    /// What stands before the first `*`: every match begins with it.
    ///
    /// With `/*/` collapsed a match still begins with it, since the first slash stays.
    pub(crate) fn head(&self) -> &'p str {
        self.text.split('*').next().unwrap_or(self.text)
    }

    /// Whether a name that ends like this may match: a cheap look before the name is whole.
    pub(crate) fn may_end(&self, end: &str) -> bool {
        let tail = match &self.shape {
            Shape::Exact => self.text,
            Shape::One { tail, .. } | Shape::Many { tail, .. } => tail,
        };
        match tail.len().checked_sub(end.len()) {
            None | Some(0) => ends_with(end, tail),
            Some(missing) => tail
                .get(missing..)
                .is_none_or(|known| ends_with(end, known)),
        }
    }

    pub(crate) fn matches(&self, name: &str) -> bool {
        match &self.shape {
            Shape::Exact => self.text.eq_ignore_ascii_case(name),
            Shape::One {
                head,
                tail,
                collapses,
            } => {
                let between = name.len().checked_sub(head.len() + tail.len());
                match between {
                    Some(_) => starts_with(name, head) && ends_with(name, tail),
                    None => {
                        *collapses
                            && name.len() + 1 == head.len() + tail.len()
                            && starts_with(name, head)
                            && ends_with(name, tail.strip_prefix('/').unwrap_or(tail))
                    }
                }
            }
            // The ends are compared first: most names fail there.
            Shape::Many { head, tail, steps } => {
                starts_with(name, head) && ends_with(name, tail) && run(steps, name)
            }
        }
    }
}

pub(crate) fn starts_with(name: &str, head: &str) -> bool {
    name.as_bytes()
        .get(..head.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(head.as_bytes()))
}

pub(crate) fn ends_with(name: &str, tail: &str) -> bool {
    name.len()
        .checked_sub(tail.len())
        .and_then(|from| name.as_bytes().get(from..))
        .is_some_and(|end| end.eq_ignore_ascii_case(tail.as_bytes()))
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::with_capacity(text.len());
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'*' {
            steps.push(Step::Byte(byte.to_ascii_lowercase()));
            continue;
        }
        let between = matches!(steps.last(), Some(Step::Byte(b'/'))) && bytes.peek() == Some(&b'/');
        if between {
            steps.push(Step::Optional);
        }
        steps.push(Step::Run);
        if between {
            bytes.next();
            steps.push(Step::Byte(b'/'));
        }
    }
    steps
}

/// Follows all ways through the steps at once: `alive` marks the steps a way may stand before.
fn run(steps: &[Step], name: &str) -> bool {
    let mut alive = vec![false; steps.len() + 1];
    let mut next = alive.clone();
    if let Some(start) = alive.first_mut() {
        *start = true;
    }
    spread(steps, &mut alive);
    for byte in name.bytes() {
        let byte = byte.to_ascii_lowercase();
        next.fill(false);
        for (at, step) in steps.iter().enumerate() {
            if alive.get(at) != Some(&true) {
                continue;
            }
            let to = match step {
                Step::Byte(wanted) if *wanted == byte => at + 1,
                Step::Run => at,
                _ => continue,
            };
            if let Some(slot) = next.get_mut(to) {
                *slot = true;
            }
        }
        spread(steps, &mut next);
        std::mem::swap(&mut alive, &mut next);
    }
    alive.last() == Some(&true)
}

/// Steps that may be passed without a byte are passed.
fn spread(steps: &[Step], alive: &mut [bool]) {
    for (at, step) in steps.iter().enumerate() {
        if alive.get(at) != Some(&true) {
            continue;
        }
        let to: &[usize] = match step {
            Step::Byte(_) => &[],
            Step::Run => &[1],
            Step::Optional => &[1, 3],
        };
        for by in to {
            if let Some(slot) = alive.get_mut(at + by) {
                *slot = true;
            }
        }
    }
}

/// The order of the catalogue: by bytes, capitals as small letters.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    a.bytes()
        .map(|byte| byte.to_ascii_lowercase())
        .cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::pattern_matches;

    /// The definition, word by word: a plain glob, tried on every text that `/*/` → `/` gives.
    fn by_definition(pattern: &str, name: &str) -> bool {
        fn glob(pattern: &[char], name: &[char]) -> bool {
            match pattern.split_first() {
                None => name.is_empty(),
                Some(('*', rest)) => (0..=name.len()).any(|skip| glob(rest, &name[skip..])),
                Some((first, rest)) => name.first() == Some(first) && glob(rest, &name[1..]),
            }
        }
        let mut texts = BTreeSet::from([pattern.to_lowercase()]);
        loop {
            let more: BTreeSet<String> = texts
                .iter()
                .flat_map(|text| {
                    (0..text.len())
                        .filter(|&at| text[at..].starts_with("/*/"))
                        .map(|at| format!("{}{}", &text[..at], &text[at + 2..]))
                        .collect::<Vec<_>>()
                })
                .collect();
            let before = texts.len();
            texts.extend(more);
            if texts.len() == before {
                break;
            }
        }
        let name: Vec<char> = name.to_lowercase().chars().collect();
        texts
            .iter()
            .any(|text| glob(&text.chars().collect::<Vec<_>>(), &name))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn agrees_with_its_definition(pattern in "[aB/*]{0,9}", name in "[Ab/]{0,9}") {
            prop_assert_eq!(pattern_matches(&pattern, &name), by_definition(&pattern, &name));
        }

        #[test]
        fn a_name_matches_itself_in_any_case(name in "[A-Za-z./]{1,40}") {
            prop_assert!(pattern_matches(&name, &name.to_uppercase()));
        }
    }

    #[test]
    fn a_star_crosses_slashes_and_a_starred_segment_may_be_missing() {
        let assign = "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action";
        assert!(pattern_matches(
            assign,
            "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
        ));
        assert!(pattern_matches(
            "Microsoft.Compute/*",
            "Microsoft.Compute/a/b/c/read"
        ));
        assert!(pattern_matches(
            "Microsoft.Authorization/*/Delete",
            "microsoft.authorization/locks/delete"
        ));
        assert!(!pattern_matches("X/blobs/read", "X/blobs/tags/read"));
        assert!(!pattern_matches("X/write", "X/read"));
        assert!(!pattern_matches("X/*/", "X"));
    }

    #[test]
    fn many_stars_stay_cheap() {
        let pattern = "a*".repeat(200) + "b";
        assert!(!pattern_matches(&pattern, &"a".repeat(2000)));
    }

    #[test]
    fn text_beyond_ascii_is_matched_without_a_panic() {
        assert!(pattern_matches("é*é", "éxé"));
        assert!(!pattern_matches("é*é", "é"));
    }
}
