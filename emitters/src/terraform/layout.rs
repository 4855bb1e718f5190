//! The layout of `terraform fmt`: the `=` of attributes on neighbouring lines stand under one
//! another.
//!
//! Templates write `name = value`, whatever stands around it. Two lines are neighbours when both
//! are attributes whose value ends on its line.

/// Aligns the attributes of a text.
pub(super) fn align(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut chain: Vec<(&str, &str)> = Vec::new();
    for line in text.lines() {
        match attribute(line) {
            Some(parts) => chain.push(parts),
            None => {
                write_chain(&mut chain, &mut out);
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    write_chain(&mut chain, &mut out);
    out
}

fn write_chain(chain: &mut Vec<(&str, &str)>, out: &mut String) {
    let width = |name: &str| name.chars().count();
    let widest = chain.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    for (name, rest) in chain.drain(..) {
        out.push_str(name);
        out.extend(std::iter::repeat_n(' ', widest - width(name) + 1));
        out.push_str(rest);
        out.push('\n');
    }
}

/// The name of an attribute, indented, and the rest of its line from the `=` on; none where the
/// line is none, or its value goes on.
fn attribute(line: &str) -> Option<(&str, &str)> {
    let indent = line.len() - line.trim_start().len();
    let code = line.trim_start();
    let end = match code.strip_prefix('"') {
        Some(inside) => closing_quote(inside)? + 2,
        None => code.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))?,
    };
    let (name, rest) = line.split_at_checked(indent + end)?;
    let is_attribute = end > 0 && rest.starts_with(" = ") && brackets(rest) == 0;
    is_attribute.then_some((name, rest.trim_start()))
}

/// Where a string ends.
fn closing_quote(inside: &str) -> Option<usize> {
    let mut escaped = false;
    inside.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })
}

/// How many more brackets open than close outside of strings and comments.
fn brackets(code: &str) -> i32 {
    let mut open = 0;
    let mut quoted = false;
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted => {
                chars.next();
            }
            '"' => quoted = !quoted,
            '#' if !quoted => break,
            '{' | '[' | '(' if !quoted => open += 1,
            '}' | ']' | ')' if !quoted => open -= 1,
            _ => {}
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::align;

    #[test]
    fn neighbours_are_aligned_and_nothing_else() {
        let text = "\
a {
  x = 1
  long = \"= { # \\\" \" # why
  body = {
    \"k = \\\" y\" = [1]
    z = 2
  }
  y = f(
    1
  )

  abc = 3
  # a = b
  d = 4
}
";
        let expected = "\
a {
  x    = 1
  long = \"= { # \\\" \" # why
  body = {
    \"k = \\\" y\" = [1]
    z          = 2
  }
  y = f(
    1
  )

  abc = 3
  # a = b
  d = 4
}
";
        assert_eq!(align(text), expected);
        assert_eq!(align(expected), expected);
    }
}
