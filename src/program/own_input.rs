//! Output never goes over input: what a customer sent is evidence, and may be the only copy.
//!
//! A new file inside a folder that is read is refused as well: the next run would read it, and say something else
//! of the same upload.

use std::path::{Path, PathBuf};

use sspr_triage::words::Statement;

use super::failure::Failure;

/// Refuses outputs that are a file of the input, or would become one.
///
/// # Errors
/// Such an output.
pub(super) fn refuse<'o>(
    outputs: impl IntoIterator<Item = &'o Path>,
    inputs: &[impl AsRef<Path>],
) -> Result<(), Failure> {
    outputs.into_iter().try_for_each(|output| {
        inputs.iter().map(AsRef::as_ref).try_for_each(|input| refuse_one(output, input))
    })
}

fn refuse_one(output: &Path, input: &Path) -> Result<(), Failure> {
    // A pipe or a device keeps nothing that could be read again.
    let is_stream = output.exists() && !output.is_file() && !output.is_dir();
    if is_stream || !(is_same(output, input) || is_below(output, input)) {
        return Ok(());
    }
    let key = if output.exists() { "program.output-is-input" } else { "program.output-in-input" };
    Err(Failure::of_usage(
        Statement::new(key)
            .with("path", output.display().to_string())
            .with("input", input.display().to_string()),
    ))
}

/// Two names of one file, by its identity: links of either kind lead to the same.
fn is_same(one: &Path, other: &Path) -> bool {
    same_file::is_same_file(one, other).unwrap_or(false)
}

/// Whether a file or folder, there or not yet, is inside a folder.
pub(super) fn is_below(path: &Path, folder: &Path) -> bool {
    folder.is_dir() && folder.canonicalize().is_ok_and(|folder| resolved(path).starts_with(folder))
}

/// A path without links, as far as it is there.
fn resolved(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let there = whole.ancestors().find_map(|there| Some((there, there.canonicalize().ok()?)));
    match there {
        Some((there, resolved)) => match whole.strip_prefix(there) {
            Ok(rest) if !rest.as_os_str().is_empty() => resolved.join(rest),
            _ => resolved,
        },
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn refused(output: &Path, input: &Path) -> Option<String> {
        refuse([output], &[input]).err().map(|failure| failure.to_string())
    }

    #[test]
    fn input_is_refused_whatever_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let (bundle, file) = (folder.path().join("bd"), folder.path().join("in.zip"));
        fs::create_dir_all(bundle.join("dc01")).unwrap();
        fs::write(&file, "zip").unwrap();
        fs::write(bundle.join("dc01/Lsa.reg"), "reg").unwrap();
        assert!(refused(&file, &file).unwrap().contains("is part of the input"));
        assert!(refused(&bundle.join("../in.zip"), &file).is_some());
        assert!(refused(&bundle.join("dc01/Lsa.reg"), &bundle).unwrap().contains("is part of the input"));
        assert!(refused(&bundle.join("dc01/../new.txt"), &bundle).unwrap().contains("would become part"));
        assert!(refused(&bundle.join("no/such/new.txt"), &bundle).is_some());
        for free in ["report.html", "bd.html", "bd2/report.html"] {
            assert_eq!(refused(&folder.path().join(free), &bundle), None, "{free}");
            assert_eq!(refused(&folder.path().join(free), &file), None, "{free}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_to_the_input_and_devices_are_free() {
        let folder = tempfile::tempdir().unwrap();
        let (bundle, file) = (folder.path().join("bd"), folder.path().join("in.zip"));
        fs::create_dir(&bundle).unwrap();
        fs::write(&file, "zip").unwrap();
        fs::hard_link(&file, folder.path().join("hard")).unwrap();
        std::os::unix::fs::symlink(&file, folder.path().join("soft")).unwrap();
        std::os::unix::fs::symlink(&bundle, folder.path().join("way")).unwrap();
        assert!(refused(&folder.path().join("hard"), &file).is_some());
        assert!(refused(&folder.path().join("soft"), &file).is_some());
        assert!(refused(&folder.path().join("way/new.txt"), &bundle).is_some());
        assert_eq!(refused(Path::new("/dev/null"), Path::new("/dev")), None);
    }
}
