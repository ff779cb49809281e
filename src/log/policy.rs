//! C2SP tlog-policy: which logs and witnesses are trusted, and how many witnesses make a checkpoint count.

use super::note::OtherKey;
use super::{CosignerKey, NoteKey, SignedNote};
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

/// A trust policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub logs: Vec<PolicyLog>,
    pub witnesses: Vec<PolicyWitness>,
    /// The names of witnesses whose keys are of a type that can't be checked here, as ML-DSA-44. They are members of their
    /// groups, and count as if they had not cosigned.
    pub unchecked: Vec<String>,
    /// Whether there is a `log` line: also one whose key is of such a type.
    names_logs: bool,
    /// `None`: no cosignature is needed.
    quorum: Option<Member>,
    groups: Vec<Group>,
}

/// A `log` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLog {
    pub key: NoteKey,
    pub url: Option<String>,
}

/// A `witness` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWitness {
    /// Its name in the policy alone.
    pub name: String,
    pub key: CosignerKey,
    /// The submission prefix of the tlog-witness protocol.
    pub url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Unchecked,
    Group(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    threshold: usize,
    members: Vec<Member>,
}

/// Why a text is not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("policy line {line}: {reason}")]
pub struct PolicyError {
    /// From 1.
    pub line: usize,
    pub reason: PolicyFault,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    #[error("control characters")]
    Character,
    #[error("log, witness, group or quorum is expected, with its items")]
    Syntax,
    #[error("not a verifier key, or of the wrong type here (0x04 of a log, 0x01 of a witness)")]
    Key,
    #[error("this key or name was given before")]
    Duplicate,
    #[error("a name that no line before defines")]
    Unknown,
    #[error("a threshold is all, any, or a number from 1 to the number of members")]
    Threshold,
    #[error("each name can be a member once")]
    MemberTwice,
    #[error("exactly one quorum line is needed")]
    Quorum,
    #[error("too many lines")]
    TooLong,
}

/// The specification asks for 32 logs, witnesses and groups each.
const LINES_MAX: usize = 1000;

#[derive(Default)]
struct Parser {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    unchecked: Vec<String>,
    other_logs: Vec<OtherKey>,
    other_witnesses: Vec<OtherKey>,
    groups: Vec<Group>,
    names: HashMap<String, Member>,
    used: HashSet<String>,
    quorum: Option<Option<Member>>,
}

impl Policy {
    /// Whether the witnesses for which `cosigned` says yes are enough.
    pub fn is_met(&self, cosigned: impl Fn(&PolicyWitness) -> bool) -> bool {
        let witnessed: Vec<bool> = self.witnesses.iter().map(cosigned).collect();
        let mut groups: Vec<bool> = Vec::with_capacity(self.groups.len());
        let holds = |member: &Member, groups: &[bool]| match *member {
            Member::Witness(at) => witnessed[at],
            Member::Unchecked => false,
            Member::Group(at) => groups[at],
        };
        // A group's members are defined before it.
        for group in &self.groups {
            let met = group.members.iter().filter(|member| holds(member, &groups)).count();
            groups.push(met >= group.threshold);
        }
        self.quorum.as_ref().is_none_or(|quorum| holds(quorum, &groups))
    }

    /// Whether it is for this log: one of its `log` lines names the key, or it has no such line.
    pub fn trusts(&self, key: &NoteKey) -> bool {
        !self.names_logs || self.logs.iter().any(|log| log.key == *key)
    }

    /// The witnesses whose cosignatures of a note hold.
    pub fn cosigners(&self, note: &SignedNote<'_>) -> Vec<&PolicyWitness> {
        let found = note.cosignatures(self.witnesses.iter().map(|witness| &witness.key));
        let cosigned = |witness: &&PolicyWitness| found.iter().any(|cosignature| *cosignature.by == witness.key);
        self.witnesses.iter().filter(cosigned).collect()
    }

    /// Whether a note has cosignatures enough.
    pub fn is_met_by(&self, note: &SignedNote<'_>) -> bool {
        let cosigners = self.cosigners(note);
        self.is_met(|witness| cosigners.contains(&witness))
    }

    /// Whether a checkpoint needs any cosignature at all.
    pub fn needs_witnesses(&self) -> bool {
        self.quorum.is_some()
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let mut parser = Parser::default();
        for (at, line) in text.split('\n').enumerate() {
            let fail = |reason| PolicyError { line: at + 1, reason };
            if at >= LINES_MAX {
                return Err(fail(PolicyFault::TooLong));
            }
            if line.bytes().any(|byte| (byte < b' ' && byte != b'\t') || byte == 0x7F) {
                return Err(fail(PolicyFault::Character));
            }
            let items: Vec<&str> = line.split([' ', '\t']).filter(|item| !item.is_empty()).collect();
            if !items.first().is_none_or(|first| first.starts_with('#')) {
                parser.line(&items).map_err(fail)?;
            }
        }
        let Parser { logs, witnesses, unchecked, other_logs, groups, quorum, .. } = parser;
        let names_logs = !logs.is_empty() || !other_logs.is_empty();
        let last = text.split('\n').count();
        let quorum = quorum.ok_or(PolicyError { line: last, reason: PolicyFault::Quorum })?;
        Ok(Self { logs, witnesses, unchecked, names_logs, quorum, groups })
    }
}

