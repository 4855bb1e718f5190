//! What is compiled when time is measured, and the way it takes.

use grantc_core::check::{self, Acceptance};
use grantc_core::diagnostic::Diagnostics;
use grantc_core::source::Sources;
use grantc_core::syntax::{self, Tree};
use grantc_core::{graph, lower, resolve};
use grantc_spec::catalogue::Catalogue;
use std::fmt::Write;

/// A manifest of so many tools, each with an input, an output and two uses.
pub(crate) fn manifest(tools: usize) -> String {
    let identities = (tools / 5).max(1);
    let mut text = String::from(
        "grantc version=1\n\
         server \"bench\" version=\"1.0.0\" { description \"Bench.\"; namespace \"com.example\" }\n\
         azure { resource-group \"rg-bench\"; location \"westeurope\"; isolation \"shared\" }\n",
    );
    for i in 0..identities {
        let _ = write!(
            text,
            "resource \"blob{i}\" type=\"azure.blob\" existing=#true {{ account \"stbench{i}\"; container \"c\" }}\n\
             identity \"who{i}\" type=\"user-assigned\" {{\n\
             assign \"Storage Blob Data {}\" on=\"blob{i}\"\n\
             }}\n",
            ["Reader", "Contributor"].get(i % 2).unwrap_or(&"Reader"),
        );
    }
    for i in 0..tools {
        let who = i % identities;
        let verb = if who.is_multiple_of(2) {
            "read"
        } else {
            "write"
        };
        let _ = write!(
            text,
            "tool \"tool{i}\" {{\n\
             description \"Tool number {i}.\"\n\
             as \"who{who}\"\n\
             uses \"blob{who}\" \"{verb}\"\n\
             input {{ name string max-length=100 doc=\"Name.\"; count integer? min=0 }}\n\
             output {{ text string; total decimal }}\n\
             }}\n",
        );
    }
    text
}

/// Reading: from text to a tree.
pub(crate) fn read(text: &str) -> Option<Tree> {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    syntax::read("tools.kdl", text.as_bytes(), &mut sources, &mut found)
}

/// The rest: from a tree to a verified program.
pub(crate) fn understand(tree: &Tree, catalogue: &Catalogue) -> Option<check::Verified> {
    let mut found = Diagnostics::default();
    let manifest = lower::lower(tree, &mut found);
    let program = resolve::resolve(&manifest, catalogue, &mut found)?;
    let graph = graph::build(&program, catalogue);
    check::check(
        program,
        graph,
        catalogue,
        &Acceptance::default(),
        &mut found,
    )
    .ok()
}
