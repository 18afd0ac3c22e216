//! The help in the user's language. The English words are those of the arguments' own documentation; those
//! of other languages are data and take their place, by the ids of commands and arguments.

use std::sync::LazyLock;

use clap::builder::Resettable;
use clap::{Arg, Command};

use sspr_triage::words::Language;
use sspr_triage::words::lines::lines;

/// English, for what the arguments' own documentation has not.
const ENGLISH: &str = include_str!("help.en.toml");
/// Japanese, as [`in_language`] puts it in.
const JAPANESE: &str = include_str!("help.ja.toml");

/// The words of a language that is not English.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words(&'static toml::Table);

impl Words {
    /// Those of a language; none of English, which the arguments' own documentation has.
    pub(super) fn of_language(language: Language) -> Option<Words> {
        match language {
            Language::English => None,
            Language::Japanese => Some(Words::japanese()),
        }
    }

    /// Those of what the arguments' own documentation has not: mistakes, exit codes, headings.
    pub(super) fn of_program(language: Language) -> Words {
        static TABLE: LazyLock<toml::Table> = LazyLock::new(|| ENGLISH.parse().unwrap_or_default());
        Words::of_language(language).unwrap_or(Words(&TABLE))
    }

    fn japanese() -> Words {
        // A test reads the built-in table, so an error cannot reach a user.
        static TABLE: LazyLock<toml::Table> = LazyLock::new(|| JAPANESE.parse().unwrap_or_default());
        Words(&TABLE)
    }

    /// The words of a key of their own; nothing where it has none.
    pub(super) fn says(self, key: &str) -> &'static str {
        self.0.get(key).and_then(toml::Value::as_str).unwrap_or_default()
    }

    /// The words of a key of a table.
    pub(super) fn of(self, table: &str, key: &str) -> Option<&'static str> {
        self.0.get(table)?.as_table()?.get(key)?.as_str()
    }
}

/// Columns that the parser puts before the text of an argument or a command below its name.
const BELOW: usize = 10;
/// Columns before the text beside the name of a command: its margin, the longest name, and a gap.
const BESIDE: usize = 18;

/// The command line with its help in a language. Ids, values and the shape stay as they are.
pub(super) fn in_language(command: Command, language: Language) -> Command {
    put_in(command, language, None)
}

/// As [`in_language`], in lines of a number of columns. The parser breaks lines at spaces alone, which Japanese has
/// few of.
pub(super) fn in_lines(command: Command, language: Language, columns: usize) -> Command {
    put_in(command.term_width(columns), language, Some(columns))
}

fn put_in(command: Command, language: Language, columns: Option<usize>) -> Command {
    let command = with_exit_codes(command, Put { words: Words::of_program(language), columns });
    let Some(words) = Words::of_language(language) else { return command };
    let mut command = command;
    command.build();
    let put = Put { words, columns };
    put.translated(command, None).after_help(put.lines(words.says("about-exit-codes"), 0))
}

/// Each command's help ends with its exit codes.
fn with_exit_codes(command: Command, put: Put) -> Command {
    command.mut_subcommands(|sub| match put.words.of("exit-codes", sub.get_name()) {
        Some(codes) => sub.after_help(put.lines(codes, 0)),
        None => sub,
    })
}

/// How words are put in.
#[derive(Clone, Copy)]
struct Put {
    words: Words,
    /// None where lines are not broken, as in a manual page.
    columns: Option<usize>,
}

impl Put {
    /// A text in lines that leave room for an indent.
    fn lines(self, text: &str, indent: usize) -> String {
        let Some(columns) = self.columns else { return text.to_owned() };
        let columns = columns.saturating_sub(indent);
        text.lines().flat_map(|line| lines(line, columns, "", "", false)).collect::<Vec<_>>().join("\n")
    }

    fn translated(self, command: Command, table: Option<&str>) -> Command {
        let words = self.words;
        let about = match table {
            Some(table) => words.of(table, "about"),
            None => Some(words.says("about")),
        };
        let template = format!(
            "{}\n\n{}: {{usage}}\n\n{{all-args}}{{after-help}}",
            self.lines(about.unwrap_or_default(), 0),
            words.says("usage")
        );
        let mut command = command
            .help_template(template)
            .subcommand_help_heading(words.says("commands"))
            .mut_args(|arg| self.argument(arg, table).next_line_help(self.columns.is_some()));
        if let Some(about) = about {
            command = command.about(self.lines(about, BESIDE)).long_about(Resettable::Reset);
        }
        command.mut_subcommands(|sub| {
            let name = sub.get_name().to_owned();
            self.translated(sub, Some(&name))
        })
    }

