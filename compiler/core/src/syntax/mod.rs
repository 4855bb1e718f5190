//! Reading: a file's text becomes one spanned [`Tree`], whatever notation it was written in.
//!
//! The end of the file's name says which notation it is. Limits are kept before a KDL parser sees
//! the text: size and nesting ([`guard`]); the YAML reader keeps the same ones as it goes. Parsing
//! runs on a thread with a stack of its own, because the `kdl` crate recurses.

pub mod guard;
mod kdl;
pub mod tree;
mod yaml;

pub(crate) use kdl::{Extent, extents};
pub use tree::{Node, Notation, Prop, Tree, Value, ValueKind};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{FileId, SourceFile, Sources, Span};
use grantc_spec::rules;

/// Largest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;

/// Stack of the parsing thread, in bytes.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Reads a file that was loaded as bytes: checks limits and encoding, then parses it.
///
/// The file is added to `sources` even when it cannot be read, so that findings can point at it.
pub fn read(
    path: &str,
    bytes: &[u8],
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Tree> {
    if bytes.len() > MAX_FILE_BYTES {
        let file = sources.add(SourceFile::new(path, ""));
        let limit = MAX_FILE_BYTES / (1024 * 1024);
        diagnostics.push(
            Diagnostic::new(
                &rules::TOO_LARGE,
                Span::new(file, 0, 0),
                format!("`{path}` is larger than {limit} MiB"),
            )
            .help("a manifest of a thousand tools takes about 1 MiB; is this the right file?"),
        );
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => return not_utf8(path, bytes, error.valid_up_to(), sources, diagnostics),
    };
    let file = sources.add(SourceFile::new(path, text));
    let notation = Notation::of(path);
    if notation == Notation::Kdl
        && let Err(problem) = guard::check(text)
    {
        diagnostics.push(problem.diagnostic(file));
        return None;
    }
    parse_on_own_stack(file, text, notation, diagnostics)
}

fn not_utf8(
    path: &str,
    bytes: &[u8],
    valid_up_to: usize,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Tree> {
    // Each bad byte becomes one `?`, so that offsets stay those of the file.
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        shown.push_str(chunk.valid());
        shown.extend(std::iter::repeat_n('?', chunk.invalid().len()));
    }
    let file = sources.add(SourceFile::new(path, shown));
    let byte = bytes.get(valid_up_to).copied().unwrap_or_default();
    diagnostics.push(
        Diagnostic::new(
            &rules::NOT_UTF8,
            Span::new(file, valid_up_to, valid_up_to + 1),
            format!("`{path}` is not UTF-8: byte 0x{byte:02x} cannot stand here"),
        )
        .help("save the file as UTF-8"),
    );
    None
}

fn parse_on_own_stack(
    file: FileId,
    text: &str,
    notation: Notation,
    diagnostics: &mut Diagnostics,
) -> Option<Tree> {
    let parse = || match notation {
        Notation::Kdl => kdl::parse(file, text)
            .map_or_else(|found| (None, found), |tree| (Some(tree), Vec::new())),
        Notation::Yaml => yaml::parse(file, text),
    };
    let parsed = std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, parse)
            .ok()
            .and_then(|thread| thread.join().ok())
    });
    let Some((tree, problems)) = parsed else {
        let message = format!(
            "the {} reader could not finish reading this file",
            notation.name()
        );
        diagnostics.push(Diagnostic::new(
            &rules::SYNTAX,
            Span::new(file, 0, 0),
            message,
        ));
        return None;
    };
    diagnostics.extend(problems);
    tree
}
