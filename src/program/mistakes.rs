//! What is wrong with the arguments, in the user's language. The usual mistakes have words; the rest stays as the
//! parser says it.

use std::error::Error as _;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Error};

use sspr_triage::report::terminal::terminal_safe;
use sspr_triage::words::{Language, fill};

use super::failure::Failure;
use super::help::Words;
use super::output::{NAME, message, say, unbroken};
use super::{Cli, USAGE};

/// Says it, and returns the exit code. The help and the version come here too, and are no mistakes.
pub(super) fn tell(mistake: &Error, language: Language) -> u8 {
    match in_words(mistake, language, Words::of_program(language)) {
        Some(told) => say(&told),
        // Nobody reads it any more where it cannot be printed.
        None => drop(mistake.print()),
    }
    u8::try_from(mistake.exit_code()).unwrap_or(USAGE)
}

fn in_words(mistake: &Error, language: Language, words: Words) -> Option<String> {
    let (key, values) = sentence(mistake)?;
    let mut told = fill(words.of("mistakes", key)?, &values);
    if let Some(why) = why(mistake, language, words) {
        told.push('\n');
        told.push_str(&why);
    }
    for (kind, key) in [
        (ContextKind::ValidValue, "values"),
        (ContextKind::ValidSubcommand, "commands"),
        (ContextKind::SuggestedArg, "similar"),
        (ContextKind::SuggestedValue, "similar"),
        (ContextKind::SuggestedSubcommand, "similar"),
    ] {
        // A value that was misspelled is among those that there are.
        let list = value(mistake, kind).filter(|list| !list.is_empty());
        if let (Some(list), Some(template)) = (list, words.of("mistakes", key)) {
            told.push('\n');
            told.push_str(&fill(template, &[("list", list)]));
        }
    }
    if mistake.kind() == ErrorKind::InvalidSubcommand {
        told.push_str(&beside_command(mistake, words));
    }
    let mut text = String::new();
    for (number, line) in told.lines().enumerate() {
        text.push_str(&message(if number == 0 { NAME } else { "  " }, line));
    }
    if let Some(ContextValue::StyledStr(usage)) = mistake.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage.trim_start().trim_start_matches("Usage:").trim();
        text.push_str(&format!("\n{}: {usage}\n", words.says("usage")));
    }
    if let Some(try_help) = words.of("mistakes", "try-help") {
        text.push_str(&format!("\n{try_help}\n"));
    }
    Some(text)
}

/// What helps whoever named something that is no command: a path was probably meant to be read, and the list has the
/// others.
fn beside_command(mistake: &Error, words: Words) -> String {
    let given = value(mistake, ContextKind::InvalidSubcommand).unwrap_or_default();
    let line = |key, name, value| {
        words
            .of("mistakes", key)
            .map_or_else(String::new, |text| format!("\n{}", fill(text, &[(name, value)])))
    };
    if Path::new(&given).exists() {
        return line("is-path", "path", unbroken(&given));
    }
    let cli = Cli::command();
    let names: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
    line("commands", "list", names.join(", "))
}

/// The key of the sentence for a mistake, and what stands in it; none where it stays English.
fn sentence(mistake: &Error) -> Option<(&'static str, Vec<(&'static str, String)>)> {
    let of = |kind| value(mistake, kind).unwrap_or_default();
    let argument = ("argument", of(ContextKind::InvalidArg));
    let given = ("value", of(ContextKind::InvalidValue));
    Some(match mistake.kind() {
        ErrorKind::InvalidValue if given.1.is_empty() => ("no-value", vec![argument]),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => ("wrong-value", vec![argument, given]),
        ErrorKind::UnknownArgument => ("unknown-argument", vec![argument]),
        ErrorKind::InvalidSubcommand => {
            ("unknown-command", vec![("command", of(ContextKind::InvalidSubcommand))])
        }
        ErrorKind::MissingSubcommand => ("missing-command", Vec::new()),
        ErrorKind::MissingRequiredArgument => ("missing-argument", vec![argument]),
        ErrorKind::ArgumentConflict if of(ContextKind::PriorArg) == argument.1 => {
            ("more-than-once", vec![argument])
        }
        ErrorKind::ArgumentConflict => ("conflict", vec![argument, ("other", of(ContextKind::PriorArg))]),
        ErrorKind::TooManyValues => ("too-many-values", vec![argument, given]),
        _ => return None,
    })
}

/// What a context says, in one line that no terminal acts on.
fn value(mistake: &Error, kind: ContextKind) -> Option<String> {
    let join = |list: &[String]| list.join(", ");
    let text = match mistake.get(kind)? {
        ContextValue::String(one) => one.clone(),
        ContextValue::Strings(several) => join(several),
        ContextValue::StyledStr(one) => one.to_string(),
        ContextValue::StyledStrs(several) => {
            join(&several.iter().map(ToString::to_string).collect::<Vec<_>>())
        }
        ContextValue::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(terminal_safe(&text).into_owned())
}

/// Why a value is wrong, where what refused it says so.
fn why(mistake: &Error, language: Language, words: Words) -> Option<String> {
    let source = mistake.source()?;
    let told = match source.downcast_ref::<Failure>() {
        Some(failure) => failure.in_words(language),
        None if source.is::<std::num::ParseIntError>() => words.of("mistakes", "no-number")?.to_owned(),
        None => source.to_string(),
    };
    Some(terminal_safe(&told).into_owned())
}
