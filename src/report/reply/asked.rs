//! What the customer is asked to send.

use std::collections::BTreeSet;

use super::markdown::{block, code, plain};
use super::{LISTED, Reply};
use crate::diagnosis::State;
use crate::report::model::CollectNext;

/// Files that could not be read, by what is to be asked for.
struct Unread<'a> {
    /// Archives and files that a password opens.
    encrypted: BTreeSet<&'a str>,
    /// Archives without a file.
    empty: BTreeSet<&'a str>,
    /// Files of no bytes.
    zero: BTreeSet<&'a str>,
    /// Files of which something was lost.
    damaged: BTreeSet<&'a str>,
}

impl<'a> Unread<'a> {
    fn all(&self) -> BTreeSet<&'a str> {
        let all = [&self.encrypted, &self.damaged, &self.empty, &self.zero];
        all.into_iter().flatten().copied().collect()
    }
}

impl<'a> Reply<'a> {
    /// All failures are explained, so that nothing is needed.
    fn is_explained(&self) -> bool {
        let verdict = &self.report.verdict;
        let explained = |state: State, cause: &str| state == State::Confirmed || cause == verdict.cause;
        verdict.state == State::Confirmed
            && self.failed().iter().all(|attempt| explained(attempt.state, &attempt.cause))
    }

    /// Artifacts to ask for.
    fn wanted(&self) -> &'a [CollectNext] {
        if self.is_explained() { &[] } else { &self.report.collect_next }
    }

    /// The reply asks for something that it names below what is to be done.
    pub(super) fn asks(&self) -> bool {
        let sent_again = !self.unread().all().is_empty();
        !self.wanted().is_empty() || (sent_again && !self.is_explained())
    }

    /// What to send. Where everything is explained, only which files were not read.
    pub(super) fn asked(&mut self) {
        let unread = self.unread();
        if self.asks() {
            self.heading("send");
            self.not_read("encrypted", &unread.encrypted);
            self.collect();
            self.not_read("damaged", &unread.damaged);
            self.not_read("empty", &unread.empty);
            self.not_read("zero", &unread.zero);
        } else {
            let all = [&unread.encrypted, &unread.damaged, &unread.empty];
            self.not_read("not-needed", &all.into_iter().flatten().copied().collect());
            self.not_read("zero-not-needed", &unread.zero);
        }
    }

    fn collect(&mut self) {
        let wanted = self.wanted();
        let Some(first) = wanted.first() else { return };
        self.own("send-note");
        self.own("prepare");
        let folder = block(&first.prepare, 0);
        self.paragraph(folder.trim_end());
        for (number, collect) in wanted.iter().enumerate() {
            let files: Vec<String> = collect.files.iter().map(|file| code(file)).collect();
            let mut lines: Vec<String> = collect.again.iter().map(|again| plain(again)).collect();
            lines.push(self.with("where", &[("where", plain(&self.phrases.console(collect)))]));
            lines.push(self.with("file", &[("files", self.phrases.list(&files))]));
            self.numbered(number + 1, &self.artifact(collect), &lines, Some(&collect.command));
        }
        self.placeholder(wanted.iter().map(|collect| collect.command.as_str()));
    }

    /// What the customer would call an artifact.
    fn artifact(&self, collect: &CollectNext) -> String {
        let key = format!("artifact.{}", collect.artifact);
        match self.catalogue.has(&format!("reply.{key}")) {
            true => self.say(&key),
            false => plain(&collect.why),
        }
    }

    /// What could not be read. Files of another kind are not lost.
    fn unread(&self) -> Unread<'a> {
        let artifacts = self.report.artifacts.iter();
        let not_used: BTreeSet<&str> = artifacts
            .filter(|artifact| artifact.kind == "not-used")
            .map(|artifact| artifact.path.as_str())
            .collect();
        let gaps = || self.report.gaps.iter().filter(|gap| !not_used.contains(gap.path.as_str()));
        let of = |kind: &str| gaps().filter(|gap| gap.kind == kind).map(|gap| gap.path.as_str()).collect();
        let encrypted: BTreeSet<&str> = of("encrypted");
        Unread {
            // The customer set the password of the whole archive.
            encrypted: encrypted
                .into_iter()
                .map(|path| path.rsplit_once('!').map_or(path, |(archive, _)| archive))
                .collect(),
            empty: of("empty"),
            zero: self.without_bytes(),
            damaged: of("unread"),
        }
    }

    /// Files that arrived with no bytes. One of which nothing could be read has another gap.
    pub(super) fn without_bytes(&self) -> BTreeSet<&'a str> {
        let gaps = &self.report.gaps;
        let has = |path: &str, empty: bool| {
            gaps.iter().any(|gap| gap.path == path && (gap.kind == "empty") == empty)
        };
        let files = self.report.artifacts.iter().filter(|file| file.kind == "not-used" && file.bytes == 0);
        files.map(|file| file.path.as_str()).filter(|path| has(path, true) && !has(path, false)).collect()
    }

    fn not_read(&mut self, key: &str, paths: &BTreeSet<&str>) {
        if paths.is_empty() {
            return;
        }
        let more = paths.len().saturating_sub(LISTED);
        let mut items: Vec<String> = paths.iter().take(LISTED).map(|path| plain(path)).collect();
        if more > 0 {
            items.push(self.with("attempt-more", &[("count", more.to_string())]));
        }
        self.own(key);
        self.bullets(items);
    }
}
