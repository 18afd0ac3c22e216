//! Artifacts that can be collected, what each costs, and the commands that collect them.

use std::sync::LazyLock;

use serde::Deserialize;

use super::pages::Shell;

/// One artifact that can be collected.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collectable {
    /// Its id.
    pub id: String,
    /// What the customer and the engineer spend on it, to be compared and not to be added up: of two
    /// artifacts that decide the same, the cheaper one is asked for.
    pub cost: u32,
    /// Machine to collect it on.
    pub machine: Machine,
    /// Needs an elevated console.
    pub elevated: bool,
    /// What the command is written for.
    pub shell: Shell,
    /// What the command writes, and what is to be sent back, with the places `{of}` and `{computer}`.
    pub files: Vec<String>,
    /// Command, with `{name}` places and `{of}`.
    pub command: String,
    /// Where the command is documented.
    pub source: String,
}

/// Machine that an artifact is collected on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Machine {
    /// A domain controller.
    Controller,
    /// The server that runs Entra Connect.
    ConnectServer,
}

/// The folder that all commands write to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Folder {
    /// Its path.
    pub path: String,
    /// Command that makes it where it is missing, in PowerShell and in the command prompt.
    pub command: String,
    /// Where the command is documented.
    pub source: String,
}

impl Collectable {
    /// The command for somebody's object, where it is of one. Its other places stay.
    pub fn command_of(&self, owner: Option<&str>) -> String {
        self.command.replace("{of}", &in_a_file_name(owner))
    }

    /// Paths of what the command writes. `computer` is the machine's name for the command, or words for it.
    pub fn files_of(&self, owner: Option<&str>, computer: &str) -> Vec<String> {
        let owner = in_a_file_name(owner);
        self.files.iter().map(|file| file.replace("{of}", &owner).replace("{computer}", computer)).collect()
    }
}

/// A name as a part of the name of a file. It comes from an upload: no character of it leads to another folder
/// or means anything to a shell.
fn in_a_file_name(name: Option<&str>) -> String {
    let kept = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_');
    let name = name.unwrap_or_default().chars().map(|c| if kept(c) { c } else { '_' });
    let name: String = name.take(LONGEST_IN_A_FILE_NAME).collect();
    if name.is_empty() { "1".to_owned() } else { name }
}

/// Longest part of a file's name, in characters.
const LONGEST_IN_A_FILE_NAME: usize = 100;

/// What a machine calls itself in `%COMPUTERNAME%`: its first label in capitals, of at most 15 characters. None
/// for a name that no machine has.
/// <https://learn.microsoft.com/troubleshoot/windows-server/active-directory/naming-conventions-for-computer-domain-site-ou>
pub fn computer_name(machine: &str) -> Option<String> {
    let label = machine.split('.').next().filter(|label| !label.is_empty())?;
    let fits = label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    fits.then(|| label.to_uppercase().chars().take(15).collect())
}

pub(super) const TABLE: &str = include_str!("collect.toml");

#[derive(Default, Deserialize)]
struct Table {
    folder: Folder,
    artifact: Vec<Collectable>,
}

fn table() -> &'static Table {
    // A test reads the built-in table, so an error cannot reach a user.
    static ALL: LazyLock<Table> = LazyLock::new(|| toml::from_str(TABLE).unwrap_or_default());
    &ALL
}

/// The folder that all commands write to.
pub fn folder() -> &'static Folder {
    &table().folder
}

/// All of them, in the order of the report's list.
pub fn collectables() -> &'static [Collectable] {
    &table().artifact
}

/// An artifact by its id.
pub fn collectable(id: &str) -> Option<&'static Collectable> {
    collectables().iter().find(|have| have.id == id)
}

/// Place of an artifact in the report's list.
pub fn position(id: &str) -> usize {
    collectables().iter().position(|have| have.id == id).unwrap_or(usize::MAX)
}

/// What an artifact costs.
pub fn cost(id: &str) -> u32 {
    collectable(id).map_or(u32::MAX, |have| have.cost)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_entry_is_read_and_has_a_source() {
        assert_eq!(collectables().len(), TABLE.matches("[[artifact]]").count());
        assert!(collectables().iter().all(|artifact| artifact.source.starts_with("https://")));
    }

    /// Two of the same cost would leave it to chance which one is asked for.
    #[test]
    fn no_two_cost_the_same() {
        let costs: BTreeSet<u32> = collectables().iter().map(|artifact| artifact.cost).collect();
        assert_eq!(costs.len(), collectables().len());
    }

    /// Nothing of the other shell is in a command.
    #[test]
    fn commands_are_of_their_shell() {
        for artifact in collectables() {
            let of_powershell = ["$", "ForEach-Object", "Out-File", "Get-"];
            let has = |words: &[&str]| words.iter().any(|word| artifact.command.contains(word));
            match artifact.shell {
                Shell::PowerShell => assert!(!has(&["%", "&&"]), "{}", artifact.id),
                Shell::Cmd => assert!(!has(&of_powershell), "{}", artifact.id),
            }
        }
    }

    /// Each file that is to be sent back is one that the command writes, below the folder that is made first.
    #[test]
    fn commands_write_the_files_that_are_sent_back() {
        assert!(folder().command.contains(&folder().path), "{}", folder().command);
        for artifact in collectables() {
            assert!(!artifact.files.is_empty(), "{}", artifact.id);
            for file in &artifact.files {
                assert!(file.starts_with(&format!("{}\\", folder().path)), "{file}");
                let written = file.replace("{computer}", "$env:COMPUTERNAME");
                assert!(artifact.command.contains(&written), "{}: {file}", artifact.id);
            }
            // An export of a log does not take the place of an earlier file by itself.
            assert_eq!(artifact.command.contains(" epl "), artifact.command.contains("/ow:true"));
        }
    }

    #[test]
    fn a_name_of_an_upload_leads_to_no_other_folder() {
        let user = collectable("target-user").unwrap();
        let command = user.command_of(Some("..\\x$(calc)`'\"@contoso.example"));
        assert!(command.contains("C:\\Temp\\user_.._x__calc____@contoso.example.txt"), "{command}");
        assert_eq!(user.files_of(None, ""), ["C:\\Temp\\user_1.txt"]);
    }

    #[test]
    fn a_computer_calls_itself_by_its_first_label() {
        assert_eq!(computer_name("dc01.contoso.example").as_deref(), Some("DC01"));
        assert_eq!(computer_name("a-very-long-host-name").as_deref(), Some("A-VERY-LONG-HOS"));
        assert_eq!(computer_name("x y"), None);
    }
}
