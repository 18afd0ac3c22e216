//! `--format` and `--output`: which shapes of the report go where.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sspr_triage::words::Statement;

use super::failure::Failure;

/// Shapes of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// For people, in a terminal.
    Text,
    /// For programs; docs/report.schema.json describes it.
    Json,
    /// For people, in a browser: one file that loads nothing.
    Html,
    /// For the customer: Markdown of an answer.
    Reply,
    /// For systems that show results of analyses: SARIF 2.1.0.
    Sarif,
    /// For systems that show tests: JUnit XML.
    Junit,
}

impl Format {
    /// All of them.
    pub(super) const ALL: [Format; 6] =
        [Format::Text, Format::Json, Format::Html, Format::Reply, Format::Sarif, Format::Junit];

    /// Whether people read it, so that it speaks their language; the other shapes are alike everywhere.
    pub(super) fn is_for_people(self) -> bool {
        match self {
            Format::Text | Format::Html | Format::Reply => true,
            Format::Json | Format::Sarif | Format::Junit => false,
        }
    }

    /// The word on the command line.
    pub(super) fn word(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Html => "html",
            Format::Reply => "reply",
            Format::Sarif => "sarif",
            Format::Junit => "junit",
        }
    }
}

/// One `--format NAME` or `--format NAME=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The shape.
    pub(super) format: Format,
    /// Where it goes; none for standard output.
    pub(super) file: Option<PathBuf>,
}

impl FromStr for Wanted {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(file)),
            None => (text, None),
        };
        let Some(format) = Format::ALL.into_iter().find(|format| format.word() == name) else {
            let words: Vec<&str> = Format::ALL.into_iter().map(Format::word).collect();
            return Err(Failure::of(
                Statement::new("program.format-unknown").with("names", words.join(", ")),
            ));
        };
        if file == Some("") {
            return Err(Failure::of(Statement::new("program.format-no-file").with("name", name)));
        }
        Ok(Wanted { format, file: file.map(PathBuf::from) })
    }
}

/// What is to be written: `--format`, with `--output` where one shape alone was asked for.
///
/// # Errors
/// Two shapes would go to the same place, or it is not clear which one `--output` means.
pub(super) fn wanted(formats: &[Wanted], output: Option<&Path>) -> Result<Vec<Wanted>, Failure> {
    let mut wanted = formats.to_vec();
    if wanted.is_empty() {
        wanted.push(Wanted { format: Format::Text, file: None });
    }
    if let Some(output) = output {
        match wanted.as_mut_slice() {
            [one] if one.file.is_none() => one.file = Some(output.to_owned()),
            [one] => {
                let both = Statement::new("program.format-and-output").with("name", one.format.word());
                return Err(Failure::of(both));
            }
            _ => return Err(Failure::of(Statement::new("program.output-for-one"))),
        }
    }
    let mut to_standard_output = wanted.iter().filter(|wanted| wanted.file.is_none());
    if let (Some(first), Some(second)) = (to_standard_output.next(), to_standard_output.next()) {
        let both = Statement::new("program.two-to-output");
        return Err(Failure::of(both.with("one", first.format.word()).with("other", second.format.word())));
    }
    for (index, one) in wanted.iter().enumerate() {
        let Some(file) = &one.file else { continue };
        let earlier = wanted.iter().take(index).filter_map(|earlier| earlier.file.as_deref());
        if earlier.into_iter().any(|earlier| same_file(earlier, file)) {
            let path = file.display().to_string();
            return Err(Failure::of(Statement::new("program.two-to-file").with("path", path)));
        }
    }
    Ok(wanted)
}

/// Whether two names are of the same file, whether or not it is there yet.
fn same_file(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let parent = path.parent().and_then(|parent| parent.canonicalize().ok());
        let whole = path.canonicalize().ok().or_else(|| Some(parent?.join(path.file_name()?)));
        whole.unwrap_or(path)
    };
    let (a, b) = (whole(a), whole(b));
    // Windows tells no letter case apart.
    a == b || cfg!(windows) && a.as_os_str().eq_ignore_ascii_case(b.as_os_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(formats: &[&str], output: Option<&str>) -> Result<Vec<(Format, Option<String>)>, Failure> {
        let formats: Vec<Wanted> = formats.iter().map(|format| format.parse().unwrap()).collect();
        let wanted = wanted(&formats, output.map(Path::new))?;
        let file = |file: PathBuf| file.to_string_lossy().into_owned();
        Ok(wanted.into_iter().map(|wanted| (wanted.format, wanted.file.map(file))).collect())
    }

    #[test]
    fn text_to_standard_output_is_what_nobody_asks_for() {
        assert_eq!(of(&[], None), Ok(vec![(Format::Text, None)]));
        assert_eq!(of(&[], Some("a.txt")), Ok(vec![(Format::Text, Some("a.txt".to_owned()))]));
    }

    #[test]
    fn each_shape_has_its_own_place() {
        let html = (Format::Html, Some("a=b.html".to_owned()));
        assert_eq!(of(&["text", "html=a=b.html"], None), Ok(vec![(Format::Text, None), html]));
        assert_eq!(of(&["json"], Some("a")), Ok(vec![(Format::Json, Some("a".to_owned()))]));
    }

    #[test]
    fn what_is_ambiguous_is_refused() {
        let refused = |formats: &[&str], output| of(formats, output).unwrap_err().to_string();
        assert!(refused(&["text", "json"], None).contains("standard output"));
        assert!(refused(&["text", "json=a"], Some("b")).contains("single --format"));
        assert!(refused(&["json=a"], Some("b")).contains("both name a file"));
        for again in ["a", "./a", "b/../a"] {
            // A folder that is not there cannot be told to be another name of this one.
            let same = again != "b/../a";
            let formats = ["json=a".to_owned(), format!("html={again}")];
            let formats: Vec<&str> = formats.iter().map(String::as_str).collect();
            assert_eq!(of(&formats, None).is_err(), same, "{again}");
        }
        assert!(refused(&["json=src/../a", "html=a"], None).contains("same file"));
    }

    #[test]
    fn names_are_checked() {
        assert!(
            "pdf"
                .parse::<Wanted>()
                .unwrap_err()
                .to_string()
                .contains("text, json, html, reply, sarif, junit")
        );
        assert!("json=".parse::<Wanted>().unwrap_err().to_string().contains("missing"));
    }
}
