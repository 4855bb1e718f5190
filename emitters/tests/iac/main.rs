//! The infrastructure of real manifests: it parses, says what the manifest says, and says the same
//! in both languages.

mod manifest;

#[test]
fn write_out() {
    let Some(folder) = std::env::var_os("OUT") else { return };
    for (name, text) in manifest::all() {
        let files = match manifest::try_emit(&text) { Ok(f) => f, Err(e) => { println!("{name}: {e:?}"); continue } };
        for (path, text) in files.files.iter() {
            let path = std::path::Path::new(&folder).join(&name).join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        for d in files.diagnostics.iter() { println!("{name}: {} {}", d.rule.code, d.message); }
    }
}