impl Parser {
    fn line(&mut self, items: &[&str]) -> Result<(), PolicyFault> {
        match *items {
            ["log", vkey] => self.log(vkey, None),
            ["log", vkey, url] => self.log(vkey, Some(url)),
            ["witness", name, vkey] => self.witness(name, vkey, None),
            ["witness", name, vkey, url] => self.witness(name, vkey, Some(url)),
            ["group", name, threshold, ref members @ ..] if !members.is_empty() => self.group(name, threshold, members),
            ["quorum", name] => {
                let quorum = if name == "none" { None } else { Some(self.member(name)?) };
                if self.quorum.replace(quorum).is_some() { Err(PolicyFault::Quorum) } else { Ok(()) }
            }
            _ => Err(PolicyFault::Syntax),
        }
    }

    fn log(&mut self, vkey: &str, url: Option<&str>) -> Result<(), PolicyFault> {
        let Ok(key) = vkey.parse::<NoteKey>() else { return other(vkey, &mut self.other_logs) };
        if self.logs.iter().any(|log| log.key.public() == key.public()) {
            return Err(PolicyFault::Duplicate);
        }
        self.logs.push(PolicyLog { key, url: url.map(str::to_owned) });
        Ok(())
    }

    fn witness(&mut self, name: &str, vkey: &str, url: Option<&str>) -> Result<(), PolicyFault> {
        let Ok(key) = vkey.parse::<CosignerKey>() else {
            other(vkey, &mut self.other_witnesses)?;
            self.unchecked.push(name.to_owned());
            return self.define(name, Member::Unchecked);
        };
        if self.witnesses.iter().any(|witness| witness.key.public() == key.public()) {
            return Err(PolicyFault::Duplicate);
        }
        self.define(name, Member::Witness(self.witnesses.len()))?;
        self.witnesses.push(PolicyWitness { name: name.to_owned(), key, url: url.map(str::to_owned) });
        Ok(())
    }

    fn group(&mut self, name: &str, threshold: &str, names: &[&str]) -> Result<(), PolicyFault> {
        let mut members = Vec::with_capacity(names.len());
        for member in names {
            members.push(self.member(member)?);
            if !self.used.insert((*member).to_owned()) {
                return Err(PolicyFault::MemberTwice);
            }
        }
        let threshold = match threshold {
            "all" => members.len(),
            "any" => 1,
            number => number.parse().ok().filter(|k: &usize| number == k.to_string()).ok_or(PolicyFault::Threshold)?,
        };
        if !(1..=members.len()).contains(&threshold) {
            return Err(PolicyFault::Threshold);
        }
        self.define(name, Member::Group(self.groups.len()))?;
        self.groups.push(Group { threshold, members });
        Ok(())
    }

    fn member(&self, name: &str) -> Result<Member, PolicyFault> {
        self.names.get(name).copied().ok_or(PolicyFault::Unknown)
    }

    fn define(&mut self, name: &str, member: Member) -> Result<(), PolicyFault> {
        let fresh = name != "none" && !self.names.contains_key(name);
        self.names.insert(name.to_owned(), member);
        if fresh { Ok(()) } else { Err(PolicyFault::Duplicate) }
    }
}

