//! The compiler proper: text in, a verified program out.
//!
//! **Reading:** [`syntax`] turns a file into one spanned tree; [`imports`] finds the other files;
//! [`mod@lower`] makes known words into fields. **Naming:** [`mod@resolve`] turns every name into an id and gives an [`ir::Program`].
//! **Choosing:** [`infer`] adds what identities ask to be given.
//! **Understanding:** [`graph`] follows tool → identity → assignment → scope → operation.
//! **Judging:** [`mod@check`] applies one rule after the other and, where none raises an error,
//! gives a [`Verified`] program, the only thing that emitters of deployable files accept.
//!
//! The crate is pure: the same text gives the same result on every machine. It reads through the
//! [`Loader`] it is given, prints nothing, and does not panic on input.

pub mod arena;
pub mod ast;
pub mod check;
pub mod compilation;
pub mod diagnostic;
pub mod fix;
pub mod graph;
pub mod imports;
pub mod infer;
pub mod ir;
pub mod levels;
pub mod lower;
pub mod names;
pub mod resolve;
pub mod source;
pub mod syntax;

pub use check::Verified;
pub use compilation::{
    Compilation, LoadError, Loader, Outcome, compile, compile_accepting, compile_further,
};
pub use diagnostic::{Diagnostic, Diagnostics};
