//! Patterns of the danger table: unlike in permission strings, a `*` within a segment stays in it.

/// Matches from the last segment, where names differ most.
pub(super) fn segments_match(pattern: &str, name: &str) -> bool {
    let (before, last) = split(pattern);
    if last == "*" {
        let Some(before) = before else { return true };
        // A run of segments: none, or one more.
        let mut rest = Some(name);
        while let Some(text) = rest {
            if segments_match(before, text) {
                return true;
            }
            rest = split(text).0;
        }
        return false;
    }
    let (name_before, name_last) = split(name);
    glob(last, name_last)
        && match (before, name_before) {
            (None, None) | (Some("*"), None) => true,
            (Some(before), Some(name)) => segments_match(before, name),
            _ => false,
        }
}

/// The text before the last slash, and after it.
fn split(text: &str) -> (Option<&str>, &str) {
    match text.rsplit_once('/') {
        Some((before, last)) => (Some(before), last),
        None => (None, text),
    }
}

/// A segment against a pattern of a segment; case is ignored.
fn glob(pattern: &str, segment: &str) -> bool {
    let starts = |text: &str, part: &str| {
        text.get(..part.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(part))
    };
    let Some((head, mut pattern)) = pattern.split_once('*') else {
        return pattern.eq_ignore_ascii_case(segment);
    };
    if !starts(segment, head) {
        return false;
    }
    let mut rest = segment.get(head.len()..).unwrap_or_default();
    while let Some((part, after)) = pattern.split_once('*') {
        let Some(at) =
            (0..=rest.len()).find(|&at| rest.get(at..).is_some_and(|text| starts(text, part)))
        else {
            return false;
        };
        rest = rest.get(at + part.len()..).unwrap_or_default();
        pattern = after;
    }
    let at = rest.len().checked_sub(pattern.len());
    at.and_then(|at| rest.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(pattern))
}

#[cfg(test)]
mod tests {
    use super::segments_match;

    #[test]
    fn a_star_within_a_segment_stays_in_it() {
        assert!(segments_match(
            "*/list*keys/action",
            "a/b/listAdminKeys/action"
        ));
        assert!(!segments_match(
            "*/list*keys/action",
            "a/listed/keys/action"
        ));
        assert!(segments_match("a/*/c/*", "A/c") && segments_match("a/*/c/*", "a/b/b/c/d/e"));
        assert!(!segments_match("a/*/c", "a/b/d") && !segments_match("a/b", "b"));
        assert!(
            segments_match("*/*:x*y/z", "p/q:xxyy/Z") && !segments_match("*/*:x*y/z", "p/q:x/z")
        );
    }
}
