//! Who may call: scopes, app roles and clients of `auth "entra"`.

use super::server::{bad_value, check_scope_name, is_guid};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Auth, CallerScope, Client, Entra, Program};
use crate::names::did_you_mean;
use crate::source::Word;
use grantc_spec::{clients, rules};

pub(super) fn auth(declared: &ast::Auth, diagnostics: &mut Diagnostics) -> Auth {
    if declared.kind.value != "entra" {
        let scopes = declared.scopes.iter().map(|scope| &scope.name);
        let clients = declared.clients.iter().map(|(name, _)| name);
        for name in scopes.chain(clients) {
            let message = format!("`auth \"{}\"` knows no callers", declared.kind);
            diagnostics.push(
                Diagnostic::new(&rules::UNEXPECTED, name.span, message)
                    .help("scopes and clients belong to `auth \"entra\"`"),
            );
        }
        let span = declared.kind.span;
        return match declared.kind.value.as_str() {
            "none" => Auth::None { span },
            _ => Auth::Key,
        };
    }
    let mut scopes: Vec<CallerScope> = Vec::new();
    for scope in &declared.scopes {
        check_scope_name(&scope.name, diagnostics);
        if repeated(
            "scope",
            &scope.name,
            scopes.iter().map(|it| &it.name),
            diagnostics,
        ) {
            continue;
        }
        scopes.push(CallerScope {
            name: scope.name.clone(),
            description: scope.description.clone(),
            app_role: scope.app_role,
        });
    }
    let mut clients: Vec<Client> = Vec::new();
    for (name, id) in &declared.clients {
        if repeated(
            "client",
            name,
            clients.iter().map(|it| &it.name),
            diagnostics,
        ) {
            continue;
        }
        if let Some(id) = client(name, id.as_ref(), diagnostics) {
            let name = name.clone();
            clients.push(Client { name, id });
        }
    }
    Auth::Entra(Entra {
        scopes,
        clients,
        span: declared.span,
    })
}

fn repeated<'a>(
    what: &str,
    name: &Word,
    mut known: impl Iterator<Item = &'a Word>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let Some(first) = known.find(|first| first.value == name.value) else {
        return false;
    };
    let message = format!("{what} `{}` is declared twice", name.value);
    diagnostics.push(
        Diagnostic::new(&rules::DUPLICATE_NAME, name.span, message)
            .also(first.span, "it is already declared here"),
    );
    true
}

/// The application id of a client: written out, or known by its name.
fn client(name: &Word, id: Option<&Word>, diagnostics: &mut Diagnostics) -> Option<String> {
    match (id, clients::id_of(&name.value)) {
        (Some(id), _) => {
            if !is_guid(&id.value) {
                let help = "write the application id of the client";
                bad_value(id, "is not an application id", help, diagnostics);
            }
            Some(id.value.clone())
        }
        (None, Some(known)) => Some(known.to_owned()),
        (None, None) => {
            let message = format!("`{}` is not a client that is known by name", name.value);
            let help = did_you_mean(&name.value, clients::names())
                .unwrap_or_else(|| format!("write `client \"{}\" id=\"…\"`", name.value));
            diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, name.span, message).help(help));
            None
        }
    }
}

/// What a tool asks of its caller's token: each must be a scope of the server.
pub(super) fn requires(
    declared: &[Word],
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Vec<Word> {
    let Auth::Entra(entra) = &program.server.auth else {
        if let Some(first) = declared.first() {
            let message = "callers come without a token, so none of its scopes can be required";
            diagnostics.push(
                Diagnostic::new(&rules::UNEXPECTED, first.span, message)
                    .help("add `auth \"entra\"` with the scope to `server`, or remove `requires`"),
            );
        }
        return Vec::new();
    };
    let known = |word: &&Word| {
        let names = || entra.scopes.iter().map(|scope| scope.name.value.as_str());
        let found = names().any(|name| name == word.value);
        if !found {
            let help = did_you_mean(&word.value, names())
                .unwrap_or_else(|| format!("add `scope \"{}\" \"…\"` to `auth`", word.value));
            let message = format!("the server has no scope `{}`", word.value);
            diagnostics.push(
                Diagnostic::new(&rules::UNRESOLVED, word.span, message)
                    .also(entra.span, "its scopes are declared here")
                    .help(help),
            );
        }
        found
    };
    declared.iter().filter(known).cloned().collect()
}
