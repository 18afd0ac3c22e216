//! Command lines in console text: what was asked of the registry, of which machine.
//!
//! A command line tells what its output can show. It is looked for anywhere in a line, because it may
//! stand behind a prompt or inside the quotes of a tool that runs it elsewhere.

/// A command that reads or changes the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    /// What it does.
    pub(super) verb: Verb,
    /// The key that it names, if it can be told.
    pub(super) key: Option<KeyNamed>,
    /// The values that it names.
    pub(super) values: Vec<String>,
    /// It shows a part of what it reads: some values, matches of a search, or what a pipe lets through.
    pub(super) partial: bool,
}

/// What a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// `reg query`.
    RegQuery,
    /// `Get-ItemProperty`, or its alias `gp`.
    GetItemProperty,
    /// `reg add`, `reg delete`, `Set-ItemProperty` and the like.
    Change,
}

/// A key as text names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyNamed {
    /// The remote machine in front of the key.
    pub(super) computer: Option<String>,
    /// Full path, with the root's full name.
    pub(super) path: String,
}

/// Longest line that is looked at. Windows takes no longer command line.
const LINE_BYTES: usize = 32 << 10;
const REG_VERBS: [(&str, Verb); 3] =
    [("query", Verb::RegQuery), ("add", Verb::Change), ("delete", Verb::Change)];
const CMDLETS: [(&str, Verb); 6] = [
    ("Get-ItemProperty", Verb::GetItemProperty),
    ("gp", Verb::GetItemProperty),
    ("Set-ItemProperty", Verb::Change),
    ("New-ItemProperty", Verb::Change),
    ("Remove-ItemProperty", Verb::Change),
    ("Clear-ItemProperty", Verb::Change),
];
/// What a list may be piped into without losing a value.
const WHOLE_PIPES: [&str; 6] = ["fl", "format-list", "out-file", "out-string", "out-host", "tee-object"];

impl Command {
    /// The command in a line, if there is one. Lines that PowerShell quotes in an error begin with `+`.
    pub(super) fn of(line: &str) -> Option<Self> {
        if line.len() > LINE_BYTES || line.trim_start().starts_with('+') {
            return None;
        }
        let words = words(line);
        words.iter().enumerate().find_map(|(at, word)| {
            let rest = words.get(at.checked_add(1)?..)?;
            if is_word(word, "reg") || is_word(word, "reg.exe") {
                let (verb, rest) = rest.split_first()?;
                let verb = REG_VERBS.iter().find(|(name, _)| is_word(verb, name))?.1;
                return Some(Self::reg(verb, rest));
            }
            let verb = CMDLETS.iter().find(|(name, _)| is_word(word, name))?.1;
            let command = Self::cmdlet(verb, rest);
            // The name of a cmdlet stands in messages as well; a key makes it a command.
            command.key.is_some().then_some(command)
        })
    }

    fn reg(verb: Verb, arguments: &[String]) -> Self {
        let mut values = Vec::new();
        let mut partial = false;
        for (at, word) in arguments.iter().enumerate() {
            let switch = word.to_lowercase();
            if switch == "/v" {
                values.extend(arguments.get(at.saturating_add(1)).cloned());
            }
            // What is piped away is not shown.
            partial |= matches!(switch.as_str(), "/v" | "/ve" | "/f" | "/t" | "/k" | "/d" | "|");
        }
        Command { verb, key: arguments.first().and_then(|word| KeyNamed::of(word)), values, partial }
    }

