//! Talking to the terminal: the only place that prints.

use crate::args::Color;
use anstream::ColorChoice;
use grantc_build::report::Style;
use std::io::Write;

/// Prints a result to standard output. A reader that went away (`| head`) is no failure.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints findings or progress to standard error.
pub(crate) fn tell(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// Prints why nothing could be done.
pub(crate) fn error(message: &str) {
    tell(&format!("error: {message}\n"));
}

/// Decides for the whole run when colour is used.
pub(crate) fn use_color(color: Color) {
    let choice = match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    choice.write_global();
}

/// How findings are drawn on standard error: with colour on a terminal, unless `--color`,
/// `NO_COLOR` or `CLICOLOR_FORCE` say otherwise, and as wide as it is.
pub(crate) fn style() -> Style {
    let choice = anstream::AutoStream::choice(&std::io::stderr());
    Style {
        colour: matches!(choice, ColorChoice::Always | ColorChoice::AlwaysAnsi),
        width: columns(&std::io::stderr())
            .unwrap_or(Style::PLAIN.width)
            .clamp(40, Style::PLAIN.width),
    }
}

/// How many columns standard output has, when it is a terminal.
pub(crate) fn result_columns() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// `COLUMNS` when it is set, or how wide a terminal is.
fn columns(stream: &std::io::Stderr) -> Option<usize> {
    let set = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    set.or_else(|| terminal_size::terminal_size_of(stream).map(|(width, _)| usize::from(width.0)))
}
