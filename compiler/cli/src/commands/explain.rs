//! `grantc explain`: the page of a rule.

use crate::args::Explain;
use crate::{Failure, Verdict, console};
use grantc_core::names::did_you_mean;
use grantc_spec::rules;

pub(crate) fn run(args: &Explain) -> Result<Verdict, Failure> {
    let Some(code) = &args.code else {
        console::print(&rules::ALL.iter().map(|rule| line(rule)).collect::<String>());
        return Ok(Verdict::Clean);
    };
    match rules::by_code(code) {
        Some(rule) => {
            match console::result_columns() {
                Some(columns) => console::print(&within(rule.page, columns)),
                None => console::print(rule.page),
            }
            Ok(Verdict::Clean)
        }
        None => {
            let known = rules::ALL.iter().flat_map(|rule| [rule.code, rule.name]);
            let help = did_you_mean(code, known)
                .unwrap_or_else(|| "`grantc explain` lists them all".to_owned());
            Err(Failure(format!("there is no finding `{code}`; {help}")))
        }
    }
}

/// A rule in the list, its sentence beside it.
fn line(rule: &rules::Rule) -> String {
    let sentence = rule.page.lines().nth(2).unwrap_or("");
    let head = format!("{}  {:<8} {:<22} ", rule.code, rule.level.word(), rule.name);
    let columns = console::result_columns().unwrap_or(usize::MAX);
    let beside = columns.saturating_sub(head.len()).max(20);
    let gap = " ".repeat(head.len());
    let lines = textwrap::wrap(sentence, beside);
    let lines: Vec<String> = lines.iter().map(|line| line.to_string()).collect();
    format!("{head}{}\n", lines.join(&format!("\n{gap}")))
}

/// A page in Markdown whose paragraphs are filled anew for a narrower terminal; blocks of code and
/// tables stay as they are.
fn within(page: &str, columns: usize) -> String {
    let (mut out, mut paragraph, mut code) = (String::new(), String::new(), false);
    for line in page.lines() {
        let fence = line.starts_with("```");
        let starts_anew = fence || line.is_empty() || line.starts_with(['#', '|', '-', '>', ' ']);
        if code || starts_anew {
            flush(&mut paragraph, columns, &mut out);
        }
        code ^= fence;
        let item = line.starts_with("- ");
        if code || fence || (starts_anew && !item) {
            out.push_str(line);
            out.push('\n');
        } else {
            paragraph.push_str(if paragraph.is_empty() { "" } else { " " });
            paragraph.push_str(line);
        }
    }
    flush(&mut paragraph, columns, &mut out);
    out
}

fn flush(paragraph: &mut String, columns: usize, out: &mut String) {
    if paragraph.is_empty() {
        return;
    }
    let options = textwrap::Options::new(columns).break_words(false);
    let options = match paragraph.starts_with("- ") {
        true => options.subsequent_indent("  "),
        false => options,
    };
    out.push_str(&textwrap::fill(paragraph, options));
    out.push('\n');
    paragraph.clear();
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn paragraphs_are_filled_and_code_is_not() {
        let page = "# Title\n\none two three\nfour five\n\n```kdl\na long line of code\n```\n\n- an item that\n- another\n";
        let narrow = "# Title\n\none two\nthree four\nfive\n\n```kdl\na long line of code\n```\n\n- an item\n  that\n- another\n";
        assert_eq!(within(page, 10), narrow);
        let wide = "# Title\n\none two three four five\n\n```kdl\na long line of code\n```\n\n- an item that\n- another\n";
        assert_eq!(within(page, 100), wide);
    }
}