    fn cmdlet(verb: Verb, arguments: &[String]) -> Self {
        let own = arguments.split(|word| word == "|").next().unwrap_or_default();
        let pipes = arguments.get(own.len()..).unwrap_or_default();
        let key = own.iter().find_map(|word| KeyNamed::of(word));
        let is_switch = |word: &String| word.starts_with('-');
        let named = own.iter().position(|word| is_word(word, "-Name"));
        // Without `-Name`, names are the second argument that no switch introduces.
        let behind_key = own.iter().position(|word| KeyNamed::of(word).is_some());
        let names = match (named, behind_key) {
            (Some(at), _) | (None, Some(at)) => own.get(at.saturating_add(1)..).unwrap_or_default(),
            (None, None) => &[],
        };
        let values: Vec<String> = names
            .iter()
            .take_while(|word| !is_switch(word) && !word.starts_with('>'))
            .flat_map(|word| word.split(','))
            .map(|name| name.trim_matches(['"', '\'']).to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        let selects = own.iter().any(|word| is_word(word, "-Include") || is_word(word, "-Exclude"));
        let partial = !values.is_empty() || named.is_some() || selects || !pipes_are_whole(pipes);
        Command { verb, key, values, partial }
    }
}

/// Whether each pipe of a command keeps all properties: `| fl`, `| Format-List *`, `| Out-File a.txt`.
fn pipes_are_whole(words: &[String]) -> bool {
    words.split(|word| word == "|").filter(|pipe| !pipe.is_empty()).all(|pipe| {
        let name = pipe.first().map(|name| name.to_lowercase()).unwrap_or_default();
        let keeps = WHOLE_PIPES.contains(&name.as_str());
        let arguments = pipe.get(1..).unwrap_or_default();
        let lists = matches!(name.as_str(), "fl" | "format-list");
        keeps && (!lists || arguments.iter().all(|word| word == "*" || word.starts_with('>')))
    })
}

impl KeyNamed {
    /// Reads `HKLM\SYSTEM`, `HKEY_LOCAL_MACHINE\SYSTEM`, `\\dc01\HKLM\SYSTEM`, `HKLM:\SYSTEM` and
    /// `Registry::HKEY_LOCAL_MACHINE\SYSTEM`.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches(['"', '\'', ')', '(']);
        let (computer, path) = match text.strip_prefix(r"\\") {
            Some(remote) => {
                let (computer, path) = remote.split_once('\\')?;
                (Some(computer.to_owned()).filter(|name| name != "." && !name.is_empty()), path)
            }
            None => (None, text),
        };
        let path = path.rsplit_once("::").map_or(path, |(_, path)| path);
        let (root, below) = path.split_once('\\').or_else(|| path.split_once(':'))?;
        let root = root.trim_end_matches(':');
        let root = if root.eq_ignore_ascii_case("HKLM") { "HKEY_LOCAL_MACHINE" } else { root };
        let is_root = root.split_at_checked(5).is_some_and(|(start, _)| start.eq_ignore_ascii_case("HKEY_"));
        let below = below.trim_matches('\\');
        (is_root && !below.is_empty()).then(|| KeyNamed { computer, path: format!("{root}\\{below}") })
    }
}

/// The machine of a remote prompt: `[dc01.contoso.example]: PS C:\>`.
pub(super) fn remote_prompt(line: &str) -> Option<&str> {
    let (name, rest) = line.trim_start().strip_prefix('[')?.split_once("]: ")?;
    (rest.starts_with("PS ") && !name.contains(char::is_whitespace)).then_some(name)
}

/// Whether a line is a prompt with or without a command: `PS C:\>`, `C:\Users\me>`, `$ `.
pub(super) fn is_prompt(line: &str) -> bool {
    let line = line.trim_start();
    let drive = |text: &str| {
        let mut letters = text.chars();
        letters.next().is_some_and(|letter| letter.is_ascii_alphabetic()) && letters.next() == Some(':')
    };
    let shows_path = line.strip_prefix("PS ").is_some_and(|path| path.contains('>'))
        || (drive(line) && line.get(2..).is_some_and(|rest| rest.starts_with('\\') && rest.contains('>')));
    shows_path || line.starts_with("$ ") || line.starts_with("PS>") || remote_prompt(line).is_some()
}

fn is_word(word: &str, name: &str) -> bool {
    word.eq_ignore_ascii_case(name)
}

