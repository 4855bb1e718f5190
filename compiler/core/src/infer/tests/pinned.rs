//! What stays because the lock pins it.

use super::*;

#[test]
fn a_pinned_choice_stays_and_a_better_one_is_a_note() {
    let wide = tool("file", "auditor", r#"uses "archive" "read" "write""#);
    let narrow = tool("file", "auditor", r#"uses "archive" "read""#);
    let pins = pins(&inferred("", &wide));
    let stays = pinned(&pins, &narrow);
    assert!(lines(&stays)[0].contains("Storage Blob Data Contributor"));
    let found = stays.one("G0304");
    assert_eq!(found.level, grantc_spec::rules::Level::Note);
    assert_eq!(
        found.help.as_deref(),
        Some(
            r#"`grantc lock --update` takes `assign "Storage Blob Data Reader" on="archive"` instead"#
        )
    );
    assert!(lines(&pinned(&Pins::new(), &narrow))[0].contains(READER));
}

#[test]
fn what_a_pinned_choice_no_longer_meets_is_added() {
    let narrow = tool("file", "auditor", r#"uses "archive" "read""#);
    let wide = tool("file", "auditor", r#"uses "archive" "read" "write""#);
    let grown = pinned(&pins(&inferred("", &narrow)), &wide);
    let chosen = lines(&grown);
    assert!(
        chosen[0].contains(READER) && chosen[1].contains("Contributor"),
        "{chosen:?}"
    );
    assert!(grown.verified);
}

#[test]
fn a_role_that_grants_more_than_when_it_was_pinned_is_told() {
    let uses = tool("file", "auditor", r#"uses "archive" "read""#);
    let mut pins = pins(&inferred("", &uses));
    pins.values_mut()
        .for_each(|digest| *digest = "sha256:0".to_owned());
    let desk = pinned(&pins, &uses);
    let notes = &desk.one("G0304").notes;
    let expected = "it grants something else than when the lock pinned it: look again, then `grantc lock --update`";
    assert!(notes.iter().any(|note| note == expected), "{notes:?}");
}

#[test]
fn a_pinned_role_that_paths_cannot_narrow_does_not_stay() {
    let frob =
        format!(r#"uses "archive" "read"; uses "archive" action="{CONTAINERS}/frob/action""#);
    let wide = inferred("", &tool("find", "auditor", &frob));
    assert!(lines(&wide)[0].contains("Storage Blob Data Owner"));
    let narrow = tool("find", "auditor", r#"uses "archive" "read" path="in/*""#);
    let narrow = pinned(&pins(&wide), &narrow);
    let line =
        format!("auditor: inferred \"{READER}\" on archive where path in/*, for find (read)");
    assert_eq!(lines(&narrow), [line]);
}

#[test]
fn pins_are_of_one_identity_and_one_place() {
    let wide = tool("file", "auditor", r#"uses "archive" "read" "write""#);
    let pins = pins(&inferred("", &wide));
    let other = "identity \"other\" type=\"user-assigned\" roles=\"inferred\"\n";
    let rest = format!(
        "{other}{}{}",
        tool("seek", "other", r#"uses "archive" "read""#),
        tool("find", "auditor", r#"uses "drafts" "read""#)
    );
    assert_eq!(
        lines(&pinned(&pins, &rest)),
        [
            format!("auditor: inferred \"{READER}\" on drafts, for find (read)"),
            format!("other: inferred \"{READER}\" on archive, for seek (read)"),
        ]
    );
}
