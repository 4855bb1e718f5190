//! Reading manifests from disk, within the compiler's limits.

use camino::Utf8Path;
use grantc_core::syntax::MAX_FILE_BYTES;
use grantc_core::{LoadError, Loader};
use std::fs::File;
use std::io::Read;

/// Reads paths as they are given, relative to the working directory.
pub struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        let failed = |reason: String| LoadError {
            path: path.to_owned(),
            reason,
        };
        if Utf8Path::new(path).is_dir() {
            return Err(failed("it is a folder; name the manifest in it".to_owned()));
        }
        let file = File::open(path).map_err(|error| failed(reason(&error)))?;
        let mut bytes = Vec::new();
        // One byte over the limit is enough for the compiler to say that it is too large.
        file.take(MAX_FILE_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| failed(reason(&error)))?;
        Ok(bytes)
    }

    /// Links count as what they lead to, which must be in the manifest's folder too.
    fn load_import(&self, manifest: &str, path: &str) -> Result<Vec<u8>, LoadError> {
        let failed = |reason: String| LoadError {
            path: path.to_owned(),
            reason,
        };
        let folder = match Utf8Path::new(manifest).parent() {
            Some(folder) if !folder.as_str().is_empty() => folder,
            _ => Utf8Path::new("."),
        };
        let real = |path: &Utf8Path| {
            let real = path.as_std_path().canonicalize();
            real.map_err(|error| failed(reason(&error)))
        };
        if !real(Utf8Path::new(path))?.starts_with(real(folder)?) {
            let outside = "it is a link that leads out of the folder of the root manifest";
            return Err(failed(outside.to_owned()));
        }
        self.load(path)
    }
}

/// The system's reason without its number.
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::NotADirectory | std::io::ErrorKind::AlreadyExists => {
            "what should be a folder is a file".to_owned()
        }
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn an_import_is_read_where_it_really_is() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("desk");
        fs::create_dir_all(folder.join("shared")).unwrap();
        for (path, text) in [
            ("desk/shared/types.kdl", "inside"),
            ("secret.kdl", "outside"),
        ] {
            fs::write(outer.path().join(path), text).unwrap();
        }
        let manifest = folder.join("tools.kdl");
        let import = |name: &str| {
            let path = folder.join(name);
            Disk.load_import(manifest.to_str().unwrap(), path.to_str().unwrap())
        };
        assert_eq!(import("shared/types.kdl").unwrap(), b"inside");
        let gone = import("shared/none.kdl").unwrap_err();
        assert_eq!(gone.reason, "there is no such file");
        assert!(
            import("shared")
                .unwrap_err()
                .reason
                .starts_with("it is a folder")
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink(folder.join("shared/types.kdl"), folder.join("near.kdl")).unwrap();
            symlink(outer.path().join("secret.kdl"), folder.join("far.kdl")).unwrap();
            symlink(outer.path(), folder.join("up")).unwrap();
            assert_eq!(import("near.kdl").unwrap(), b"inside");
            for name in ["far.kdl", "up/secret.kdl"] {
                let why = import(name).unwrap_err().reason;
                assert!(why.contains("leads out of the folder"), "{name}: {why}");
            }
        }
    }
}
