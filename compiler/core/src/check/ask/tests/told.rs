//! Answers word for word.

use super::*;

/// A text without the places of what was written.
fn told(answer: &impl ToString) -> String {
    let text = answer.to_string();
    let mut parts = text.split(" (tools.kdl:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |told, part| told + part.split_once(')').unwrap().1)
}

const READS: &str =
    "  Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read (data plane)\n";
const USED: &str = "    source: Get Blob, Get Blob Properties: learn.microsoft.com/rest/api/storageservices/get-blob#permissions
    scope: /subscriptions/{deployment-subscription}/resourceGroups/rg-data/providers/Microsoft.Storage/storageAccounts/stdesk/blobServices/default/containers/invoices
";

#[test]
fn an_answer_is_told_in_full() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="data""#,
        r#"uses "archive" "read""#,
    );
    assert_eq!(
        told(&whys(&desk, "find", "read", Some("archive")).unwrap()),
        format!(
            r#"`find` needs `read` on `archive` and holds it
{READS}
needed on `archive`: held
  find → uses "archive" "read" → …/blobs/read
{USED}
held:
  find → reader → assign "Storage Blob Data Reader" → data → …/blobs/read
    the role lists it
    `data` covers `archive`
"#
        )
    );
    assert_eq!(
        told(&whos(&desk, "read", "archive")),
        format!(
            r#"who can do `read` on `archive`
{READS}
tools:
  find   acts as `reader`; needs it

identities:
  reader (user-assigned)
    assign "Storage Blob Data Reader" → data → …/blobs/read
      inherited: `data` covers `archive`
"#
        )
    );
}

#[test]
fn what_is_not_held_is_told_with_what_would_do() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="drafts""#,
        r#"uses "archive" "read" path="in/*""#,
    );
    assert_eq!(
        told(&whys(&desk, "find", "read", Some("archive")).unwrap()),
        format!(
            r#"`find` needs `read` on `archive` and does not hold it
{READS}
needed on `archive`: not held
  find → uses "archive" "read" → …/blobs/read
{USED}    for names like `in/*`
  find → reader → no assignment → archive → …/blobs/read
    help: add `assign "Storage Blob Data Reader" on="archive"` to `reader`

nearby, and not enough:
  reader → assign "Storage Blob Data Reader" → drafts
    grants it, but does not cover `archive`
"#
        )
    );
}

#[test]
fn what_hangs_on_a_parameter_is_told_to() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="somewhere""#,
        r#"uses "archive" "read""#,
    );
    let told_of = |resource| told(&whys(&desk, "find", "read", resource).unwrap());
    let needed = told_of(None);
    for wanted in [
        "`find` needs `read` and holds it under a condition only\n",
        "\nneeded on `archive`: held under a condition only\n",
        "\n    the role lists it\n    `archive`, `drafts` and `account` only if `somewhere` turns out to cover it: parameter `group` decides\n",
    ] {
        assert!(needed.contains(wanted), "no {wanted:?} in\n{needed}");
    }
    assert_eq!(
        told_of(Some("account")),
        format!(
            r#"`find` does not need `read` on `account`, and holds it under a condition
{READS}
held:
  find → reader → assign "Storage Blob Data Reader" → somewhere → …/blobs/read
    the role lists it
    only if `somewhere` turns out to cover it: parameter `group` decides
"#
        )
    );
    assert_eq!(
        told(&whos(&desk, "read", "archive")),
        format!(
            r#"who can do `read` on `archive`
{READS}
tools:
  find   acts as `reader`, under a condition; needs it

identities:
  reader (user-assigned)
    assign "Storage Blob Data Reader" → somewhere → …/blobs/read
      only if `somewhere` turns out to cover it: parameter `group` decides
"#
        )
    );
}

#[test]
fn what_is_held_and_not_needed_is_told_to_be() {
    let desk = shared();
    assert_eq!(
        told(&whys(&desk, "filer", "read", Some("drafts")).unwrap()),
        format!(
            r#"`filer` does not need `read` on `drafts`, and holds it
{READS}
held:
  filer → assign "Storage Blob Data Contributor" → data → …/blobs/read
    the role lists it
    `data` covers `drafts`
"#
        )
    );
    assert_eq!(
        told(&whos(&desk, "read", "drafts")),
        format!(
            r#"who can do `read` on `drafts`
{READS}
tools:
  find   reaches it: `filer` is attached to its app `main`
  file   acts as `filer`; does not need it

identities:
  filer (user-assigned, no tool needs it as this identity)
    assign "Storage Blob Data Contributor" → data → …/blobs/read
      inherited: `data` covers `drafts`
  owner (user-assigned, deploys, no tool needs it as this identity)
    assign "Contributor" → data → …/listKeys/action, …/regeneratekey/action, …/ListAccountSas/action and …/listServiceSas/action
      hands out keys that allow it, unless `allowSharedKeyAccess=false` is set
      inherited: `data` covers `drafts`
"#
        )
    );
    // Keys open all data, whether or not a verb speaks of it, and nothing else.
    let moves = json(&whos(&desk, "blobs/move/action", "archive"));
    assert_eq!(moves["identities"][1]["keys"].as_array().unwrap().len(), 4);
    assert_eq!(
        told(&whos(&desk, "storageAccounts/listKeys/action", "account")),
        r#"no tool can do `…/listKeys/action` on `account`, but these identities can
  Microsoft.Storage/storageAccounts/listKeys/action (control plane)

identities:
  owner (user-assigned, deploys, no tool needs it as this identity)
    assign "Contributor" → data → …/listKeys/action
      inherited: `data` covers `account`
"#
    );
    assert_eq!(
        told(&whos(&desk, &format!("{BLOB}/read"), "azure")),
        format!(
            r#"no identity of the manifest can do `…/blobs/read` on `azure`, but the platform can
{READS}
platform, on what belongs to the app itself:
  app main → main-host → "Storage Blob Data Owner" → its Microsoft.Storage/storageAccounts → …/blobs/read
"#
        )
    );
}