/// Takes note of a key that can't be checked here.
fn other(vkey: &str, keys: &mut Vec<OtherKey>) -> Result<(), PolicyFault> {
    let key: OtherKey = vkey.parse().map_err(|_| PolicyFault::Key)?;
    if keys.contains(&key) {
        return Err(PolicyFault::Duplicate);
    }
    keys.push(key);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Cosigner, NoteSigner};
    use super::*;
    use crate::record::PrivateKey;
    use proptest::prelude::*;

    fn witness(seed: u8) -> String {
        Cosigner::new(&format!("w.example/{seed}"), PrivateKey::from_seed([seed; 32])).unwrap().verifier().to_string()
    }

    fn log(seed: u8) -> String {
        NoteSigner::new("log.example", PrivateKey::from_seed([seed; 32])).unwrap().verifier().to_string()
    }

    /// The example in C2SP tlog-policy.
    fn example() -> String {
        let mut text = format!("# trust\nlog {}\n\n", log(1));
        for (at, name) in ["X1", "X2", "X3", "Y1", "Y2", "Y3"].iter().enumerate() {
            text.push_str(&format!("\twitness {name}  {} \n", witness(10 + at as u8)));
        }
        text + "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
    }

    #[test]
    fn the_example_counts_as_its_text_says() {
        let policy: Policy = example().parse().unwrap();
        assert_eq!((policy.logs.len(), policy.witnesses.len(), policy.needs_witnesses()), (1, 6, true));
        let met = |names: &[&str]| policy.is_met(|witness| names.contains(&witness.name.as_str()));
        assert!(met(&["X1", "X3", "Y2"]));
        assert!(met(&["X1", "X2", "X3", "Y1", "Y2", "Y3"]));
        assert!(!met(&["X1", "X2", "X3"]));
        assert!(!met(&["X1", "Y1", "Y2", "Y3"]));
        let none: Policy = "quorum none".parse().unwrap();
        assert!(none.is_met(|_| false) && !none.needs_witnesses());
    }

    /// A vkey of another type.
    fn other_vkey(name: &str, kind: u8, key: &[u8]) -> String {
        let digest = crate::log::Hash::of([name.as_bytes(), &[0x0A, kind], key].concat()).to_string();
        format!("{name}+{}+{}", &digest[..8], base64_simd::STANDARD.encode_to_string([&[kind], key].concat()))
    }

    #[test]
    fn a_witness_that_cannot_be_checked_has_not_cosigned() {
        let lattice = other_vkey("w.example/pq", 6, &[7; 1312]);
        let unheard = other_vkey("w.example/new", 0x20, &[1; 40]);
        let members = format!("witness a {}\nwitness pq {lattice}\nwitness new {unheard}\n", witness(1));
        let policy = |end: &str| (members.clone() + end).parse::<Policy>().unwrap();
        let met = |end: &str| policy(end).is_met(|witness| witness.name == "a");
        assert!(met("group g any a pq new\nquorum g") && met("quorum a"));
        assert!(!met("group g 2 a pq new\nquorum g") && !met("quorum pq") && !met("group g all a pq\nquorum g"));
        assert_eq!(policy("quorum a").unchecked, ["pq", "new"]);
        // A policy that names only such logs trusts no other.
        let log_key = log(1).parse::<NoteKey>().unwrap();
        let policy: Policy = format!("log {}\nquorum none", other_vkey("log.example", 6, &[9; 1312])).parse().unwrap();
        assert!(!policy.trusts(&log_key));
        let policy: Policy = format!("log {lattice}\nlog {}\nquorum none", log(1)).parse().unwrap();
        assert!(policy.trusts(&log_key));
        let fault = |text: String| text.parse::<Policy>().unwrap_err().reason;
        assert_eq!(fault(format!("witness a {lattice}\nwitness b {lattice}")), PolicyFault::Duplicate);
        assert_eq!(fault(format!("witness a {}", other_vkey("w", 6, &[7; 1311]))), PolicyFault::Key);
        assert_eq!(fault(format!("witness a {}", lattice.replace("/pq+", "/pr+"))), PolicyFault::Key);
    }

    #[test]
    fn each_fault_has_its_line() {
        use PolicyFault::*;
        let (a, b) = (witness(1), witness(2));
        let two = format!("witness a {a}\nwitness b {b}\n");
        for (text, line, reason) in [
            (String::new(), 1, Quorum),
            ("quorum none\nquorum none".into(), 2, Quorum),
            ("quorum a".into(), 1, Unknown),
            ("quora none".into(), 1, Syntax),
            (format!("{two}group none any a\nquorum none"), 3, Duplicate),
            (format!("witness none {a}"), 1, Duplicate),
            (format!("witness a {a}\nwitness b {a}"), 2, Duplicate),
            (format!("witness a {a}\nwitness a {b}"), 2, Duplicate),
            (format!("{two}group g 3 a b"), 3, Threshold),
            (format!("{two}group g 0 a b"), 3, Threshold),
            (format!("{two}group g 01 a b"), 3, Threshold),
            (format!("{two}group g any"), 3, Syntax),
            (format!("{two}group g any a a"), 3, MemberTwice),
            (format!("{two}group g any a\ngroup h any a b"), 4, MemberTwice),
            (format!("{two}group g any h\ngroup h any a"), 3, Unknown),
            (format!("witness a {}", log(1)), 1, Key),
            (format!("log {a}"), 1, Key),
            (format!("log {0}\nlog {0}", log(1)), 2, Duplicate),
            ("quorum none\r".into(), 1, Character),
            ("quorum none".to_owned() + &"\n".repeat(1000), 1001, TooLong),
        ] {
            assert_eq!(text.parse::<Policy>(), Err(PolicyError { line, reason }), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "(log|witness|group|quorum|none|a|any|1|[ \n\t#])*") {
            let _ = text.parse::<Policy>();
        }
    }
}
