//! What an operation does for sure: ranks are for telling the worst first, and count what is only
//! a guess as writing.

use super::{Danger, last_word, row_of};
use crate::Plane;
use crate::catalogue::{ends_with, starts_with};

/// Whether an operation surely changes something. An action that nothing is known of may, and is
/// ranked as if it did, but that is not sure; nor is it of a stored procedure.
pub fn changes(plane: Plane, operation: &str) -> bool {
    let last = last_word(operation);
    match plane {
        Plane::Control | Plane::Data => {
            let makes = ["regenerate", "rotate", "reset", "create", "new", "refresh"];
            let action = ends_with(operation, "/action");
            match row_of(plane, operation).map(|row| row.danger) {
                _ if ["write", "delete"]
                    .iter()
                    .any(|it| last.eq_ignore_ascii_case(it)) =>
                {
                    true
                }
                // Acting as somebody else changes nothing yet.
                Some(Danger::Access) => action && plane == Plane::Control,
                Some(Danger::Credentials) => {
                    makes.iter().any(|it| starts_with(verb(operation), it))
                }
                Some(Danger::Delete | Danger::Write) => action,
                Some(Danger::Read) | None => false,
            }
        }
        Plane::CosmosSql => ["create", "upsert", "replace", "delete"].contains(&last),
        Plane::SqlDatabase => ["INSERT", "UPDATE", "DELETE", "ALTER"]
            .iter()
            .any(|it| last.eq_ignore_ascii_case(it)),
        Plane::Graph | Plane::EntraApp => words_say(
            operation,
            &[
                "write",
                "create",
                "delete",
                "update",
                "send",
                "manage",
                "fullcontrol",
            ],
        ),
    }
}

/// Whether an operation surely deletes something.
pub fn deletes(plane: Plane, operation: &str) -> bool {
    match plane {
        Plane::Control | Plane::Data => {
            let row = row_of(plane, operation).map(|row| row.danger);
            row == Some(Danger::Delete) || last_word(operation).eq_ignore_ascii_case("delete")
        }
        Plane::CosmosSql | Plane::SqlDatabase => {
            last_word(operation).eq_ignore_ascii_case("delete")
        }
        Plane::Graph | Plane::EntraApp => words_say(operation, &["delete"]),
    }
}

/// What an `…/action` does: the segment before the last.
fn verb(operation: &str) -> &str {
    operation.rsplit('/').nth(1).unwrap_or(operation)
}

/// Whether a word of a permission such as `Mail.ReadWrite`, but for its subject, says one of these.
fn words_say(permission: &str, said: &[&str]) -> bool {
    let words: Vec<&str> = permission.split('.').collect();
    let words = match words.as_slice() {
        [_, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    let says = |word: &str| {
        let both = starts_with(word, "readwrite") && said.contains(&"write");
        both || said.iter().any(|it| starts_with(word, it))
    };
    words.iter().any(|word| says(word))
}

#[cfg(test)]
mod tests {
    use super::{changes, deletes};
    use crate::danger::{Danger, danger_by_name};
    use crate::{Catalogue, Plane};

    #[test]
    fn what_is_only_ranked_as_writing_does_not_surely_change() {
        let (rank, sure) = (
            |name| danger_by_name(Plane::Control, name),
            |name| changes(Plane::Control, name),
        );
        let guessed = "New.Provider/things/frobnicate/action";
        assert!(rank(guessed) == Danger::Write && !sure(guessed));
        let keys = "Microsoft.Storage/storageAccounts/listKeys/action";
        assert!(rank(keys) == Danger::Credentials && !sure(keys));
        let new_keys = "Microsoft.Storage/storageAccounts/RegenerateKey/Action";
        assert!(rank(new_keys) == Danger::Credentials && sure(new_keys));
        for name in [
            "roleAssignments/write",
            "roleAssignments/delete",
            "elevateAccess/action",
        ] {
            let name = format!("Microsoft.Authorization/{name}");
            assert!(changes(Plane::Control, &name), "{name}");
        }
        assert!(!sure("Microsoft.Authorization/roleAssignments/read"));
        assert!(!changes(Plane::SqlDatabase, "EXECUTE") && changes(Plane::SqlDatabase, "insert"));
        for name in [
            "Mail.ReadWrite",
            "Mail.Send",
            "Sites.FullControl.All",
            "Orders.write",
        ] {
            assert!(changes(Plane::Graph, name), "{name}");
        }
        for name in [
            "Mail.Read",
            "Sites.Selected",
            "DeletedItems.Read.All",
            "openid",
        ] {
            assert!(!changes(Plane::Graph, name), "{name}");
        }
    }

    #[test]
    fn what_is_ranked_as_deleting_deletes() {
        for operation in Catalogue::embedded().operations() {
            let (plane, name) = (operation.plane, &operation.name);
            if danger_by_name(plane, name) == Danger::Delete {
                assert!(deletes(plane, name) && changes(plane, name), "{name}");
            }
        }
        assert!(!deletes(
            Plane::CosmosSql,
            "Microsoft.DocumentDB/databaseAccounts/readMetadata"
        ));
    }
}
