//! Strings that say what is covered: permission strings, conditions inside roles, paths.

/// Whether a permission string covers the name of an operation. Both are in small letters.
///
/// `*` is any run of characters, `/` too; where `/*/` stands, a single `/` will do.
pub fn covers(pattern: &str, name: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(rest) = name.strip_prefix(head) else {
        return false;
    };
    // What follows the run, and what follows when `/*/` stands for a single `/`.
    let after = tail.strip_prefix('/').filter(|_| head.ends_with('/'));
    let runs = match tail.contains('*') {
        true => {
            (0..=rest.len()).any(|skip| rest.is_char_boundary(skip) && covers(tail, &rest[skip..]))
        }
        false => rest.ends_with(tail),
    };
    runs || after.is_some_and(|tail| covers(tail, rest))
}

/// What a permission string of another plane than Azure RBAC's says of a name. Nobody promises that
/// its final `*` crosses a `/`.
pub fn of_plane(pattern: &str, name: &str) -> Sure {
    let rest = pattern
        .strip_suffix('*')
        .and_then(|head| name.strip_prefix(head));
    match rest {
        _ if pattern == name => Sure::Yes,
        None | Some("") => Sure::No,
        Some(rest) if rest.contains('/') => Sure::Perhaps,
        Some(_) => Sure::Yes,
    }
}

/// How sure a grant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// It is none.
    No,
    /// It depends on something that is not known before deployment.
    Perhaps,
    /// It holds.
    Yes,
}

/// How sure an operation is that stands under a condition of its role: the usual form
/// `(!(ActionMatches{'X'})) OR (…)` says nothing of operations other than `X`.
pub fn under_condition(condition: &str, name: &str) -> Sure {
    let mut named = condition.split("ActionMatches{'").skip(1).peekable();
    if named.peek().is_none() {
        return Sure::Perhaps;
    }
    let touched = named.any(|rest| {
        let action = rest.split('\'').next().unwrap_or(rest);
        covers(&action.to_lowercase(), name)
    });
    if touched { Sure::Perhaps } else { Sure::Yes }
}

/// Whether every name that `inner` allows is one that `outer` allows. Both are a literal prefix and,
/// perhaps, a final `*`.
pub fn path_within(outer: &str, inner: &str) -> bool {
    match (outer.strip_suffix('*'), inner.strip_suffix('*')) {
        (Some(outer), Some(inner)) => inner.starts_with(outer),
        (Some(outer), None) => inner.starts_with(outer),
        (None, Some(_)) => false,
        (None, None) => outer == inner,
    }
}

/// Whether no name at all is allowed by both.
pub fn paths_apart(one: &str, two: &str) -> bool {
    match (one.strip_suffix('*'), two.strip_suffix('*')) {
        (Some(one), Some(two)) => !one.starts_with(two) && !two.starts_with(one),
        (Some(prefix), None) => !two.starts_with(prefix),
        (None, Some(prefix)) => !one.starts_with(prefix),
        (None, None) => one != two,
    }
}

/// The type that an operation is about: its name without the verb, which with `action` is two words.
pub fn type_of(name: &str) -> &str {
    let name = name.strip_suffix("/action").unwrap_or(name);
    name.rsplit_once('/').map_or(name, |(before, _)| before)
}

/// Whether a type is another or below it.
pub fn at_or_below(below: &str, above: &str) -> bool {
    below == above
        || below
            .strip_prefix(above)
            .is_some_and(|rest| rest.starts_with('/'))
}
