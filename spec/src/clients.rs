//! Client applications that manifests name by a word instead of an id: `clients.txt`.

const TEXT: &str = include_str!("../clients.txt");

/// The application id of a client that is known by this name.
pub fn id_of(name: &str) -> Option<&'static str> {
    rows().find(|(known, _)| *known == name).map(|(_, id)| id)
}

/// The names of all known clients.
pub fn names() -> impl Iterator<Item = &'static str> {
    rows().map(|(name, _)| name)
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_name_an_id_and_a_source() {
        let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let cells: Vec<_> = line.split('\t').collect();
            let [name, id, source] = cells.as_slice() else {
                panic!("{line:?} has {} cells", cells.len());
            };
            assert!(
                !name.is_empty() && id.len() == 36 && !source.is_empty(),
                "{line}"
            );
        }
        assert_eq!(
            id_of("vscode"),
            Some("aebc6443-996d-45c2-90f0-388ff96faa56")
        );
        assert_eq!(id_of("vs-code"), None);
    }
}
