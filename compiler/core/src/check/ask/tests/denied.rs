//! What a denial takes away, or may.

use super::*;

/// A database that is read, and one of the same name in a group that a parameter names.
fn perhaps_denied(denials: &str) -> Desk {
    let assigns = format!(r#"assign "db_datareader" on="ledger"; {denials}"#);
    ledger(&assigns, &ledger_in("maybe", "group"))
}

#[test]
fn a_denial_that_may_cover_leaves_nothing_sure() {
    let desk = perhaps_denied(r#"assign "db_denydatareader" on="maybe""#);
    let only =
        json!(["if `db_denydatareader` on `maybe`, which denies it, turns out not to cover it"]);
    let why = json(&whys(&desk, "reader", "read", Some("ledger")).unwrap());
    assert_eq!(why["verdict"], "conditional");
    assert_eq!(why["held"][0]["resources"][0]["only"], only);
    let who = json(&whos(&desk, "read", "ledger"));
    assert_eq!(who["tools"][0]["conditional"], true);
    let at = &who["identities"][0]["grants"][0]["resources"][0];
    assert_eq!((&at["conditional"], &at["only"]), (&json!(true), &only));
}

#[test]
fn of_several_denials_the_sure_one_counts() {
    let desk = perhaps_denied(
        r#"assign "db_denydatareader" on="maybe"; assign "db_denydatareader" on="ledger""#,
    );
    assert!(!whos(&desk, "read", "ledger").anybody());
    let shown = json(&whys(&desk, "reader", "read", Some("ledger")).unwrap());
    assert_eq!(
        (&shown["near"][0]["on"], &shown["near"][0]["why"]),
        (
            &json!("ledger"),
            &json!("denies it, whatever else grants it")
        )
    );
    assert_eq!(shown["near"][0]["role"], "db_denydatareader");
    assert_eq!(shown["near"].as_array().unwrap().len(), 1);
    // What denies something else takes nothing away.
    let desk = perhaps_denied(r#"assign "db_denydatawriter" on="ledger""#);
    assert_eq!(
        json(&whos(&desk, "read", "ledger"))["tools"][0]["conditional"],
        false
    );
}
