//! Known hosts in the paths of files. Names are looked up by the words of a path, so that many files and many
//! machines cost their sum and not their product.

use std::collections::HashMap;

use super::machines::{MachineId, Machines};

/// Words of a name that are looked up at most: `dc-01.branch.contoso.example` has five.
const WORDS_MAX: usize = 16;

/// None, one, or more than one of the machines.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Few {
    /// None.
    #[default]
    None,
    /// One.
    One(MachineId),
    /// More than one.
    Several,
}

impl Few {
    /// These and another one.
    pub(super) fn and(self, other: MachineId) -> Self {
        match self {
            Few::None => Few::One(other),
            Few::One(machine) if machine == other => self,
            Few::One(_) | Few::Several => Few::Several,
        }
    }

    /// The one, if it is one.
    pub(super) fn only(self) -> Option<MachineId> {
        match self {
            Few::One(machine) => Some(machine),
            Few::None | Few::Several => None,
        }
    }

    fn or_more(self, others: Few) -> Self {
        match others {
            Few::None => self,
            Few::One(machine) => self.and(machine),
            Few::Several => Few::Several,
        }
    }
}

/// The names of the machines, whole and up to their first dot.
#[derive(Debug)]
pub(super) struct Hosts {
    by_name: HashMap<String, Few>,
    /// Most words that a name has.
    words: usize,
}

impl Hosts {
    /// Of all machines that are known.
    pub(super) fn of(machines: &Machines) -> Self {
        let mut hosts = Hosts { by_name: HashMap::new(), words: 0 };
        for (id, machine) in machines.iter() {
            let host = machine.name.split('.').next().unwrap_or_default();
            for name in [host, &machine.name] {
                hosts.words = hosts.words.max(words(name).count()).min(WORDS_MAX);
                let known = hosts.by_name.entry(name.to_owned()).or_default();
                *known = known.and(id);
            }
        }
        hosts
    }

    /// The one host whose name is a word, or words, of the path, looked for from the file upwards; with the path up
    /// to the part that has it.
    pub(super) fn in_path<'p>(&self, path: &'p str) -> Option<(MachineId, &'p str)> {
        let ends = path.match_indices(['/', '!']).map(|(at, _)| at).rev();
        std::iter::once(path.len()).chain(ends).find_map(|end| {
            let above = path.get(..end)?;
            let part = above.rsplit(['/', '!']).next()?;
            Some((self.in_part(&part.to_lowercase()).only()?, above))
        })
    }

    fn in_part(&self, part: &str) -> Few {
        let words: Vec<(usize, usize)> = words(part).collect();
        let mut found = Few::None;
        for (first, (start, _)) in words.iter().enumerate() {
            for (_, end) in words.iter().skip(first).take(self.words) {
                let named = part.get(*start..*end).and_then(|name| self.by_name.get(name));
                found = found.or_more(named.copied().unwrap_or_default());
            }
        }
        found
    }
}

/// Where each run of letters and digits starts and ends.
fn words(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0_usize;
    text.split(|c: char| !c.is_alphanumeric()).filter_map(move |word| {
        let start = at;
        let after = text.get(start.saturating_add(word.len())..).and_then(|rest| rest.chars().next());
        at = start.saturating_add(word.len()).saturating_add(after.map_or(0, char::len_utf8));
        (!word.is_empty()).then_some((start, start.saturating_add(word.len())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        words(text).map(|(start, end)| &text[start..end]).collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(texts("dc01_Lsa.reg"), ["dc01", "Lsa", "reg"]);
        assert_eq!(texts("--ログ（dc-01）。"), ["ログ", "dc", "01"]);
        assert_eq!(texts(""), [""; 0]);
    }

    #[test]
    fn hosts_are_words_of_the_path() {
        let mut machines = Machines::default();
        let dc01 = machines.known_as("dc01.contoso.example");
        let dc1 = machines.known_as("dc1.contoso.example");
        let dashed = machines.known_as("dc-01.contoso.example");
        let hosts = Hosts::of(&machines);
        for (path, expected) in [
            ("logs/DC01_Lsa.reg", dc01),
            ("case.zip!dc1/Lsa.reg", dc1),
            ("logs/dc011.reg", None),
            ("logs/xdc01.reg", None),
            ("dc1-and-dc01/Lsa.reg", None),
            ("dc1/from-dc01.reg", dc01),
            ("x/dc-01.reg", dashed),
            ("x/DC-01.contoso.example.reg", dashed),
            ("x/ログ_dc01。reg", dc01),
        ] {
            assert_eq!(hosts.in_path(path).map(|(id, _)| id), expected, "{path}");
        }
    }

    #[test]
    fn a_host_name_of_two_machines_is_neither() {
        let mut machines = Machines::default();
        let contoso = machines.known_as("dc01.contoso.example");
        machines.known_as("dc01.fabrikam.example");
        let hosts = Hosts::of(&machines);
        assert_eq!(hosts.in_path("dc01/Lsa.reg"), None);
        assert_eq!(hosts.in_path("dc01.contoso.example/Lsa.reg"), None);
        assert!(contoso.is_some());
    }

    /// With a search for every host in every path this would be ten thousand million comparisons.
    #[test]
    fn many_hosts_and_many_files_cost_their_sum() {
        let mut machines = Machines::default();
        for number in 0..20_000 {
            machines.known_as(&format!("pc{number}.contoso.example"));
        }
        let hosts = Hosts::of(&machines);
        let found = (0..20_000)
            .filter(|number| hosts.in_path(&format!("{}/pc{number}.reg", "a-".repeat(100))).is_some());
        assert_eq!(found.count(), 20_000);
    }
}
