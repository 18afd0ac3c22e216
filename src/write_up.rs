//! The write-up: facts and diagnosis become the report's model. Words are put in here, and nothing is
//! judged.

mod about;
mod facts;
mod lines;
mod records;
mod timeline;

use std::collections::HashMap;

use crate::artifacts::{Artifact, Content};
use crate::bundle::{Input, Unread};
use crate::diagnosis::{
    AttemptResult, CauseResult, Collect, Diagnosis, OtherResult, RemedyPlan, VerdictCause,
};
use crate::facts::attribution::Attributed;
use crate::facts::machines::{Machine as MachineFact, MachineId, Role};
use crate::facts::{Attempt as AttemptFact, Facts, Operation, Outcome};
use crate::knowledge;
use crate::knowledge::collect::{computer_name, folder};
use crate::knowledge::pages;
use crate::rules::Finding;
use crate::source::{BundlePath, Gap, Place, Source};
use crate::words::{Catalogue, Statement};

use crate::report::model::{
    ArtifactEntry, Attempt, BundleInputs, Cause, CollectNext, Contradiction, CoverageEntry, Evidence,
    GapEntry, InputEntry, Machine, OfAttempt, OtherDiagnosis, Report, SCHEMA, SourceEntry, Step, Tool,
    Verdict,
};

/// What was read, for the report's provenance.
#[derive(Debug)]
pub struct Provenance<'a> {
    /// The PATHs.
    pub inputs: &'a [Input],
    /// The files.
    pub artifacts: &'a [Artifact],
    /// What could not be read.
    pub gaps: &'a [Gap],
}

/// Writes the report in the catalogue's language.
pub fn write_up(
    provenance: &Provenance<'_>,
    facts: &Facts,
    diagnosis: &Diagnosis,
    words: &Catalogue,
) -> Report {
    let files = facts.files.iter().map(|file| (&file.path, file)).collect();
    let said = records::Said::by(provenance.artifacts);
    let writer = Writer { facts, files, said, words };
    Report {
        schema: SCHEMA.to_owned(),
        language: words.language(),
        tool: Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            knowledge: knowledge::fingerprint(),
        },
        bundle: BundleInputs { inputs: provenance.inputs.iter().map(input).collect() },
        verdict: Verdict {
            cause: diagnosis.verdict.cause.id().to_owned(),
            state: diagnosis.verdict.state,
            diagnosis: diagnosis.verdict.other.clone(),
            summary: writer.say(&diagnosis.verdict.summary),
        },
        causes: diagnosis.causes.iter().map(|cause| writer.cause(cause)).collect(),
        other_diagnoses: diagnosis.other.iter().map(|other| writer.other(other)).collect(),
        attempts: facts
            .attempts
            .iter()
            .zip(&diagnosis.attempts)
            .map(|(attempt, result)| writer.attempt(attempt, result))
            .collect(),
        timeline: timeline::timeline(&writer, provenance.artifacts),
        facts: writer.facts(),
        contradictions: facts
            .contradictions
            .iter()
            .map(|contradiction| Contradiction {
                text: words.say(&contradiction.text),
                sources: contradiction.sources.iter().map(|source| writer.source(source)).collect(),
            })
            .collect(),
        collect_next: diagnosis.collect.iter().map(|collect| writer.collect(collect)).collect(),
        machines: writer.machines(),
        artifacts: provenance.artifacts.iter().map(|artifact| writer.artifact(artifact)).collect(),
        gaps: provenance.gaps.iter().map(|gap| writer.gap(gap)).collect(),
        warnings: diagnosis.warnings.iter().map(|warning| words.say(warning)).collect(),
    }
}

struct Writer<'a> {
    facts: &'a Facts,
    /// Uploads may have a hundred thousand files, so that none is searched for.
    files: HashMap<&'a BundlePath, &'a Attributed>,
    /// What the files say in words of their own.
    said: records::Said<'a>,
    words: &'a Catalogue,
}

