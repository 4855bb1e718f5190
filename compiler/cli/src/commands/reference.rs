//! What other programs want to know about grantc: `schema`, `completions`, `man`.

use crate::args::{Cli, Completions};
use crate::{Failure, Verdict, console};
use clap::CommandFactory;
use grantc_core::lower::words::schema as notation;

/// Prints the JSON Schema of the YAML notation.
pub(crate) fn schema() -> Result<Verdict, Failure> {
    console::print(&notation::text());
    Ok(Verdict::Clean)
}

/// Prints completions for a shell.
pub(crate) fn completions(args: &Completions) -> Result<Verdict, Failure> {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "grantc", &mut out);
    console::print(&String::from_utf8_lossy(&out));
    Ok(Verdict::Clean)
}

/// Prints the manual page, with a section for each command.
pub(crate) fn man() -> Result<Verdict, Failure> {
    let mut command = Cli::command();
    command.build();
    let mut out = rendered(|out| clap_mangen::Man::new(command.clone()).render(out))?;
    for sub in command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
    {
        let page = clap_mangen::Man::new(sub.clone());
        let section = rendered(|out| {
            page.render_description_section(out)
                .and_then(|()| page.render_options_section(out))
        })?;
        // One section a command: the headings of its own page become paragraphs.
        let section = section
            .replace(".SH DESCRIPTION\n", ".PP\n")
            .replace(".SH OPTIONS\n", ".PP\n");
        let title = sub.get_bin_name().unwrap_or(sub.get_name()).to_uppercase();
        out.push_str(&format!(".SH \"{title}\"\n{section}"));
    }
    console::print(&out);
    Ok(Verdict::Clean)
}

fn rendered(
    render: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
) -> Result<String, Failure> {
    let mut out = Vec::new();
    render(&mut out).map_err(Failure::from_error)?;
    String::from_utf8(out).map_err(Failure::from_error)
}