/// Words of a command line. Double quotes hold a word together; a prompt's end, a single quote and a
/// bracket part words, and a pipe is a word of its own.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' | '\t' | '\'' | '(' | ')' | '>' | ';' | '&' | '{' | '}' if !quoted => {
                words.push(String::new());
            }
            '|' if !quoted => words.extend(["|".to_owned(), String::new()]),
            letter => {
                if let Some(word) = words.last_mut() {
                    word.push(letter);
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const LSA: &str = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa";

    fn asked(line: &str) -> (Verb, Option<String>, Vec<String>, bool) {
        let command = Command::of(line).unwrap();
        (command.verb, command.key.map(|key| key.path), command.values, command.partial)
    }

    #[test]
    fn whole_keys_and_single_values_are_told_apart() {
        let key = Some(LSA.to_owned());
        assert_eq!(
            asked(r#"C:\>reg query "HKLM\SYSTEM\CurrentControlSet\Control\Lsa""#),
            (Verb::RegQuery, key.clone(), vec![], false)
        );
        assert_eq!(
            asked(
                r#"$ bolt 'reg.exe QUERY "HKLM\SYSTEM\CurrentControlSet\Control\Lsa" /V "Security Packages"'"#
            ),
            (Verb::RegQuery, key.clone(), vec!["Security Packages".into()], true)
        );
        assert_eq!(
            asked(r"PS C:\> Get-ItemProperty -Path HKLM:\SYSTEM\CurrentControlSet\Control\Lsa | fl *"),
            (Verb::GetItemProperty, key.clone(), vec![], false)
        );
        assert_eq!(
            asked(
                r"PS C:\> gp HKLM:\SYSTEM\CurrentControlSet\Control\Lsa -Name 'RestrictRemoteSam' -ErrorAction Stop"
            ),
            (Verb::GetItemProperty, key.clone(), vec!["RestrictRemoteSam".into()], true)
        );
        assert_eq!(
            asked(r"Get-ItemProperty HKLM:\SYSTEM\CurrentControlSet\Control\Lsa RestrictRemoteSam"),
            (Verb::GetItemProperty, key.clone(), vec!["RestrictRemoteSam".into()], true)
        );
        let piped = asked(r"Get-ItemProperty HKLM:\SYSTEM\CurrentControlSet\Control\Lsa | fl Restrict*");
        assert_eq!(piped, (Verb::GetItemProperty, key, vec![], true));
    }

    #[test]
    fn messages_are_no_commands() {
        for line in [
            "Get-ItemProperty : Property RestrictRemoteSam does not exist",
            r"+ Get-ItemProperty -Path HKLM:\SYSTEM\CurrentControlSet\Control\Lsa",
            "The reg file",
            "",
        ] {
            assert_eq!(Command::of(line), None, "{line}");
        }
    }

    #[test]
    fn keys_have_machines_in_front() {
        let key = KeyNamed::of(r"\\dc01\HKLM\SYSTEM\CurrentControlSet\Control\Lsa\").unwrap();
        assert_eq!((key.computer.as_deref(), key.path.as_str()), (Some("dc01"), LSA));
        let key = KeyNamed::of(
            r"Microsoft.PowerShell.Core\Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa",
        );
        assert_eq!(key.map(|key| key.path).as_deref(), Some(LSA));
        for other in [r"C:\Windows", "HKLM", "HKLM:", r"\\dc01\share\x", "", "Name"] {
            assert_eq!(KeyNamed::of(other), None, "{other}");
        }
    }

    #[test]
    fn prompts_are_seen() {
        for line in [r"PS C:\Users\me> dir", r"C:\>", "$ ls", r"[dc01]: PS C:\>"] {
            assert!(is_prompt(line), "{line}");
        }
        for line in ["Name : value", r"HKEY_LOCAL_MACHINE\X", "ü", "PSPath : x", r"    C:\x    REG_SZ    a"]
        {
            assert!(!is_prompt(line), "{line}");
        }
        assert_eq!(remote_prompt(r"[dc01]: PS C:\> dir"), Some("dc01"));
    }
}