impl Writer<'_> {
    fn source(&self, source: &Source) -> SourceEntry {
        let machine = self.machine_of(source).map(|id| self.facts.machines.name(id).to_owned());
        let (record, line) = match source.place {
            Place::Record { id, .. } => (Some(id), None),
            Place::Line(line) => (None, Some(line)),
            Place::File | Place::Row { .. } | Place::Offset(_) => (None, None),
        };
        let place = self.words.say(&source.place.in_words());
        SourceEntry { path: source.path.to_string(), place, record, line, machine }
    }

    /// The machine that the file of a place speaks for.
    fn machine_of(&self, source: &Source) -> Option<MachineId> {
        self.files.get(&source.path).and_then(|file| file.machine)
    }

    fn gap(&self, gap: &Gap) -> GapEntry {
        GapEntry {
            path: gap.path.to_string(),
            place: self.words.say(&gap.place.in_words()),
            kind: Unread::of(gap).word().to_owned(),
            reason: self.words.say_all(&gap.reason),
        }
    }

    /// A statement in words. A diagnosis that it names by its id has its title there.
    fn say(&self, statement: &Statement) -> String {
        self.words.say(&self.named(statement))
    }

    fn named(&self, statement: &Statement) -> Statement {
        let mut statement = statement.clone();
        for (name, value) in &mut statement.values {
            if *name == "diagnosis" {
                *value = self.title(value);
            }
        }
        statement
    }

    /// What people call another diagnosis.
    fn title(&self, id: &str) -> String {
        pages::page(self.words.language(), id).map_or_else(|| id.to_owned(), |page| page.title.clone())
    }

    /// One entry for each place of an answer; an answer without a place has one.
    fn evidence(&self, finding: &Finding, attempt: Option<&OfAttempt>) -> Vec<Evidence> {
        let text = self.say(&finding.text);
        let entry = Evidence {
            check: finding.check.to_owned(),
            weight: finding.weight,
            answer: finding.answer,
            text,
            attempt: attempt.cloned(),
            aside: finding.aside,
            source: None,
            words: None,
        };
        if finding.sources.is_empty() {
            return vec![entry];
        }
        let at = |source| Evidence {
            source: Some(self.source(source)),
            words: self.said.at(source),
            ..entry.clone()
        };
        finding.sources.iter().map(at).collect()
    }

    fn cause(&self, cause: &CauseResult) -> Cause {
        let mut missing: Vec<String> = Vec::new();
        for need in &cause.missing {
            let why = self.words.say(&Statement::new(format!("collect.{}", need.artifact)));
            let called = self.called(need.artifact);
            let text = match &need.machine {
                Some(machine) => format!("{called} ({machine}): {why}"),
                None => format!("{called}: {why}"),
            };
            if !missing.contains(&text) {
                missing.push(text);
            }
        }
        Cause {
            id: cause.cause.id().to_owned(),
            state: cause.state,
            reason: self.say(&cause.reason),
            about: self.about(cause.about.as_ref()),
            evidence: self.evidence_of_cause(cause),
            missing,
            remedy: cause.remedy.as_ref().map(|plan| self.remedy(plan)).unwrap_or_default(),
        }
    }

    /// What people call an artifact; the reply asks for it by the same words.
    fn called(&self, artifact: &str) -> String {
        let key = format!("reply.artifact.{artifact}");
        match self.words.has(&key) {
            true => self.words.say(&Statement::new(key)),
            false => artifact.to_owned(),
        }
    }

    fn other(&self, other: &OtherResult) -> OtherDiagnosis {
        OtherDiagnosis {
            id: other.id.clone(),
            title: self.title(&other.id),
            state: other.state,
            reason: self.say(&other.reason),
            about: self.about(other.about.as_ref()),
            evidence: self.evidence_of_other(other),
            remedy: self.remedy(&other.remedy),
        }
    }

    fn remedy(&self, plan: &RemedyPlan) -> Vec<Step> {
        let Some(page) = pages::page(self.words.language(), &plan.page) else { return Vec::new() };
        let sections: Vec<&pages::RemedySection> = if plan.sections.is_empty() {
            page.remedies.iter().collect()
        } else {
            plan.sections.iter().filter_map(|id| page.remedy(id)).collect()
        };
        let fit = plan.fit.as_ref().map(|fit| Step {
            section: None,
            note: true,
            step: self.words.say(fit),
            command: None,
            r#where: None,
        });
        let steps = sections.into_iter().flat_map(|section| {
            let when = (!section.when.is_empty()).then(|| Step {
                section: Some(section.title.clone()),
                note: true,
                step: plan.values.fill(&pages::plain(&section.when), self.words.language()),
                command: None,
                r#where: None,
            });
            let steps = section.steps.iter().map(|step| {
                let step = step.filled(&plan.values, self.words.language());
                Step {
                    section: Some(section.title.clone()),
                    note: false,
                    step: step.text,
                    command: step.command,
                    r#where: step.where_,
                }
            });
            when.into_iter().chain(steps)
        });
        fit.into_iter().chain(steps).collect()
    }

    fn attempt(&self, attempt: &AttemptFact, result: &AttemptResult) -> Attempt {
        let trace_code = attempt.trace.as_ref().and_then(|trace| trace.text.codes.first());
        Attempt {
            time: attempt.time.to_string(),
            operation: operation(attempt.operation).to_owned(),
            user: attempt.user.clone(),
            tracking_id: attempt.tracking_id.clone(),
            connector_account: attempt.connector.as_ref().map(crate::facts::attempts::NamedAccount::full),
            result: outcome(attempt.outcome).to_owned(),
            code: attempt.code.as_ref().or(trace_code).map(|code| format!("0x{code}")),
            cause: result.cause.id().to_owned(),
            state: result.state,
            diagnosis: match result.cause {
                VerdictCause::Other => result.other.as_ref().map(|other| other.id.clone()),
                _ => None,
            },
            reason: self.reason(attempt, result),
            open: self.open(attempt, result),
            staging: self.facts.staging_of(attempt).is_some(),
            events: attempt.events.iter().map(|source| self.source(source)).collect(),
        }
    }

    fn collect(&self, collect: &Collect) -> CollectNext {
        let say = |part: &str| self.words.say(&Statement::new(format!("{part}.{}", collect.artifact.id)));
        let artifact = collect.artifact;
        let owner = collect.user.as_deref().or(collect.account.as_deref());
        let computer = collect.machine.as_deref().and_then(computer_name);
        // Its own words for its name, which no language changes.
        let computer = computer.unwrap_or_else(|| "%COMPUTERNAME%".to_owned());
        CollectNext {
            artifact: artifact.id.clone(),
            command: collect.values.fill_command(&artifact.command_of(owner), self.words.language()),
            r#where: self.words.say(&collect.place),
            elevated: artifact.elevated,
            shell: artifact.shell.word().to_owned(),
            prepare: folder().command.clone(),
            files: artifact.files_of(owner, &computer),
            decides: collect.decides.clone(),
            why: say("collect"),
            question: say("collect-question"),
            yes: say("collect-yes"),
            no: say("collect-no"),
            again: collect.again.as_ref().map(|again| self.words.say(again)),
            machine: collect.machine.clone(),
            user: collect.user.clone(),
            account: collect.account.clone(),
        }
    }

    fn machines(&self) -> Vec<Machine> {
        let mut machines: Vec<Machine> =
            self.facts.machines.iter().map(|(_, machine)| self.machine(machine)).collect();
        machines.sort_by(|a, b| a.name.cmp(&b.name));
        machines
    }

    fn machine(&self, machine: &MachineFact) -> Machine {
        let order = [Role::ConnectServer, Role::DomainController, Role::Member, Role::Workstation];
        let role = order.into_iter().find(|role| machine.is(*role));
        let how: Vec<String> = machine.roles.iter().map(|shown| self.words.say(&shown.how)).collect();
        Machine {
            name: machine.name.clone(),
            role: role.map_or("unknown", role_word).to_owned(),
            how: if how.is_empty() {
                self.words.say(&Statement::new("machine.unknown"))
            } else {
                how.join("; ")
            },
        }
    }

    fn artifact(&self, artifact: &Artifact) -> ArtifactEntry {
        let file = self.files.get(&artifact.path);
        ArtifactEntry {
            path: artifact.path.to_string(),
            kind: artifact.content.kind().to_owned(),
            machine: file.and_then(|file| file.machine).map(|id| self.facts.machines.name(id).to_owned()),
            attributed_by: file.and_then(|file| file.by).map(|by| by.word().to_owned()),
            bytes: artifact.bytes,
            coverage: match &artifact.content {
                Content::EventLog(log) => Some(CoverageEntry {
                    from: log.coverage.from.map(|time| time.to_string()),
                    to: log.coverage.to.map(|time| time.to_string()),
                    records: log.coverage.records,
                    lost: log.coverage.lost,
                }),
                _ => None,
            },
            sha256: artifact.sha256.clone(),
        }
    }
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::ConnectServer => "connect-server",
        Role::DomainController => "domain-controller",
        Role::Member => "member",
        Role::Workstation => "workstation",
    }
}

fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Reset => "reset",
        Operation::Change => "change",
        Operation::AdminReset => "admin-reset",
        Operation::Unknown => "unknown",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Failed => "failed",
        Outcome::Succeeded => "succeeded",
        Outcome::Unknown => "unknown",
    }
}

fn input(input: &Input) -> InputEntry {
    InputEntry { path: input.path.clone(), sha256: input.sha256.clone(), bytes: input.bytes }
}
