//! Environments: a file of parameters each.

use crate::infrastructure::Writer;
use crate::view::View;
use minijinja::Error;
use serde_json::json;
use std::collections::BTreeSet;

/// Writes the file of each environment; `printed` are the parameters that `main.bicep` declares.
pub(super) fn write(
    view: &View,
    printed: &BTreeSet<String>,
    bootstrap: bool,
    writer: &mut Writer,
) -> Result<(), Error> {
    for environment in &view.environments {
        let mut params = Vec::new();
        for param in &view.params {
            let name = &param.symbol.bicep;
            let given = environment
                .values
                .iter()
                .find(|one| one.symbol.bicep == *name);
            // A parameter with a default needs no value.
            if printed.contains(name) && (given.is_some() || param.default.is_none()) {
                params.push(json!({
                    "symbol": param.symbol,
                    "value": given.map(|one| &one.value),
                    "variable": param.symbol.hcl.to_uppercase(),
                }));
            }
        }
        let all = json!({
            "server": view.server,
            "azure": view.azure,
            "environment": environment,
            "params": params,
            "bootstrap": bootstrap,
        });
        let path = format!("{}.bicepparam", environment.name);
        writer.write(&path, "environment", all)?;
    }
    Ok(())
}