    fn argument(self, arg: Arg, table: Option<&str>) -> Arg {
        let (id, words) = (arg.get_id().as_str(), self.words);
        let Some(text) = table.and_then(|table| words.of(table, id)).or_else(|| words.of("shared", id))
        else {
            return arg;
        };
        let mut text = text.to_owned();
        if arg.get_action().takes_values() {
            let default = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned());
            let values = arg.get_possible_values().into_iter().map(|value| value.get_name().to_owned());
            let default = if arg.is_hide_default_value_set() { Vec::new() } else { default.collect() };
            for (name, shown) in [("default", default), ("values", values.collect())] {
                if !shown.is_empty() {
                    text.push_str(&format!(" [{}: {}]", words.says(name), shown.join(", ")));
                }
            }
        }
        let heading = match arg.get_help_heading() {
            Some(heading) => words.of("headings", heading),
            None if arg.is_positional() => Some(words.says("arguments")),
            None => Some(words.says("options")),
        };
        let arg = match heading {
            Some(heading) => arg.help_heading(heading),
            None => arg,
        };
        // Below a heading of their own, arguments come in the order of their names, unless they have another.
        let arg = match arg.get_index() {
            Some(index) => arg.display_order(index),
            None => arg,
        };
        let text = self.lines(&text, BELOW);
        arg.help(text).long_help(Resettable::Reset).hide_possible_values(true).hide_default_value(true)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::program::Cli;

    fn words() -> toml::Table {
        JAPANESE.parse().unwrap()
    }

    /// What the help names: `command.argument`, or `shared.argument` where several have it.
    fn named(command: &Command, table: &str, into: &mut BTreeSet<(String, String)>) {
        into.insert((table.to_owned(), "about".to_owned()));
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            into.insert((table.to_owned(), arg.get_id().to_string()));
        }
        for sub in command.get_subcommands() {
            named(sub, sub.get_name(), into);
        }
    }

    #[test]
    fn every_command_and_argument_has_its_words_and_no_words_are_left_over() {
        let mut command = Cli::command();
        command.build();
        let mut used = BTreeSet::new();
        let mut all = BTreeSet::new();
        named(&command, "", &mut all);
        let words = words();
        let entry = |words: &toml::Table, table: &str, key: &str| {
            words.get(table)?.as_table()?.get(key)?.as_str().map(str::to_owned)
        };
        for (table, id) in all {
            if table.is_empty() && id == "about" || table == "help" && id != "about" {
                continue;
            }
            let table = if entry(&words, &table, &id).is_some() { table } else { "shared".to_owned() };
            assert!(entry(&words, &table, &id).is_some(), "{table}.{id} has no words");
            used.insert((table, id));
        }
        for (table, entries) in &words {
            let Some(entries) = entries
                .as_table()
                .filter(|_| !["exit-codes", "headings", "mistakes", "manual"].contains(&table.as_str()))
            else {
                continue;
            };
            for id in entries.keys() {
                assert!(used.contains(&(table.clone(), id.clone())), "{table}.{id} has no use");
            }
        }
    }

    #[test]
    fn the_help_is_japanese_throughout() {
        let mut command = in_language(Cli::command(), Language::Japanese);
        let mut all = command.render_long_help().to_string();
        for sub in command.get_subcommands_mut() {
            all.push_str(&sub.render_long_help().to_string());
        }
        for english in
            ["Usage", "Options", "Arguments", "Commands", "Print", "default", "possible", "Budgets"]
        {
            assert!(!all.contains(english), "{english}: {all}");
        }
        let mistakes = |words: &toml::Table| -> Vec<String> {
            words["mistakes"].as_table().unwrap().keys().cloned().collect()
        };
        assert_eq!(mistakes(&ENGLISH.parse().unwrap()), mistakes(&words()));
        assert!(all.contains("使用法: ") && all.contains("[既定値: text]") && all.contains("終了コード"));
    }

    #[test]
    fn no_line_of_the_help_is_wider_than_the_terminal() {
        for (language, columns) in
            Language::ALL.into_iter().flat_map(|language| [80, 120, 60].map(|columns| (language, columns)))
        {
            let mut command = in_lines(Cli::command(), language, columns);
            command.build();
            let mut all = vec![command.render_help(), command.render_long_help()];
            for sub in command.get_subcommands_mut() {
                all.extend([sub.render_help(), sub.render_long_help()]);
            }
            assert!(all.len() > 20);
            for help in all {
                for line in help.to_string().lines() {
                    assert!(line.width() <= columns, "{columns}, {} wide: {line}", line.width());
                }
            }
        }
    }
}
