//! Environments: a file of variables each.

use crate::infrastructure::Writer;
use crate::view::View;
use minijinja::Error;
use serde_json::json;
use std::collections::BTreeSet;

/// Writes the file of each environment; `printed` are the parameters that the root declares.
pub(super) fn write(
    view: &View,
    printed: &BTreeSet<String>,
    writer: &mut Writer,
) -> Result<(), Error> {
    for environment in &view.environments {
        let mut params = Vec::new();
        for param in &view.params {
            let name = &param.symbol.hcl;
            let given = environment
                .values
                .iter()
                .find(|one| one.symbol.hcl == *name);
            // A variable with a default needs no value.
            if printed.contains(name) && (given.is_some() || param.default.is_none()) {
                let value = given.map(|one| &one.value);
                params.push(json!({ "symbol": param.symbol, "value": value }));
            }
        }
        let all = json!({ "server": view.server, "environment": environment, "params": params });
        let path = format!("{}.tfvars", environment.name);
        writer.write(&path, "environment", all)?;
    }
    Ok(())
}
